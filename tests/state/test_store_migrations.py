"""A store of an older version is brought up to date when it is opened, whole or not at all; one of a newer version is left alone."""

import logging
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from state import folding
from state.chain import in_sequence, link_of, link_of_line, links
from state.database import version_of
from state.errors import Refusal
from state.events import Event
from state.files import locked
from state.schema import APPLICATION_ID, PAYLOADS, USER_VERSION
from state.store import Store, dump, events_after, replay
from tests.support.sources import CHECKOUT
from tests.support.stores import append, append_all, assert_sound, cycle_started, log_of, walk

GOLDEN = Path(__file__).parent / "golden"
RELEASED = sorted(int(folder.name) for folder in GOLDEN.iterdir())


def golden_log(version: int) -> list[str]:
    """The log that a released version wrote, a line an event."""
    return (GOLDEN / str(version) / "events.jsonl").read_text(encoding="utf-8").split("\n")[:-1]


def golden_store(folder: Path, version: int) -> Store:
    """The database that a released version left."""
    store = Store(folder / "refactory", wait=0.05)
    store.folder.mkdir(mode=0o700)
    with closing(sqlite3.connect(store.path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.executescript((GOLDEN / str(version) / "database.sql").read_text(encoding="utf-8"))
    return store


@pytest.fixture(params=RELEASED)
def version(request: pytest.FixtureRequest) -> int:
    """Every version whose files are kept."""
    return int(request.param)


def user_version(path: Path) -> int:
    """The version of the tables as they lie on disk."""
    with closing(sqlite3.connect(path)) as connection:
        return version_of(connection)


def raw(path: Path) -> str:
    """The content on disk, not brought up to date."""
    with closing(sqlite3.connect(path)) as connection:
        return dump(connection)


def test_every_version_before_this_one_has_its_golden_files() -> None:
    assert list(range(1, USER_VERSION)) == [number for number in RELEASED if number < USER_VERSION]


def test_a_golden_log_has_every_kind_of_event_of_its_time(version: int) -> None:
    kinds = {Event.model_validate_json(line).type for line in golden_log(version)}
    assert len(kinds) >= 22
    assert kinds <= set(PAYLOADS)


def test_the_log_of_a_released_version_replays(version: int) -> None:
    with closing(replay(golden_log(version))) as rebuilt:
        assert [event.line() for event in events_after(rebuilt, 0, 1_000_000)] == golden_log(version)


def test_the_database_of_a_released_version_is_brought_up_to_date_and_equals_a_replay_of_its_log(tmp_path: Path, version: int) -> None:
    store = golden_store(tmp_path, version)
    assert user_version(store.path) == version
    with store.reading() as connection, closing(replay(golden_log(version))) as rebuilt:
        assert dump(connection) == dump(rebuilt)
        assert version_of(connection) == USER_VERSION
        assert connection.execute("PRAGMA application_id").fetchone() == (APPLICATION_ID,)
        assert connection.execute("PRAGMA foreign_keys").fetchone() == (1,)
    append(store, cycle_started(900, "a target of its own"))
    assert_sound(store)


@pytest.fixture
def old_store(tmp_path: Path) -> Iterator[Store]:
    """A store of the first version."""
    store = golden_store(tmp_path, 1)
    yield store
    store.close()


def test_an_old_store_whose_chain_breaks_is_left_as_it_was(old_store: Store) -> None:
    with closing(sqlite3.connect(old_store.path)) as connection:
        connection.execute("DROP TRIGGER events_are_never_changed")
        connection.execute("UPDATE events SET at = 'x' || at WHERE seq = 7")
        connection.commit()
    before = raw(old_store.path)
    with pytest.raises(Refusal, match="event 7 was altered") as caught:
        log_of(old_store)
    assert (caught.value.code, caught.value.where) == ("STORE_BROKEN", ("events:7",))
    assert "refactory doctor" in caught.value.expected
    assert (raw(old_store.path), user_version(old_store.path)) == (before, 1)


# Ends its own process, as SIGKILL would, at the fold of the event given.
_DIES_IN_THE_MIDDLE = """
import os, signal, sys
from pathlib import Path
from state import folding
from state.store import Store

whole = folding.said_by

def dies(link):
    if link.seq == int(sys.argv[2]):
        os.kill(os.getpid(), signal.SIGKILL)
    return whole(link)

folding.said_by = dies
with Store(Path(sys.argv[1])).reading():
    pass
"""


@pytest.mark.parametrize("event", [1, 90, 168])
def test_a_process_killed_while_it_brings_a_store_up_to_date_leaves_the_old_one(old_store: Store, event: int) -> None:
    before = raw(old_store.path)
    done = subprocess.run([sys.executable, "-c", _DIES_IN_THE_MIDDLE, str(old_store.folder), str(event)], cwd=CHECKOUT, check=False)
    assert done.returncode == -9
    assert (raw(old_store.path), user_version(old_store.path)) == (before, 1)
    assert len(log_of(old_store)) == len(golden_log(1))
    assert_sound(old_store)


def test_while_one_server_brings_a_store_up_to_date_another_says_what_it_waits_for(old_store: Store) -> None:
    with locked(old_store.path.with_suffix(".lock"), "making the store, or bringing it up to date"):
        with pytest.raises(Refusal, match="bringing it up to date") as caught:
            log_of(old_store)
        assert caught.value.code == "BUSY"
        assert f"process {os.getpid()}" in caught.value.what
    assert log_of(old_store) == golden_log(1)


def test_what_takes_long_says_how_far_it_is(old_store: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr(folding, "PATIENCE", 0.0)
    monkeypatch.setattr(folding, "COUNTED", 50)
    with caplog.at_level(logging.WARNING, "refactory.store"):
        log_of(old_store)
    assert [record.message.rpartition(": ")[2] for record in caplog.records] == ["50 events done", "100 events done", "150 events done"]


def test_a_quick_change_of_version_says_nothing(old_store: Store, caplog: pytest.LogCaptureFixture) -> None:
    log_of(old_store)
    assert caplog.records == []


def test_a_server_that_runs_refuses_the_store_once_a_newer_one_has_brought_it_up(tmp_path: Path) -> None:
    store = Store(tmp_path / "refactory")
    append(store, cycle_started())
    with closing(sqlite3.connect(store.path)) as newer:
        newer.execute(f"PRAGMA user_version = {USER_VERSION + 1}")
    for attempt in (lambda: append(store, cycle_started(2, "next")), lambda: log_of(store)):
        with pytest.raises(Refusal, match=f"newer re:factory .store version {USER_VERSION + 1}") as caught:
            attempt()
        assert "restart" in caught.value.expected
    with closing(sqlite3.connect(store.path)) as newer:
        newer.execute(f"PRAGMA user_version = {USER_VERSION}")
    assert len(log_of(store)) == 1


def test_a_database_that_another_program_made_is_refused_and_left_alone(tmp_path: Path) -> None:
    for name, made in (
        ("unmarked", "CREATE TABLE events(id, text)"), ("empty of ours", "CREATE TABLE songs(title)"),
        ("marked", "PRAGMA application_id = 7; CREATE TABLE songs(title); PRAGMA user_version = 12"),
    ):  # fmt: skip
        store = Store(tmp_path / name)
        store.folder.mkdir()
        with closing(sqlite3.connect(store.path)) as connection:
            connection.executescript(made)
        before = store.path.read_bytes()
        for attempt in (lambda store=store: append(store, cycle_started()), lambda store=store: log_of(store)):
            with pytest.raises(Refusal, match="another program's database") as caught:
                attempt()
            assert str(store.path) in caught.value.where
        assert store.path.read_bytes() == before


def test_tables_that_this_version_does_not_know_go_and_those_it_misses_come(tmp_path: Path) -> None:
    store = Store(tmp_path / "refactory")
    append_all(store, walk(store))
    with store.reading() as connection:
        expected = dump(connection)
    with store.writing() as connection:
        connection.execute("CREATE VIRTUAL TABLE notes USING fts5(text)")
        connection.execute("INSERT INTO notes VALUES ('one')")
        connection.execute("CREATE VIEW kept AS SELECT * FROM experiments")
        connection.execute("DROP TABLE landings")
        connection.execute("PRAGMA user_version = 1")
    store.close()
    with store.reading() as connection:
        assert dump(connection) == expected


def test_a_link_has_the_line_and_the_hash_that_its_event_has() -> None:
    for line in golden_log(1):
        event = Event.model_validate_json(line)
        link = link_of(event)
        assert (link.line(), link.expected_hash(), link.event(), link_of_line(line)) == (line, event.expected_hash(), event, link)


def test_links_come_in_the_order_of_the_chain(old_store: Store) -> None:
    with old_store.reading() as connection:
        found = list(in_sequence(links(connection), "events"))
        behind = list(in_sequence(links(connection, 100), "events", (100, found[99].hash)))
    assert [link.seq for link in found] == list(range(1, 169))
    assert behind == found[100:]
