"""Points at which a call changes something, counted in its own process, and a fault at one of them: a kill, or what a bad disk answers.

A point is a file opened for writing, a name made, moved or removed, a flush to disk, a statement of SQLite that writes, a git command that
writes, or the start of a supervised command. Only what lies below the watched folders counts, and the trees that are written to be measured.
"""

import errno
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, NoReturn

KINDS: Final = ("kill", "torn", "full", "read_only", "io")
ROOM: Final = "factory-room-"
TORN: Final = 20  # bytes that a torn write lost at its end
WRITING: Final = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
NAMES: Final = {"os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.link", "os.symlink", "os.truncate", "os.chmod"}
# On a full disk names can still be moved and removed.
NEEDS_ROOM: Final = ("open", "os.mkdir", "os.link", "os.symlink", "fsync", "sqlite", "git")
STATEMENTS: Final = ("BEGIN", "COMMIT", "INSERT", "UPDATE", "DELETE", "CREATE", "DROP", "PRAGMA JOURNAL_MODE", "PRAGMA USER_VERSION =")
GIT_WRITES: Final = {
    "add", "commit-tree", "hash-object", "merge-tree", "mktree", "read-tree", "update-index", "update-ref", "worktree", "write-tree",
}  # fmt: skip
ERRORS: Final = {"full": errno.ENOSPC, "read_only": errno.EROFS, "io": errno.EIO}
SQLITE_SAYS: Final = {
    "full": ("database or disk is full", sqlite3.SQLITE_FULL),
    "read_only": ("attempt to write a readonly database", sqlite3.SQLITE_READONLY),
    "io": ("disk I/O error", sqlite3.SQLITE_IOERR),
}


@dataclass(frozen=True)
class Fault:
    """What goes wrong at point number `at` (from 1): full and read_only stay so until the call's end, io is over at once."""

    kind: str
    at: int


@dataclass
class Watch:
    """What is watched in this process; every point is written to the descriptor `log`, a line each, as it is reached."""

    roots: tuple[str, ...]
    log: int
    fault: Fault | None
    count: int = 0
    told: list[str] = field(default_factory=list)

    def reach(self, what: str, where: str) -> str:
        """Count a point; dies there if that is the fault, else answers the kind of error that must happen, or nothing."""
        self.count += 1
        os.write(self.log, f"{what} {self._relative(where)}\n".encode("utf-8", "replace"))
        if self.fault is None or self.count < self.fault.at:
            return ""
        kind, here = self.fault.kind, self.count == self.fault.at
        if kind == "kill" and here:
            die()
        if kind == "torn" and here and what != "fsync":
            die()
        if kind == "full" and not what.startswith(NEEDS_ROOM):
            return ""
        return kind if here or kind in ("full", "read_only") else ""

    def watches(self, path: object) -> bool:
        """Whether a change of this path counts."""
        if not isinstance(path, str | bytes | os.PathLike):
            return False
        text = str(Path(os.fsdecode(path)).absolute())
        return text.startswith(self.roots) or (ROOM in text and "/tree" in text)

    def _relative(self, where: str) -> str:
        for root in self.roots:
            where = where.replace(f"{root}/", "")
        return where


def die() -> NoReturn:
    """End this process as a crash does."""
    os.kill(os.getpid(), signal.SIGKILL)
    raise SystemExit  # not reached: the signal cannot be handled


def install(watch: Watch) -> None:
    """Watch this process from now on; there is no way back, so it is one that was made for a single call."""
    sys.addaudithook(lambda event, arguments: _audited(watch, event, arguments))
    _watch_flushes(watch)
    _watch_sqlite(watch)
    _watch_children(watch)


def _audited(watch: Watch, event: str, arguments: Sequence[Any]) -> None:
    if event == "open":
        path, mode, flags = arguments
        writes = bool((flags or 0) & WRITING) or (isinstance(mode, str) and bool(set("wax+") & set(mode)))
        if writes and not isinstance(path, int) and watch.watches(path):
            _fail(watch.reach("open", os.fsdecode(path)), os.fsdecode(path))
    elif event in NAMES and watch.watches(arguments[0]):
        _fail(watch.reach(event, os.fsdecode(arguments[0])), os.fsdecode(arguments[0]))


def _fail(kind: str, path: str) -> None:
    if kind in ERRORS:
        raise OSError(ERRORS[kind], os.strerror(ERRORS[kind]), path)


def _watch_flushes(watch: Watch) -> None:
    real = os.fsync

    def fsync(descriptor: int) -> None:
        path = Path(f"/proc/self/fd/{descriptor}").readlink()
        if watch.watches(path):
            kind = watch.reach("fsync", str(path))
            if kind == "torn":
                if path.is_file():
                    os.ftruncate(descriptor, max(0, os.fstat(descriptor).st_size - TORN))
                die()
            _fail(kind, str(path))
        real(descriptor)

    os.fsync = fsync  # type: ignore[assignment]  # nobody here flushes by anything but a descriptor


def _watch_sqlite(watch: Watch) -> None:
    real: Any = sqlite3.connect

    class Watched(sqlite3.Connection):
        """A connection whose statements count."""

        def execute(self, sql: str, *parameters: Any) -> sqlite3.Cursor:
            _statement(watch, sql)
            return super().execute(sql, *parameters)

        def executemany(self, sql: str, *parameters: Any) -> sqlite3.Cursor:
            _statement(watch, sql)
            return super().executemany(sql, *parameters)

    def connect(database: Any, *arguments: Any, **named: Any) -> Any:
        watched = not str(database).startswith((":memory:", "file:"))
        return real(database, *arguments, **({"factory": Watched} if watched else {}), **named)

    sqlite3.connect = connect


def _statement(watch: Watch, sql: str) -> None:
    words = " ".join(sql.split())
    if words.upper().startswith(STATEMENTS):
        kind = watch.reach("sqlite", words[:40])
        if kind in SQLITE_SAYS:
            says, code = SQLITE_SAYS[kind]
            error = sqlite3.OperationalError(says)
            error.sqlite_errorcode = code
            raise error


def _watch_children(watch: Watch) -> None:
    real = subprocess.Popen

    def popen(argv: list[str], *arguments: Any, **named: Any) -> "subprocess.Popen[bytes]":
        if Path(argv[0]).name != "git":
            _fail(watch.reach("command", Path(argv[-2]).name), argv[0])
        elif (word := _git_word(argv)) in GIT_WRITES and "list" not in argv:
            kind = watch.reach("git", " ".join([word, *(part for part in argv[-4:] if part != word)])[:80])
            if kind in ERRORS:
                complaint = f"error: unable to write file: {os.strerror(ERRORS[kind])}"
                return real(["sh", "-c", 'echo "$1" >&2; exit 128', "sh", complaint], *arguments, **named)
        return real(argv, *arguments, **named)

    subprocess.Popen = popen  # type: ignore[assignment, misc]  # in a process of its own, for one call


def _git_word(argv: list[str]) -> str:
    """The subcommand: the first word that is no option and no option's value."""
    words = iter(argv[1:])
    for word in words:
        if word == "-c":
            next(words)
        elif not word.startswith("-"):
            return word
    return ""
