"""Losses: what a person knew to be gone when they had the store restored without it."""

from typing import TYPE_CHECKING, ClassVar, Final

from state.events import Event, Payload
from state.rows import many

if TYPE_CHECKING:
    import sqlite3

GIVEN_UP_AT_MOST: Final = 500  # anchors that one event names
TABLES: Final = """
CREATE TABLE anchors_given_up(hash TEXT PRIMARY KEY, seq INTEGER NOT NULL);
"""


class LossAccepted(Payload):
    """A person goes on without what is lost. Events: the store was restored up to event `kept`, though it had reached `reached` at least.

    `anchors` are the hashes that nobody has the events of any more; `aside` the ref that keeps the old anchors. `lost_objects` (by their
    SHA-256) and `lost_refs` are files of the store and refs of git that nobody has any more.
    """

    type: ClassVar[str] = "loss.accepted"
    kept: int
    reached: int
    why: tuple[str, ...] = ()
    anchors: tuple[str, ...] = ()
    aside: str = ""
    lost_objects: tuple[str, ...] = ()
    lost_refs: tuple[str, ...] = ()

    def apply(self, connection: "sqlite3.Connection", event: Event) -> None:
        """From here on these anchors are no fault."""
        rows = [(name, event.seq) for name in self.anchors]
        connection.executemany("INSERT OR IGNORE INTO anchors_given_up(hash, seq) VALUES (?, ?)", rows)


def given_up(connection: "sqlite3.Connection") -> frozenset[str]:
    """The hashes of all anchors that were given up."""
    return frozenset(str(row["hash"]) for row in many(connection, "SELECT hash FROM anchors_given_up"))


def refs_given_up(connection: "sqlite3.Connection") -> frozenset[str]:
    """The refs of git whose commits nobody has any more, and that a person gave up."""
    rows = many(connection, "SELECT payload FROM events WHERE type = ?", LossAccepted.type)
    return frozenset(ref for row in rows for ref in LossAccepted.model_validate_json(row["payload"]).lost_refs)
