"""Moving a branch as an event: the intent before, the end after, and whatever an earlier server left half done taken up first."""

from typing import Literal

from state.experiments import experiment
from state.files import locked
from state.integrity.evidence import require_anchored
from state.landings import IntendedLanding, LandingDone, LandingIntended, unfinished_landing
from state.store import head
from tools.engine.repository.anchors import anchor
from tools.engine.repository.landing import land
from tools.engine.repository.outcome import Landed, Landing, Moved, Outcome, Waiting
from tools.engine.repository.recovery import recover
from tools.engine.session import Session, server_record

Purpose = Literal["factory.md", "experiment"]


def land_commit(session: Session, landing: Landing, purpose: Purpose, number: int | None = None) -> Outcome:
    """Land a commit whose first parent is the branch's tip; one landing at a time in a project, the one begun before finished first."""
    with locked(session.store.folder / "landing.lock", f"landing {purpose}"):
        finish_landing(session)
        if number is not None and _landed_already(session, number):
            return Landed("went on")
        intent = LandingIntended(purpose=purpose, experiment=number, ref=landing.ref, old=landing.old, new=landing.new)
        event, _ = server_record(session, intent)
        return _end(session, event.seq, number, land(session.repository, landing))


def _landed_already(session: Session, number: int) -> bool:
    """Whether another server landed the experiment while this one waited for the lock."""
    with session.store.reading() as connection:
        found = experiment(connection, number)
    return found is not None and found.state == "landed"


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
            with session.store.reading() as connection:
                found = connection.execute("SELECT new FROM landings WHERE seq = ?", (intent,)).fetchone()
            done = LandingDone(intent=intent, outcome="landed", experiment=number, commit=found[0], checkout=outcome.checkout)
            server_record(session, done, key=f"landing:{intent}")
            anchor_chain(session)
        case Waiting() | Moved():
            server_record(session, LandingDone(intent=intent, outcome="withdrawn", experiment=number), key=f"landing:{intent}")
    return outcome
