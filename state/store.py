"""The store: one SQLite database a project, whose append-only events are the truth and whose other tables are their folds."""

import hashlib
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

from state.chain import event_of, insert, link_of
from state.database import broken, connect, identity_of, plainly, require_version, version_of
from state.errors import Refusal
from state.events import GENESIS, PAYLOAD_LIMIT, SCHEMA, Actor, Event, Payload, chain_hash, new_ulid, utc_now
from state.files import LOCK_WAIT_SECONDS, ensure_private_folder, file_object, object_path
from state.folding import empty, replay
from state.model import canonical
from state.rows import many, one
from state.schema import USER_VERSION

if TYPE_CHECKING:
    import sqlite3

__all__ = ["DATABASE", "Store", "Witness", "dump", "event_at", "events_after", "head", "replay"]

# Asked when a store is opened, with a connection to it: raises Refusal when something outside it proves that events of it are missing.
Witness = Callable[["sqlite3.Connection"], None]

DATABASE: Final = "factory.db"
# How a transaction begins, ends and is undone: the outermost one, and one inside another.
OUTERMOST: Final = ("BEGIN IMMEDIATE", "COMMIT", ("ROLLBACK",))
NESTED: Final = ("SAVEPOINT inner_writing", "RELEASE inner_writing", ("ROLLBACK TO inner_writing", "RELEASE inner_writing"))


