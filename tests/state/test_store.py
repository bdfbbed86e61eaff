"""What the store promises: an event and its fold together or not at all, once for each key, and never changed."""

import sqlite3
import stat
import threading
from contextlib import closing
from pathlib import Path

import pytest

from state.cycles import CycleStarted, cycle, open_cycle
from state.errors import Refusal
from state.events import GENESIS, PAYLOAD_LIMIT, Event
from state.experiments import experiment
from state.files import locked
from state.reports import ReportSubmitted
from state.rows import next_number
from state.store import Store, events_after, head
from state.totals import totals
from tests.support.histories import COMMIT
from tests.support.stores import append, append_all, assert_sound, begun, cycle_started, log_of, verdict


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "refactory", wait=0.05)


def report(size: int, letter: str = "x") -> ReportSubmitted:
    """A report whose payload is exactly `size` bytes."""
    empty = ReportSubmitted(report=1, role="ceo", summary="", decision="abort", body={})
    letters, rest = divmod(size - len(b'{"body":{},"decision":"abort","report":1,"role":"ceo","summary":""}'), len(letter.encode()))
    return empty.model_copy(update={"summary": letter * letters + "x" * rest})


def test_nothing_is_written_before_the_first_append_and_questions_are_answered_empty(store: Store) -> None:
    with store.reading() as connection:
        assert head(connection) == (0, GENESIS)
        assert events_after(connection, 0) == []
        assert (open_cycle(connection), experiment(connection, 1), totals(connection)) == (None, None, {})
        assert next_number(connection, "experiments") == 1
    assert not store.folder.exists()


def test_an_event_is_appended_with_its_fold(store: Store) -> None:
    event = append(store, cycle_started())
    assert (event.seq, event.prev, event.hash) == (1, GENESIS, event.expected_hash())
    with store.reading() as connection:
        assert events_after(connection, 0) == [event]
        found = open_cycle(connection, "main")
        assert found is not None
        assert (found.id, found.started_at) == (1, event.at)


def test_a_fold_that_fails_leaves_no_event(store: Store) -> None:
    append(store, cycle_started(1))
    with pytest.raises(sqlite3.IntegrityError):
        append(store, cycle_started(2))  # a second open cycle of one target
    assert len(log_of(store)) == 1
    assert append(store, cycle_started(2, "next")).seq == 2
    assert_sound(store)


def test_a_fold_that_fails_in_a_larger_transaction_is_taken_back_alone(store: Store) -> None:
    with store.writing():
        append(store, cycle_started(1))
        with pytest.raises(sqlite3.IntegrityError):
            append(store, cycle_started(1, "next"))  # a number that is taken
        append(store, cycle_started(3, "other"))
    assert [Event.model_validate_json(line).payload["target"] for line in log_of(store)] == ["main", "other"]
    assert_sound(store)


def test_nested_writing_is_one_transaction(store: Store) -> None:
    def write_and_fail() -> None:
        with store.writing():
            append(store, cycle_started())
            with store.writing() as connection:
                assert cycle(connection, 1) is not None
            raise KeyError

    with pytest.raises(KeyError):
        write_and_fail()
    assert log_of(store) == []
    append(store, cycle_started())
    assert len(log_of(store)) == 1


def test_reading_inside_writing_sees_what_was_appended(store: Store) -> None:
    with store.writing():
        append(store, cycle_started())
        with store.reading() as connection:
            assert head(connection)[0] == 1


def test_the_same_key_answers_the_first_event(store: Store) -> None:
    first, before = store.append(cycle_started(1), actor="host", channel="claude", key="cycle")
    again, repeated = store.append(cycle_started(2, "next"), actor="host", channel="codex", key="cycle")
    assert (again, before, repeated) == (first, False, True)
    assert len(log_of(store)) == 1
    assert append(store, cycle_started(2, "next")).seq == 2  # no key, no question asked


@pytest.mark.parametrize("letter", ["x", "é"])
def test_a_payload_of_64_kb_is_taken_and_a_byte_more_is_refused(store: Store, letter: str) -> None:
    append(store, report(PAYLOAD_LIMIT, letter))
    with pytest.raises(Refusal, match=f"would be {PAYLOAD_LIMIT + 1} bytes") as caught:
        append(store, report(PAYLOAD_LIMIT + 1, letter))
    assert caught.value.code == "BAD_ARGUMENTS"
    assert len(log_of(store)) == 1


@pytest.mark.parametrize("statement", ["UPDATE events SET at = 'x'", "DELETE FROM events", "UPDATE events SET payload = '{}' WHERE seq = 1"])
def test_events_cannot_be_updated_or_deleted(store: Store, statement: str) -> None:
    append(store, cycle_started())
    before = log_of(store)
    with store.writing() as connection, pytest.raises(sqlite3.IntegrityError, match="append-only"):
        connection.execute(statement)
    assert log_of(store) == before


