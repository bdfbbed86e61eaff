"""Reports that roles hand in: checked against the candidate before they count."""

from typing import Annotated, Any, Final, Literal, TypeVar

from pydantic import Field, ValidationError

from state import reports
from state.answers import Answer, one_line, short
from state.cycles import Cycle, CycleEnded, open_cycle
from state.errors import Problem, Refusal, counted
from state.experiments import Experiment, open_experiments
from state.model import Model
from state.reports import ReportSubmitted
from tools.answering import answer
from tools.arguments import Number, ReportObject
from tools.engine.contract import contract_at, standing
from tools.engine.cycle.situation import observe
from tools.engine.experiment.candidate import capture_candidate
from tools.engine.experiment.deciding import Verdict, give_up
from tools.engine.experiment.opening import required
from tools.engine.experiment.review import Review, stored_body, verify_review
from tools.engine.repository.changes import changed_lines
from tools.engine.session import Session
from tools.problems import problems_of_shape

Summary = Annotated[str, Field(min_length=1, max_length=2000, description="Up to 2,000 characters.")]
REVIEWABLE: Final = ("begun", "candidate", "measured", "held")

Shape = TypeVar("Shape", bound=Model)


class Abort(Model):
    """The CEO ends a cycle that leads nowhere."""

    role: Literal["ceo"]
    decision: Literal["abort"]
    about: str = ""
    feedback: Annotated[str, Field(max_length=2000)] = ""


def submit_report(session: Session, report: ReportObject, summary: Summary, experiment: Number | None = None) -> Answer:
    """Hand in what a role found or decided: a review, or an abort (ceo) that ends the cycle.

    Evidence is checked: quotes must stand in the candidate, every guard be answered.
    """
    match report.get("role"):
        case "reviewer":
            return _review(session, _parsed(Review, report), summary, experiment)
        case "ceo":
            return _abort(session, _parsed(Abort, report), summary)
        case other:
            problem = Problem("report.role", one_line(str(other or "nothing")), "one of reviewer, ceo")
            raise Refusal("BAD_REPORT", "a report says which role hands it in", problems=[problem])


def _review(session: Session, review: Review, summary: str, number: int | None) -> Answer:
    if number is None:
        raise Refusal("BAD_ARGUMENTS", "which experiment was reviewed?", where=("experiment",), expected="the number of an open experiment")
    found = required(session, number)
    if found.state not in REVIEWABLE:
        raise Refusal(
            "OUT_OF_ORDER", f"experiment {number} is {found.shown_state}: there is nothing to review", expected="an experiment that is not decided"
        )
    guards = contract_at(session, found.base).configuration.guards
    found, taken = capture_candidate(session, found)
    changed = changed_lines(session.repository, found.base, taken.commit)
    verify_review(review, changed, guards)
    stored, repeated = _store(session, found, review, summary)
    data = {
        "report_id": f"R{stored.id}",
        "decision": review.decision,
        "candidate": short(taken.commit),
        "files": sorted(changed)[:20],
        "ignored": list(taken.ignored),
        "quotes_found": len(review.quotes),
        "guards_answered": len(review.guards),
    }
    said = f"Review of experiment {number} taken: {review.decision}, {len(review.quotes)} quotes found in candidate {short(taken.commit)}."
    return answer(session, said, data, situation=observe(session, focus=number), repeated=repeated)


def _store(session: Session, found: Experiment, review: Review, summary: str) -> tuple[reports.Report, bool]:
    """The report as stored: the same content again is the first one, other content on the same candidate supersedes it."""
    body = stored_body(review)
    with session.store.writing() as connection:
        before = reports.latest_review(connection, found.id, found.review_tree or "")
        repeated = before is not None and before.body == body and before.summary == summary
        if not repeated:
            payload = ReportSubmitted(
                report=reports.next_report(connection), role="reviewer", cycle=found.cycle, experiment=found.id, tree=found.review_tree or "",
                summary=summary, decision=review.decision, body=body,
            )  # fmt: skip
            session.store.append(payload, actor=session.host.actor, channel=session.host.name)
        stored = reports.latest_review(connection, found.id, found.review_tree or "")
    session.write_views()
    if stored is None:
        raise Refusal("STORE_BROKEN", "the review was recorded and is not there", where=(str(session.store.path),))
    return stored, repeated


def _abort(session: Session, abort: Abort, summary: str) -> Answer:
    """End the open cycle: its open experiments are abandoned, each with its backup. An abort that was interrupted goes on."""
    target = standing(session).target
    with session.store.writing() as connection:
        cycle = open_cycle(connection, target)
        if cycle is None:
            raise Refusal("OUT_OF_ORDER", "no cycle is open", expected="an open cycle to end")
        if any(found.state == "kept" for found in open_experiments(connection, cycle.id)):
            raise Refusal("OUT_OF_ORDER", "an experiment of this cycle is kept and waits to land", expected="verdict(keep) of it first")
        payload = ReportSubmitted(
            report=reports.next_report(connection), role="ceo", cycle=cycle.id, summary=summary, decision="abort", body=abort.model_dump(mode="json")
        )
        event, repeated = session.store.append(payload, actor=session.host.actor, channel=session.host.name, key=f"cycle:{cycle.id}:abort")
    abandoned: list[int] = []
    while left := _left_or_end(session, cycle, summary):
        for found in left:
            give_up(session, found, Verdict("abandon", f"cycle aborted: {one_line(abort.feedback or summary, 400)}"))
            abandoned.append(found.id)
    session.write_views()
    data = {"report_id": f"R{event.payload['report']}", "decision": "abort", "abandoned": abandoned}
    said = f"Cycle {cycle.id} ended: {len(abandoned)} experiment{'s' * (len(abandoned) != 1)} abandoned, with branches kept as backups."
    return answer(session, said, data, repeated=repeated)


def _left_or_end(session: Session, cycle: Cycle, summary: str) -> list[Experiment]:
    """The experiments of the cycle that are still open; where there is none the cycle ends, in the same moment, so that none can begin between."""
    with session.store.writing() as connection:
        left = open_experiments(connection, cycle.id)
        if not left:
            ended = CycleEnded(cycle=cycle.id, how="aborted", reason=one_line(summary, 400))
            session.store.append(ended, actor=session.host.actor, channel=session.host.name, key=f"cycle:{cycle.id}:end")
    return left


def _parsed(shape: type[Shape], report: dict[str, Any]) -> Shape:
    """The report in its shape. Raises Refusal BAD_REPORT with every problem."""
    try:
        return shape.model_validate(report)
    except ValidationError as error:
        problems = problems_of_shape(error, shape, "report")
        raise Refusal("BAD_REPORT", f"the report has {counted(problems)}", problems=problems) from error