class Store:
    """The facts of one project. Every change goes through `append`; everything else asks questions of a connection.

    One object may be used from several threads, and several processes may use one folder. Nothing is written before the first append:
    until then questions are answered by an empty database in memory. `wait` is how long, in seconds, another process's writing is waited for.
    The `witness` has its say whenever a database is opened, and before one is made.
    """

    def __init__(self, folder: Path, wait: float = LOCK_WAIT_SECONDS, witness: Witness | None = None) -> None:
        self.folder = folder
        self._wait = wait
        self._witness = witness
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
        """A connection to ask questions of. Writes no file; holds this process's other threads off.

        Raises Refusal STORE_BROKEN when the database cannot be read.
        """
        with self._lock, plainly(self.path, self._wait):
            yield self._open(create=False)

    @contextmanager
    def writing(self) -> "Iterator[sqlite3.Connection]":
        """A write transaction: questions asked inside it and events appended inside it belong together.

        One inside another is a part of it: what fails in it is taken back alone. Raises Refusal BUSY when another process writes for longer than
        `wait`, STORE_BROKEN when the database cannot be used.
        """
        with self._lock, plainly(self.path, self._wait):
            connection = self._open(create=True)
            begin, end, undo = NESTED if connection.in_transaction else OUTERMOST
            connection.execute(begin)
            try:
                if begin is OUTERMOST[0]:
                    _require_today(connection, self.path)
                yield connection
                self._require_same_file()
                connection.execute(end)
            except BaseException:
                if connection.in_transaction:  # SQLite itself takes everything back when the disk fails
                    for statement in undo:
                        connection.execute(statement)
                raise

    def append(self, payload: Payload, *, actor: Actor, channel: str, key: str | None = None) -> tuple[Event, bool]:
        """Record what happened and apply it, in one transaction; answers the event, and whether it was there already under `key`.

        Inside `writing()` it joins that transaction.
        """
        with self.writing() as connection:
            if key is not None and (row := one(connection, "SELECT * FROM events WHERE key = ?", key)):
                return event_of(row), True
            event = _next_event(connection, payload, actor=actor, channel=channel, key=key)
            insert(connection, link_of(event))
            payload.apply(connection, event)
            return event, False

    def keep_object(self, content: bytes) -> str:
        """Keep something larger than a payload may be; answers its SHA-256. Raises Refusal STORE_BROKEN when it cannot be written."""
        try:
            ensure_private_folder(self.folder)
            return file_object(self.objects, content)
        except OSError as error:
            raise broken(self.folder, error) from error

    def object_file(self, name: str) -> Path:
        """The file of the object with this hash, for whoever reads files."""
        return object_path(self.objects, name)

    def read_object(self, name: str) -> bytes:
        """The object of this hash. Raises Refusal STORE_BROKEN when it is gone, or another than it was."""
        path = object_path(self.objects, name)
        try:
            content = path.read_bytes()
        except OSError as error:
            what = f"object {name[:7]} cannot be read: {error.strerror}"
            raise Refusal("STORE_BROKEN", what, where=[str(path)], expected="the file that an event names") from error
        if hashlib.sha256(content).hexdigest() != name:
            raise Refusal("STORE_BROKEN", f"object {name[:7]} was changed", where=[str(path)], expected="content with the hash that it is named by")
        return content

    def close(self) -> None:
        """Let go of the database file."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
            self._connection = self._identity = None

    def _require_same_file(self) -> None:
        """Raises Refusal STORE_BROKEN when what would be committed would go into a file that nobody finds any more."""
        if identity_of(self.path) != self._identity:
            what = "the store was removed or replaced while it was written to"
            raise Refusal("STORE_BROKEN", what, where=[str(self.path)], expected="the same call again, on the store as it is now")

    def _open(self, *, create: bool) -> "sqlite3.Connection":
        """The connection; opened anew when the path is no longer the file that it has open."""
        if self._connection is not None and self._connection.in_transaction:
            return self._connection  # whoever began there ends there
        identity = self._place()
        if self._connection is not None and identity == self._identity and (identity is not None or not create):
            if identity is not None:
                _require_today(self._connection, self.path)
            return self._connection
        self.close()
        with ExitStack() as otherwise:
            otherwise.callback(self.close)
            if identity is None:
                self._connection = empty()
                self._ask_witness()
            if identity is not None or create:
                self.close()
                self._connect()
                self._ask_witness()
            otherwise.pop_all()
        return cast("sqlite3.Connection", self._connection)

    def _place(self) -> tuple[int, int] | None:
        try:
            return identity_of(self.path)
        except OSError as error:
            raise broken(self.path, error) from error

    def _connect(self) -> None:
        try:
            ensure_private_folder(self.folder)
            self._connection = connect(self.path, self._wait)
            self._identity = identity_of(self.path)
        except OSError as error:
            raise broken(self.path, error) from error

    def _ask_witness(self) -> None:
        if self._witness is not None and self._connection is not None:
            self._witness(self._connection)


def _require_today(connection: "sqlite3.Connection", path: Path) -> None:
    """Raises Refusal STORE_BROKEN when a newer server has brought the tables up to its own version meanwhile."""
    if version_of(connection) != USER_VERSION:
        require_version(connection, path)


def head(connection: "sqlite3.Connection") -> tuple[int, str]:
    """Sequence and hash of the newest event; (0, GENESIS) in an empty store."""
    row = one(connection, "SELECT seq, hash FROM events ORDER BY seq DESC LIMIT 1")
    return (int(row["seq"]), str(row["hash"])) if row else (0, GENESIS)


def last_at(connection: "sqlite3.Connection") -> str:
    """When the newest event was recorded, UTC; empty in an empty store."""
    row = one(connection, "SELECT at FROM events ORDER BY seq DESC LIMIT 1")
    return str(row["at"]) if row else ""


def recorded(connection: "sqlite3.Connection", key: str) -> bool:
    """Whether something was recorded under this key."""
    return one(connection, "SELECT 1 FROM events WHERE key = ?", key) is not None


def events_after(connection: "sqlite3.Connection", seq: int, limit: int = 1000) -> list[Event]:
    """Up to `limit` events behind `seq`, in order."""
    return [event_of(row) for row in many(connection, "SELECT * FROM events WHERE seq > ? ORDER BY seq LIMIT ?", seq, limit)]


def event_at(connection: "sqlite3.Connection", seq: int) -> Event | None:
    """The event with this sequence number."""
    row = one(connection, "SELECT * FROM events WHERE seq = ?", seq)
    return event_of(row) if row else None


def dump(connection: "sqlite3.Connection") -> str:
    """The whole content as text: equal for equal histories."""
    return "\n".join(line for line in connection.iterdump() if not line.startswith(("BEGIN", "COMMIT")))


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
