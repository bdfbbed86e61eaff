"""Reports that roles hand in: checked against the candidate before they count."""

from typing import Annotated, Any, Final, TypeVar

from pydantic import Field, ValidationError

from state.answers import Answer, Next, one_line, short
from state.cycles import Cycle, CycleEnded, open_cycle
from state.errors import Problem, Refusal, counted
from state.experiments import Experiment, open_experiments
from state.model import Model
from state.nearest import nearest
from state.patterns import Patterns
from state.reports import ReportSubmitted
from state.rows import next_number
from tools.analysed import analysis_said, analysis_shown
from tools.answering import answer
from tools.arguments import Number, ReportObject
from tools.engine.approving import start_approved
from tools.engine.contract import contract_at, standing
from tools.engine.cycle.answers_handed_in import notes_on_report
from tools.engine.cycle.modes import not_started
from tools.engine.cycle.recording import go_on, record_of_experiment, record_report, record_review, send_back, submit
from tools.engine.cycle.situation import ASKED_OF, Situation, observe
from tools.engine.cycle.turns import require_turn
from tools.engine.experiment.candidate import capture_candidate
from tools.engine.experiment.deciding import Verdict, give_up, take_up
from tools.engine.experiment.opening import required
from tools.engine.experiment.review import Review, verify_review
from tools.engine.repository.changes import changed_lines
from tools.engine.research.failed_runs import failed_runs
from tools.engine.roles.shapes import Decision, FailureAnalysis, Lesson, OfACycle, Plan, RecordReading, Refinement, Research, WrittenSpec
from tools.engine.roles.verifying import Ground, problems_of_lesson, problems_of_report, verified
from tools.engine.scope.files import files_of
from tools.engine.session import Session
from tools.problems import problems_of_shape

Summary = Annotated[str, Field(min_length=1, max_length=2000, description="Up to 2,000 characters.")]
REVIEWABLE: Final = ("begun", "candidate", "measured", "held")

Shape = TypeVar("Shape", bound=Model)


OF_A_CYCLE: Final[dict[str, type[OfACycle]]] = {
    "researcher": Research,
    "strategist": Plan,
    "distiller": WrittenSpec,
    "failure_analyst": FailureAnalysis,
    "refiner": Refinement,
}
ROLES: Final = ("reviewer", *OF_A_CYCLE, "evaluator", "archivist", "ceo")


def submit_report(session: Session, report: ReportObject, summary: Summary, experiment: Number | None = None) -> Answer:
    """Hand in what a role found or decided: a review, research, a plan, a spec, a lesson, a redirect.

    Evidence is checked: quotes must stand in the candidate, sources exist, every guard be answered.
    """
    notes = notes_on_report(session, report, summary, experiment)  # before all other rules, which say again what was handed in
    taken = _taken(session, report, summary, experiment)
    return taken.model_copy(update={"data": {**taken.data, "notes": list(notes)}}) if notes else taken


def _taken(session: Session, report: dict[str, Any], summary: str, experiment: int | None) -> Answer:
    """The report of a role, as that role hands it in."""
    role = str(report.get("role") or "nothing")
    match role:
        case "reviewer":
            return _review(session, _parsed(Review, report), summary, experiment)
        case "evaluator":
            return _of_experiment(session, _parsed(RecordReading, report), summary, experiment)
        case "archivist":
            return _of_experiment(session, _parsed(Lesson, report), summary, experiment)
        case "ceo":
            return _decide(session, _parsed(Decision, report), summary, experiment)
        case "failure_analyst":
            _require_failures(session)
            return _of_cycle(session, _parsed(FailureAnalysis, report), summary)
        case _ if role in OF_A_CYCLE:
            return _of_cycle(session, _parsed(OF_A_CYCLE[role], report), summary)
        case _:
            problem = Problem("report.role", one_line(role), f"one of {', '.join(ROLES)}", nearest(role, ROLES))
            raise Refusal("BAD_REPORT", "a report says which role hands it in", problems=[problem])


def _require_failures(session: Session) -> None:
    """Raises Refusal OUT_OF_ORDER in a research cycle in which nothing failed, before the report is read: no report of it could be right."""
    cycle = observe(session).cycle
    if cycle is not None and cycle.mode == "research" and not (found := failed_runs(session, cycle)).failing:
        raise Refusal("OUT_OF_ORDER", f"there is nothing to explain: {found.said}", expected="the step that is open: propose_hypotheses")


def _of_cycle(session: Session, report: OfACycle, summary: str) -> Answer:
    """A report that satisfies a step of the open cycle."""
    take_up(session)
    cycle = require_turn(observe(session), report, summary)
    where = standing(session)
    scope = Patterns(where.configuration.modifiable) if where.configuration else None
    failed = failed_runs(session, cycle).names if isinstance(report, FailureAnalysis) else ()
    ground = Ground(session.repository, where.tip, frozenset(files_of(session.repository, where.tip).paths), scope, cycle.mode, failed)
    if problems := problems_of_report(report, ground):
        raise Refusal("BAD_REPORT", f"the {_said(report.role)}'s report has {counted(problems)}", problems=problems)
    stored, repeated = record_report(session, cycle, report, summary)
    data = {"report_id": stored.name, **verified(report)}
    if isinstance(report, FailureAnalysis):
        return answer(session, analysis_said(session, cycle, stored.name), {**data, **analysis_shown(session, cycle)}, repeated=repeated)
    if isinstance(report, Refinement) and report.tier == "T3":
        on = Next(
            do="It is more than a refinement: begin a cycle for it.",
            tool="start_cycle",
            arguments={"mode": "focus", "focus": [report.task]},
            role="ceo",
        )
        return answer(session, f"Tier T3: cycle {cycle.id} ends, and a cycle with this focus takes it up.", data, next_action=on, repeated=repeated)
    return answer(session, f"The {_said(report.role)}'s report is taken as {stored.name}.", data, repeated=repeated)


