"""Deciding: a keep landed as it was measured, a revert that loses nothing."""

from dataclasses import dataclass, replace
from itertools import takewhile
from pathlib import Path
from typing import Final

from state.answers import one_line, short
from state.cycles import ENDS_WITH_ITS_ITEMS, CycleEnded, cycle, hypotheses_of, open_cycle
from state.errors import Refusal
from state.experiments import Decision, Experiment, ExperimentHeld, KeepRefused, KeepWithdrawn, VerdictGiven, experiments_of_cycle, open_experiments
from state.experiments import experiment as find_experiment
from state.landings import intended_for
from state.locks import worktrees_locked
from state.proposing import ExperimentProposed, ExperimentTaken
from state.runs import cost_of_experiment
from state.trials import latest_trial
from tools.engine.experiment.arms import NOT_DECIDED, better_arms, lesson_of, no_better_arms, to_supersede
from tools.engine.experiment.candidate import capture_message, update_message
from tools.engine.experiment.looking_back import checks_then
from tools.engine.experiment.measuring import confirming_plan
from tools.engine.experiment.messages import landing_message
from tools.engine.experiment.opening import item_name, required
from tools.engine.experiment.regaining import all_to_be_confirmed
from tools.engine.experiment.seeing import change_of
from tools.engine.experiment.taken_up import close_taken_up
from tools.engine.experiment.upstream import goes_upstream, taken_upstream
from tools.engine.experiment.verdict_facts import held_out_scores, kept_evidence, scores
from tools.engine.experiment.waiting import kept_waiting
from tools.engine.gate.checks import of_result
from tools.engine.gate.facts import Check, Comparison, Facts
from tools.engine.inheritance import take_in
from tools.engine.landings import anchor_chain, land_commit, take_up_landing
from tools.engine.repository.backup import backup, keep_ref
from tools.engine.repository.capture import capture
from tools.engine.repository.changes import patch_text
from tools.engine.repository.git import GitFailed
from tools.engine.repository.location import branch_ref, has_branch, tip
from tools.engine.repository.merging import merge_commit
from tools.engine.repository.objects import tree_of
from tools.engine.repository.outcome import Landed, Landing, Outcome, Proposed, Waiting
from tools.engine.repository.own_refs import is_there
from tools.engine.repository.squashing import squashed
from tools.engine.repository.worktrees import add, lingers, remove
from tools.engine.session import Session, server_record

PATCH_LIMIT: Final = 4 * 1024 * 1024  # bytes of a stored diff


@dataclass(frozen=True)
class Verdict:
    """What was decided and why, in the caller's words."""

    decision: Decision
    reason: str
    lesson: str = ""


def require_clean_gate(session: Session, facts: Facts, checks: tuple[Check, ...]) -> None:
    """Raises Refusal NOT_MEASURED, GATE or HELD unless every check passes (but for a target that moved); a refusal is recorded, held is a state."""
    number, failing, suspect = facts.experiment.id, of_result(checks, "fail"), of_result(checks, "suspect")
    waiting = [check for check in of_result(checks, "not_yet") if check.name != "up_to_date"]
    if facts.comparison is None:
        raise Refusal(
            "NOT_MEASURED",
            f"candidate {short(facts.tree)} of experiment {number} has no record",
            where=[f"{check.name}: {'; '.join(check.evidence) or 'not yet'}" for check in waiting],
            expected="run_eval of the worktree as it is now",
        )
    if failing or waiting:
        server_record(session, KeepRefused(experiment=number, failing=tuple(check.name for check in (*failing, *waiting))))
        raise Refusal(
            "GATE",
            f"experiment {number} may not be kept: {len(failing) + len(waiting)} of {len(checks)} checks do not pass",
            where=[f"{check.name}: {line}" for check in (*failing, *waiting) for line in check.evidence],
        )
    if suspect:
        lines = [f"{check.name}: {line}" for check in suspect for line in check.evidence]
        server_record(session, ExperimentHeld(experiment=number, tree=facts.tree, suspicion=tuple(lines)))
        raise Refusal("HELD", f"experiment {number} is held for a person", where=lines, expected="a person's approval of this tree, or a revert")


