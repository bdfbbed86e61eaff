"""Folding: the tables made of the events once more, in memory for a comparison or in place for a store of an older version."""

import logging
import time
from collections.abc import Callable, Iterable
from contextlib import closing
from typing import TYPE_CHECKING, Final

from state.chain import Link, in_sequence, insert, link_of_line, links, said_by
from state.events import GENESIS
from state.schema import APPLICATION_ID, EVENTS, FOLDS, USER_VERSION

if TYPE_CHECKING:
    import sqlite3

OWN_TABLES: Final = "SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite%' ORDER BY name"
PATIENCE: Final = 1.0  # seconds until somebody is told what takes so long; doubled with every word
COUNTED: Final = 1000  # events between two looks at the clock
log = logging.getLogger("refactory.store")


def empty() -> "sqlite3.Connection":
    """A database in memory that has our tables and nothing in them."""
    import sqlite3  # noqa: PLC0415 - loaded on use: start-up speed

    connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    connection.executescript(EVENTS + FOLDS)
    return connection


def replay(lines: Iterable[str]) -> "sqlite3.Connection":
    """An in-memory database from the lines of a log, without their ends.

    Raises Refusal STORE_BROKEN at the first line that does not continue the chain, or that this version does not understand.
    """
    connection = empty()
    connection.execute("BEGIN")
    fold(connection, in_sequence(map(link_of_line, lines), "events.jsonl"), rows_too=True)
    connection.execute("COMMIT")
    return connection


def fold(connection: "sqlite3.Connection", found: Iterable[Link], *, rows_too: bool = False, purpose: str = "") -> tuple[int, str]:
    """Apply the events to the tables, and write their own rows too where asked for; answers the sequence and hash of the last.

    With a `purpose`, a line of the program's log says so when it takes long. Raises Refusal STORE_BROKEN for an event that is not understood.
    """
    head, tell = (0, GENESIS), _teller(purpose)
    for link in found:
        payload = said_by(link)
        if rows_too:
            insert(connection, link)
        payload.apply(connection, link.event())
        head = (link.seq, link.hash)
        if purpose and link.seq % COUNTED == 0:
            tell(link.seq)
    return head


def refold(connection: "sqlite3.Connection", purpose: str) -> None:
    """Make every table but the events anew, as this version has them, in one transaction; the chain is checked on the way.

    Killed or failed within, the database is as before. Raises Refusal STORE_BROKEN when the chain breaks or an event is not understood.
    """
    connection.execute("PRAGMA foreign_keys = OFF")  # dropped tables would have their rows checked one by one
    connection.execute("BEGIN IMMEDIATE")
    try:
        drop_folds(connection)
        for statement in statements(FOLDS):
            connection.execute(statement)
        fold(connection, in_sequence(links(connection), "events"), purpose=purpose)
        connection.execute(f"PRAGMA user_version = {USER_VERSION}")
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        connection.execute("PRAGMA foreign_keys = ON")


def drop_folds(connection: "sqlite3.Connection") -> None:
    """Drop every table, index, view and trigger but those of the events; virtual tables first, for they own other tables."""
    while found := [(kind, name) for kind, name, _ in sorted(_folded(connection), key=_virtual_first)]:
        kind, name = found[0]
        connection.execute(f'DROP {kind} "{name}"')


def _folded(connection: "sqlite3.Connection") -> list[tuple[str, str, str]]:
    with closing(connection.execute(OWN_TABLES)) as cursor:
        return [(kind, name, sql or "") for kind, name, sql in cursor if name != "events" and not name.startswith("events_are_never_")]


def _virtual_first(row: tuple[str, str, str]) -> tuple[bool, bool]:
    kind, _, sql = row
    return not sql.upper().startswith("CREATE VIRTUAL"), kind != "table"


def statements(script: str) -> list[str]:
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


def _teller(purpose: str) -> Callable[[int], None]:
    """Says how far it is, but only once it takes long."""
    begun, patience = time.monotonic(), PATIENCE

    def tell(seq: int) -> None:
        nonlocal patience
        if time.monotonic() - begun >= patience:
            patience *= 2
            log.warning("%s: %d events done", purpose, seq)

    return tell
