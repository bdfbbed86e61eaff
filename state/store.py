"""The store: one SQLite database a project, whose append-only events are the truth and whose other tables are their folds."""

import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from state.errors import Refusal
from state.events import GENESIS, PAYLOAD_LIMIT, SCHEMA, Actor, Event, Payload, chain_hash, new_ulid, utc_now
from state.files import LOCK_WAIT_SECONDS, ensure_private_folder, file_object, object_path
from state.model import canonical
from state.rows import many, one
from state.schema import PAYLOADS, TABLES, USER_VERSION

if TYPE_CHECKING:
    import sqlite3

DATABASE: Final = "factory.db"


class Store:
    """The facts of one project. Every change goes through `append`; everything else asks questions of a connection.

    One object may be used from several threads, and several processes may use one folder. Nothing is written before the first append:
    until then questions are answered by an empty database in memory.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = threading.RLock()
        self._connection: sqlite3.Connection | None = None
        self._identity: tuple[int, int] | None = None

    @property
    def path(self) -> Path:
        """Where the database lies."""
        return self.folder / DATABASE

    @property
    def objects(self) -> Path:
        """Where larger things lie, each named by its SHA-256."""
        return self.folder / "objects"

    @contextmanager
    def reading(self) -> "Iterator[sqlite3.Connection]":
        """A connection to ask questions of. Writes no file; holds this process's other threads off."""
        with self._lock:
            yield self._open(create=False)

    @contextmanager
    def writing(self) -> "Iterator[sqlite3.Connection]":
        """A write transaction: questions asked inside it and events appended inside it belong together.

        Raises Refusal BUSY when another process writes for longer than LOCK_WAIT_SECONDS, STORE_BROKEN when the database cannot be used.
        """
        import sqlite3  # noqa: PLC0415 - loaded on use: start-up speed

        with self._lock:
            connection = self._open(create=True)
            if connection.in_transaction:
                yield connection
                return
            try:
                connection.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:
                    raise Refusal("BUSY", f"another process has been writing to the store for more than {LOCK_WAIT_SECONDS:.0f} s") from error
                raise _broken(self.path, error) from error
            try:
                yield connection
            except BaseException:
                connection.rollback()
                raise
            try:
                connection.commit()
            except sqlite3.Error as error:
                connection.rollback()
                raise _broken(self.path, error) from error

    def append(self, payload: Payload, *, actor: Actor, channel: str, key: str | None = None) -> tuple[Event, bool]:
        """Record what happened and apply it, in one transaction; answers the event, and whether it was there already under `key`.

        Inside `writing()` it joins that transaction.
        """
        with self.writing() as connection:
            if key is not None and (row := one(connection, "SELECT * FROM events WHERE key = ?", key)):
                return event_of(row), True
            event = _next_event(connection, payload, actor=actor, channel=channel, key=key)
            insert(connection, event)
            payload.apply(connection, event)
            return event, False

    def keep_object(self, content: bytes) -> str:
        """Keep something larger than a payload may be; answers its SHA-256."""
        ensure_private_folder(self.folder)
        return file_object(self.objects, content)

    def read_object(self, name: str) -> bytes:
        """The object of this hash. Raises Refusal STORE_BROKEN when it is gone."""
        path = object_path(self.objects, name)
        if not path.is_file():
            raise Refusal("STORE_BROKEN", f"object {name[:7]} is missing", where=[str(path)], expected="the file that an event names")
        return path.read_bytes()

    def close(self) -> None:
        """Let go of the database file."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
            self._connection = self._identity = None

    def _open(self, *, create: bool) -> "sqlite3.Connection":
        """The connection; opened anew when the path is no longer the file that it has open."""
        identity = _identity(self.path)
        if self._connection is not None and identity == self._identity and (identity is not None or not create):
            return self._connection
        self.close()
        if identity is None and not create:
            self._connection = _empty()
        else:
            ensure_private_folder(self.folder)
            self._connection = _connect(self.path)
            self._identity = _identity(self.path)
        return self._connection


def head(connection: "sqlite3.Connection") -> tuple[int, str]:
    """Sequence and hash of the newest event; (0, GENESIS) in an empty store."""
    row = one(connection, "SELECT seq, hash FROM events ORDER BY seq DESC LIMIT 1")
    return (int(row["seq"]), str(row["hash"])) if row else (0, GENESIS)


def events_after(connection: "sqlite3.Connection", seq: int, limit: int = 1000) -> list[Event]:
    """Up to `limit` events behind `seq`, in order."""
    return [event_of(row) for row in many(connection, "SELECT * FROM events WHERE seq > ? ORDER BY seq LIMIT ?", seq, limit)]


def event_of(row: dict[str, object]) -> Event:
    """The event of a row of the table."""
    return Event.model_validate_json(
        canonical({name: value for name, value in row.items() if name != "payload"})[:-1] + ',"payload":' + str(row["payload"]) + "}"
    )


def insert(connection: "sqlite3.Connection", event: Event) -> None:
    """Write the event's own row."""
    connection.execute(
        "INSERT INTO events(seq, id, at, type, actor, channel, key, version, payload, prev, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            event.seq, event.id, event.at, event.type, event.actor, event.channel, event.key, event.version, canonical(event.payload),
            event.prev, event.hash,
        ),
    )  # fmt: skip


