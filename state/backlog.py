"""The backlog: what waits to be tried. Of open items none says the same as another."""

import unicodedata
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal

from state.cycles import Category
from state.events import Event, Payload
from state.model import Model
from state.rows import many, one

if TYPE_CHECKING:
    import sqlite3

Priority = Literal["high", "normal", "low"]
BacklogState = Literal["open", "done", "removed"]
Source = Literal["user", "host", "strategist", "original", "issue"]
Place = tuple[int, int]  # of an item in the order of pages: the rank of its priority, its number
_RANKS: Final[dict[str, int]] = {"high": 0, "normal": 1, "low": 2}
_LARGEST: Final = 1 << 62

# `rank` orders: high priority first. `version` counts the changes of an item.
TABLES: Final = """
CREATE TABLE backlog(
    id INTEGER PRIMARY KEY, norm TEXT NOT NULL, text TEXT NOT NULL, category TEXT, priority TEXT NOT NULL, rank INTEGER NOT NULL, state TEXT NOT NULL,
    source TEXT NOT NULL, earlier INTEGER, version INTEGER NOT NULL, added_at TEXT NOT NULL, changed_at TEXT NOT NULL);
CREATE UNIQUE INDEX backlog_open ON backlog(norm) WHERE state = 'open';
CREATE INDEX backlog_by_norm ON backlog(norm, id);
CREATE INDEX backlog_by_state ON backlog(state, rank, id);
CREATE INDEX backlog_by_rank ON backlog(rank, id);
"""


class BacklogItem(Model):
    """An item: B`id`. `earlier` is the item that said the same before and is closed; `version` begins with 1."""

    id: int
    text: str
    category: Category | None
    priority: Priority
    state: BacklogState
    source: Source
    earlier: int | None
    version: int
    added_at: str
    changed_at: str

    @property
    def name(self) -> str:
        """The id that a model says: B2."""
        return f"B{self.id}"

    @property
    def place(self) -> Place:
        """Where it stands among the others."""
        return _RANKS[self.priority], self.id


class BacklogAdded(Payload):
    """An item was put on the backlog."""

    type: ClassVar[str] = "backlog.added"
    item: int
    text: str
    source: Source
    category: Category | None = None
    priority: Priority = "normal"
    earlier: int | None = None

    def apply(self, connection: "sqlite3.Connection", event: Event) -> None:
        """Open, unless an open item says the same: that one stands for both."""
        connection.execute(
            "INSERT INTO backlog(id, norm, text, category, priority, rank, state, source, earlier, version, added_at, changed_at) "
            "SELECT ?, ?, ?, ?, ?, ?, 'open', ?, ?, 1, ?, ? WHERE NOT EXISTS (SELECT 1 FROM backlog WHERE norm = ? AND state = 'open')",
            (
                self.item, normalised(self.text), self.text, self.category, self.priority, _RANKS[self.priority], self.source, self.earlier,
                event.at, event.at, normalised(self.text),
            ),
        )  # fmt: skip


class BacklogChanged(Payload):
    """An item was changed, finished or removed. A field that is None stays as it was."""

    type: ClassVar[str] = "backlog.changed"
    item: int
    text: str | None = None
    category: Category | None = None
    priority: Priority | None = None
    state: BacklogState | None = None

    def apply(self, connection: "sqlite3.Connection", event: Event) -> None:
        """As said, unless that would leave two open items that say the same: then nothing changes."""
        norm = None if self.text is None else normalised(self.text)
        rank = None if self.priority is None else _RANKS[self.priority]
        connection.execute(
            "UPDATE OR IGNORE backlog SET norm = COALESCE(?, norm), text = COALESCE(?, text), category = COALESCE(?, category), "
            "priority = COALESCE(?, priority), rank = COALESCE(?, rank), state = COALESCE(?, state), version = version + 1, changed_at = ? "
            "WHERE id = ?",
            (norm, self.text, self.category, self.priority, rank, self.state, event.at, self.item),
        )


def normalised(text: str) -> str:
    """What two items that say the same have in common: NFKC, without case, blanks as one."""
    return " ".join(unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold()).split())


def open_item(connection: "sqlite3.Connection", text: str) -> BacklogItem | None:
    """The open item that says the same as `text`."""
    return _item(one(connection, f"{_SELECT} WHERE norm = ? AND state = 'open'", normalised(text)))


def closed_item(connection: "sqlite3.Connection", text: str) -> BacklogItem | None:
    """The newest item that is done or removed and said the same as `text`."""
    return _item(one(connection, f"{_SELECT} WHERE norm = ? AND state != 'open' ORDER BY id DESC LIMIT 1", normalised(text)))


def backlog_item(connection: "sqlite3.Connection", number: int) -> BacklogItem | None:
    """The item of this number."""
    return _item(one(connection, f"{_SELECT} WHERE id = ?", number))


def backlog_page(
    connection: "sqlite3.Connection", *, after: BacklogItem | Place | None = None, limit: int, state: BacklogState | None = "open", newest: int = 0
) -> list[BacklogItem]:
    """Up to `limit` items behind `after`: high before normal before low, older before newer. `state` None: all of them.

    `newest` is the last item that counts, 0 for all: pages of one listing do not see what was added meanwhile.
    """
    rank, number = after.place if isinstance(after, BacklogItem) else after or (-1, 0)
    condition, values = ("state = ? AND", (state,)) if state else ("", ())
    question = f"{_SELECT} WHERE {condition} (rank, id) > (?, ?) AND id <= ? ORDER BY rank, id LIMIT ?"
    return [item for row in many(connection, question, *values, rank, number, newest or _LARGEST, limit) if (item := _item(row))]


def count_open(connection: "sqlite3.Connection") -> int:
    """How many items are open."""
    return count_items(connection, "open")


def count_items(connection: "sqlite3.Connection", state: BacklogState | None) -> int:
    """How many items are in a state; None: all of them."""
    row = one(connection, "SELECT COUNT(*) AS n FROM backlog WHERE state = COALESCE(?, state)", state)
    return int(row["n"]) if row else 0


_SELECT: Final = "SELECT id, text, category, priority, state, source, earlier, version, added_at, changed_at FROM backlog"


def _item(row: dict[str, Any] | None) -> BacklogItem | None:
    return BacklogItem.model_validate(row) if row else None
