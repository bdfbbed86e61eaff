"""Sources: pages that researchers cite, kept once for each address with what was said of them; the server fetches none."""

from typing import TYPE_CHECKING, Any, ClassVar, Final

from state.events import Event, Payload
from state.model import Model
from state.rows import many, one

if TYPE_CHECKING:
    import sqlite3

TABLES: Final = """
CREATE TABLE sources(id INTEGER PRIMARY KEY, address TEXT NOT NULL UNIQUE, claim TEXT NOT NULL, at TEXT NOT NULL);
"""


class Source(Model):
    """An archived source: S`id`. `claim` is what the researcher says stands there."""

    id: int
    address: str
    claim: str
    at: str

    @property
    def name(self) -> str:
        """The id that a model cites it by: S2."""
        return f"S{self.id}"


class SourceArchived(Payload):
    """A researcher cited a page for the first time."""

    type: ClassVar[str] = "source.archived"
    source: int
    address: str
    claim: str

    def apply(self, connection: "sqlite3.Connection", event: Event) -> None:
        """Once for each address."""
        connection.execute(
            "INSERT OR IGNORE INTO sources(id, address, claim, at) VALUES (?, ?, ?, ?)", (self.source, self.address, self.claim, event.at)
        )


def archived_source(connection: "sqlite3.Connection", address: str) -> Source | None:
    """The source of this address."""
    return _source(one(connection, "SELECT * FROM sources WHERE address = ?", address))


def archived_sources(connection: "sqlite3.Connection") -> list[Source]:
    """All of them, the oldest first."""
    return [found for row in many(connection, "SELECT * FROM sources ORDER BY id") if (found := _source(row))]


def source(connection: "sqlite3.Connection", number: int) -> Source | None:
    """The source of this number."""
    return _source(one(connection, "SELECT * FROM sources WHERE id = ?", number))


def _source(row: dict[str, Any] | None) -> Source | None:
    return Source.model_validate(row) if row else None
