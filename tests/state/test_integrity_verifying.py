"""Any byte of the history that is another than it was is found, and any tail that was cut off; what is whole is called whole."""

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings, strategies

from state.errors import Refusal
from state.events import Event, chain_hash
from state.integrity.evidence import Anchor
from state.integrity.findings import SHOWN, Check
from state.integrity.verifying import verify
from state.store import Store
from state.views import export
from tests.support.stores import append, append_all, cycle_started, log_of, walk

COLUMNS = ("seq", "id", "at", "type", "actor", "channel", "key", "version", "payload", "prev", "hash")
FOLDS = ("approvals", "cycles", "hypotheses", "experiments", "landings", "reports", "totals")


@contextmanager
def made() -> Iterator[Store]:
    """Twenty-one events, all of them in the log; one of them has a key."""
    with TemporaryDirectory() as folder:
        store = Store(Path(folder) / "refactory")
        append_all(store, walk(store))
        append(store, cycle_started(2, "next"), key="cycle:2")
        export(store, Path(folder) / ".factory")
        yield store
        store.close()


@pytest.fixture
def store() -> Iterator[Store]:
    with made() as store:
        yield store


@pytest.fixture(scope="module")
def shared() -> Iterator[Store]:
    """A store that is put back after each look."""
    with made() as store:
        yield store


def log_file(store: Store) -> Path:
    return store.folder.parent / ".factory" / "events.jsonl"


def anchors_of(store: Store, *numbers: int) -> list[Anchor]:
    lines = log_of(store)
    return [Anchor(number, Event.model_validate_json(lines[number - 1]).hash, f"anchor {number}") for number in numbers]


def looked_at(store: Store, anchors: list[Anchor] | None = None) -> dict[str, Check]:
    return {check.name: check for check in verify(store, log_file(store), anchors or [])}


def wrong(store: Store, anchors: list[Anchor] | None = None) -> set[str]:
    """The names of the checks that found something."""
    return {name for name, check in looked_at(store, anchors).items() if check.faults}


def change(store: Store, statement: str, *values: object) -> None:
    """Change the database behind the factory's back."""
    with closing(sqlite3.connect(store.path)) as connection:
        triggers = [sql for (sql,) in connection.execute("SELECT sql FROM sqlite_master WHERE type = 'trigger'")]
        for name in ("events_are_never_changed", "events_are_never_removed"):
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute(statement, values)
        for sql in triggers:
            connection.execute(sql)
        connection.commit()


def test_a_whole_store_is_called_whole(store: Store) -> None:
    checks = looked_at(store, anchors_of(store, 1, 12, 21))
    assert [name for name, check in checks.items() if not check.passed] == []
    assert set(checks) == {"database", "chain", "tables", "log", "objects", "anchors"}
    assert checks["chain"].said == "21 events, each the one after the one before"


def test_looking_writes_nothing_and_does_not_hold_writers_off(store: Store) -> None:
    before = {path: path.read_bytes() for path in store.folder.rglob("*") if path.is_file() and path.suffix != ".db-shm"}
    looked_at(store)
    assert {path: path.read_bytes() for path in before} == before
    assert append(store, cycle_started(3, "third")).seq == 22


def test_no_store_at_all_is_whole(tmp_path: Path) -> None:
    store = Store(tmp_path / "refactory")
    assert [check for check in verify(store, tmp_path / "none", []) if not check.passed] == []
    assert not store.folder.exists()


@given(data=strategies.data())
@settings(max_examples=15, deadline=None)
def test_any_altered_character_of_any_column_of_any_row_is_found(shared: Store, data: strategies.DataObject) -> None:
    column = data.draw(strategies.sampled_from(COLUMNS[1:]))
    seq = data.draw(strategies.integers(1, 21))
    with shared.reading() as connection:
        (value,) = connection.execute(f"SELECT {column} FROM events WHERE seq = ?", (seq,)).fetchone()
    change(shared, f"UPDATE events SET {column} = ? WHERE seq = {seq}", _altered(data, value))
    try:
        checks = looked_at(shared)
        assert checks["chain"].faults or checks["tables"].faults
        assert any(f":{number}" in fault.where for fault in checks["chain"].faults for number in (seq, seq + 1)), checks["chain"].faults
    finally:
        change(shared, f"UPDATE events SET {column} = ? WHERE seq = {seq}", value)


