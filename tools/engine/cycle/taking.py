"""Taking what a role hands in for a cycle: whose turn it is, whether an earlier report stands, and what comes of it."""

from typing import Final, Literal

from state import reports
from state.answers import one_line
from state.cycles import Cycle, CycleEnded, HypothesesProposed, Hypothesis, NumberedHypothesis, hypotheses_of, next_number
from state.errors import Refusal
from state.experiments import Experiment
from state.reports import Report, ReportRole, ReportSubmitted
from state.sources import SourceArchived, archived_source, next_source
from tools.engine.cycle.modes import MODES, REDIRECTS, ROUNDS, Progress, Step, open_step, steps_from
from tools.engine.cycle.situation import Situation
from tools.engine.roles.shapes import Decision, Lesson, OfACycle, RecordReading, Refinement, Research
from tools.engine.roles.verifying import is_page
from tools.engine.session import Session

TITLE: Final = 120  # characters of a task that make the title of its experiment


def require_turn(situation: Situation, report: OfACycle, summary: str) -> Cycle:
    """The open cycle, if this report is due in it, may be handed in, or may still be handed in again; what stands already may always be.

    Raises Refusal OUT_OF_ORDER, or DIFFERENT_CONTENT where the next step has used the report that stands.
    """
    cycle, progress, role = situation.cycle, situation.progress, report.role
    if cycle is None or progress is None:
        raise Refusal("OUT_OF_ORDER", "no cycle is open", expected="start_cycle first")
    if progress.has(role) and _says(progress.reports[role], report, summary):
        return cycle
    of_role = [step for step in MODES[cycle.mode].steps if step.role == role and step.tool == "submit_report"]
    if not of_role:
        raise Refusal("OUT_OF_ORDER", f"mode {cycle.mode} has no step of the {role.replace('_', ' ')}", expected=_due(progress))
    step = of_role[0]
    if role == "distiller" and progress.rounds >= ROUNDS:
        what = f"the person asked for changes of the spec {ROUNDS} times, and {ROUNDS} rounds are what a cycle has"
        raise Refusal(
            "BUDGET_SPENT", what, expected="the person's word on the spec as it stands (request_approval), or submit_report of the ceo, abort"
        )
    if step.done(progress) or progress.has(role):
        _require_unused(progress, step, role)
    elif not _is_due(progress, step):
        raise Refusal("OUT_OF_ORDER", f"the {role.replace('_', ' ')}'s step is not open", expected=_due(progress))
    return cycle


def require_step(situation: Situation, *tools: str) -> Progress:
    """How far the open cycle is, if its open step is done by one of these tools. Raises Refusal OUT_OF_ORDER, which names the open step."""
    if situation.cycle is None or situation.progress is None:
        raise Refusal("OUT_OF_ORDER", "no cycle is open", expected="start_cycle first")
    if situation.current is not None:
        raise Refusal("OUT_OF_ORDER", f"experiment {situation.current.id} is open", expected="its verdict first")
    opened = open_step(situation.progress)
    if opened is None or opened.tool not in tools:
        raise Refusal("OUT_OF_ORDER", f"{tools[0]} is not what cycle {situation.cycle.id} waits for", expected=_due(situation.progress))
    return situation.progress


def record_report(session: Session, cycle: Cycle, report: OfACycle, summary: str) -> tuple[Report, bool]:
    """Store a report of a cycle with what comes of it: sources archived, a refinement made an item. The same again is the first one."""
    body = report.model_dump(mode="json")
    with session.store.writing() as connection:
        before = reports.reports_of_cycle(connection, cycle.id).get(report.role)
        if before is not None and _says(before, report, summary):
            return before, True
        payload = ReportSubmitted(
            report=reports.next_report(connection), role=report.role, cycle=cycle.id, summary=summary, decision=_decision(report), body=body
        )
        session.store.append(payload, actor=session.host.actor, channel=session.host.name)
        _archive(session, report)
        if isinstance(report, Refinement) and report.tier != "T3":
            _make_item(session, cycle, report)
        if isinstance(report, Refinement) and report.tier == "T3":
            ended = CycleEnded(cycle=cycle.id, how="aborted", reason="too large for a refinement: it goes to a cycle with a focus")
            session.store.append(ended, actor="server", channel="server", key=f"cycle:{cycle.id}:end")
        stored = reports.reports_of_cycle(connection, cycle.id).get(report.role)
    session.write_views()
    if stored is None:
        raise Refusal("STORE_BROKEN", "the report was recorded and is not there", where=(str(session.store.path),))
    return stored, False


