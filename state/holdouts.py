"""What held-out cases said of a candidate that would be kept: one number for it, and one for its base."""

from typing import TYPE_CHECKING, ClassVar, Final

from state.events import Event, Payload
from state.measurement import ReadingState
from state.model import Model
from state.rows import one

if TYPE_CHECKING:
    import sqlite3

TABLES: Final = """
CREATE TABLE holdouts(tree TEXT NOT NULL, base_tree TEXT NOT NULL, base REAL, candidate REAL, base_state TEXT NOT NULL,
                      candidate_state TEXT NOT NULL, PRIMARY KEY (tree, base_tree));
"""


_EQUAL: Final = 1e-9  # what floating point adds


class HeldOut(Model):
    """The two numbers, from 0 to 1. What was not measured is None, and its state says why; more than that nobody is told."""

    tree: str
    base_tree: str
    base: float | None
    candidate: float | None
    base_state: ReadingState
    candidate_state: ReadingState

    @property
    def fell(self) -> bool:
        """Whether the candidate does worse on what it could not see, or gives no number where the base gives one."""
        return self.base is not None and (self.candidate is None or self.candidate < self.base - _EQUAL)


class HoldoutMeasured(Payload):
    """A candidate that passed everything else was measured by what is held out."""

    type: ClassVar[str] = "holdout.measured"
    held_out: HeldOut

    def apply(self, connection: "sqlite3.Connection", event: Event) -> None:
        """Once for a tree against its base; measured again, the newest counts."""
        found = self.held_out
        connection.execute(
            "INSERT OR REPLACE INTO holdouts(tree, base_tree, base, candidate, base_state, candidate_state) VALUES (?, ?, ?, ?, ?, ?)",
            (found.tree, found.base_tree, found.base, found.candidate, found.base_state, found.candidate_state),
        )


def held_out(connection: "sqlite3.Connection", tree: str, base_tree: str) -> HeldOut | None:
    """What was measured of a tree against its base."""
    row = one(connection, "SELECT * FROM holdouts WHERE tree = ? AND base_tree = ?", tree, base_tree)
    return HeldOut.model_validate({**row}) if row else None