def keep(session: Session, facts: Facts, checks: tuple[Check, ...], verdict: Verdict) -> Outcome | Proposed:
    """Record the verdict and land the measured tree: the target moves by one merge commit whose tree is the candidate's, byte for byte.

    The other arms of its hypothesis that are measured and no better are superseded once it has landed.
    """
    experiment, repository = facts.experiment, session.repository
    comparison = facts.comparison
    if comparison is None or experiment.candidate is None or tree_of(repository, experiment.candidate) != comparison.tree:
        raise Refusal("NOT_MEASURED", f"the candidate of experiment {experiment.id} is not the tree that was measured", expected="run_eval")
    patch = patch_text(repository, experiment.base, experiment.candidate, PATCH_LIMIT).text
    given = VerdictGiven(
        experiment=experiment.id, decision="keep", reason=verdict.reason, lesson=verdict.lesson,
        delta=comparison.assessment.delta, scores=scores(comparison),
        checks={check.name: check.result for check in checks}, evidence=kept_evidence(checks), holdout=held_out_scores(facts.held_out),
        diff=session.store.keep_object(patch.encode()), supersedes=no_better_arms(session, experiment, comparison),
        change=change_of(repository, experiment), cost_usd=_cost(session, experiment),
    )  # fmt: skip
    _record(session, experiment, given)
    return land_kept(session, required(session, experiment.id), facts.target)


def land_kept(session: Session, experiment: Experiment, target: str) -> Outcome | Proposed:
    """Land an experiment whose verdict is keep, behind those that were kept before it; called again after a wait or a crash, it goes on.

    Where factory.md has changes land by pull requests nothing moves here.
    """
    if goes_upstream(session, experiment):
        server_record(session, ExperimentProposed(experiment=experiment.id), key=f"experiment:{experiment.id}:proposed")
        clear_away(session, experiment)
        return Proposed()
    waits: Waiting | None = None
    for ahead in takewhile(lambda kept: kept.experiment.id != experiment.id, kept_waiting(session, target)):
        outcome = _land(session, ahead.experiment, target)
        if not isinstance(outcome, Landed):
            said = f"experiment {ahead.experiment.id} was kept before it, and has not landed"
            waits = replace(outcome, reason=f"{said}: {outcome.reason}") if isinstance(outcome, Waiting) else None
            break
        session.warnings.append(f"experiment {ahead.experiment.id}, which was kept before, landed first")
    outcome = _land(session, experiment, target)  # behind one that waits it is anchored, and waits too: what begins now stands on it
    return outcome if isinstance(outcome, Landed) else waits or outcome


def withdraw_keep(session: Session, experiment: Experiment, target: str) -> Experiment:
    """Take back the keep of an experiment that waits to land: it is measured as before, and may be given up. What stands on it is carried over
    to the target when it is kept.
    """
    server_record(session, KeepWithdrawn(experiment=experiment.id, target=tip(session.repository, target)))
    return required(session, experiment.id)


def _land(session: Session, experiment: Experiment, target: str) -> Outcome:
    commit = _commit_to_land(session, experiment, target)
    keep_ref(session.repository, experiment.id, commit)
    outcome = land_commit(session, Landing(branch_ref(session.repository, target), experiment.base, commit), "experiment", experiment.id)
    if isinstance(outcome, Landed):
        clear_away(session, experiment)
    return outcome


