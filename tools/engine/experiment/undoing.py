"""Undoing: what landed is taken back by a new commit on the target as it is now; what came after it stays."""

from typing import Final

from state.answers import quoted
from state.cycles import cycle
from state.errors import Refusal
from state.experiments import Experiment
from state.landings import intended_for
from state.undoing import ExperimentUndone
from tools.engine.experiment.messages import undo_message
from tools.engine.experiment.taken_up import taken_up
from tools.engine.landings import Undo, anchor_chain, land_commit, record_undone
from tools.engine.repository.backup import keep_ref
from tools.engine.repository.location import branch_ref, tip
from tools.engine.repository.merging import Clean, carried_over, merge_commit
from tools.engine.repository.objects import tree_of
from tools.engine.repository.outcome import Landed, Landing, Moved, Outcome
from tools.engine.repository.own_refs import is_there
from tools.engine.session import Session

TRIES: Final = 3  # of a target that moves while it is looked at


def undo(session: Session, experiment: Experiment, reason: str, lesson: str) -> Outcome:
    """Take a landed experiment back, by the landing algorithm. Where nothing of it is left on the target, that is recorded and nothing moves.

    Raises Refusal CONFLICT, with the paths, where what came after it stands in the way; then nothing was changed.
    """
    target = _target(session, experiment)
    item = taken_up(session, experiment)
    words = Undo(reason, lesson, item.id if item is not None and item.state == "done" else 0)
    outcome: Outcome = Moved("")
    for _ in range(TRIES):
        old = tip(session.repository, target)
        commit = _commit(session, experiment, old, words)
        if not commit:
            undone = ExperimentUndone(experiment=experiment.id, reason=reason, lesson=lesson)
            record_undone(session, undone, words.reopens, (session.host.actor, session.host.name))
            session.write_views()
            anchor_chain(session)
            return Landed("went on")
        keep_ref(session.repository, experiment.id, commit, "undone")
        outcome = land_commit(session, Landing(branch_ref(session.repository, target), old, commit), "undo", experiment.id, words)
        if not isinstance(outcome, Moved):
            break
    return outcome


def _commit(session: Session, experiment: Experiment, old: str, words: Undo) -> str:
    """The commit that takes the change back from `old`: the one that was tried before, or a new one; empty where nothing of the change is left."""
    if experiment.state == "proposed":  # nothing of it has landed; its pull request is closed
        return ""
    repository, landed = session.repository, experiment.merge_commit or ""
    with session.store.reading() as connection:
        tried = intended_for(connection, experiment.id, "undo")
    if tried is not None and tried.old == old and is_there(repository, tried.new):
        return tried.new
    merged = carried_over(repository, landed, experiment.base, old)
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
