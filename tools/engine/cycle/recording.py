"""Recording what a role handed in, with what comes of it: sources archived, a refinement made an item, later work sent back."""

from typing import Final

from state import reports
from state.answers import one_line
from state.cycles import Cycle, CycleEnded, HypothesesProposed, Hypothesis, NumberedHypothesis, hypotheses_of
from state.errors import Refusal
from state.experiments import Experiment
from state.reports import Report, ReportSubmitted
from state.rows import next_number
from state.sources import SourceArchived, archived_source
from tools.engine.cycle.modes import REDIRECTS, Progress, steps_from
from tools.engine.cycle.situation import Situation
from tools.engine.cycle.turns import due, says
from tools.engine.experiment.review import Review, stored_body
from tools.engine.roles.shapes import Decision, Lesson, OfACycle, RecordReading, Refinement, Research
from tools.engine.roles.verifying import is_page
from tools.engine.session import Session

TITLE: Final = 120  # characters of a task that make the title of its experiment


def record_report(session: Session, cycle: Cycle, report: OfACycle, summary: str) -> tuple[Report, bool]:
    """Store a report of a cycle with what comes of it. The same again is the first one."""
    body = report.model_dump(mode="json")
    with session.store.writing() as connection:
        before = reports.reports_of_cycle(connection, cycle.id).get(report.role)
        if before is not None and says(before, report, summary):
            return before, True
        decision = report.tier if isinstance(report, Refinement) else "submitted"
        number = next_number(connection, "reports")
        stored, _ = submit(session, ReportSubmitted(report=number, role=report.role, cycle=cycle.id, summary=summary, decision=decision, body=body))
        if isinstance(report, Research):
            _archive(session, report)
        if isinstance(report, Refinement):
            _take_up(session, cycle, report)
    session.write_views()
    return stored, False


def record_review(session: Session, found: Experiment, review: Review, summary: str) -> tuple[Report, bool]:
    """Store a review of the experiment's candidate: the same content again is the first one, other content supersedes it.

    Raises Refusal OUT_OF_ORDER where a review of this very candidate said fail: that stands until the candidate changes.
    """
    body, tree = stored_body(review), found.review_tree or ""
    with session.store.writing() as connection:
        before = reports.latest_review(connection, found.id, tree)
        if before is not None and before.decision == "fail" and review.decision != "fail":
            raise _failed_already(before, review)
        if before is not None and before.body == body and before.summary == summary:
            return before, True
        payload = ReportSubmitted(
            report=next_number(connection, "reports"), role="reviewer", cycle=found.cycle, experiment=found.id, tree=tree,
            summary=summary, decision=review.decision, body=body,
        )  # fmt: skip
        stored, _ = submit(session, payload)
    session.write_views()
    return stored, False


def record_of_experiment(session: Session, experiment: Experiment, report: RecordReading | Lesson, summary: str) -> tuple[Report, bool]:
    """Store what is said beside an experiment; the same again is the first one."""
    body = report.model_dump(mode="json")
    with session.store.writing() as connection:
        before = reports.report_on(connection, experiment.id, report.role)
        if before is not None and before.body == body and before.summary == summary:
            return before, True
        payload = ReportSubmitted(
            report=next_number(connection, "reports"), role=report.role, cycle=experiment.cycle, experiment=experiment.id, tree=experiment.tree or "",
            summary=summary, decision=report.reading if isinstance(report, RecordReading) else "submitted", body=body,
        )  # fmt: skip
        stored, _ = submit(session, payload)
    session.write_views()
    return stored, False


def go_on(session: Session, situation: Situation, decision: Decision, summary: str) -> tuple[Report, bool]:
    """The CEO looked and goes on; answers also whether that was said already of all that stands. Raises Refusal OUT_OF_ORDER without a cycle."""
    cycle = situation.cycle
    if cycle is None:
        raise Refusal("OUT_OF_ORDER", "no cycle is open", expected="an open cycle to go on with")
    body = decision.model_dump(mode="json")
    with session.store.writing() as connection:
        standing = reports.reports_of_cycle(connection, cycle.id)
        before = standing.get("ceo")
        if before is not None and before.body == body and before.id == max(report.id for report in standing.values()):
            return before, True
        number = next_number(connection, "reports")
        stored, _ = submit(session, ReportSubmitted(report=number, role="ceo", cycle=cycle.id, summary=summary, decision="proceed", body=body))
    session.write_views()
    return stored, False


