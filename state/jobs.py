"""Jobs: long work that a server process does. A row that says running whose lock is free was interrupted."""

from typing import TYPE_CHECKING, ClassVar, Final, Literal

from state.events import Event, Payload
from state.model import Model
from state.rows import many

if TYPE_CHECKING:
    import sqlite3

Outcome = Literal["done", "failed", "cancelled"]

TABLES: Final = """
CREATE TABLE jobs(id INTEGER PRIMARY KEY, kind TEXT NOT NULL, key TEXT NOT NULL, experiment INTEGER, state TEXT NOT NULL, server TEXT NOT NULL,
                  started_at TEXT NOT NULL, reason TEXT NOT NULL);
CREATE INDEX jobs_by_key ON jobs(key, id);
CREATE INDEX jobs_running ON jobs(state) WHERE state = 'running';
"""


class Job(Model):
    """J`id`: an evaluation under way or ended. `experiment` is None for the target branch."""

    id: int
    kind: str
    key: str
    experiment: int | None
    state: Literal["running", "done", "failed", "cancelled"]
    server: str
    started_at: str
    reason: str

    @property
    def name(self) -> str:
        """The id that a model says: J4."""
        return f"J{self.id}"


class JobStarted(Payload):
    """A server took up long work."""

    type: ClassVar[str] = "job.started"
    job: int
    kind: Literal["evaluation"]
    key: str
    experiment: int | None = None
    server: str

    def apply(self, connection: "sqlite3.Connection", event: Event) -> None:
        """Earlier attempts at the same work that never ended are closed as cancelled: their server is gone."""
        connection.execute("UPDATE jobs SET state = 'cancelled', reason = 'interrupted' WHERE key = ? AND state = 'running'", (self.key,))
        connection.execute(
            "INSERT INTO jobs(id, kind, key, experiment, state, server, started_at, reason) VALUES (?, ?, ?, ?, 'running', ?, ?, '')",
            (self.job, self.kind, self.key, self.experiment, self.server, event.at),
        )


class JobEnded(Payload):
    """Long work ended; what it produced was stored as it went."""

    type: ClassVar[str] = "job.ended"
    job: int
    outcome: Outcome
    reason: str = ""

    def apply(self, connection: "sqlite3.Connection", event: Event) -> None:
        """The first end counts."""
        connection.execute("UPDATE jobs SET state = ?, reason = ? WHERE id = ? AND state = 'running'", (self.outcome, self.reason, self.job))


_COLUMNS: Final = "id, kind, key, experiment, state, server, started_at, reason"


def job(connection: "sqlite3.Connection", number: int) -> Job | None:
    """The job of this number."""
    return next(iter(_jobs(connection, "id = ?", number)), None)


def running_job(connection: "sqlite3.Connection", key: str) -> Job | None:
    """The job that the log says is running for this work; its lock tells whether it lives."""
    return next(iter(_jobs(connection, "key = ? AND state = 'running' ORDER BY id DESC LIMIT 1", key)), None)


def newest_job(connection: "sqlite3.Connection", key: str) -> Job | None:
    """The job that did, or does, this work last."""
    return next(iter(_jobs(connection, "key = ? ORDER BY id DESC LIMIT 1", key)), None)


def newest_running(connection: "sqlite3.Connection", experiment: int | None) -> Job | None:
    """The newest job of an experiment (None: of the target branch) that the log says is running."""
    return next(iter(_jobs(connection, "experiment IS ? AND state = 'running' ORDER BY id DESC LIMIT 1", experiment)), None)


def running_jobs(connection: "sqlite3.Connection") -> list[Job]:
    """Every job that the log says is running, oldest first."""
    return _jobs(connection, "state = 'running' ORDER BY id")


def _jobs(connection: "sqlite3.Connection", clause: str, *values: object) -> list[Job]:
    """The jobs that a clause of this module selects; whatever comes from outside is in `values`."""
    rows = many(connection, f"SELECT {_COLUMNS} FROM jobs WHERE {clause}", *values)  # noqa: S608 - constant text
    return [Job.model_validate(row) for row in rows]