def test_the_folder_is_private_and_so_is_every_file(store: Store) -> None:
    append(store, cycle_started())
    store.keep_object(b"large")
    assert stat.S_IMODE(store.folder.stat().st_mode) == 0o700
    assert {path.name: stat.S_IMODE(path.stat().st_mode) for path in store.folder.rglob("*") if path.is_file()} == dict.fromkeys(
        (path.name for path in store.folder.rglob("*") if path.is_file()), 0o600
    )
    assert (store.folder / "factory.db-wal").is_file(), "the log of the database is looked at too"


def test_a_removed_store_is_an_empty_store_to_the_next_call(store: Store) -> None:
    append(store, cycle_started())
    for path in store.folder.iterdir():
        path.unlink()
    assert log_of(store) == []
    assert append(store, cycle_started()).seq == 1
    assert_sound(store)


def test_a_store_that_is_removed_while_it_is_written_to_takes_nothing(store: Store) -> None:
    append(store, cycle_started())

    def write() -> None:
        with store.writing():
            append(store, cycle_started(2, "next"))
            store.path.unlink()
            append(store, cycle_started(3, "third"))

    with pytest.raises(Refusal, match="removed or replaced") as caught:
        write()
    assert caught.value.code == "STORE_BROKEN"
    assert log_of(store) == []
    assert append(store, cycle_started()).seq == 1


def test_a_store_that_another_process_is_making_is_waited_for(store: Store) -> None:
    with locked(store.folder / "factory.lock", "making the store"):
        with pytest.raises(Refusal, match=r"locked by process \d+ \(making the store") as caught:
            append(store, cycle_started())
        assert caught.value.code == "BUSY"
    assert append(store, cycle_started()).seq == 1


def test_a_replaced_store_is_noticed_by_the_next_call(store: Store, tmp_path: Path) -> None:
    other = Store(tmp_path / "other")
    append_all(other, [cycle_started(1), cycle_started(2, "next")])
    expected = log_of(other)
    other.close()
    append(store, cycle_started())
    (other.folder / "factory.db").replace(store.path)
    for leftover in store.folder.glob("factory.db-*"):
        leftover.unlink()
    assert log_of(store) == expected
    assert append(store, cycle_started(3, "third")).seq == 3


def test_the_threads_of_one_process_share_a_store(store: Store) -> None:
    def start(number: int) -> None:
        with store.writing() as connection:
            assert next_number(connection, "cycles") > 0
            append(store, cycle_started(number, f"branch {number}"))

    threads = [threading.Thread(target=start, args=(number,)) for number in range(1, 21)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(log_of(store)) == 20
    assert_sound(store)


def test_an_experiment_is_found_again_after_the_store_was_closed(store: Store) -> None:
    append_all(store, [cycle_started(), *begun(1), verdict(1)])
    store.close()
    with Store(store.folder).reading() as connection:
        found = experiment(connection, 1)
        assert found is not None
        assert (found.state, found.lesson, totals(connection)) == ("reverted", "Measure first.", {"revert": 1})


def test_objects_are_kept_by_their_hash_and_damage_is_seen(store: Store) -> None:
    name = store.keep_object(b"patch")
    assert store.read_object(name) == b"patch"
    (damaged,) = (path for path in store.objects.rglob("*") if path.is_file())
    damaged.write_bytes(b"other")
    with pytest.raises(Refusal, match="was changed"):
        store.read_object(name)
    assert store.keep_object(b"patch") == name
    assert store.read_object(name) == b"patch", "kept again, it is whole again"
    damaged.unlink()
    with pytest.raises(Refusal, match="cannot be read") as caught:
        store.read_object(name)
    assert caught.value.code == "STORE_BROKEN"
    assert str(damaged) in caught.value.where


def test_the_key_is_unique_in_the_table_too(store: Store) -> None:
    append(store, cycle_started(), key="once")
    with closing(sqlite3.connect(store.path)) as other, pytest.raises(sqlite3.IntegrityError, match="UNIQUE"):
        other.execute("INSERT INTO events SELECT 2, 'id', at, type, actor, channel, key, version, payload, prev, hash FROM events")


def test_what_the_caller_wrote_comes_back_as_it_was(store: Store) -> None:
    host = "tab\t NUL\0 line\r\n quote' \" \u2028 \U0001f600"
    append(store, CycleStarted(cycle=1, mode="improve", target="main", base=COMMIT, host=host))
    with store.reading() as connection:
        found = cycle(connection, 1)
    assert found is not None
    assert found.host == host
    assert_sound(store)
