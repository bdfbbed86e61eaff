"""What measurements were taken with in full: the largest things that a store keeps, and the only ones that can be made again by measuring."""

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from state.files import object_path
from state.rows import many
from state.store import Store

if TYPE_CHECKING:
    import sqlite3


@dataclass(frozen=True)
class Material:
    """The material of a sample: an object's name, its size in bytes, and what was measured when (UTC)."""

    name: str
    size: int
    part: str
    tree: str
    at: str


def materials(store: Store) -> list[Material]:
    """Every material that lies in the store, the newest first. One that several samples share counts as the newest of them."""
    with store.reading() as connection:
        rows = _rows(connection)
    found = []
    for name, body in rows.items():
        try:
            size = object_path(store.objects, name).stat().st_size
        except FileNotFoundError:
            continue
        sample = json.loads(body)
        found.append(Material(name, size, sample["part"], sample["tree"], sample["at"]))
    return found


def drop_materials(store: Store, names: list[str]) -> None:
    """Remove the objects of these names, which `materials` named. What was measured with them is measured again when it is needed. Raises OSError."""
    for name in names:
        object_path(store.objects, name).unlink(missing_ok=True)


def _rows(connection: "sqlite3.Connection") -> dict[str, str]:
    rows = many(connection, "SELECT material, body FROM samples ORDER BY seq DESC")
    found: dict[str, str] = {}
    for row in rows:
        found.setdefault(str(row["material"]), str(row["body"]))
    return found
