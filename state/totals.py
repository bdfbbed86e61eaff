"""How many verdicts of each kind there were, and how the experiments of each category ended."""

from typing import TYPE_CHECKING, Final

from state.rows import many

if TYPE_CHECKING:
    import sqlite3

# `verdict` is a decision, or undo: what was kept and taken back counts as undone alone.
TABLES: Final = """
CREATE TABLE totals(verdict TEXT PRIMARY KEY, n INTEGER NOT NULL);
"""


def count(connection: "sqlite3.Connection", verdict: str, by: int = 1) -> None:
    """Count a verdict of this kind, or no longer count one."""
    connection.execute("INSERT INTO totals(verdict, n) VALUES (?, ?) ON CONFLICT(verdict) DO UPDATE SET n = n + excluded.n", (verdict, by))


def totals(connection: "sqlite3.Connection") -> dict[str, int]:
    """How many verdicts of each kind there were."""
    return {str(row["verdict"]): int(row["n"]) for row in many(connection, "SELECT verdict, n FROM totals")}


def counts_by_category(connection: "sqlite3.Connection") -> dict[str, tuple[int, int, int]]:
    """How the decided experiments of each category ended: kept, reverted or undone, abandoned. What another arm superseded counts as none."""
    counts: dict[str, list[int]] = {}
    for row in many(connection, "SELECT category, state, COUNT(*) AS n FROM experiments GROUP BY category, state ORDER BY category"):
        place = {"kept": 0, "proposed": 0, "landed": 0, "reverted": 1, "undone": 1, "error": 2}.get(row["state"])
        if place is not None:
            counts.setdefault(str(row["category"]), [0, 0, 0])[place] += int(row["n"])
    return {category: (kept, reverted, abandoned) for category, (kept, reverted, abandoned) in counts.items()}
