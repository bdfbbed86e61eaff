"""What a project's store has recorded, read past the product's own code."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any


def events(project: Path) -> list[dict[str, Any]]:
    """All events, oldest first; none where nothing was ever written."""
    database = project / ".git" / "refactory" / "factory.db"
    if not database.exists():
        return []
    with closing(sqlite3.connect(database)) as connection:
        rows = connection.execute("SELECT type, actor, channel, payload FROM events ORDER BY seq").fetchall()
    return [{"type": row[0], "actor": row[1], "channel": row[2], "payload": json.loads(row[3])} for row in rows]


def approvals(project: Path) -> list[dict[str, Any]]:
    """The answers of people among them."""
    return [event for event in events(project) if event["type"] == "approval.answered"]
