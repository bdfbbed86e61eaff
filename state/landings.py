"""Landings: the intent to move a branch, and its end. An intent without an end is taken up again by the next writer."""

from typing import TYPE_CHECKING, ClassVar, Final, Literal

from state.decisions import ended
from state.events import Event, Payload
from state.model import Model
from state.rows import many, one

if TYPE_CHECKING:
    import sqlite3

TABLES: Final = """
CREATE TABLE landings(seq INTEGER PRIMARY KEY, purpose TEXT NOT NULL, experiment INTEGER, ref TEXT NOT NULL, old TEXT NOT NULL, new TEXT NOT NULL,
                      state TEXT NOT NULL);
CREATE INDEX landings_open ON landings(state) WHERE state = 'intended';
"""


Purpose = Literal["factory.md", "experiment", "undo"]


class IntendedLanding(Model):
    """A landing whose end is not recorded yet."""

    seq: int
    purpose: Purpose
    experiment: int | None
    ref: str
    old: str
    new: str


class LandingIntended(Payload):
    """The server is about to move `ref` from `old` to `new`. What follows belongs to an undo, and is recorded with its end.

    `reason` and `lesson` are the words it was asked for with; `reopens` is the backlog item that is open again then.
    """

    type: ClassVar[str] = "landing.intended"
    purpose: Purpose
    experiment: int | None = None
    ref: str
    old: str
    new: str
    reason: str = ""
    lesson: str = ""
    reopens: int = 0

    def apply(self, connection: "sqlite3.Connection", event: Event) -> None:
        """Open until landing.done."""
        connection.execute(
            "INSERT INTO landings(seq, purpose, experiment, ref, old, new, state) VALUES (?, ?, ?, ?, ?, ?, 'intended')",
            (event.seq, self.purpose, self.experiment, self.ref, self.old, self.new),
        )


class LandingDone(Payload):
    """How an intended landing ended: `landed`, or `withdrawn` because the target moved or its checkout is in the way."""

    type: ClassVar[str] = "landing.done"
    intent: int
    outcome: Literal["landed", "withdrawn"]
    experiment: int | None = None
    commit: str = ""
    checkout: str = ""

    def apply(self, connection: "sqlite3.Connection", event: Event) -> None:
        """Close the intent; an experiment that landed takes its state."""
        connection.execute("UPDATE landings SET state = ? WHERE seq = ?", (self.outcome, self.intent))
        intent = one(connection, "SELECT purpose FROM landings WHERE seq = ?", self.intent)
        undoes = intent is not None and intent["purpose"] == "undo"
        if self.experiment is not None and self.outcome == "landed" and not undoes:
            connection.execute(
                "UPDATE experiments SET state = 'landed', merge_commit = ?, ended_at = ? WHERE id = ?", (self.commit, event.at, self.experiment)
            )
            ended(connection, self.experiment)


def unfinished_landing(connection: "sqlite3.Connection") -> IntendedLanding | None:
    """The landing that was begun and not ended, if there is one."""
    row = one(connection, "SELECT seq, purpose, experiment, ref, old, new FROM landings WHERE state = 'intended' ORDER BY seq LIMIT 1")
    return IntendedLanding.model_validate(row) if row else None


def intended_for(connection: "sqlite3.Connection", experiment: int, purpose: Purpose = "experiment") -> IntendedLanding | None:
    """What was last tried to be landed of an experiment, whatever came of it."""
    question = "SELECT seq, purpose, experiment, ref, old, new FROM landings WHERE experiment = ? AND purpose = ? ORDER BY seq DESC LIMIT 1"
    row = one(connection, question, experiment, purpose)
    return IntendedLanding.model_validate(row) if row else None


def landed_commits(connection: "sqlite3.Connection") -> frozenset[str]:
    """Every commit that the factory landed."""
    return frozenset(str(row["new"]) for row in many(connection, "SELECT new FROM landings WHERE state = 'landed'"))
