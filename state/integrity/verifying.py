"""Verifying: every byte of the history held against its own hash, its tables, its log, its objects and its anchors."""

import hashlib
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from state.chain import Link, links, said_by, wrong_with
from state.errors import Refusal
from state.events import GENESIS
from state.files import object_path
from state.folding import OWN_TABLES, empty
from state.integrity.evidence import Anchor, log_against, unkept_anchors
from state.integrity.findings import REBUILD, REPAIR, SHOWN, Check, Fault, check_of
from state.store import Store

if TYPE_CHECKING:
    import sqlite3

BACKUP: Final = "a copy of it from a backup; without it only what it said is lost, the history is whole"
_OBJECT_NAME: Final = re.compile(r"[0-9a-f]{64}")


@dataclass
class Walk:
    """The events once through: their faults, what they name, and the tables that they give in `replayed`, where they could be folded."""

    replayed: "sqlite3.Connection"
    count: int = 0
    faults: list[Fault] = field(default_factory=list)
    unread: list[Fault] = field(default_factory=list)
    objects: dict[str, int] = field(default_factory=dict)


def verify(store: Store, log: Path, anchors: Sequence[Anchor]) -> list[Check]:
    """Look at everything that the store holds and that proves it; writes nothing. `log` is its copy in the project, events.jsonl.

    One state of the store is looked at, whatever other processes append meanwhile. Raises Refusal STORE_BROKEN for a database that cannot be
    opened at all.
    """
    with store.reading() as connection, closing(empty()) as replayed:
        connection.execute("BEGIN")
        try:
            walk = _walked(connection, replayed)
            return [
                _pages(connection),
                check_of("chain", f"{walk.count} events, each the one after the one before", walk.faults),
                _tables(connection, walk),
                _log(connection, log),
                _objects(store, walk),
                check_of("anchors", f"{len(anchors)} anchors hold", unkept_anchors(connection, anchors)),
            ]
        finally:
            connection.execute("ROLLBACK")


def _pages(connection: "sqlite3.Connection") -> Check:
    """SQLite's own look at every page and every index."""
    said = [str(row[0]) for row in connection.execute(f"PRAGMA integrity_check({SHOWN})")]
    faults = [Fault("factory.db", " ".join(line.split()), "a page as SQLite wrote it", REBUILD) for line in said if line != "ok"]
    return check_of("database", "no page is damaged", faults)


def _walked(connection: "sqlite3.Connection", replayed: "sqlite3.Connection") -> Walk:
    walk, seq, prev = Walk(replayed), 0, GENESIS
    replayed.execute("BEGIN")
    for link in _readable(connection, walk):
        if wrong := wrong_with(link, seq + 1, prev):
            walk.faults.append(Fault(f"events:{seq + 1}", wrong, "rows as the factory wrote them", REBUILD))
        if not walk.faults and not walk.unread:
            _fold(link, walk)
        seq, prev = link.seq, link.hash
        walk.count += 1
    replayed.execute("COMMIT")
    return walk


def _readable(connection: "sqlite3.Connection", walk: Walk) -> Iterator[Link]:
    """The rows as far as SQLite can read them."""
    import sqlite3  # noqa: PLC0415 - loaded on use: start-up speed

    try:
        yield from links(connection)
    except sqlite3.DatabaseError as error:
        walk.faults.append(Fault(f"events:{walk.count + 1}", f"the rows from here on cannot be read: {error}", "a readable table", REBUILD))


def _fold(link: Link, walk: Walk) -> None:
    try:
        payload = said_by(link)
    except Refusal as refusal:
        walk.unread.append(Fault(f"events:{link.seq}", refusal.what, refusal.expected or "an event that this version knows", "update the server"))
        return
    payload.apply(walk.replayed, link.event())
    for name in payload.objects():
        walk.objects.setdefault(name, link.seq)


def _tables(connection: "sqlite3.Connection", walk: Walk) -> Check:
    """Whether the other tables are what the events give."""
    if walk.faults:
        return Check("tables", "not compared: the chain breaks", looked=False)
    if walk.unread:
        return check_of("tables", "", walk.unread)
    ours, theirs = _schema(walk.replayed), _schema(connection)
    faults = [
        Fault(f"table {name}", "it is missing or made otherwise", "as this version makes it", REPAIR)
        for name in ours
        if ours[name] != theirs.get(name)
    ]
    faults += [Fault(f"table {name}", "nobody knows it", "only the factory's own tables", REPAIR) for name in theirs if name not in ours]
    for name in ours:
        if ours[name][0] == "table" and name != "events" and ours[name] == theirs.get(name) and not _same(connection, walk.replayed, name):
            faults.append(Fault(f"table {name}", "its rows differ from what the events say", "a replay of the events", REPAIR))
    return check_of("tables", "equal to a replay of the events", faults)


def _schema(connection: "sqlite3.Connection") -> dict[str, tuple[str, str]]:
    return {name: (kind, sql) for kind, name, sql in connection.execute(OWN_TABLES)}


def _same(one: "sqlite3.Connection", other: "sqlite3.Connection", table: str) -> bool:
    """Whether two tables have the same rows; one that cannot be read has not."""
    import sqlite3  # noqa: PLC0415 - loaded on use: start-up speed

    question = f'SELECT * FROM "{table}"'  # noqa: S608 - the name of a table of ours
    with closing(one.execute(question)) as mine, closing(other.execute(question)) as replayed:
        try:
            return all(row == mine.fetchone() for row in replayed) and mine.fetchone() is None
        except sqlite3.DatabaseError:
            return False


def _log(connection: "sqlite3.Connection", log: Path) -> Check:
    if not os.path.lexists(log):
        return Check("log", "none: the next call that changes something writes it")
    if log.is_symlink() or not log.is_file():
        return Check("log", "not read", (Fault(str(log), "it is a link or a folder", "a file", REPAIR),))
    try:
        said, faults = log_against(links(connection), log)
    except OSError as error:
        return Check("log", "not read", (Fault(str(log), f"it cannot be read: {error.strerror}", "a readable file", REPAIR),))
    return check_of("log", said, faults)


def _objects(store: Store, walk: Walk) -> Check:
    faults = [fault for name, seq in walk.objects.items() if (fault := _object_fault(store, name, seq)) is not None]
    if not faults and (walk.faults or walk.unread):
        return Check("objects", "not looked for: the events cannot all be read", looked=False)
    return check_of("objects", f"{len(walk.objects)} files, each with the hash that it is named by", faults)


def _object_fault(store: Store, name: str, seq: int) -> Fault | None:
    """What is wrong with the object that event `seq` needs."""
    if not _OBJECT_NAME.fullmatch(name):
        return Fault(f"event {seq}", f"it names {name[:80]!r}", "an object, by its SHA-256", BACKUP)
    path = object_path(store.objects, name)
    try:
        found = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        return Fault(str(path), f"object {name[:12]}, which event {seq} needs, cannot be read: {error.strerror}", "the file", BACKUP)
    return (
        Fault(str(path), f"object {name[:12]}, which event {seq} needs, was altered", f"content with hash {name}", BACKUP) if found != name else None
    )