def send_back(session: Session, situation: Situation, decision: Decision, summary: str) -> tuple[Report, int]:
    """A redirect: the work of a role, and what came after it, no longer counts; answers also how many redirects are left.

    Raises Refusal REDIRECT_LIMIT or OUT_OF_ORDER.
    """
    cycle, progress = situation.cycle, situation.progress
    if cycle is None or progress is None:
        raise Refusal("OUT_OF_ORDER", "no cycle is open", expected="an open cycle whose work is sent back")
    if len(progress.redirects) >= REDIRECTS:
        said = [f"{each.body.get('about')}: {one_line(str(each.body.get('feedback', '')), 300)}" for each in progress.redirects]
        raise Refusal(
            "REDIRECT_LIMIT", f"{REDIRECTS} of {REDIRECTS} redirects of cycle {cycle.id} are used", where=said, expected="proceed, or abort"
        )
    of_candidate = decision.about in ("builder", "reviewer")
    if situation.current is not None and not of_candidate:
        raise Refusal("OUT_OF_ORDER", f"experiment {situation.current.id} is open", expected="its verdict first, then the redirect")
    with session.store.writing() as connection:
        voided = _voided(situation, decision, cycle, progress)
        items = () if of_candidate else hypotheses_of(connection, cycle.id)
        payload = ReportSubmitted(
            report=next_number(connection, "reports"), role="ceo", cycle=cycle.id, summary=summary, decision="redirect",
            body=decision.model_dump(mode="json"), voids=tuple(report.id for report in voided),
            replaces=tuple(item.id for item in items if item.state == "open"),
        )  # fmt: skip
        stored, _ = submit(session, payload)
    session.write_views()
    return stored, REDIRECTS - len(progress.redirects) - 1


def submit(session: Session, payload: ReportSubmitted, key: str | None = None) -> tuple[Report, bool]:
    """Append a report; answers it as it is stored, and whether it stood there under this key before."""
    with session.store.writing() as connection:
        event, repeated = session.store.append(payload, actor=session.host.actor, channel=session.host.name, key=key)
        stored = reports.report_of(connection, int(event.payload["report"]))
    if stored is None:
        raise Refusal("STORE_BROKEN", "the report was recorded and is not there", where=(str(session.store.path),))
    return stored, repeated


def _failed_already(before: Report, review: Review) -> Refusal:
    said = f"{before.name} by {one_line(str(before.body.get('reviewer')))} said fail of this very candidate: that stands until the candidate changes"
    expected = "a changed candidate, which is then reviewed anew; or tell the person what the reviewer found, and let them decide"
    return Refusal("OUT_OF_ORDER", said, where=(f"report.decision: {review.decision}",), expected=expected)


def _voided(situation: Situation, decision: Decision, cycle: Cycle, progress: Progress) -> list[Report]:
    """The reports that a redirect takes out: those of the role and of every later step; of an experiment's builder or reviewer, its review."""
    if decision.about in ("builder", "reviewer"):
        review = situation.facts.review if situation.facts else None
        if situation.current is None or review is None:
            raise Refusal("OUT_OF_ORDER", f"nothing of the {decision.about} is there to send back", expected="an open experiment with a review")
        return [review]
    roles = {step.role for step in steps_from(cycle.mode, decision.about)} - {"ceo"} | {decision.about}
    found = [report for role, report in progress.reports.items() if role in roles or role == "ceo"]
    if not found and not progress.proposed:
        raise Refusal("OUT_OF_ORDER", f"the {decision.about.replace('_', ' ')} handed in nothing in this cycle", expected=due(progress))
    return found


def _archive(session: Session, report: Research) -> None:
    """Keep what a researcher gives of a page, once for each address."""
    with session.store.writing() as connection:
        for found in filter(is_page, report.findings):
            if archived_source(connection, found.source.strip()) is None:
                payload = SourceArchived(source=next_number(connection, "sources"), address=found.source.strip(), claim=found.claim)
                session.store.append(payload, actor=session.host.actor, channel=session.host.name)


def _take_up(session: Session, cycle: Cycle, report: Refinement) -> None:
    """The refinement becomes what an experiment can try; what is too large for one ends the cycle."""
    if report.tier == "T3":
        ended = CycleEnded(cycle=cycle.id, how="aborted", reason="too large for a refinement: it goes to a cycle with a focus")
        session.store.append(ended, actor="server", channel="server", key=f"cycle:{cycle.id}:end")
        return
    item = Hypothesis(
        title=one_line(report.task, TITLE), category="exploit", dimension="none", what=report.task, why=" ".join(cycle.focus) or report.task,
        files=report.files, own_checks=report.own_checks, kind="refinement", ordered=True,
    )  # fmt: skip
    with session.store.writing() as connection:
        numbered = NumberedHypothesis(id=next_number(connection, "hypotheses"), content=item)
        session.store.append(HypothesesProposed(cycle=cycle.id, hypotheses=(numbered,)), actor="server", channel="server")