def _altered(data: strategies.DataObject, value: str | int | None) -> str | int | bytes | None:
    if value is None:
        return data.draw(strategies.sampled_from(["", "key"]))
    if isinstance(value, int):
        return data.draw(strategies.integers(-(2**60), 2**60).filter(lambda other: other != value))
    spot = data.draw(strategies.integers(0, len(value) - 1))
    letter = data.draw(strategies.characters(exclude_categories=["Cs"], exclude_characters=value[spot] + "\0"))
    others: list[str | bytes] = [value[:spot] + letter + value[spot + 1 :], value[:spot] + value[spot + 1 :], value.encode()]
    return data.draw(strategies.sampled_from(others))


@given(data=strategies.data())
@settings(max_examples=12, deadline=None)
def test_any_altered_byte_of_any_line_of_the_log_is_found(shared: Store, data: strategies.DataObject) -> None:
    log = log_file(shared)
    raw = log.read_bytes()
    spot = data.draw(strategies.integers(0, len(raw) - 2))  # behind the last one stands only its end
    byte = data.draw(strategies.integers(0, 255).filter(lambda other: other != raw[spot]))
    log.write_bytes(raw[:spot] + bytes([byte]) + raw[spot + 1 :])
    try:
        line = raw[:spot].count(b"\n") + 1
        assert looked_at(shared)["log"].faults[0].where == f"{log}:{line}"
    finally:
        log.write_bytes(raw)


@given(left=strategies.integers(0, 20), anchored=strategies.integers(1, 21))
@settings(max_examples=8, deadline=None)
def test_any_cut_of_the_tail_is_found_when_an_anchor_lies_behind_it(left: int, anchored: int) -> None:
    with made() as store:
        anchors = anchors_of(store, anchored)
        change(store, f"DELETE FROM events WHERE seq > {left}")
        log_file(store).unlink()  # whoever cuts the one cuts the other
        assert ("anchors" in wrong(store, anchors)) is (left < anchored)


@given(data=strategies.data())
@settings(max_examples=20, deadline=None)
def test_an_object_with_any_other_byte_is_found(shared: Store, data: strategies.DataObject) -> None:
    (path,) = (found for found in shared.objects.rglob("*") if found.is_file())
    raw = path.read_bytes()
    spot, byte = data.draw(strategies.integers(0, len(raw) - 1)), data.draw(strategies.integers(0, 255))
    path.write_bytes(raw[:spot] + bytes([byte]) + raw[spot + 1 :])
    try:
        assert (wrong(shared) == {"objects"}) is (byte != raw[spot])
    finally:
        path.write_bytes(raw)


@pytest.mark.parametrize("cut", [0, 3, 400])
def test_an_object_that_is_gone_or_cut_off_is_found_and_the_event_that_needs_it_named(store: Store, cut: int) -> None:
    (path,) = (found for found in store.objects.rglob("*") if found.is_file())
    path.write_bytes(path.read_bytes()[:cut] + (b"more" if cut == 400 else b""))
    (fault,) = looked_at(store)["objects"].faults
    assert "which event 11 needs, was altered" in fault.found
    path.unlink()
    (fault,) = looked_at(store)["objects"].faults
    assert "which event 11 needs, cannot be read" in fault.found
    assert fault.where == str(path)


def test_a_row_that_is_gone_from_the_middle_is_found(store: Store) -> None:
    change(store, "DELETE FROM events WHERE seq = 9")
    fault = looked_at(store)["chain"].faults[0]
    assert (fault.where, fault.found) == ("events:9", "found event 10; expected event 9")


def test_a_history_written_anew_from_some_point_is_found_by_the_anchors_behind_it(store: Store) -> None:
    anchors = anchors_of(store, 5, 9, 21)
    lines = [Event.model_validate_json(line) for line in log_of(store)]
    prev = lines[6].prev
    for event in lines[6:]:  # a forger who knows how the chain is made
        content = {**event.model_dump(mode="json", exclude={"prev", "hash"}), "channel": "forged"}
        forged = chain_hash(prev, content)
        change(store, f"UPDATE events SET channel = 'forged', prev = ?, hash = ? WHERE seq = {event.seq}", prev, forged)
        prev = forged
    log_file(store).unlink()
    checks = looked_at(store, anchors)
    assert not checks["chain"].faults
    assert [fault.where for fault in checks["anchors"].faults] == ["anchor 9", "anchor 21"]
    assert "was written anew behind event 5" in checks["anchors"].faults[0].found


