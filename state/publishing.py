"""Branches and pull requests made of kept experiments: what was prepared for upstream, what its tree measured, and what became of it there."""

import json
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal

from state.events import Event, Payload
from state.model import Model, canonical
from state.rows import many, one

if TYPE_CHECKING:
    import sqlite3

PullRequestState = Literal["failed", "prepared", "pushed", "draft", "ready", "closed", "merged"]
ON_THE_FORGE: Final[tuple[PullRequestState, ...]] = ("draft", "ready")

TABLES: Final = """
CREATE TABLE pull_requests(key TEXT PRIMARY KEY, seq INTEGER NOT NULL, state TEXT NOT NULL, branch TEXT NOT NULL, checked TEXT NOT NULL,
                           address TEXT NOT NULL, number INTEGER, url TEXT NOT NULL, reason TEXT NOT NULL);
CREATE TABLE pull_requests_of(experiment INTEGER NOT NULL, key TEXT NOT NULL, PRIMARY KEY (experiment, key));
"""


class PreparedBranch(Model):
    """Kept experiments as commits on the commit `base` that their target and upstream share.

    `key` is what makes it the same: experiments, base and what is stripped. `kept` and `stripped` count files, `files` names the object that lists
    them, as JSON. `into` is the branch upstream that is meant to take it.
    """

    key: str
    experiments: tuple[int, ...]
    into: str
    base: str
    branch: str
    commit: str
    tree: str
    clean: bool
    kept: int
    stripped: int
    files: str


class TreeChecked(Model):
    """What the tree of a prepared branch measured: how many tests passed, what fails, and what could not be asked of it."""

    tests: int
    failing: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


class PullRequest(Model):
    """A prepared branch and what became of it. `address` is where it was pushed; `number` and `url` are the forge's."""

    branch: PreparedBranch
    checked: TreeChecked
    state: PullRequestState
    address: str
    number: int | None
    url: str
    reason: str

    @property
    def is_on_the_forge(self) -> bool:
        """Whether it is open there."""
        return self.state in ON_THE_FORGE


class _Checked(Payload):
    """The tree of a branch was measured."""

    branch: PreparedBranch
    checked: TreeChecked

    def store(self, connection: "sqlite3.Connection", event: Event, state: PullRequestState) -> None:
        """The newest measurement counts until the branch is prepared."""
        connection.execute(
            "INSERT INTO pull_requests(key, seq, state, branch, checked, address, number, url, reason) VALUES (?, ?, ?, ?, ?, '', NULL, '', '') "
            "ON CONFLICT(key) DO UPDATE SET seq = excluded.seq, state = excluded.state, branch = excluded.branch, checked = excluded.checked "
            "WHERE state = 'failed'",
            (self.branch.key, event.seq, state, canonical(self.branch.plain()), canonical(self.checked.plain())),
        )
        for experiment in self.branch.experiments:
            connection.execute("INSERT OR IGNORE INTO pull_requests_of(experiment, key) VALUES (?, ?)", (experiment, self.branch.key))

    def objects(self) -> tuple[str, ...]:
        """The list of its files."""
        return (self.branch.files,)


class PullRequestPrepared(_Checked):
    """The tree still passes: the branch may be made, and shown."""

    type: ClassVar[str] = "pull_request.prepared"

    def apply(self, connection: "sqlite3.Connection", event: Event) -> None:
        """Ready to be pushed."""
        self.store(connection, event, "prepared")


class PullRequestFailed(_Checked):
    """The tree does not pass without what was stripped from it: nothing was made."""

    type: ClassVar[str] = "pull_request.failed"

    def apply(self, connection: "sqlite3.Connection", event: Event) -> None:
        """Kept as what was seen."""
        self.store(connection, event, "failed")


class _Moved(Payload):
    """Something became of a prepared branch. `experiments` are those that it holds."""

    key: str
    experiments: tuple[int, ...]


class PullRequestPushed(_Moved):
    """The branch is at `address`."""

    type: ClassVar[str] = "pull_request.pushed"
    address: str

    def apply(self, connection: "sqlite3.Connection", event: Event) -> None:
        """Pushed, unless more became of it already."""
        del event
        connection.execute(
            "UPDATE pull_requests SET state = CASE state WHEN 'prepared' THEN 'pushed' ELSE state END, address = ? WHERE key = ?",
            (self.address, self.key),
        )


class PullRequestOpened(_Moved):
    """The forge has it, as a draft or ready to be reviewed."""

    type: ClassVar[str] = "pull_request.opened"
    number: int
    url: str
    draft: bool

    def apply(self, connection: "sqlite3.Connection", event: Event) -> None:
        """Open, also where it was closed before."""
        del event
        connection.execute(
            "UPDATE pull_requests SET state = ?, number = ?, url = ?, reason = '' WHERE key = ?",
            ("draft" if self.draft else "ready", self.number, self.url, self.key),
        )


class PullRequestPromoted(_Moved):
    """It is no draft any more."""

    type: ClassVar[str] = "pull_request.promoted"

    def apply(self, connection: "sqlite3.Connection", event: Event) -> None:
        """Ready to be reviewed."""
        del event
        connection.execute("UPDATE pull_requests SET state = 'ready' WHERE key = ? AND state = 'draft'", (self.key,))


class PullRequestClosed(_Moved):
    """It is closed or merged there; `reason` is ours where we closed it."""

    type: ClassVar[str] = "pull_request.closed"
    how: Literal["closed", "merged"]
    reason: str = ""

    def apply(self, connection: "sqlite3.Connection", event: Event) -> None:
        """Over, until somebody opens it again there."""
        del event
        connection.execute("UPDATE pull_requests SET state = ?, reason = ? WHERE key = ?", (self.how, self.reason, self.key))


def pull_request(connection: "sqlite3.Connection", key: str) -> PullRequest | None:
    """The one with this key."""
    return _read(one(connection, "SELECT * FROM pull_requests WHERE key = ?", key))


def pull_requests_of(connection: "sqlite3.Connection", experiment: int) -> list[PullRequest]:
    """Those that hold an experiment, oldest first."""
    question = "SELECT pull_requests.* FROM pull_requests JOIN pull_requests_of USING (key) WHERE experiment = ? ORDER BY seq"
    return [found for row in many(connection, question, experiment) if (found := _read(row))]


def every_pull_request(connection: "sqlite3.Connection") -> list[PullRequest]:
    """All that were prepared or failed to be, oldest first."""
    return [found for row in many(connection, "SELECT * FROM pull_requests ORDER BY seq") if (found := _read(row))]


def _read(row: dict[str, Any] | None) -> PullRequest | None:
    if row is None:
        return None
    read = {name: json.loads(row[name]) for name in ("branch", "checked")}
    return PullRequest.model_validate({**{name: row[name] for name in ("state", "address", "number", "url", "reason")}, **read})
