"""Issues of a forge that were brought here: each once, by its address, beside the backlog item that stands for it."""

import json
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal

from state.events import Event, Payload
from state.model import Model, canonical
from state.rows import many, one

if TYPE_CHECKING:
    import sqlite3

IssueState = Literal["open", "closed"]
TITLE_LIMIT: Final = 300
BODY_LIMIT: Final = 8000  # characters of a body that are kept; an event holds 64 KB

TABLES: Final = """
CREATE TABLE issues(address TEXT PRIMARY KEY, repository TEXT NOT NULL, number INTEGER NOT NULL, item INTEGER NOT NULL UNIQUE, state TEXT NOT NULL,
                    seen_at TEXT NOT NULL, body TEXT NOT NULL);
CREATE INDEX issues_of_repository ON issues(repository, number);
"""


class Issue(Model):
    """An issue as the forge showed it last. `title`, `body` and `labels` are untrusted: anybody may have written them.

    `address` is its page on the web, which is also its key (hosts, owners and names in small letters); `repository` is owner/repo in small letters,
    with groups where the forge has them. `own`: the signed-in person opened it, or somebody who belongs to the repository.
    """

    address: str
    repository: str
    number: int
    title: str
    body: str
    state: IssueState
    own: bool
    author: str = ""
    labels: tuple[str, ...] = ()
    updated_at: str = ""

    @property
    def name(self) -> str:
        """How people say it: owner/repo#42."""
        return f"{self.repository}#{self.number}"


class ImportedIssue(Model):
    """An issue that was brought here, with the number of its backlog item and when it was seen last (UTC)."""

    issue: Issue
    item: int
    seen_at: str


class IssueSeen(Payload):
    """An issue was fetched for the first time, or is no longer as it was."""

    type: ClassVar[str] = "issue.seen"
    issue: Issue
    item: int

    def apply(self, connection: "sqlite3.Connection", event: Event) -> None:
        """As it was seen last; it keeps the item that it got first."""
        found = self.issue
        connection.execute(
            "INSERT INTO issues(address, repository, number, item, state, seen_at, body) VALUES (?, ?, ?, ?, ?, ?, ?) "
            "ON CONFLICT(address) DO UPDATE SET state = excluded.state, seen_at = excluded.seen_at, body = excluded.body",
            (found.address, found.repository, found.number, self.item, found.state, event.at, canonical(found.model_dump(mode="json"))),
        )


def issue_at(connection: "sqlite3.Connection", address: str) -> ImportedIssue | None:
    """The issue of this address."""
    return _issue(one(connection, f"{_SELECT} WHERE address = ?", address))


def issue_of_item(connection: "sqlite3.Connection", item: int) -> ImportedIssue | None:
    """The issue that a backlog item stands for."""
    return _issue(one(connection, f"{_SELECT} WHERE item = ?", item))


def open_issues(connection: "sqlite3.Connection", repository: str | None = None) -> list[ImportedIssue]:
    """The issues that were open when they were seen last, newest number first; only those of a `repository` where one is given."""
    condition, values = ("AND repository = ?", (repository,)) if repository else ("", ())
    rows = many(connection, f"{_SELECT} WHERE state = 'open' {condition} ORDER BY repository, number DESC", *values)
    return [found for row in rows if (found := _issue(row))]


_SELECT: Final = "SELECT item, seen_at, body FROM issues"


def _issue(row: dict[str, Any] | None) -> ImportedIssue | None:
    if row is None:
        return None
    return ImportedIssue(issue=Issue.model_validate(json.loads(row["body"])), item=row["item"], seen_at=row["seen_at"])