def send_back(session: Session, situation: Situation, decision: Decision, summary: str) -> Report:
    """A redirect: the work of a role, and what came after it, no longer counts. Raises Refusal REDIRECT_LIMIT, OUT_OF_ORDER or BAD_REPORT."""
    cycle, progress = situation.cycle, situation.progress
    if cycle is None or progress is None:
        raise Refusal("OUT_OF_ORDER", "no cycle is open", expected="an open cycle whose work is sent back")
    if len(progress.redirects) >= REDIRECTS:
        said = [f"{each.body.get('about')}: {one_line(str(each.body.get('feedback', '')), 300)}" for each in progress.redirects]
        raise Refusal(
            "REDIRECT_LIMIT", f"{REDIRECTS} of {REDIRECTS} redirects of cycle {cycle.id} are used", where=said, expected="proceed, or abort"
        )
    if situation.current is not None and decision.about not in ("builder", "reviewer"):
        raise Refusal("OUT_OF_ORDER", f"experiment {situation.current.id} is open", expected="its verdict first, then the redirect")
    with session.store.writing() as connection:
        voided = _voided(situation, decision, cycle, progress)
        items = hypotheses_of(connection, cycle.id)
        payload = ReportSubmitted(
            report=reports.next_report(connection), role="ceo", cycle=cycle.id, summary=summary, decision="redirect",
            body=decision.model_dump(mode="json"), voids=tuple(report.id for report in voided),
            replaces=() if decision.about in ("builder", "reviewer") else tuple(item.id for item in items if item.state == "open"),
        )  # fmt: skip
        session.store.append(payload, actor=session.host.actor, channel=session.host.name)
        stored = reports.redirects_of(connection, cycle.id)[-1]
    session.write_views()
    return stored


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
        payload = ReportSubmitted(report=reports.next_report(connection), role="ceo", cycle=cycle.id, summary=summary, decision="proceed", body=body)
        session.store.append(payload, actor=session.host.actor, channel=session.host.name)
        stored = reports.reports_of_cycle(connection, cycle.id)["ceo"]
    session.write_views()
    return stored, False


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
        raise Refusal("OUT_OF_ORDER", f"the {decision.about.replace('_', ' ')} handed in nothing in this cycle", expected=_due(progress))
    return found


def _due(progress: Progress) -> str:
    step = open_step(progress)
    return f"the open step: {step.name}, by {step.tool} as {step.role}" if step else "nothing: the cycle is at its end"


def _says(before: Report, report: OfACycle, summary: str) -> bool:
    """Whether a stored report is this one."""
    return before.body == report.model_dump(mode="json") and before.summary == summary


def _is_due(progress: Progress, step: Step) -> bool:
    """Whether a step is the open one, or one that may be done before it: nothing that comes after it is done yet."""
    opened = open_step(progress)
    steps = MODES[progress.mode].steps
    if opened is None or steps.index(step) > steps.index(opened):
        return False
    return not any(between.done(progress) for between in steps[steps.index(step) + 1 : steps.index(opened)] if between.needed(progress))


def _require_unused(progress: Progress, step: Step, role: ReportRole) -> None:
    """A report may be handed in anew until the next step used it."""
    steps = MODES[progress.mode].steps
    later = steps[steps.index(step) + 1 :]
    reported = any(after.tool == "submit_report" and after.role in progress.reports and after.role != "ceo" for after in later)
    asked: Literal["plan", "spec"] | None = "plan" if role == "strategist" else "spec" if role == "distiller" else None
    approved = asked is not None and progress.answer(asked) == "approve"
    used = reported or approved or (progress.proposed > 0 and (role != "refiner" or not progress.undecided))
    if used and progress.has(role):
        what = f"the {role.replace('_', ' ')}'s report {progress.reports[role].name} was used by the next step"
        raise Refusal("DIFFERENT_CONTENT", what, expected="go on; or submit_report of the ceo, redirect, which reopens it")


def _decision(report: OfACycle) -> str:
    return report.tier if isinstance(report, Refinement) else "submitted"


def _archive(session: Session, report: OfACycle) -> None:
    """Keep what a researcher gives of a page, once for each address; within the same transaction."""
    if not isinstance(report, Research):
        return
    for found in filter(is_page, report.findings):
        with session.store.writing() as connection:
            if archived_source(connection, found.source.strip()) is None:
                payload = SourceArchived(source=next_source(connection), address=found.source.strip(), claim=found.claim)
                session.store.append(payload, actor=session.host.actor, channel=session.host.name)


def _make_item(session: Session, cycle: Cycle, report: Refinement) -> None:
    """The refinement as what an experiment can try; within the same transaction."""
    with session.store.writing() as connection:
        item = Hypothesis(
            title=one_line(report.task, TITLE), category="exploit", dimension="none", what=report.task, why=" ".join(cycle.focus) or report.task,
            files=report.files, own_checks=report.own_checks, kind="refinement", ordered=True,
        )  # fmt: skip
        numbered = NumberedHypothesis(id=next_number(connection, "hypotheses"), content=item)
        session.store.append(HypothesesProposed(cycle=cycle.id, hypotheses=(numbered,)), actor="server", channel="server")


def record_of_experiment(session: Session, experiment: Experiment, report: RecordReading | Lesson, summary: str) -> tuple[Report, bool]:
    """Store what is said beside an experiment; the same again is the first one."""
    body = report.model_dump(mode="json")
    with session.store.writing() as connection:
        before = reports.report_on(connection, experiment.id, report.role)
        if before is not None and before.body == body and before.summary == summary:
            return before, True
        payload = ReportSubmitted(
            report=reports.next_report(connection), role=report.role, cycle=experiment.cycle, experiment=experiment.id, tree=experiment.tree or "",
            summary=summary, decision=report.reading if isinstance(report, RecordReading) else "submitted", body=body,
        )  # fmt: skip
        session.store.append(payload, actor=session.host.actor, channel=session.host.name)
        stored = reports.report_on(connection, experiment.id, report.role)
    session.write_views()
    if stored is None:
        raise Refusal("STORE_BROKEN", "the report was recorded and is not there", where=(str(session.store.path),))
    return stored, False


def redirects(session: Session, report: Report) -> list[Report]:
    """The redirects of the cycle that a report belongs to."""
    with session.store.reading() as connection:
        return reports.redirects_of(connection, report.cycle or 0)