def _commit_to_land(session: Session, experiment: Experiment, target: str) -> str:
    """The commit that lands: the one that was tried before, on which others may stand, or a new one.

    What was captured on the way and taken back does not come into the target's history: the experiment's backup ref keeps it.
    """
    with session.store.reading() as connection:
        tried = intended_for(connection, experiment.id)
    repository = session.repository
    if tried is not None and tried.old == experiment.base and is_there(repository, tried.new) and tree_of(repository, tried.new) == experiment.tree:
        return tried.new
    ours = capture_message(experiment), update_message(experiment, target)
    side = squashed(repository, experiment.base, experiment.candidate or "", ours)
    return merge_commit(repository, experiment.tree or "", (experiment.base, side), landing_message(session, experiment))


def clear_away(session: Session, experiment: Experiment) -> None:
    """Take the worktree of a decided experiment away, keep its branch as a backup, and end the cycle when nothing of it is left to do.

    Every step may have been done by a server that died then, or be under way in another.
    """
    close_taken_up(session, experiment.id)
    supersede_arms(session, experiment.id)
    try:
        with worktrees_locked(session.store, f"clearing experiment {experiment.id} away"):
            _capture_the_rest(session, experiment)
            remove(session.repository, Path(experiment.worktree))
            backup(session.repository, experiment.branch, experiment.id)
    except (Refusal, GitFailed, OSError) as trouble:  # decided is decided: what cannot be cleared away now is left where it is, and said
        said = trouble.what if isinstance(trouble, Refusal) else one_line(str(trouble), 200)
        session.warnings.append(f"the worktree {experiment.worktree} is left as it is: {said}")
    end_cycle_when_done(session, experiment.cycle)


def supersede_arms(session: Session, number: int) -> None:
    """Give up the arms that a landed experiment took the place of, each with its backup and a lesson from facts; nothing to do is the usual case."""
    kept = required(session, number)
    if kept.state != "landed":
        return
    for other in to_supersede(session, kept):
        reason = f"superseded by experiment {kept.id} ({item_name(session, kept)}): the same idea, measured no worse, and kept"
        try:
            give_up(session, other, Verdict("supersede", reason, one_line(lesson_of(session, kept, other), 500)))
        except (Refusal, GitFailed, OSError) as trouble:  # the next call takes it up: what landed has landed
            said = trouble.what if isinstance(trouble, Refusal) else one_line(str(trouble), 200)
            session.warnings.append(f"experiment {other.id} is to be superseded, and is not yet: {said}")


def take_up(session: Session) -> None:
    """Take in what an earlier factory left, and go on where a server died: a landing without its end, an experiment that was not cleared away."""
    take_in(session)
    take_up_landing(session)
    for taken, commit in taken_upstream(session):
        server_record(session, ExperimentTaken(experiment=taken.id, commit=commit), key=f"experiment:{taken.id}:taken")
        session.warnings.append(f"experiment {taken.id} has landed: upstream holds what was proposed of it since {short(commit)}")
        clear_away(session, taken)
    with session.store.reading() as connection:
        found = open_cycle(connection)
        items = hypotheses_of(connection, found.id) if found else []
        made = experiments_of_cycle(connection, found.id) if found else []
    for experiment in (each for each in made if not each.is_open):
        if lingers(Path(experiment.worktree)):
            clear_away(session, experiment)
        elif any(other.hypothesis == experiment.hypothesis and other.is_open for other in made):
            supersede_arms(session, experiment.id)
    _confirm_what_landed(session)
    if found is not None and items:
        end_cycle_when_done(session, found.id)


def _confirm_what_landed(session: Session) -> None:
    """Have the gain of what research landed measured afresh, where a server died before it was, or a budget that allows more now stopped it."""
    for experiment, attempt in all_to_be_confirmed(session):
        session.launch(confirming_plan(session, experiment, attempt))


