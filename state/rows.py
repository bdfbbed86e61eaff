"""Reading rows: one small way to ask the tables, so that the nouns hold nothing but their own questions."""

from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import sqlite3

Numbered = Literal["attempts", "backlog", "campaigns", "cycles", "experiments", "hypotheses", "jobs", "reports", "sources", "specs"]


def one(connection: "sqlite3.Connection", question: str, *values: Any) -> dict[str, Any] | None:
    """The first row as a dictionary by column name, or None."""
    cursor = connection.execute(question, values)
    row = cursor.fetchone()
    return None if row is None else _named(cursor, row)


def many(connection: "sqlite3.Connection", question: str, *values: Any) -> list[dict[str, Any]]:
    """All rows as dictionaries by column name."""
    cursor = connection.execute(question, values)
    return [_named(cursor, row) for row in cursor]


def next_number(connection: "sqlite3.Connection", table: Numbered) -> int:
    """The next free id of a table; ids are never used twice."""
    row = one(connection, f"SELECT COALESCE(MAX(id), 0) + 1 AS number FROM {table}")  # noqa: S608 - one of a few constant names
    return int(row["number"]) if row else 1


def _named(cursor: "sqlite3.Cursor", row: Any) -> dict[str, Any]:
    return {description[0]: value for description, value in zip(cursor.description, row, strict=True)}
