"""What was kept and waits for the target: a line of commits, each standing on the one before it, the first on the target's tip."""

from dataclasses import dataclass

from state.experiments import Experiment, open_experiments
from state.landings import IntendedLanding, intended_for
from tools.engine.repository.location import branch_ref, tip
from tools.engine.session import Session


@dataclass(frozen=True)
class Kept:
    """A kept experiment, and the commit by which it was last tried to land."""

    experiment: Experiment
    commit: str


def kept_waiting(session: Session, target: str) -> list[Kept]:
    """The kept experiments that wait for the target, in the order in which they will land. One whose base has gone meanwhile is none of them."""
    ref = branch_ref(session.repository, target)
    with session.store.reading() as connection:
        kept = [found for found in open_experiments(connection) if found.state == "kept"]
        tried = {found.id: intended_for(connection, found.id) for found in kept}
    standing_on: dict[str, Kept] = {}
    for found in kept:
        landing = tried[found.id]
        if landing is not None and landing.ref == ref and _speaks_of(landing, found):
            standing_on.setdefault(landing.old, Kept(found, landing.new))
    line, place = [], tip(session.repository, target)
    while (following := standing_on.pop(place, None)) is not None:
        line.append(following)
        place = following.commit
    return line


def heading(session: Session, target: str) -> str:
    """Where the target is heading: the newest commit that is kept and waits for it, else its tip. New work begins here."""
    line = kept_waiting(session, target)
    return line[-1].commit if line else tip(session.repository, target)


def _speaks_of(landing: IntendedLanding, experiment: Experiment) -> bool:
    """Whether what was tried to land is the experiment as it stands: brought up to date since, it will land by another commit."""
    return landing.old == experiment.base