def give_up(session: Session, experiment: Experiment, verdict: Verdict) -> Experiment:
    """Revert, abandon or supersede: what the worktree holds is committed to the branch, which becomes a backup ref; the target stays as it is."""
    patch, tree = _last_state(session, experiment)
    comparison = Comparison.model_validate(experiment.assessment) if experiment.assessment else None
    better = better_arms(session, experiment, comparison, (*NOT_DECIDED, "landed")) if comparison else ()
    checks = checks_then(session, experiment, tree, better)
    given = VerdictGiven(
        experiment=experiment.id, decision=verdict.decision, reason=verdict.reason, lesson=verdict.lesson,
        backup=f"refs/factory/backup/{experiment.id:03d}", delta=comparison.assessment.difference if comparison else None, scores=scores(comparison),
        checks={check.name: check.result for check in checks}, evidence=kept_evidence(checks), diff=session.store.keep_object(patch.encode()),
        change=change_of(session.repository, experiment), cost_usd=_cost(session, experiment),
    )  # fmt: skip
    _record(session, experiment, given)
    clear_away(session, experiment)
    return required(session, experiment.id)


def _cost(session: Session, experiment: Experiment) -> float | None:
    with session.store.reading() as connection:
        return cost_of_experiment(connection, experiment.id)


def _last_state(session: Session, experiment: Experiment) -> tuple[str, str]:
    """Commit what the worktree holds, and answer patch and tree of the branch; one that a killed server began is made first, so that there is one.

    Raises Refusal BUSY where another server has just decided the experiment: its branch goes, or is gone.
    """
    with worktrees_locked(session.store, f"giving experiment {experiment.id} up"):
        now = required(session, experiment.id)
        if not now.is_open:
            raise _changed_meanwhile(now.id, now.state)
        if not has_branch(session.repository, now.branch):
            add(session.repository, now.id, now.branch, now.base, Path(now.worktree).parent)
        _capture_the_rest(session, now)
        end = f"refs/heads/{now.branch}"
        return patch_text(session.repository, now.base, end, PATCH_LIMIT).text, tree_of(session.repository, end)


def _changed_meanwhile(number: int, state: str) -> Refusal:
    return Refusal("BUSY", f"experiment {number} changed meanwhile: it is {state} now", expected="the verdict once more")


def _record(session: Session, experiment: Experiment, given: VerdictGiven) -> None:
    """Record a verdict on exactly the experiment that it was reached on, unless another server just gave the same.

    Raises Refusal BUSY when another server was quicker with anything else.
    """
    with session.store.writing() as connection:
        now = find_experiment(connection, experiment.id)
        same = now is not None and (now.tree, now.base) == (experiment.tree, experiment.base)
        if now is not None and same and now.state == "kept" and given.decision == "keep":
            return
        if now is None or not same or now.state == "kept" or not now.is_open:
            state = now.state if now else "gone"
            raise _changed_meanwhile(experiment.id, state)
        ours = given.decision == "supersede"  # nobody asked for it: it follows from a verdict that somebody gave
        session.store.append(given, actor="server" if ours else session.host.actor, channel="server" if ours else session.host.name)
    session.write_views()
    anchor_chain(session)


def _capture_the_rest(session: Session, experiment: Experiment) -> None:
    """Commit what lies uncommitted in a worktree that is about to go."""
    if Path(experiment.worktree).exists():
        title = one_line(experiment.title, 60)
        capture(session.repository, Path(experiment.worktree), experiment.branch, f"Experiment {experiment.id}: {title}\n\nAs it was given up.\n")


def end_cycle_when_done(session: Session, number: int) -> None:
    """A cycle whose last step its experiments are ends when every one of them is decided; a build when its trial passed besides."""
    with session.store.reading() as connection:
        found = cycle(connection, number)
        items = hypotheses_of(connection, number)
        left = any(item.state == "open" for item in items) or bool(open_experiments(connection, number))
        trial = latest_trial(connection, number)
    ends = found is not None and (found.mode in ENDS_WITH_ITS_ITEMS or (trial is not None and trial.outcome == "passed"))
    if found is not None and found.state == "open" and ends and items and not left:
        server_record(session, CycleEnded(cycle=number, how="done"), key=f"cycle:{number}:end")
