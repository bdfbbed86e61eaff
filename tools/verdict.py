"""The verdict: keep goes through the gate and lands, revert and abandon lose nothing."""

from typing import Final, Literal

from state.answers import Answer, Next, Option, one_line, quoted, sentence, short
from state.cycles import cycle as cycle_of
from state.errors import Refusal
from state.experiments import Experiment
from state.jobs import Job
from tools.answering import answer
from tools.arguments import Lesson, Number, Reason
from tools.engine.cycle.situation import observe
from tools.engine.experiment.candidate import update_candidate
from tools.engine.experiment.deciding import (
    Verdict,
    clear_away,
    give_up,
    keep,
    land_kept,
    require_clean_gate,
    take_up,
    withdraw_keep,
)
from tools.engine.experiment.gathering import gather
from tools.engine.experiment.holding import holdout_plan
from tools.engine.experiment.measuring import confirming_plan, evaluation_plan
from tools.engine.experiment.opening import required
from tools.engine.experiment.regaining import to_be_confirmed
from tools.engine.experiment.waiting import kept_waiting
from tools.engine.gate.checks import run_gate
from tools.engine.gate.facts import Comparison, Facts
from tools.engine.jobs.running import is_running
from tools.engine.publishing.opening import withdraw
from tools.engine.repository.outcome import Landed, Moved, Outcome, Proposed, Waiting
from tools.engine.session import Session
from tools.landed import landed_answer
from tools.measured import job_answer
from tools.proposed import proposed_answer
from tools.tally import cycle_counts, cycle_line, item_after
from tools.undone import undo_answer, undone_answer

# What is written where nothing is meant, by its letters and digits alone.
NO_LESSON: Final = frozenset({"", "none", "na", "nil", "null", "nothing", "nolesson", "no", "tbd", "todo", "unknown", "lesson", "same"})
DECIDED_AS: Final = {
    "landed": "keep", "kept": "keep", "proposed": "keep", "reverted": "revert", "error": "abandon", "superseded": "supersede", "undone": "undo",
}  # fmt: skip


def verdict(
    session: Session, experiment: Number, decision: Literal["keep", "revert", "abandon", "undo"], reason: Reason, lesson: Lesson = ""
) -> Answer:
    """Give the verdict.

    keep: run the gate, then land the measured tree on the target; refused if a check fails. revert: target untouched,
    branch kept as backup. abandon: could not be built or measured. undo: take a landed one back by a new commit.
    """
    take_up(session)
    found = required(session, experiment)
    if decision == "undo" and found.state in ("landed", "proposed"):
        return undo_answer(session, found, reason, lesson)
    if decision == "revert" and found.state == "kept":  # waits to land, and is wanted no more
        _require_lesson(lesson)
        found = withdraw_keep(session, found, _target(session, found))
    if found.state in DECIDED_AS:
        return _again(session, found, decision)
    if decision == "undo":
        raise Refusal("OUT_OF_ORDER", f"experiment {found.id} is {found.shown_state}: nothing has landed to take back", expected="keep or revert")
    _no_job(session, found)
    given = Verdict(decision, reason, lesson)
    match decision:
        case "keep":
            return _keep(session, found, given)
        case "revert":
            _require_lesson(lesson)
            return _given_up(session, give_up(session, found, given))
        case "abandon":
            _may_abandon(found)
            return _given_up(session, give_up(session, found, given))


def _require_lesson(lesson: str) -> None:
    if "".join(filter(str.isalnum, lesson)).casefold() in NO_LESSON:
        raise Refusal("BAD_ARGUMENTS", "a revert teaches something", where=("lesson",), expected="one sentence that helps the next cycle")


def _keep(session: Session, found: Experiment, given: Verdict) -> Answer:
    facts = gather(session, found)
    if facts.tree == found.tree and facts.target_moved and found.merging is None:
        return _measure_again(session, update_candidate(session, found, facts.target), facts.target, given)
    if _wants_what_is_held_out(facts):
        job = session.wait(session.launch(holdout_plan(session, found)))
        if job.state != "done":
            return _held_out_first(session, found, job)
        facts = gather(session, found)
    checks = run_gate(facts)
    require_clean_gate(session, facts, checks)
    outcome = keep(session, facts, checks, given)
    return _kept(session, required(session, found.id), facts.target, (outcome, given))


def _wants_what_is_held_out(facts: Facts) -> bool:
    """Whether only what is held out is left to be measured. A person who is asked about anything suspect sees its number too."""
    if facts.configuration.holdout is None or facts.held_out is not None or facts.comparison is None:
        return False
    return not any(check.result in ("fail", "not_yet") for check in run_gate(facts))


def _held_out_first(session: Session, found: Experiment, job: Job) -> Answer:
    """The verdict waits for the number of what is held out."""
    if job.state == "failed":
        raise Refusal("NOT_MEASURED", f"what is held out could not be measured: {one_line(job.reason, 200)}", expected="the verdict once more")
    wait = Next(do="Wait for it, then give the verdict again.", tool="get_job", arguments={"job": job.name}, role="evaluator")
    summary = f"Not kept yet: experiment {found.id} is being measured by what is held out, as {job.name}."
    return answer(session, summary, {"state": found.state, "job": job.name}, next_action=wait)


