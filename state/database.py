"""The database file: made where there is none, brought up to date where it is older, and its troubles said as refusals."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from state.disk import network_filesystem
from state.errors import Refusal
from state.files import locked
from state.folding import refold, statements
from state.schema import APPLICATION_ID, EVENTS, FOLDS, USER_VERSION

if TYPE_CHECKING:
    import sqlite3

COLUMNS: Final = frozenset({"seq", "id", "at", "type", "actor", "channel", "key", "version", "payload", "prev", "hash"})
_MAKING: Final = "making the store, or bringing it up to date"
_LOCAL: Final = "a repository on a local disk"
USABLE: Final = "a readable, writable database"
_ASK: Final = "; what is wrong with it: refactory doctor"


def connect(path: Path, wait: float) -> "sqlite3.Connection":
    """An open connection to a database with our tables, made where there is none, brought up to date where it is older. `wait` is in seconds.

    Raises Refusal STORE_BROKEN for a database of a newer version, of another program, on a network's disk or behind a link, BUSY when another
    process keeps making it or bringing it up to date; OSError and sqlite3.Error as they are.
    """
    import sqlite3  # noqa: PLC0415 - loaded on use: start-up speed

    _require_place(path)
    if not path.exists():
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600))  # SQLite would make it readable for others
    connection = sqlite3.connect(path, timeout=wait, isolation_level=None, check_same_thread=False)
    with ExitStack() as otherwise:
        otherwise.callback(connection.close)
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        if version_of(connection) < USER_VERSION:
            with locked(path.with_suffix(".lock"), _MAKING, wait):  # SQLite does not wait while another one turns WAL on
                _make(connection, path)
        require_version(connection, path)
        otherwise.pop_all()
    return connection


def _make(connection: "sqlite3.Connection", path: Path) -> None:
    """Make the tables of a new database, or those of today in an older one, unless another process was quicker."""
    if not _is_new(connection):
        require_ours(connection, path)
        if version_of(connection) < USER_VERSION:
            refold(connection, f"bringing {path} up to version {USER_VERSION}")
        return
    with closing(connection.execute("PRAGMA journal_mode = WAL")) as cursor:
        if cursor.fetchone()[0] != "wal":
            raise Refusal("STORE_BROKEN", "the store cannot keep a write-ahead log here", where=[str(path)], expected=_LOCAL)
    connection.execute("BEGIN IMMEDIATE")
    if _is_new(connection):
        for statement in statements(EVENTS + FOLDS):
            connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {USER_VERSION}")
    connection.execute("COMMIT")


def _require_place(path: Path) -> None:
    """Raises Refusal STORE_BROKEN where no database of ours may lie."""
    if path.is_symlink():
        raise Refusal("STORE_BROKEN", f"{path} is a symbolic link", where=[str(path)], expected="a real file; remove the link")
    if (network := network_filesystem(path)) is not None:
        what = f"the store would lie on a network's disk ({network}), where two machines cannot share a write-ahead log"
        raise Refusal("STORE_BROKEN", what, where=[str(path)], expected=_LOCAL)


def require_version(connection: "sqlite3.Connection", path: Path) -> None:
    """Raises Refusal STORE_BROKEN for a database that a newer version, or another program, wrote."""
    require_ours(connection, path)
    version = version_of(connection)
    if version > USER_VERSION:
        raise Refusal(
            "STORE_BROKEN",
            f"{path} was written by a newer re:factory (store version {version})",
            where=[str(path)],
            expected=f"version {USER_VERSION}; update the server, and restart the one that runs",
        )


def require_ours(connection: "sqlite3.Connection", path: Path) -> None:
    """Raises Refusal STORE_BROKEN for a database that another program made."""
    with closing(connection.execute("PRAGMA table_info(events)")) as cursor:
        columns = {str(row[1]) for row in cursor}
    mark = _number(connection, "application_id")
    if mark not in (0, APPLICATION_ID) or not columns >= COLUMNS:
        expected = "the factory's own; move this one away, then: refactory doctor"
        raise Refusal("STORE_BROKEN", f"{path} is another program's database", where=[str(path)], expected=expected)


def version_of(connection: "sqlite3.Connection") -> int:
    """The version of the tables; 0 in a new database, and in many of other programs."""
    return _number(connection, "user_version")


def _is_new(connection: "sqlite3.Connection") -> bool:
    with closing(connection.execute("SELECT COUNT(*) FROM sqlite_master")) as cursor:
        return version_of(connection) == 0 and cursor.fetchone()[0] == 0


def _number(connection: "sqlite3.Connection", pragma: str) -> int:
    with closing(connection.execute(f"PRAGMA {pragma}")) as cursor:
        return int(cursor.fetchone()[0])


def identity_of(path: Path) -> tuple[int, int] | None:
    """Which file lies at `path` now: device and inode; None where there is none."""
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    return status.st_dev, status.st_ino


@contextmanager
def plainly(path: Path, wait: float) -> Iterator[None]:
    """Trouble with disk or database said as a refusal. What breaks a rule of a table is a fault of the program and stays what it is."""
    import sqlite3  # noqa: PLC0415 - loaded on use: start-up speed

    try:
        yield
    except sqlite3.OperationalError as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY:  # Python's own errors of this kind have no code
            what = f"another process has been writing to the store for more than {wait:.0f} s"
            raise Refusal("BUSY", what, where=[str(path)], expected="the same call again in a while") from error
        raise broken(path, error) from error
    except sqlite3.DatabaseError as error:
        if type(error) is not sqlite3.DatabaseError:
            raise
        raise broken(path, error) from error


def broken(path: Path, error: Exception) -> Refusal:
    """What to say when disk or database failed."""
    seen = "; ".join([str(error), *trouble(path)])
    return Refusal(
        "STORE_BROKEN", f"the store cannot be used: {seen}", where=[str(path)], expected=f"{USABLE}; what is wrong with it: refactory doctor"
    )


def trouble(path: Path) -> list[str]:
    """What is plainly wrong with the file of a database, or with those that SQLite keeps beside it, each with its path."""
    said = []
    for each in (path.parent, path, path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")):
        if each.is_dir() if each != path.parent else each.exists() and not each.is_dir():
            said.append(f"{each} is {'a folder' if each.is_dir() else 'no folder'}")
        elif each.exists() and not os.access(each, os.R_OK | os.W_OK):
            said.append(f"{each} may not be read and written")
    return said
