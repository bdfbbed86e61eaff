"""The database file: made with its tables where there is none, opened, and its troubles said as refusals."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from state.errors import Refusal
from state.files import locked
from state.schema import TABLES, USER_VERSION

if TYPE_CHECKING:
    import sqlite3


def empty() -> "sqlite3.Connection":
    """A database in memory that has our tables and nothing in them."""
    import sqlite3  # noqa: PLC0415 - loaded on use: start-up speed

    connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    connection.executescript(TABLES)
    return connection


def connect(path: Path, wait: float) -> "sqlite3.Connection":
    """An open connection to a database with our tables, made where there is none. `wait` is in seconds.

    Raises Refusal STORE_BROKEN for a database of a newer version, BUSY when another process keeps making it; OSError and sqlite3.Error as they are.
    """
    import sqlite3  # noqa: PLC0415 - loaded on use: start-up speed

    if not path.exists():
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600))  # SQLite would make it readable for others
    connection = sqlite3.connect(path, timeout=wait, isolation_level=None, check_same_thread=False)
    with ExitStack() as otherwise:
        otherwise.callback(connection.close)
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        if _version(connection) == 0:
            with locked(path.with_suffix(".lock"), "making the store", wait):  # SQLite does not wait while another one turns WAL on
                _make(connection, path)
        _refuse_newer(connection, path)
        otherwise.pop_all()
    return connection


def _make(connection: "sqlite3.Connection", path: Path) -> None:
    """Make the tables of a new database, unless another process was quicker."""
    with closing(connection.execute("PRAGMA journal_mode = WAL")) as cursor:
        if cursor.fetchone()[0] != "wal":
            raise Refusal("STORE_BROKEN", "the store cannot keep a write-ahead log here", where=[str(path)], expected="a repository on a local disk")
    connection.execute("BEGIN IMMEDIATE")
    if _version(connection) == 0:
        for statement in _statements(TABLES):
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {USER_VERSION}")
    connection.execute("COMMIT")


def _refuse_newer(connection: "sqlite3.Connection", path: Path) -> None:
    version = _version(connection)
    if version > USER_VERSION:
        raise Refusal(
            "STORE_BROKEN",
            f"{path} was written by a newer re:factory (store version {version})",
            where=[str(path)],
            expected=f"version {USER_VERSION}; update the server",
        )


def _version(connection: "sqlite3.Connection") -> int:
    with closing(connection.execute("PRAGMA user_version")) as cursor:
        return int(cursor.fetchone()[0])


def _statements(script: str) -> list[str]:
    """The statements of a script, one by one: executescript would commit the open transaction."""
    import sqlite3  # noqa: PLC0415 - loaded on use: start-up speed

    found: list[str] = []
    pending = ""
    for line in script.strip().splitlines():
        pending += line + "\n"
        if sqlite3.complete_statement(pending):
            found.append(pending)
            pending = ""
    return found


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
    return Refusal("STORE_BROKEN", f"the store cannot be used: {error}", where=[str(path)], expected="a readable, writable SQLite database")
