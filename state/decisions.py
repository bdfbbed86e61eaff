"""Which event decided each experiment, and in which order experiments ended: what the readable history is written from."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from state.rows import many, one

if TYPE_CHECKING:
    import sqlite3

# `place` is the experiment's turn among those that ended; none while a kept one waits to land.
TABLES: Final = """
CREATE TABLE verdicts(experiment INTEGER PRIMARY KEY, seq INTEGER NOT NULL, place INTEGER UNIQUE);
CREATE INDEX verdicts_by_seq ON verdicts(seq);
"""


def decided(connection: "sqlite3.Connection", experiment: int, seq: int) -> None:
    """The event `seq` holds the verdict that counts."""
    connection.execute("INSERT INTO verdicts(experiment, seq) VALUES (?, ?)", (experiment, seq))


def withdrawn(connection: "sqlite3.Connection", experiment: int) -> None:
    """The verdict counts no longer."""
    connection.execute("DELETE FROM verdicts WHERE experiment = ?", (experiment,))


def ended(connection: "sqlite3.Connection", experiment: int) -> None:
    """Nothing of a decided experiment can change any more: it takes the next place. It keeps the first that it got."""
    connection.execute(
        "UPDATE verdicts SET place = (SELECT COALESCE(MAX(place), 0) + 1 FROM verdicts) WHERE experiment = ? AND place IS NULL", (experiment,)
    )


def verdict_seq(connection: "sqlite3.Connection", experiment: int) -> int | None:
    """The event that holds the verdict on an experiment; None while there is none that counts."""
    row = one(connection, "SELECT seq FROM verdicts WHERE experiment = ?", experiment)
    return int(row["seq"]) if row else None


def place_of(connection: "sqlite3.Connection", experiment: int) -> int | None:
    """The turn in which an experiment ended, from 1."""
    row = one(connection, "SELECT place FROM verdicts WHERE experiment = ?", experiment)
    return None if row is None or row["place"] is None else int(row["place"])


def last_place(connection: "sqlite3.Connection") -> int:
    """How many experiments ended."""
    row = one(connection, "SELECT COALESCE(MAX(place), 0) AS place FROM verdicts")
    return int(row["place"]) if row else 0


def ended_after(connection: "sqlite3.Connection", place: int, limit: int) -> list[int]:
    """Up to `limit` experiments that ended behind `place`, in order."""
    rows = many(connection, "SELECT experiment FROM verdicts WHERE place > ? ORDER BY place LIMIT ?", place, limit)
    return [int(row["experiment"]) for row in rows]


def newest_decided(connection: "sqlite3.Connection", limit: int) -> list[int]:
    """Up to `limit` experiments of our own decided last, the newest first."""
    question = "SELECT experiment FROM verdicts JOIN experiments ON experiments.id = experiment ORDER BY seq DESC LIMIT ?"
    return [int(row["experiment"]) for row in many(connection, question, limit)]


def newest_in(connection: "sqlite3.Connection", states: Sequence[str]) -> int | None:
    """The experiment in one of these states that ended last; before all others one that was decided and waits to end. None where there is none."""
    marks = ", ".join("?" * len(states))
    question = (
        f"SELECT id FROM experiments JOIN verdicts ON experiment = id WHERE state IN ({marks}) "  # noqa: S608 - question marks
        "ORDER BY place IS NULL DESC, place DESC, seq DESC LIMIT 1"
    )
    row = one(connection, question, *states)
    return int(row["id"]) if row else None


def every_decided(connection: "sqlite3.Connection") -> list[int]:
    """All experiments with a verdict that counts."""
    return [int(row["experiment"]) for row in many(connection, "SELECT experiment FROM verdicts ORDER BY experiment")]
