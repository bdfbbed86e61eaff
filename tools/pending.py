"""What a decided experiment still waits for: a landing or an undo that something is in the way of, a pull request that nobody merged."""

from typing import Final

from state.answers import quoted
from state.cycles import cycle
from state.experiments import Experiment
from state.landings import IntendedLanding, intended_for
from state.publishing import pull_requests_of
from tools.engine.experiment.waiting import kept_waiting
from tools.engine.repository.landing import in_the_way
from tools.engine.repository.location import Repository, has_branch, tip
from tools.engine.repository.outcome import Landing
from tools.engine.session import Session
from tools.published import STANDS

NAMED: Final = 3  # paths in the way


def pending(session: Session, found: Experiment) -> str:
    """What it waits for, in a line; empty where everything that was decided is done."""
    match found.state:
        case "kept":
            return f"not landed yet: {_landing(session, found)}"
        case "proposed":
            return _proposal(session, found)
        case "landed":
            return _undo(session, found)
        case _:
            return ""


def _landing(session: Session, found: Experiment) -> str:
    with session.store.reading() as connection:
        of_cycle, tried = cycle(connection, found.cycle), intended_for(connection, found.id)
    line = [each.experiment.id for each in kept_waiting(session, of_cycle.target)] if of_cycle else []
    before = line[: line.index(found.id)] if found.id in line else []
    if before:
        return f"experiment {before[-1]} was kept before it, and waits too"
    return _obstacle(session.repository, tried, "verdict(keep) lands it")


def _undo(session: Session, found: Experiment) -> str:
    with session.store.reading() as connection:
        tried = intended_for(connection, found.id, "undo")
    return f"an undo was asked for, and is not done yet: {_obstacle(session.repository, tried, 'verdict(undo) takes it up')}" if tried else ""


def _obstacle(repository: Repository, tried: IntendedLanding | None, otherwise: str) -> str:
    """What is in the way now of what was tried; where that is nothing, or the target is not where it was, the call that goes on."""
    branch = tried.ref.removeprefix("refs/heads/") if tried else ""
    if tried is None or not has_branch(repository, branch) or tip(repository, branch) != tried.old:
        return otherwise
    waits = in_the_way(repository, Landing(tried.ref, tried.old, tried.new))
    if waits is None:
        return f"nothing is in the way any more: {otherwise}"
    more = f" and {len(waits.paths) - NAMED} more" if len(waits.paths) > NAMED else ""
    return f"{waits.reason}{': ' if waits.paths else ''}{', '.join(quoted(path) for path in waits.paths[:NAMED])}{more}"


def _proposal(session: Session, found: Experiment) -> str:
    with session.store.reading() as connection:
        made = [each for each in pull_requests_of(connection, found.id) if each.state != "failed"]
    stands = f"its branch {made[-1].branch.branch} {STANDS[made[-1].state]}" if made else "no branch of it was made yet: clean_pr makes it"
    return f"lands by a pull request: {stands}"
