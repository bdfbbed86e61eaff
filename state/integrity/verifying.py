"""Verifying: every byte of the history held against its own hash, its tables, its log, its objects and its anchors."""

import os
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from state.chain import Link, links, said_by, wrong_with
from state.errors import Refusal
from state.events import GENESIS
from state.folding import OWN_TABLES, empty
from state.integrity.evidence import Anchor, log_against, unkept_anchors
from state.integrity.findings import REBUILD, REPAIR, SHOWN, Check, Fault, check_of
from state.integrity.objects import Needed, note_objects, objects_check
from state.integrity.settling import settled
from state.losses import LossAccepted
from state.rows import one
from state.store import Store

if TYPE_CHECKING:
    import sqlite3


@dataclass
class Walk:
    """The events once through: their faults, what they name, and the tables that they give in `replayed`, where they could be folded."""

    replayed: "sqlite3.Connection"
    count: int = 0
    faults: list[Fault] = field(default_factory=list)
    unread: list[Fault] = field(default_factory=list)
    objects: dict[str, Needed] = field(default_factory=dict)
    losses: dict[int, LossAccepted] = field(default_factory=dict)


def verify(store: Store, log: Path | None, anchors: Sequence[Anchor]) -> list[Check]:
    """Look at everything that the store holds and that proves it; writes nothing. `log` is its copy in the project, events.jsonl;
    None for a store that has none.

    One state of the store is looked at, whatever other processes append meanwhile. Raises Refusal STORE_BROKEN for a database that cannot be
    opened at all.
    """
    with store.reading() as connection, closing(empty()) as replayed:
        connection.execute("BEGIN")
        try:
            walk = _walked(connection, replayed)
            checks = [
                _pages(connection),
                check_of("chain", f"{walk.count} events, each the one after the one before", walk.faults),
                _tables(connection, walk),
                *([_log(connection, log)] if log else []),
                _objects(store, walk),
                check_of("anchors", f"{len(anchors)} anchors hold", unkept_anchors(connection, anchors)),
                *_given_up(walk),
            ]
        finally:
            connection.execute("ROLLBACK")
    return [_log_again(store, log) if log and check.name == "log" and check.faults and walk.count else check for check in checks]


def _log_again(store: Store, log: Path) -> Check:
    """The log once more, while nobody writes it: what differed may be what another server was just writing."""
    return settled(store, lambda: _log_now(store, log), lambda check: check.passed)


def _log_now(store: Store, log: Path) -> Check:
    with store.reading() as connection:
        connection.execute("BEGIN")
        try:
            return _log(connection, log)
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
    note_objects(walk.objects, link.seq, payload)
    if isinstance(payload, LossAccepted):
        walk.losses[link.seq] = payload


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


def _same(first: "sqlite3.Connection", other: "sqlite3.Connection", table: str) -> bool:
    """Whether two tables have the same rows; one that cannot be read has not."""
    import sqlite3  # noqa: PLC0415 - loaded on use: start-up speed

    question = f'SELECT * FROM "{table}"'  # noqa: S608 - the name of a table of ours
    with closing(first.execute(question)) as mine, closing(other.execute(question)) as replayed:
        try:
            return all(row == mine.fetchone() for row in replayed) and mine.fetchone() is None
        except sqlite3.DatabaseError:
            return False


def _log(connection: "sqlite3.Connection", log: Path) -> Check:
    if not os.path.lexists(log):
        row = one(connection, "SELECT MAX(seq) AS seq FROM events")
        if row is None or row["seq"] is None:
            return Check("log", "none, and nothing to write in it")
        return Check("log", "gone", (Fault(str(log), "it is gone", f"a line for each of {row['seq']} events", REPAIR),))
    if log.is_symlink() or not log.is_file():
        return Check("log", "not read", (Fault(str(log), "it is a link or a folder", "a file", REPAIR),))
    try:
        said, faults = log_against(links(connection), log)
    except OSError as error:
        return Check("log", "not read", (Fault(str(log), f"it cannot be read: {error.strerror}", "a readable file", REPAIR),))
    return check_of("log", said, faults)


def _objects(store: Store, walk: Walk) -> Check:
    check = objects_check(store, walk.objects.values(), {name for loss in walk.losses.values() for name in loss.lost_objects})
    if check.passed and (walk.faults or walk.unread):
        return Check("objects", "not looked for: the events cannot all be read", looked=False)
    return check


def _given_up(walk: Walk) -> list[Check]:
    """What people gave up, as it was recorded; no check where they gave up nothing."""
    said = [f"by event {seq}: {'; '.join(loss.why)}" for seq, loss in walk.losses.items()]
    return [Check("given up", " | ".join(said))] if said else []
