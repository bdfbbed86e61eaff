"""Experiments a page at a time, by what is asked for."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from state.experiments import Experiment, experiments_from
from state.rows import many

if TYPE_CHECKING:
    import sqlite3


@dataclass(frozen=True)
class Wanted:
    """Which experiments are asked for: those of the `states` given, of `cycle`, and those that say every one of `words` in title, category, reason
    or lesson. What is empty asks for nothing.
    """

    states: tuple[str, ...] = ()
    cycle: int | None = None
    words: tuple[str, ...] = ()


EVERY: Final = Wanted()


def page(connection: "sqlite3.Connection", *, before: int | None, limit: int, wanted: Wanted = EVERY) -> list[Experiment]:
    """Up to `limit` experiments with an id below `before`, newest first; only those that are wanted."""
    conditions, values = ["id < ?"], list[Any]([before or 1 << 62])
    if wanted.states:
        conditions.append(f"state IN ({', '.join('?' * len(wanted.states))})")
        values += wanted.states
    if wanted.cycle is not None:
        conditions.append("cycle = ?")
        values.append(wanted.cycle)
    for word in wanted.words:
        conditions.append("instr(lower(title || ' ' || category || ' ' || COALESCE(reason, '') || ' ' || COALESCE(lesson, '')), lower(?)) > 0")
        values.append(word)
    question = f"SELECT * FROM experiments WHERE {' AND '.join(conditions)} ORDER BY id DESC LIMIT ?"  # noqa: S608 - only constant text is put in
    return experiments_from(many(connection, question, *values, limit))