@pytest.mark.parametrize("table", FOLDS)
def test_a_table_that_differs_from_its_events_is_named(store: Store, table: str) -> None:
    with closing(sqlite3.connect(store.path)) as connection:
        connection.execute(f"DELETE FROM {table} WHERE rowid = (SELECT MAX(rowid) FROM {table})")
        connection.commit()
    assert wrong(store) == {"tables"}
    assert looked_at(store)["tables"].faults[0].where == f"table {table}"


def test_a_table_that_is_missing_or_strange_is_named(store: Store) -> None:
    with closing(sqlite3.connect(store.path)) as connection:
        connection.execute("DROP TABLE landings")
        connection.execute("CREATE TABLE songs(title)")
    assert {fault.where for fault in looked_at(store)["tables"].faults} == {"table landings", "table landings_open", "table songs"}


@pytest.mark.parametrize("damage", ["flipped", "garbage", "truncated"])
def test_damaged_pages_are_found_or_the_store_is_refused_and_never_a_traceback(store: Store, damage: str) -> None:
    store.close()
    raw = store.path.read_bytes()
    silent = []
    for start in range(0, len(raw), 4096):
        page = {"flipped": raw[start : start + 2048][::-1], "garbage": os.urandom(2048), "truncated": b""}[damage]
        rest = raw[start + 2048 :] if damage != "truncated" else b""
        store.path.write_bytes(raw[:start] + page + rest)
        for leftover in store.folder.glob("factory.db-*"):
            leftover.unlink()
        if not _is_noticed(store):
            silent.append(start)
    assert [start for start in silent if raw[start : start + 2048].strip(b"\0")] == []


def _is_noticed(store: Store) -> bool:
    try:
        return bool(wrong(store))
    except Refusal as refusal:
        return refusal.code == "STORE_BROKEN"
    finally:
        store.close()


def _append_line(lines: list[str]) -> list[str]:
    return [*lines, lines[-1].replace('"seq":21', '"seq":22')]


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (_append_line, "a line more than the store has events"),
        (lambda lines: [*lines[:4], *lines[5:]], "the line was altered"),
        (lambda lines: [lines[1], lines[0], *lines[2:]], "the line was altered"),
        (lambda lines: ["", *lines], "the line was altered"),
    ],
)
def test_lines_added_lost_or_moved_in_the_log_are_found(store: Store, edit: Callable[[list[str]], list[str]], said: str) -> None:
    log = log_file(store)
    log.write_text("\n".join(edit(log.read_text(encoding="utf-8").split("\n")[:-1])) + "\n", encoding="utf-8")
    assert wrong(store) == {"log"}
    assert looked_at(store)["log"].faults[0].found == said


def test_a_log_that_is_behind_or_gone_is_said_and_half_a_line_behind_the_last_is_not(store: Store) -> None:
    log = log_file(store)
    whole = log.read_bytes()
    log.write_bytes(whole + whole[:30])
    assert looked_at(store)["log"].passed, "the next writer cuts it"
    log.write_bytes(whole[:-30])
    (fault,) = looked_at(store)["log"].faults
    assert (fault.where, fault.found, fault.expected) == (str(log), "it ends at event 20", "1 more events, which the store has")
    shutil.rmtree(log.parent)
    (fault,) = looked_at(store)["log"].faults
    assert (fault.found, fault.mend) == ("it is gone", "refactory doctor --repair")


def test_a_log_that_is_a_folder_is_said(store: Store) -> None:
    log_file(store).unlink()
    log_file(store).mkdir()
    assert wrong(store) == {"log"}


def test_many_faults_are_counted_and_the_first_of_them_named(store: Store) -> None:
    change(store, "UPDATE events SET channel = 'x'")
    check = looked_at(store)["chain"]
    assert len(check.faults) == SHOWN
    assert check.said.startswith("21 wrong")
    assert not looked_at(store)["tables"].passed


def test_an_event_that_only_a_newer_version_knows_is_said_to_be_that(store: Store) -> None:
    lines = log_of(store)
    last = Event.model_validate_json(lines[-1])
    content = {**last.model_dump(mode="json", exclude={"prev", "hash"}), "type": "moon.landed"}
    change(store, "UPDATE events SET type = 'moon.landed', hash = ? WHERE seq = 21", chain_hash(last.prev, content))
    (fault,) = looked_at(store)["tables"].faults
    assert "newer re:factory" in fault.found
    assert fault.mend == "update the server"
