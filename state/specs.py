"""Specs: what a project is to become, as an idea or a document, and whether it was built."""

from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal

from state.events import Event, Payload
from state.model import Model
from state.rows import one

if TYPE_CHECKING:
    import sqlite3

SpecKind = Literal["idea", "spec"]

TABLES: Final = """
CREATE TABLE specs(id INTEGER PRIMARY KEY, kind TEXT NOT NULL, title TEXT NOT NULL, source TEXT NOT NULL, text TEXT NOT NULL, state TEXT NOT NULL,
                   at TEXT NOT NULL);
"""


class Spec(Model):
    """A stored spec. `text` names the object that holds its Markdown; `source` says where it came from.

    It is open until a build of it has ended: built when that was done, dropped when it was aborted.
    """

    id: int
    kind: SpecKind
    title: str
    source: str
    text: str
    state: Literal["open", "built", "dropped"]
    at: str


class SpecStored(Payload):
    """A spec was stored: what a project is created from, or what a distiller wrote and a person approved. It replaces one that nobody built."""

    type: ClassVar[str] = "spec.stored"
    spec: int
    kind: SpecKind
    title: str
    source: str
    text: str

    def apply(self, connection: "sqlite3.Connection", event: Event) -> None:
        """At most one spec is open."""
        connection.execute("UPDATE specs SET state = 'dropped' WHERE state = 'open'")
        connection.execute(
            "INSERT INTO specs(id, kind, title, source, text, state, at) VALUES (?, ?, ?, ?, ?, 'open', ?)",
            (self.spec, self.kind, self.title, self.source, self.text, event.at),
        )

    def objects(self) -> tuple[str, ...]:
        """The text."""
        return (self.text,)


def open_spec(connection: "sqlite3.Connection") -> Spec | None:
    """The spec that waits to be built."""
    return _spec(one(connection, "SELECT * FROM specs WHERE state = 'open' ORDER BY id DESC LIMIT 1"))


def spec(connection: "sqlite3.Connection", number: int) -> Spec | None:
    """The spec of this number."""
    return _spec(one(connection, "SELECT * FROM specs WHERE id = ?", number))


def spec_of(connection: "sqlite3.Connection", text: str | None = None) -> Spec | None:
    """The spec stored first, or the first with this text (the name of its object)."""
    if text is None:
        return _spec(one(connection, "SELECT * FROM specs ORDER BY id LIMIT 1"))
    return _spec(one(connection, "SELECT * FROM specs WHERE text = ? ORDER BY id LIMIT 1", text))


def written(connection: "sqlite3.Connection", number: int) -> int:
    """The number of a spec that is a document; 0 for none, and for a mere idea, which is still to be looked into."""
    found = spec(connection, number)
    return number if found is not None and found.kind == "spec" else 0


def spec_text(connection: "sqlite3.Connection", number: int) -> str:
    """The name of the object that holds the text of a spec; empty for none."""
    found = spec(connection, number)
    return found.text if found else ""


def close_spec(connection: "sqlite3.Connection", number: int, state: Literal["built", "dropped"]) -> None:
    """A build of it has ended."""
    connection.execute("UPDATE specs SET state = ? WHERE id = ? AND state = 'open'", (state, number))


def _spec(row: dict[str, Any] | None) -> Spec | None:
    return Spec.model_validate(row) if row else None
