"""Rebuilding: the database made anew from the log, and from what can still be read of the old one, which is kept beside it."""

import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from state.chain import Link, in_sequence, link_of_line, links
from state.database import version_of
from state.errors import Problem, Refusal
from state.events import GENESIS, new_ulid
from state.files import ensure_private_folder, flush_folder, locked, replace_file
from state.folding import fold
from state.integrity.evidence import Anchor, lines_of, unkept_anchors
from state.integrity.findings import REPAIR, Fault
from state.locks import views_locked
from state.losses import GIVEN_UP_AT_MOST, LossAccepted
from state.schema import USER_VERSION
from state.store import DATABASE, Store

if TYPE_CHECKING:
    import sqlite3

ACCEPT: Final = "refactory doctor --rebuild --accept-loss"
_BESIDE: Final = ("", "-wal", "-shm")
_SHOWN: Final = 10
HELD_OFF_SECONDS: Final = 30.0  # that a writer is waited for


@dataclass(frozen=True)
class Rebuilt:
    """What was restored: so many events, the first of them from the log, the rest from the old database, which lies at `kept` now.

    `loss` is what a person accepted to be gone; `log_kept` where a log that was not used whole lies now.
    """

    events: int
    from_log: int
    kept: Path | None
    loss: LossAccepted | None = None
    log_kept: Path | None = None


@dataclass(frozen=True)
class Sources:
    """What a store is restored from. `accepted`: a person knows that something is lost and goes on; `aside` is where old anchors will be."""

    log: Path
    anchors: tuple[Anchor, ...]
    accepted: bool = False
    aside: str = ""


@dataclass(frozen=True)
class _Gathered:
    """The newest event that could be restored, how many came from the log, and what stopped the reading of it."""

    seq: int
    from_log: int
    stopped: Refusal | None


def rebuild(store: Store, sources: Sources) -> Rebuilt:
    """Put a database in the store's place that holds every event that can be proven; other processes are held off meanwhile.

    Never overwrites: what is there is renamed. Killed at any point, the old state is found or the new, or none, and then this goes on when called
    again. Raises Refusal STORE_BROKEN at the first bad line of the log, and when an anchored event is missing, unless that is accepted; when there
    is nothing to restore, or nothing that is lost; BUSY when another process holds the store.
    """
    store.close()
    ensure_private_folder(store.folder)
    with ExitStack() as held:
        held.enter_context(locked(store.path.with_suffix(".lock"), "restoring the store"))
        held.enter_context(views_locked(store, "restoring the store"))
        old = held.enter_context(_old_database(store.path))
        for leftover in store.folder.glob("restoring-*"):
            shutil.rmtree(leftover)
        fresh = Store(store.folder / f"restoring-{new_ulid()}")
        held.callback(shutil.rmtree, fresh.folder, ignore_errors=True)
        held.callback(fresh.close)
        gathered = _gather(fresh, old, sources.log)
        faults = _unkept(fresh, sources.anchors)
        loss = _loss(gathered, faults, sources)
        _require_reason(store, old, gathered, loss)
        if loss is not None:
            fresh.append(loss, actor="user", channel="terminal")
        fresh.close()
        kept = _replace(store, fresh.path, f"{DATABASE}.broken-{new_ulid()}")
        log_kept = _put_log_aside(sources.log, store) if loss is not None else None
    return Rebuilt(gathered.seq, gathered.from_log, kept, loss, log_kept)


@contextmanager
def _old_database(path: Path) -> "Iterator[sqlite3.Connection | None]":
    """What is left of the old database, held so that nobody writes to it; None where nothing of it can be read."""
    import sqlite3  # noqa: PLC0415 - loaded on use: start-up speed

    if not path.is_file() or path.is_symlink():
        yield None
        return
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=rw", uri=True, isolation_level=None, timeout=HELD_OFF_SECONDS)) as connection:
        try:
            connection.execute("BEGIN IMMEDIATE")
            version = version_of(connection)
            connection.execute("SELECT COUNT(*) FROM (SELECT seq FROM events LIMIT 1)")
        except sqlite3.DatabaseError as error:
            if getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY:
                raise Refusal("BUSY", "another process is writing to the store", where=[str(path)], expected="the same command again") from error
            yield None
            return
        if version > USER_VERSION:
            raise Refusal("STORE_BROKEN", f"{path} was written by a newer re:factory", where=[str(path)], expected="an update of the server")
        yield connection


def _gather(fresh: Store, old: "sqlite3.Connection | None", log: Path) -> _Gathered:
    """Fill the fresh store: first from the log, as far as its chain holds, then from the rows of the old database that continue it."""
    with fresh.writing() as connection:
        connection.execute("PRAGMA defer_foreign_keys = ON")
        reader = _Reader((0, GENESIS))
        fold(connection, reader.through(in_sequence(map(link_of_line, lines_of(log)), log.name)), rows_too=True, purpose="restoring the store")
        from_log, stopped = reader.head[0], reader.stopped
        if old is not None:
            reader.stopped = None
            fold(connection, reader.through(in_sequence(_rows(old, from_log), "events", reader.head)), rows_too=True)
        lines = sum(1 for _ in lines_of(log)) if stopped else 0
    return _Gathered(reader.head[0], from_log, stopped if lines > reader.head[0] else None)


