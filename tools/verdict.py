"""The verdict: keep goes through the gate and lands, revert and abandon lose nothing."""

from typing import Any, Final, Literal

from state.answers import Answer, Next, Option, one_line, quoted, sentence, short
from state.cycles import cycle as cycle_of
from state.cycles import hypotheses_of
from state.errors import Refusal
from state.experiments import Experiment, experiments_of_cycle
from state.jobs import Job
from state.verdicts import verdict_on
from tools.answering import answer
from tools.arguments import Lesson, Number, Reason
from tools.engine.cycle.situation import Situation, observe
from tools.engine.experiment.arms import superseded_by
from tools.engine.experiment.candidate import update_candidate
from tools.engine.experiment.deciding import (
    Verdict,
    clear_away,
    give_up,
    held_out_scores,
    keep,
    land_kept,
    require_clean_gate,
    take_up,
    withdraw_keep,
)
from tools.engine.experiment.gathering import gather
from tools.engine.experiment.holding import holdout_plan, stored_held_out
from tools.engine.experiment.measuring import evaluation_plan
from tools.engine.experiment.opening import required
from tools.engine.experiment.taken_up import taken_up
from tools.engine.experiment.waiting import kept_waiting
from tools.engine.gate.checks import run_gate
from tools.engine.gate.checks_of_files import BEYOND
from tools.engine.gate.checks_of_people import BY_THE_REVIEW
from tools.engine.gate.facts import Comparison, Facts
from tools.engine.jobs.running import is_running
from tools.engine.publishing.opening import withdraw
from tools.engine.repository.outcome import Landed, Moved, Outcome, Proposed, Waiting
from tools.engine.session import Session
from tools.measured import job_answer
from tools.proposed import proposed_answer
from tools.undone import undo_answer, undone_answer

SEEN: Final = 0.0005  # a difference of composites that three digits show
PROOFS_SHOWN: Final = 3
# What is written where nothing is meant, by its letters and digits alone.
NO_LESSON: Final = frozenset({"", "none", "na", "nil", "null", "nothing", "nolesson", "no", "tbd", "todo", "unknown", "lesson", "same"})
DECIDED_AS: Final = {
    "landed": "keep", "kept": "keep", "proposed": "keep", "reverted": "revert", "error": "abandon", "superseded": "supersede", "undone": "undo",
}  # fmt: skip