def _of_experiment(session: Session, report: RecordReading | Lesson, summary: str, number: int | None) -> Answer:
    """What an evaluator makes of a record, or an archivist adds to a decided experiment: kept beside it, deciding nothing."""
    if number is None:
        raise Refusal("BAD_ARGUMENTS", "which experiment?", where=("experiment",), expected="the number of an experiment")
    found = required(session, number)
    if isinstance(report, RecordReading) and found.assessment is None:
        raise Refusal("NOT_MEASURED", f"experiment {number} has no record to read", expected="run_eval first")
    if isinstance(report, Lesson):
        if found.is_open:
            raise Refusal("OUT_OF_ORDER", f"experiment {number} is {found.shown_state}", expected="its verdict first")
        if problems := problems_of_lesson(report):
            raise Refusal("BAD_REPORT", f"the archivist's report has {counted(problems)}", problems=problems)
    stored, repeated = record_of_experiment(session, found, report, summary)
    said = f"The {_said(report.role)}'s report on experiment {number} is taken as {stored.name}."
    return answer(session, said, {"report_id": stored.name}, situation=observe(session, focus=number), repeated=repeated)


def _decide(session: Session, decision: Decision, summary: str, number: int | None) -> Answer:
    """The CEO's decision on a role's work."""
    take_up(session)
    match decision.decision:
        case "abort":
            return _abort(session, decision, summary)
        case "redirect":
            if not decision.about or not decision.feedback.strip():
                problems = [
                    Problem(f"report.{name}", "nothing", said)
                    for name, said in (("about", "the role whose work is sent back"), ("feedback", "what it should do otherwise"))
                    if not getattr(decision, name).strip()
                ]
                raise Refusal("BAD_REPORT", "a redirect says whose work, and why", problems=problems)
            stored, left = send_back(session, _meant(observe(session, focus=number), decision, number), decision, summary)
            data = {"report_id": stored.name, "decision": "redirect", "about": decision.about, "redirects_left": left}
            return answer(
                session, f"The work of the {_said(decision.about)} goes back; what came after it and is not decided no longer counts.", data
            )
        case "proceed":
            stored, repeated = go_on(session, observe(session), decision, summary)
            on = _start_what_was_approved(session)
            data = {"report_id": stored.name, "decision": "proceed"}
            return answer(session, "Noted: the cycle goes on.", data, next_action=on, repeated=repeated)


def _meant(seen: Situation, decision: Decision, number: int | None) -> Situation:
    """The situation, where it is clear whose work is sent back. Raises Refusal BAD_ARGUMENTS where several are open, or another one."""
    if decision.about not in ("builder", "reviewer") or seen.current is None:
        return seen
    if number is None and seen.others:
        several = [seen.current.id, *(each.experiment.id for each in seen.others)]
        raise Refusal("BAD_ARGUMENTS", f"{len(several)} experiments are open", where=("experiment",), expected=f"one of {sorted(several)}")
    if number is not None and number != seen.current.id:
        raise Refusal("BAD_ARGUMENTS", f"experiment {number} is not open", where=("experiment",), expected=f"an open one: {seen.current.id}")
    return seen


def _start_what_was_approved(session: Session) -> Next | None:
    """A plan or a spec that a standing order approved waits for the CEO's word, and is started with it; what comes after a spec."""
    seen = observe(session)
    if seen.cycle is None or seen.progress is None or (asked := not_started(seen.progress)) is None:
        return None
    return start_approved(session, asked, seen.cycle, seen.progress.reports[ASKED_OF[asked]], seen=not seen.progress.by_standing_order(asked))


def _said(role: str) -> str:
    return role.replace("_", " ")


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
    stored, repeated = record_review(session, found, review, summary)
    data = {
        "report_id": stored.name,
        "decision": review.decision,
        "candidate": short(taken.commit),
        "files": sorted(changed)[:20],
        "ignored": list(taken.ignored),
    }
    said = f"Review of experiment {number} taken: {review.decision}, every quote found in candidate {short(taken.commit)}."
    return answer(session, said, data, situation=observe(session, focus=number), repeated=repeated)


def _abort(session: Session, abort: Decision, summary: str) -> Answer:
    """End the open cycle: its open experiments are abandoned, each with its backup. An abort that was interrupted goes on."""
    target = standing(session).target
    with session.store.writing() as connection:
        cycle = open_cycle(connection, target)
        if cycle is None:
            raise Refusal("OUT_OF_ORDER", "no cycle is open", expected="an open cycle to end")
        if any(found.state == "kept" for found in open_experiments(connection, cycle.id)):
            raise Refusal("OUT_OF_ORDER", "an experiment of this cycle is kept and waits to land", expected="verdict(keep) of it first")
        number, body = next_number(connection, "reports"), abort.model_dump(mode="json")
        payload = ReportSubmitted(report=number, role="ceo", cycle=cycle.id, summary=summary, decision="abort", body=body)
        stored, repeated = submit(session, payload, key=f"cycle:{cycle.id}:abort")
    abandoned: list[int] = []
    while left := _left_or_end(session, cycle, summary):
        for found in left:
            give_up(session, found, Verdict("abandon", f"cycle aborted: {one_line(abort.feedback or summary, 400)}"))
            abandoned.append(found.id)
    session.write_views()
    data = {"report_id": stored.name, "decision": "abort", "abandoned": abandoned}
    lost = f"{len(abandoned)} experiment{'s' * (len(abandoned) != 1)} abandoned, branches kept as backups" if abandoned else "nothing of it was open"
    said = f"Cycle {cycle.id} ended: {lost}."
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