def _again(session: Session, found: Experiment, decision: str) -> Answer:
    """The verdict once more: the same is answered again, and a keep that waits is landed; another is refused."""
    if DECIDED_AS[found.state] != decision:
        if found.state == "kept":
            raise Refusal(
                "OUT_OF_ORDER", f"experiment {found.id} is kept and waits to land",
                expected="keep once more, which takes the landing up, or revert, which gives it up",
            )  # fmt: skip
        ended = f" on {found.ended_at[:10]}" if found.ended_at else ""
        raise Refusal(
            "ALREADY_DECIDED", f"experiment {found.id} was decided{ended}: {DECIDED_AS[found.state]}", where=(one_line(found.reason or ""),)
        )
    if found.state == "undone":
        return undone_answer(session, found, repeated=True)
    if found.state == "proposed":
        clear_away(session, found)
        return proposed_answer(session, found, repeated=True)
    if found.state == "kept":
        target = _target(session, found)
        given = Verdict("keep", found.reason or "", found.lesson or "")
        outcome = land_kept(session, found, target)
        return _kept(session, required(session, found.id), target, (outcome, given))
    if found.state == "landed":
        clear_away(session, found)
        return landed_answer(session, found, "", repeated=True, job=_measured_afresh(session, found))
    clear_away(session, found)
    return _given_up(session, found, repeated=True)


def _target(session: Session, found: Experiment) -> str:
    with session.store.reading() as connection:
        cycle = cycle_of(connection, found.cycle)
    if cycle is None:
        raise Refusal("STORE_BROKEN", f"experiment {found.id} has no cycle", where=(str(session.store.path),))
    return cycle.target


def _kept(session: Session, found: Experiment, target: str, came: tuple[Outcome | Proposed, Verdict]) -> Answer:
    """What came of a keep with these words."""
    outcome, given = came
    match outcome:
        case Proposed():
            return proposed_answer(session, found)
        case Landed(checkout):
            return landed_answer(session, found, checkout, job=_measured_afresh(session, found))
        case Moved():
            return _measure_again(session, update_candidate(session, found, target), target, given)
        case Waiting(reason, paths, said):
            session.warnings += [f"in the way: {quoted(path)}" for path in paths[:4]]
            do = f"Tell the person what is in the way of {target}: {one_line(reason, 150)}. When it is gone, give the verdict again."
            again = Next(do=do, tool="verdict", arguments={"experiment": found.id, "decision": "keep"}, fill=("reason",), role="ceo")
            data = {"state": found.state, "target": target, "waits": one_line(reason), "checkout": {"paths": [quoted(path) for path in paths[:10]]}}
            if said:
                session.warnings.append(one_line(said, 200))
            summary = f"Experiment {found.id} is kept, and not landed yet: {one_line(reason, 200)}. {target} has not moved."
            revert = Option(tool="verdict", arguments={"experiment": found.id, "decision": "revert"}, why="the person wants it no more")
            return answer(session, summary, data, next_action=again).model_copy(update={"options": (revert,)})


def _measured_afresh(session: Session, found: Experiment) -> str:
    """In research what landed is measured afresh, to say what it gained; answers the job that still does it, empty where there is none."""
    attempt = to_be_confirmed(session, found)
    if attempt is None:
        return ""
    job = session.wait(session.launch(confirming_plan(session, found, attempt)))
    return job.name if job.state == "running" else ""


def _given_up(session: Session, found: Experiment, *, repeated: bool = False) -> Answer:
    withdraw(session, found.id, found.reason or "")
    word = "reverted" if found.decision == "revert" else "abandoned"
    summary = f"Experiment {found.id} is {word}; the target is untouched, the branch is kept as {found.backup}. {cycle_line(session, found)}"
    data = {
        "state": found.shown_state,
        "backup": found.backup,
        "archive_note": f".factory/archive/experiments/{found.id:03d}.md",
        "backlog": item_after(session, found),
        "cycle": cycle_counts(session, found),
        "for_the_person": f"{word.capitalize()}: {sentence(found.title)} {one_line(found.reason or '')}",
    }
    return answer(session, summary, data, situation=observe(session, ended=found.cycle), repeated=repeated)


def _measure_again(session: Session, found: Experiment, target: str, given: Verdict) -> Answer:
    """Measure what was brought up to date. A terminal ends with its command, and a job with its process: there it is waited for, and kept then."""
    number = session.launch(evaluation_plan(session, found))
    if session.host.actor == "user":
        job = session.wait(number)
        return _keep(session, required(session, found.id), given) if job.state == "done" else job_answer(session, job)
    wait = Next(do="Wait for it, then give the verdict again.", tool="get_job", arguments={"job": f"J{number}"}, role="evaluator")
    data = {"state": found.state, "target": target, "base": short(found.base), "job": f"J{number}"}
    line = kept_waiting(session, target)
    why = f"experiment {line[-1].experiment.id} was kept before it" if line and line[-1].commit == found.base else f"{target} moved"
    summary = f"Not landed yet: {why}; experiment {found.id} was brought up to date with it and is being measured as J{number}, as it would land."
    return answer(session, summary, data, next_action=wait)


def _no_job(session: Session, found: Experiment) -> None:
    job = observe(session, focus=found.id).job
    if job is not None and is_running(session.store, job.id):
        raise Refusal("OUT_OF_ORDER", f"{job.name} is still measuring experiment {found.id}", expected="get_job, or cancel_job first")


def _may_abandon(found: Experiment) -> None:
    if found.assessment is None:
        return
    comparison = Comparison.model_validate(found.assessment)
    if all(row.candidate is not None for row in comparison.assessment.rows):
        raise Refusal("OUT_OF_ORDER", f"experiment {found.id} was measured: a result cannot be abandoned", expected="keep or revert")
