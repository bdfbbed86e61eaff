"""The registry: which projects there are on this machine, and how each stands; events and a table of a store that lies in the home folder."""

from typing import TYPE_CHECKING, ClassVar, Final

from state.events import Event, Payload
from state.model import Model
from state.rows import many, one

if TYPE_CHECKING:
    import sqlite3

TABLES: Final = """
CREATE TABLE projects(path TEXT PRIMARY KEY, name TEXT NOT NULL, registered_at TEXT NOT NULL, last_experiment_at TEXT, kept INTEGER NOT NULL,
                      reverted INTEGER NOT NULL, abandoned INTEGER NOT NULL, claimed INTEGER NOT NULL, latest_score REAL);
"""


class Progress(Model):
    """How far a project is: verdicts of each kind, when the newest was given (UTC), and the composite that the project has after it."""

    kept: int = 0
    reverted: int = 0
    abandoned: int = 0
    at: str | None = None
    score: float | None = None


class Project(Model):
    """One project. `path` is the canonical one of its main checkout; `claimed` experiments are those of an earlier factory's registry."""

    path: str
    name: str
    registered_at: str
    last_experiment_at: str | None
    kept: int
    reverted: int
    abandoned: int
    claimed: int
    latest_score: float | None

    @property
    def experiments(self) -> int:
        """How many experiments were decided; as claimed, where this factory decided none yet."""
        return self.kept + self.reverted + self.abandoned or self.claimed


class ProjectRegistered(Payload):
    """A project was worked on for the first time. The fields with a default are what an earlier factory's registry said of it."""

    type: ClassVar[str] = "project.registered"
    path: str
    name: str
    since: str | None = None
    claimed: int = 0
    at: str | None = None
    score: float | None = None

    def apply(self, connection: "sqlite3.Connection", event: Event) -> None:
        """A row of its own; a path is there once."""
        connection.execute(
            "INSERT OR IGNORE INTO projects(path, name, registered_at, last_experiment_at, kept, reverted, abandoned, claimed, latest_score) "
            "VALUES (?, ?, ?, ?, 0, 0, 0, ?, ?)",
            (self.path, self.name, self.since or event.at, self.at, self.claimed, self.score),
        )


class ProjectAdvanced(Payload):
    """A project's experiments were decided; absolute figures, so that one event makes up for those that could not be written."""

    type: ClassVar[str] = "project.advanced"
    path: str
    progress: Progress

    def apply(self, connection: "sqlite3.Connection", event: Event) -> None:
        """The figures as they are now; of a project that was forgotten meanwhile there is no row."""
        now = self.progress
        connection.execute(
            "UPDATE projects SET kept = ?, reverted = ?, abandoned = ?, last_experiment_at = ?, latest_score = ? WHERE path = ?",
            (now.kept, now.reverted, now.abandoned, now.at, now.score, self.path),
        )


class ProjectForgotten(Payload):
    """A person took a project off the list; the project itself is untouched, and working on it registers it again."""

    type: ClassVar[str] = "project.forgotten"
    path: str

    def apply(self, connection: "sqlite3.Connection", event: Event) -> None:
        """The row goes, the history stays."""
        connection.execute("DELETE FROM projects WHERE path = ?", (self.path,))


class RegistryImported(Payload):
    """An earlier factory's registry.json was taken over, once: how many of its projects, which not, and what it is called now."""

    type: ClassVar[str] = "registry.imported"
    kept_as: str
    taken: int
    left: tuple[str, ...] = ()

    def apply(self, connection: "sqlite3.Connection", event: Event) -> None:
        """History only: each project that was taken over has an event of its own."""


def project(connection: "sqlite3.Connection", path: str) -> Project | None:
    """The project at a canonical path, if it is registered."""
    row = one(connection, "SELECT * FROM projects WHERE path = ?", path)
    return Project.model_validate(row) if row else None


def projects(connection: "sqlite3.Connection") -> list[Project]:
    """Every project, the one with the newest experiment first."""
    rows = many(connection, "SELECT * FROM projects ORDER BY COALESCE(last_experiment_at, registered_at) DESC, path")
    return [Project.model_validate(row) for row in rows]


def was_imported(connection: "sqlite3.Connection") -> bool:
    """Whether an earlier factory's registry was looked at already."""
    return one(connection, "SELECT 1 FROM events WHERE type = ? LIMIT 1", RegistryImported.type) is not None
