"""Moving a branch as an event: the intent before, the end after, and whatever an earlier server left half done taken up first."""

from dataclasses import dataclass

from state.backlog import BacklogChanged
from state.errors import Refusal
from state.events import Actor, Event
from state.experiments import ExperimentState, experiment
from state.files import locked
from state.integrity.evidence import require_anchored
from state.landings import IntendedLanding, LandingDone, LandingIntended, Purpose, unfinished_landing
from state.store import event_at, head
from state.undoing import ExperimentUndone
from tools.engine.repository.anchors import anchor
from tools.engine.repository.landing import land
from tools.engine.repository.outcome import Landed, Landing, Moved, Outcome, Waiting
from tools.engine.repository.recovery import recover
from tools.engine.session import Session, server_record


@dataclass(frozen=True)
class Undo:
    """What an undo was asked for with, and the backlog item that it opens again, 0 for none."""

    reason: str
    lesson: str = ""
    reopens: int = 0


def land_commit(session: Session, landing: Landing, purpose: Purpose, number: int | None = None, undo: Undo | None = None) -> Outcome:
    """Land a commit whose first parent is the branch's tip; one landing at a time in a project, the one begun before finished first.

    An experiment that another server landed, or took back, meanwhile is answered as it is.
    """
    with locked(session.store.folder / "landing.lock", f"landing {purpose}"):
        finish_landing(session)
        if number is not None and _is_now(session, number, "landed" if undo is None else "undone"):
            return Landed("went on")
        intent = LandingIntended(purpose=purpose, experiment=number, ref=landing.ref, old=landing.old, new=landing.new)
        if undo is not None:
            intent = intent.model_copy(update={"reason": undo.reason, "lesson": undo.lesson, "reopens": undo.reopens})
        event, _ = server_record(session, intent) if undo is None else session.record(intent)
        return _end(session, event.seq, number, land(session.repository, landing))


def _is_now(session: Session, number: int, state: ExperimentState) -> bool:
    """Whether another server was quicker while this one waited for the lock."""
    with session.store.reading() as connection:
        found = experiment(connection, number)
    return found is not None and found.state == state


def _required(session: Session, intent: Event | None) -> Event:
    if intent is None:
        raise Refusal("STORE_BROKEN", "the event of a landing that was begun is not there", where=(str(session.store.path),))
    return intent


def record_undone(session: Session, undone: ExperimentUndone, reopens: int, by: tuple[Actor, str]) -> None:
    """Record that a landed experiment was taken back, once, and with it that its backlog item is open again. `by` are actor and channel."""
    with session.store.writing():
        session.store.append(undone, actor=by[0], channel=by[1], key=f"undo:{undone.experiment}")
        if reopens:
            key = f"backlog:{reopens}:reopened:{undone.experiment}"
            session.store.append(BacklogChanged(item=reopens, state="open"), actor="server", channel="server", key=key)


def take_up_landing(session: Session) -> None:
    """Finish what a server that died left between intent and end; nothing to do is the usual case."""
    with session.store.reading() as connection:
        if unfinished_landing(connection) is None:
            return
    with locked(session.store.folder / "landing.lock", "taking up a landing"):
        finish_landing(session)


def finish_landing(session: Session) -> None:
    """The same, for who holds the lock already."""
    with session.store.reading() as connection:
        found: IntendedLanding | None = unfinished_landing(connection)
    if found is not None:
        _end(session, found.seq, found.experiment, recover(session.repository, Landing(found.ref, found.old, found.new)))


def anchor_chain(session: Session) -> None:
    """Anchor the head of the chain in the repository, where a cut-off log would show."""
    with session.store.reading() as connection:
        sequence, chain = head(connection)
    later = anchor(session.repository, sequence, chain)
    if later is not None:  # by another server, which knew more; or this store is not the one that it was
        with session.store.reading() as connection:
            require_anchored(connection, later)


def _end(session: Session, intent: int, number: int | None, outcome: Outcome) -> Outcome:
    match outcome:
        case Landed():
            with session.store.writing() as connection:
                event = _required(session, event_at(connection, intent))
                begun = LandingIntended.model_validate(event.payload)
                done = LandingDone(intent=intent, outcome="landed", experiment=number, commit=begun.new, checkout=outcome.checkout)
                session.store.append(done, actor="server", channel="server", key=f"landing:{intent}")
                if begun.purpose == "undo" and number is not None:
                    undone = ExperimentUndone(experiment=number, reason=begun.reason, lesson=begun.lesson, commit=begun.new)
                    record_undone(session, undone, begun.reopens, (event.actor, event.channel))
            session.write_views()
            anchor_chain(session)
        case Waiting() | Moved():
            server_record(session, LandingDone(intent=intent, outcome="withdrawn", experiment=number), key=f"landing:{intent}")
    return outcome