def dump(connection: "sqlite3.Connection") -> str:
    """The whole content as text: equal for equal histories."""
    return "\n".join(line for line in connection.iterdump() if not line.startswith(("BEGIN", "COMMIT")))


def replay(lines: Iterator[str] | list[str]) -> "sqlite3.Connection":
    """An in-memory database from a log. Raises Refusal STORE_BROKEN at the first line that does not continue the chain."""
    connection = _empty()
    expected, prev = 1, GENESIS
    for number, line in enumerate(lines, 1):
        try:
            event = Event.model_validate_json(line)
        except ValueError as error:
            raise Refusal("STORE_BROKEN", "a line of the log is no event", where=[f"events.jsonl:{number}"], expected="one event a line") from error
        if event.seq != expected or event.prev != prev or event.hash != event.expected_hash():
            raise Refusal(
                "STORE_BROKEN", "the chain of the log breaks", where=[f"events.jsonl:{number}"], expected=f"event {expected} after {prev[:7]}"
            )
        insert(connection, event)
        PAYLOADS[event.type].model_validate(event.payload).apply(connection, event)
        expected, prev = event.seq + 1, event.hash
    connection.commit()
    return connection


def _next_event(connection: "sqlite3.Connection", payload: Payload, *, actor: Actor, channel: str, key: str | None) -> Event:
    content = payload.plain()
    size = len(canonical(content).encode())
    if size > PAYLOAD_LIMIT:
        raise Refusal("BAD_ARGUMENTS", f"{payload.type} would be {size} bytes", expected=f"at most {PAYLOAD_LIMIT} bytes")
    seq, prev = head(connection)
    body = {
        "seq": seq + 1, "id": new_ulid(), "at": utc_now(), "type": payload.type, "actor": actor, "channel": channel, "key": key,
        "version": SCHEMA, "payload": content,
    }  # fmt: skip
    return Event.model_validate({**body, "prev": prev, "hash": chain_hash(prev, body)})


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    return status.st_dev, status.st_ino


def _empty() -> "sqlite3.Connection":
    import sqlite3  # noqa: PLC0415 - loaded on use: start-up speed

    connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    connection.executescript(TABLES)
    return connection


def _connect(path: Path) -> "sqlite3.Connection":
    import sqlite3  # noqa: PLC0415 - loaded on use: start-up speed

    try:
        connection = sqlite3.connect(path, timeout=LOCK_WAIT_SECONDS, isolation_level=None, check_same_thread=False)
        path.chmod(0o600)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        _prepare(connection, path)
    except sqlite3.DatabaseError as error:
        raise _broken(path, error) from error
    return connection


def _prepare(connection: "sqlite3.Connection", path: Path) -> None:
    """Make the tables of a new database; refuse one that a newer version of the program wrote."""
    with closing(connection.execute("PRAGMA user_version")) as cursor:
        version = int(cursor.fetchone()[0])
    if version > USER_VERSION:
        raise Refusal(
            "STORE_BROKEN",
            f"{path} was written by a newer re:factory (store version {version})",
            expected=f"version {USER_VERSION}; update the server",
        )
    if version == 0:
        connection.execute("BEGIN IMMEDIATE")
        with closing(connection.execute("PRAGMA user_version")) as cursor:
            if int(cursor.fetchone()[0]) == 0:  # another process may have been quicker
                for statement in _statements(TABLES):
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version = {USER_VERSION}")
        connection.execute("COMMIT")


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


def _broken(path: Path, error: Exception) -> Refusal:
    return Refusal("STORE_BROKEN", f"the store cannot be used: {error}", where=[str(path)], expected="a readable, writable SQLite database")
