"""What was taken over from an original re:factory: its experiments and its files, once a store. What it claims decides nothing here."""

import json
from itertools import accumulate
from typing import TYPE_CHECKING, Any, ClassVar, Final

from state.decisions import decided, ended
from state.events import Event, Payload
from state.model import Model, canonical
from state.original.experiment import ClaimedVerdict, OriginalExperiment
from state.rows import many, one

if TYPE_CHECKING:
    import sqlite3

KEY: Final = "original:imported"  # of the event that closes an import: a store has one
MOVED_KEY: Final = "original:moved"
TABLES: Final = """
CREATE TABLE imported_experiments(id INTEGER PRIMARY KEY, verdict TEXT NOT NULL, body TEXT NOT NULL);
CREATE INDEX imported_experiments_by_verdict ON imported_experiments(verdict, id);
CREATE TABLE imported_files(
    id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE, sha TEXT NOT NULL, size INTEGER NOT NULL, experiment INTEGER, bundle TEXT NOT NULL,
    start INTEGER NOT NULL);
CREATE INDEX imported_files_of ON imported_files(experiment, path);
CREATE TABLE imports(id INTEGER PRIMARY KEY CHECK(id = 1), at TEXT NOT NULL, moved INTEGER NOT NULL, body TEXT NOT NULL);
"""


class KeptFile(Model):
    """A file of the original: its path below its `.factory`, the SHA-256 of its bytes, how many these are, and the experiment that it is of."""

    path: str
    sha: str
    size: int
    experiment: int | None = None


class BundledFile(KeptFile):
    """Where its bytes are kept: in the object `bundle`, from `start` on. One too large for an object has no bundle, and is only where it lies."""

    bundle: str
    start: int


class Import(Model):
    """An import: how many experiments have each verdict, how many backlog items and files there were, and the goal that config.json names.

    `problems` are the first of the `odd` things that were found, a line each. `moved`: its files are out of the way of ours.
    """

    verdicts: dict[str, int]
    items: int
    files: int
    goal: str
    problems: tuple[str, ...]
    odd: int
    at: str
    moved: bool

    @property
    def experiments(self) -> int:
        """How many experiments came."""
        return sum(self.verdicts.values())


class OriginalFilesKept(Payload):
    """Files of the original, as many as one event holds. Their bytes, one behind the other, are the object `bundle`; empty for a file too large."""

    type: ClassVar[str] = "original.files"
    files: tuple[KeptFile, ...]
    bundle: str = ""

    def apply(self, connection: "sqlite3.Connection", event: Event) -> None:
        """The files can be found by path and by experiment, and their bytes in the bundle."""
        starts = accumulate((file.size for file in self.files), initial=0)
        rows = [(file.path, file.sha, file.size, file.experiment, self.bundle, start) for file, start in zip(self.files, starts, strict=False)]
        connection.executemany("INSERT INTO imported_files(path, sha, size, experiment, bundle, start) VALUES (?, ?, ?, ?, ?, ?)", rows)

    def objects(self) -> tuple[str, ...]:
        """The bytes of the files."""
        return (self.bundle,) if self.bundle else ()


class OriginalExperiments(Payload):
    """Experiments of the original, as many as one event holds, with their own numbers."""

    type: ClassVar[str] = "original.experiments"
    experiments: tuple[OriginalExperiment, ...]

    def apply(self, connection: "sqlite3.Connection", event: Event) -> None:
        """They stand in the history, apart from those that were measured; the decided ones have their lines in results.tsv, in this order."""
        rows = [(each.id, each.verdict, canonical(each.plain())) for each in self.experiments]
        connection.executemany("INSERT INTO imported_experiments(id, verdict, body) VALUES (?, ?, ?)", rows)
        for each in self.experiments:
            if each.verdict != "unfinished":
                decided(connection, each.id, event.seq)
                ended(connection, each.id)


class OriginalImported(Payload):
    """All of an original's `.factory` was taken over; fields as in `Import`."""

    type: ClassVar[str] = "original.imported"
    verdicts: dict[str, int]
    items: int
    files: int
    goal: str = ""
    problems: tuple[str, ...] = ()
    odd: int = 0

    def apply(self, connection: "sqlite3.Connection", event: Event) -> None:
        """Never again; its files are still to be moved."""
        connection.execute("INSERT INTO imports(id, at, moved, body) VALUES (1, ?, 0, ?)", (event.at, canonical(self.model_dump(mode="json"))))


class OriginalMoved(Payload):
    """The original's files lie in `.factory/imported`: the readable files can be written."""

    type: ClassVar[str] = "original.moved"

    def apply(self, connection: "sqlite3.Connection", event: Event) -> None:
        """Nothing is left to do."""
        connection.execute("UPDATE imports SET moved = 1")


def the_import(connection: "sqlite3.Connection") -> Import | None:
    """The import of this store, if there was one."""
    row = one(connection, "SELECT at, moved, body FROM imports")
    return Import.model_validate({**json.loads(row["body"]), "at": row["at"], "moved": bool(row["moved"])}) if row else None


def imported_experiment(connection: "sqlite3.Connection", number: int) -> OriginalExperiment | None:
    """The imported experiment of this number."""
    row = one(connection, "SELECT body FROM imported_experiments WHERE id = ?", number)
    return _experiment(row) if row else None


def imported_page(
    connection: "sqlite3.Connection", *, before: int | None, limit: int, verdicts: tuple[ClaimedVerdict, ...] = (), words: tuple[str, ...] = ()
) -> list[OriginalExperiment]:
    """Up to `limit` imported experiments with an id below `before`, newest first; only of the `verdicts` given, and that say all `words`."""
    marks = ", ".join("?" * len(verdicts))
    conditions = ["id < ?", *([f"verdict IN ({marks})"] if verdicts else []), *(["instr(lower(body), lower(?)) > 0"] * len(words))]
    question = f"SELECT body FROM imported_experiments WHERE {' AND '.join(conditions)} ORDER BY id DESC LIMIT ?"  # noqa: S608 - constant text
    return [_experiment(row) for row in many(connection, question, before or 1 << 62, *verdicts, *words, limit)]


def files_of_experiment(connection: "sqlite3.Connection", number: int) -> list[BundledFile]:
    """The original files of an imported experiment, by path."""
    return [_file(row) for row in many(connection, "SELECT * FROM imported_files WHERE experiment = ? ORDER BY path", number)]


def kept_files(connection: "sqlite3.Connection", below: str = "") -> list[BundledFile]:
    """All files whose path begins with `below`, those of one bundle together."""
    return [_file(row) for row in many(connection, "SELECT * FROM imported_files WHERE substr(path, 1, ?) = ? ORDER BY id", len(below), below)]


def next_experiment(connection: "sqlite3.Connection") -> int:
    """The number of the next experiment: behind all of ours and all that were imported."""
    question = "SELECT MAX((SELECT COALESCE(MAX(id), 0) FROM experiments), (SELECT COALESCE(MAX(id), 0) FROM imported_experiments)) + 1 AS number"
    row = one(connection, question)
    return int(row["number"]) if row else 1


def _experiment(row: dict[str, Any]) -> OriginalExperiment:
    return OriginalExperiment.model_validate(json.loads(row["body"]))


def _file(row: dict[str, Any]) -> BundledFile:
    del row["id"]
    return BundledFile.model_validate(row)
