"""Undoing: what landed is taken back by a new commit on the target as it is now; what came after it stays."""

from dataclasses import dataclass
from typing import Final

from state.answers import quoted
from state.cycles import cycle
from state.errors import Refusal
from state.experiments import Experiment
from state.landings import intended_for
from state.undoing import ExperimentUndone
from tools.engine.experiment.messages import undo_message
from tools.engine.experiment.taken_up import taken_up
from tools.engine.experiment.upstream import Brought, brought_upstream, is_still_there, is_taken, taken_back
from tools.engine.landings import Undo, anchor_chain, land_commit, record_undone
from tools.engine.repository.backup import keep_ref
from tools.engine.repository.location import branch_ref, tip
from tools.engine.repository.merging import Clean, carried_over, is_ancestor, merge_commit
from tools.engine.repository.objects import tree_of
from tools.engine.repository.outcome import Landed, Landing, Moved, Outcome
from tools.engine.repository.own_refs import is_there
from tools.engine.session import Session

TRIES: Final = 3  # of a target that moves while it is looked at


@dataclass(frozen=True)
class Elsewhere:
    """The target does not hold the change, and upstream does: there is nothing to take back here."""

    brought: Brought


@dataclass(frozen=True)
class _Change:
    """What is to be taken back, as two commits; `brought` where upstream holds it."""

    base: str
    commit: str
    brought: Brought | None


def undo(session: Session, experiment: Experiment, reason: str, lesson: str) -> Outcome | Elsewhere:
    """Take a landed experiment back, by the landing algorithm, or give a proposed one up. What is nowhere any more is recorded, and nothing moves.

    Raises Refusal CONFLICT, with the paths, where what came after it stands in the way; then nothing was changed.
    """
    target = _target(session, experiment)
    item = taken_up(session, experiment)
    words = Undo(reason, lesson, item.id if item is not None and item.state == "done" else 0)
    if experiment.state == "proposed":
        return _nothing_left(session, experiment, words)
    change = _change(session, experiment)
    outcome: Outcome = Moved("")
    for _ in range(TRIES):
        old = tip(session.repository, target)
        if change.brought is not None and _is_elsewhere(session, experiment, change.brought, old):
            return Elsewhere(change.brought)
        commit = _commit(session, experiment, old, (words, change))
        if not commit:
            return _nothing_left(session, experiment, words)
        keep_ref(session.repository, experiment.id, commit, "undone")
        outcome = land_commit(session, Landing(branch_ref(session.repository, target), old, commit), "undo", experiment.id, words)
        if not isinstance(outcome, Moved):
            break
    return outcome


def _change(session: Session, experiment: Experiment) -> _Change:
    """The change as it landed: by the factory's own merge, or in the form in which upstream took it."""
    brought = brought_upstream(session, experiment)
    if brought is not None and is_taken(session, experiment):
        return _Change(brought.base, brought.commit, brought)
    return _Change(experiment.base, experiment.merge_commit or "", brought)


def _is_elsewhere(session: Session, experiment: Experiment, brought: Brought, target: str) -> bool:
    """Whether upstream alone has it: it came there by another commit, which is not in the target, nor is the change itself."""
    repository = session.repository
    if is_ancestor(repository, experiment.merge_commit or "", target):
        return False
    without = taken_back(session, brought, target)
    is_here = isinstance(without, Clean) and without.tree != tree_of(repository, target)
    return not is_here and is_still_there(session, brought)


def _nothing_left(session: Session, experiment: Experiment, words: Undo) -> Landed:
    undone = ExperimentUndone(experiment=experiment.id, reason=words.reason, lesson=words.lesson)
    record_undone(session, undone, words.reopens, (session.host.actor, session.host.name))
    session.write_views()
    anchor_chain(session)
    return Landed("went on")


def _commit(session: Session, experiment: Experiment, old: str, asked: tuple[Undo, _Change]) -> str:
    """The commit that takes the change back from `old`: the one that was tried before, or a new one; empty where nothing of the change is left."""
    repository, (words, change) = session.repository, asked
    with session.store.reading() as connection:
        tried = intended_for(connection, experiment.id, "undo")
    if tried is not None and tried.old == old and is_there(repository, tried.new):
        return tried.new
    merged = carried_over(repository, change.commit, change.base, old)
    if not isinstance(merged, Clean):
        raise Refusal(
            "CONFLICT", f"what came after experiment {experiment.id} builds on it: it cannot be taken back as it is, and nothing was changed",
            where=tuple(map(quoted, merged.paths[:20])),
            expected="a new hypothesis that takes back what can go; or a person who does",
        )  # fmt: skip
    if merged.tree == tree_of(repository, old):
        return ""
    return merge_commit(repository, merged.tree, (old,), undo_message(session, experiment, words.reason))


def _target(session: Session, experiment: Experiment) -> str:
    with session.store.reading() as connection:
        found = cycle(connection, experiment.cycle)
    if found is None:
        raise Refusal("STORE_BROKEN", f"experiment {experiment.id} has no cycle", where=(str(session.store.path),))
    return found.target
