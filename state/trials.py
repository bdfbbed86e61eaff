"""End-to-end trials: the start command of what was built, run once for real on a tree, with what was seen."""

from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal

from state.events import Event, Payload
from state.model import Model
from state.rows import one

if TYPE_CHECKING:
    import sqlite3

TABLES: Final = """
CREATE TABLE trials(seq INTEGER PRIMARY KEY, cycle INTEGER NOT NULL, tree TEXT NOT NULL, command TEXT NOT NULL, outcome TEXT NOT NULL,
                    said TEXT NOT NULL, seconds REAL NOT NULL, output TEXT NOT NULL, items INTEGER NOT NULL);
CREATE INDEX trials_of_cycle ON trials(cycle, seq);
"""


class Trial(Model):
    """One trial: `outcome` passed when the command ended with 0, or still ran when it was told to stop; `said` is how it ended in words.

    `output` names the object that holds what it printed; `items` counts the work items that the cycle had then: more of them mend what failed.
    """

    cycle: int
    tree: str
    command: str
    outcome: Literal["passed", "failed"]
    said: str
    seconds: float
    output: str
    items: int


class EndToEndTried(Payload):
    """What was built was started for real."""

    type: ClassVar[str] = "trial.ended"
    trial: Trial

    def apply(self, connection: "sqlite3.Connection", event: Event) -> None:
        """The newest counts."""
        found = self.trial
        connection.execute(
            "INSERT INTO trials(seq, cycle, tree, command, outcome, said, seconds, output, items) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (event.seq, found.cycle, found.tree, found.command, found.outcome, found.said, found.seconds, found.output, found.items),
        )

    def objects(self) -> tuple[str, ...]:
        """What it printed."""
        return (self.trial.output,) if self.trial.output else ()


def latest_trial(connection: "sqlite3.Connection", cycle: int) -> Trial | None:
    """The newest trial of a cycle."""
    row: dict[str, Any] | None = one(
        connection, "SELECT cycle, tree, command, outcome, said, seconds, output, items FROM trials WHERE cycle = ? ORDER BY seq DESC LIMIT 1", cycle
    )
    return Trial.model_validate(row) if row else None