@dataclass
class _Reader:
    """Remembers how far a chain was read, and what stopped it: an end is an end, whatever comes after."""

    head: tuple[int, str]
    stopped: Refusal | None = None

    def through(self, found: Iterable[Link]) -> Iterator[Link]:
        """The links up to the first that does not continue the chain."""
        try:
            for link in found:
                yield link
                self.head = (link.seq, link.hash)
        except Refusal as refusal:
            self.stopped = refusal


def _rows(old: "sqlite3.Connection", after: int) -> Iterator[Link]:
    """The rows of a damaged database, up to the first that SQLite cannot read."""
    import sqlite3  # noqa: PLC0415 - loaded on use: start-up speed

    try:
        yield from links(old, after)
    except sqlite3.DatabaseError:
        return


def _unkept(fresh: Store, anchors: Sequence[Anchor]) -> list[Fault]:
    with fresh.reading() as connection:
        return unkept_anchors(connection, anchors)


def _loss(gathered: _Gathered, faults: list[Fault], sources: Sources) -> LossAccepted | None:
    """What is lost, as an event; None where nothing is. Raises Refusal STORE_BROKEN when nobody accepted it."""
    stopped = gathered.stopped
    problems = [Problem(fault.where, fault.found, fault.expected) for fault in faults]
    if not problems and stopped is None:
        return None
    what = stopped.what if stopped else f"{len(problems)} anchors are not kept: {problems[-1].found}"
    if not sources.accepted:
        kept = f"what holds are the events up to {gathered.seq}; to go on with these, and give up what is named here: {ACCEPT}"
        where = stopped.where if stopped else [faults[-1].where]
        raise Refusal("STORE_BROKEN", f"the store cannot be restored whole: {what}", where=where, expected=kept, problems=problems[:_SHOWN])
    known = {(anchor.where, anchor.seq): anchor for anchor in sources.anchors}
    lost = [anchor for anchor in known.values() if any(fault.where == anchor.where for fault in faults)]
    reached = max([gathered.seq, *(anchor.seq for anchor in lost)])
    why = tuple(str(fault) for fault in faults[:_SHOWN]) + ((stopped.what,) if stopped else ())
    hashes = tuple(sorted({anchor.hash for anchor in lost}))[:GIVEN_UP_AT_MOST]
    return LossAccepted(kept=gathered.seq, reached=reached, why=why, anchors=hashes, aside=sources.aside)


def _require_reason(store: Store, old: "sqlite3.Connection | None", gathered: _Gathered, loss: LossAccepted | None) -> None:
    """Raises Refusal where the database is whole already, and where there is nothing to restore at all."""
    if loss is None and gathered.seq == 0:
        what = "there is nothing to restore: no event, no log, no anchor"
        raise Refusal("NO_PROJECT", what, where=[str(store.folder)], expected="a store that was lost")
    if old is None or loss is not None:
        return
    count = old.execute("SELECT COUNT(*), MAX(seq) FROM events").fetchone()
    try:
        whole = tuple(count) == (gathered.seq, gathered.seq) and sum(1 for _ in in_sequence(links(old), "events")) == gathered.seq
    except Refusal:
        whole = False
    if whole and [row[0] for row in old.execute("PRAGMA integrity_check(1)")] == ["ok"]:
        what = f"nothing is lost: the database holds all {gathered.seq} events"
        raise Refusal("OUT_OF_ORDER", what, where=[str(store.path)], expected=f"{REPAIR}, for anything else")


def _replace(store: Store, fresh: Path, aside: str) -> Path | None:
    """The fresh database in the place of the old one; that and its write-ahead log go beside it, under one name."""
    kept = store.folder / aside
    for ending in _BESIDE:
        found = store.folder / f"{DATABASE}{ending}"
        if found.is_symlink() or found.exists():
            found.rename(store.folder / f"{aside}{ending}")
    fresh.rename(store.path)
    flush_folder(store.folder)
    return kept if kept.exists() else None


def _put_log_aside(log: Path, store: Store) -> Path | None:
    """A log with lines that the store has given up is evidence. In its place begins another: without any, the folder would not be known as ours."""
    if not log.is_file() or log.is_symlink():
        return None
    with store.reading() as connection:
        whole = all(line == link.line() for line, link in zip(lines_of(log), links(connection), strict=False))
        first = next(links(connection)).line()  # of a store that has accepted a loss: that is an event
    if whole:
        return None
    aside = log.with_name(f"{log.name}.broken-{new_ulid()}")
    log.rename(aside)
    replace_file(log, f"{first}\n".encode())
    return aside
