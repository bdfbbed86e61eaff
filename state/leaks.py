"""Leaks: texts that were refused because they knew what files of answers hold. What they knew is never written down."""

import json
from typing import TYPE_CHECKING, ClassVar, Final, Literal

from pydantic import Field

from state.events import Event, Payload
from state.model import Model, canonical
from state.rows import many

if TYPE_CHECKING:
    import sqlite3

Level = Literal["low", "medium", "high"]  # of the first nothing is written down

TABLES: Final = """
CREATE TABLE leaks(seq INTEGER PRIMARY KEY, cycle INTEGER NOT NULL, level TEXT NOT NULL, weight INTEGER NOT NULL, found TEXT NOT NULL);
CREATE INDEX leaks_of_cycle ON leaks(cycle, seq);
"""


class RefusedText(Model):
    """One refusal: how much was known, and in `found` each field with the kinds of likeness and their file."""

    seq: int
    level: Level
    weight: int
    found: tuple[str, ...]


class LeakageRefused(Payload):
    """Texts of a cycle were refused, and nothing of them was taken; `weight` is that of the gate's check."""

    type: ClassVar[str] = "leakage.refused"
    cycle: int
    level: Level
    weight: int
    found: tuple[str, ...] = Field(max_length=20)

    def apply(self, connection: "sqlite3.Connection", event: Event) -> None:
        """What a cycle was refused for adds up."""
        connection.execute(
            "INSERT INTO leaks(seq, cycle, level, weight, found) VALUES (?, ?, ?, ?, ?)",
            (event.seq, self.cycle, self.level, self.weight, canonical(list(self.found))),
        )


def refused_in(connection: "sqlite3.Connection", cycle: int) -> list[RefusedText]:
    """What texts of a cycle were refused for, oldest first."""
    rows = many(connection, "SELECT seq, level, weight, found FROM leaks WHERE cycle = ? ORDER BY seq", cycle)
    return [RefusedText.model_validate({**row, "found": json.loads(row["found"])}) for row in rows]
