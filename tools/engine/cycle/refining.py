"""Refinements in a row: how many there were since the last other cycle, what became of them, and when it is time to look at the whole again."""

from dataclasses import dataclass
from typing import Final

from state.cycles import Cycle, hypotheses_of, refinements
from state.experiments import Experiment, experiments_of
from state.store import Store
from tools.engine.session import Session

ADVISED_AT: Final = (5, 10)  # refinements in a row


@dataclass(frozen=True)
class Refined:
    """A refinement: its cycle, what was asked for, its item (R1) and its experiment as far as there is one."""

    cycle: Cycle
    item: str = ""
    experiment: Experiment | None = None

    @property
    def verdict(self) -> str:
        """What became of it, in a word."""
        return self.experiment.shown_state if self.experiment is not None else "waiting" if self.item else "not classified yet"


def refined(store: Store) -> list[Refined]:
    """The refinements since the last cycle of another mode, oldest first."""
    found: list[Refined] = []
    with store.reading() as connection:
        for cycle in refinements(connection):
            items = hypotheses_of(connection, cycle.id)
            tried = experiments_of(connection, items[-1].id) if items else []
            found.append(Refined(cycle, items[-1].name if items else "", _that_counts(tried)))
    return found


def _that_counts(tried: list[Experiment]) -> Experiment | None:
    """Of several arms the one that was kept, else the newest."""
    return next((each for each in tried if each.state in ("kept", "proposed", "landed")), tried[-1] if tried else None)


def many_refinements(session: Session, cycle: Cycle) -> list[str]:
    """A notice with the refinement that makes it five, or ten, in a row; it stops nothing."""
    if cycle.mode != "refine":
        return []
    count = len(refined(session.store))
    if count not in ADVISED_AT:
        return []
    return [f"this is refinement {count} in a row: a cycle of improve or focus looks at the whole again; whether to go on is the person's choice"]