def verdict(
    session: Session, experiment: Number, decision: Literal["keep", "revert", "abandon", "undo"], reason: Reason, lesson: Lesson = ""
) -> Answer:
    """Give the verdict.

    keep: run the gate, then land the measured tree on the target; refused with reasons if a check fails. revert: target untouched,
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
        return _kept(session, required(session, found.id), target, (land_kept(session, found, target), given))
    if found.state == "landed":
        clear_away(session, found)
        return _landed(session, found, "", repeated=True)
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
            return _landed(session, found, checkout)
        case Moved():
            return _measure_again(session, update_candidate(session, found, target), target, given)
        case Waiting(reason, paths, said):
            session.warnings += [f"in the way: {quoted(path)}" for path in paths[:4]]
            do = f"Tell the person what is in the way of {target}: {one_line(reason, 150)}. When it is gone, give the verdict again."
            again = Next(do=do, tool="verdict", arguments={"experiment": found.id, "decision": "keep"}, fill=("reason",), role="ceo")
            data = {"state": found.state, "target": target, "checkout": {"waits": one_line(reason), "paths": [quoted(path) for path in paths[:10]]}}
            if said:
                session.warnings.append(one_line(said, 200))
            summary = f"Experiment {found.id} is kept, and not landed yet: {one_line(reason, 200)}. {target} has not moved."
            revert = Option(tool="verdict", arguments={"experiment": found.id, "decision": "revert"}, why="the person wants it no more")
            return answer(session, summary, data, next_action=again).model_copy(update={"options": (revert,)})


def _landed(session: Session, found: Experiment, checkout: str, *, repeated: bool = False) -> Answer:
    comparison = Comparison.model_validate(found.assessment)
    tree = short(comparison.tree)
    summary = f"Experiment {found.id} landed as {short(found.merge_commit)}, the measured tree {tree}. {_cycle_line(session, found)}"
    assessed = comparison.assessment
    scores = f"went from {assessed.floor_base:.3f} to {assessed.floor_candidate:.3f}"
    if abs(assessed.floor_candidate - assessed.floor_base) < SEEN:
        scores = f"stays at {assessed.floor_candidate:.3f}"
    data = {
        "state": found.state,
        "commit": short(found.merge_commit),
        "tree": tree,
        "checkout": checkout,
        "superseded": superseded_by(session, found),
        "held_out": held_out_scores(stored_held_out(session, found)),
        "archive_note": f".factory/archive/experiments/{found.id:03d}.md",
        "backlog": _backlog(session, found),
        "cycle": _cycle_counts(session, found),
        "for_the_person": f"Kept: {sentence(found.title)} The composite {scores}.{_proof(comparison)}{_on_trust(session, found)}",
    }
    situation = observe(session, ended=found.cycle)
    return _with_pull_request(answer(session, summary, data, situation=situation, repeated=repeated), found, situation)


def _with_pull_request(given: Answer, found: Experiment, situation: Situation) -> Answer:
    """The same, and the way upstream where factory.md says that changes go there clean."""
    configuration = situation.standing.configuration
    if configuration is None or configuration.clean_pr is None or not configuration.clean_pr.clean_pr:
        return given
    upstream = Option(tool="clean_pr", arguments={"experiments": [found.id], "action": "preview"}, why="what of it would go upstream")
    return given.model_copy(update={"options": (upstream, *given.options)[:2]})


def _proof(comparison: Comparison) -> str:
    """The tests that failed before and pass now, where the hypothesis named some."""
    proving = [quoted(check.test) for check in comparison.own_checks if check.proves]
    more = f" and {len(proving) - PROOFS_SHOWN} more" if len(proving) > PROOFS_SHOWN else ""
    return f" Proven: {', '.join(proving[:PROOFS_SHOWN])}{more} failed before and {'pass' if len(proving) > 1 else 'passes'} now." if proving else ""


def _on_trust(session: Session, found: Experiment) -> str:
    """The guards that hold by the reviewer's word alone, and the files that the hypothesis did not speak of."""
    with session.store.reading() as connection:
        given = verdict_on(connection, found.id)
    evidence = given.evidence if given else {}
    guards = [line.removeprefix(BY_THE_REVIEW) for line in evidence.get("guards", ()) if line.startswith(BY_THE_REVIEW)]
    beyond = [line.removeprefix(BEYOND) for line in evidence.get("scope", ()) if line.startswith(BEYOND)]
    said = f" That these hold is the reviewer's word alone: {'; '.join(guards)}." if guards else ""
    return said + (f" Changed besides what was proposed: {', '.join(beyond)}." if beyond else "")


def _given_up(session: Session, found: Experiment, *, repeated: bool = False) -> Answer:
    withdraw(session, found.id, found.reason or "")
    word = "reverted" if found.decision == "revert" else "abandoned"
    summary = f"Experiment {found.id} is {word}; the target is untouched, the branch is kept as {found.backup}. {_cycle_line(session, found)}"
    data = {
        "state": found.shown_state,
        "backup": found.backup,
        "archive_note": f".factory/archive/experiments/{found.id:03d}.md",
        "backlog": _backlog(session, found),
        "cycle": _cycle_counts(session, found),
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


def _backlog(session: Session, found: Experiment) -> dict[str, str] | None:
    """What became of the item that the experiment took up."""
    item = taken_up(session, found)
    return {"id": item.name, "state": item.state} if item else None


def _cycle_counts(session: Session, found: Experiment) -> dict[str, Any]:
    with session.store.reading() as connection:
        cycle = cycle_of(connection, found.cycle)
        items = hypotheses_of(connection, found.cycle)
        made = experiments_of_cycle(connection, found.cycle)
    left = sum(item.state == "open" for item in items) + sum(experiment.is_open for experiment in made)
    kept = sum(experiment.state in ("kept", "proposed", "landed") for experiment in made)
    reverted = sum(experiment.state == "reverted" for experiment in made)
    seldom = {state: number for state in ("superseded", "undone") if (number := sum(experiment.state == state for experiment in made))}
    return {"cycle": found.cycle, "state": cycle.state if cycle else "", "kept": kept, "reverted": reverted, **seldom, "left": left}


def _cycle_line(session: Session, found: Experiment) -> str:
    counts = _cycle_counts(session, found)
    return f"Cycle {found.cycle} is {counts['state']}: {counts['kept']} kept, {counts['reverted']} reverted, {counts['left']} left."
