"""The log alone gives the same tables, and any byte of it that was changed is found."""

import json
from collections.abc import Callable
from contextlib import closing
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import assume, given, settings, strategies

from state.errors import Refusal
from state.events import SCHEMA, Event, Payload, chain_hash
from state.schema import PAYLOADS
from state.store import Store, dump, replay
from tests.support.histories import MAKERS, histories
from tests.support.stores import append, append_all, assert_sound, cycle_started, log_of, walk

COLUMNS = ("seq", "id", "at", "type", "actor", "channel", "key", "version", "payload", "prev", "hash")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A store after a whole walk; one of its events has a key."""
    store = Store(tmp_path / "refactory")
    append_all(store, walk(store))
    append(store, cycle_started(2, "next"), key="cycle:2")
    return store


def test_every_kind_of_event_has_its_maker() -> None:
    assert set(MAKERS) == set(PAYLOADS)


@given(history=histories())
@settings(max_examples=40, deadline=None)
def test_replaying_the_log_of_any_history_gives_the_same_tables(history: list[Payload]) -> None:
    with TemporaryDirectory() as folder:
        store = Store(Path(folder) / "refactory")
        append_all(store, history)
        assert len(log_of(store)) == len(history)
        assert_sound(store)
        store.close()


@pytest.mark.parametrize("kind", sorted(PAYLOADS))
@given(data=strategies.data())
@settings(max_examples=5, deadline=None)
def test_an_event_of_every_kind_survives_the_way_through_the_log(kind: str, data: strategies.DataObject) -> None:
    history = data.draw(histories((kind,)))
    assume(history[-1].type == kind)
    with TemporaryDirectory() as folder:
        store = Store(Path(folder) / "refactory")
        append_all(store, history)
        last = Event.model_validate_json(log_of(store)[-1])
        assert PAYLOADS[kind].model_validate(last.payload) == history[-1]
        store.close()


def test_a_dump_tells_different_histories_apart(store: Store) -> None:
    with closing(replay(log_of(store))) as whole, closing(replay(log_of(store)[:-1])) as shorter:
        assert dump(whole) != dump(shorter)


@pytest.mark.parametrize("column", COLUMNS)
def test_a_change_in_any_column_of_the_database_is_found(store: Store, column: str) -> None:
    with store.writing() as connection:
        connection.execute("DROP TRIGGER events_are_never_changed")
        rows = connection.execute(f"SELECT seq, {column} FROM events").fetchall()
    for seq, value in (rows[0], rows[len(rows) // 2], rows[-1]):
        for changed in _changes(value):
            with pytest.raises(Refusal, match=r"no event|breaks") as caught:
                _replay_with(store, column, seq, changed)
            assert caught.value.code == "STORE_BROKEN"
    replay(log_of(store)).close()  # every change was taken back


def _replay_with(store: Store, column: str, seq: int, changed: Any) -> None:
    """Replay the log of a database in which one value is another; what the replay raises takes the change back."""
    with store.writing() as connection:
        connection.execute(f"UPDATE events SET {column} = ? WHERE seq = ?", (changed, seq))
        replay(log_of(store)).close()


def _changes(value: Any) -> list[Any]:
    """Other values near this one: for a text, changed in the first, a middle and the last character, longer, shorter, and of another type."""
    if value is None:
        return ["", "key"]
    if isinstance(value, int):
        return [value + 1000]
    middle = len(value) // 2
    spots = [value[:spot] + ("x" if value[spot] != "x" else "y") + value[spot + 1 :] for spot in (0, middle, len(value) - 1)]
    return [*spots, value + " ", value[:-1], value.encode()]


def test_every_byte_of_a_line_counts(tmp_path: Path) -> None:
    store = Store(tmp_path / "refactory")
    append(store, cycle_started(), key="cycle:1")
    (line,) = log_of(store)
    replay([line]).close()
    raw = line.encode()
    for spot, flip in product(range(len(raw)), (1, 0x20)):
        damaged = raw[:spot] + bytes([raw[spot] ^ flip]) + raw[spot + 1 :]
        with pytest.raises(Refusal, match=r"no event|breaks"):
            replay([damaged.decode("utf-8", "replace")])


def _reordered(lines: list[str]) -> list[str]:
    return [lines[0], lines[2], lines[1], *lines[3:]]


@pytest.mark.parametrize(
    "damage",
    [
        _reordered,
        lambda lines: lines[1:],
        lambda lines: [lines[0], *lines[2:]],
        lambda lines: [lines[0], lines[0], *lines[1:]],
        lambda lines: [*lines[:2], json.dumps(json.loads(lines[2])), *lines[3:]],  # the same event in other spelling
        lambda lines: [*lines[:2], lines[2][:-1] + ',"more":1}', *lines[3:]],
        lambda lines: [*lines[:2], "", *lines[2:]],
        lambda lines: [*lines[:2], "[]", *lines[2:]],
    ],
)
def test_a_log_in_which_lines_were_moved_lost_doubled_or_rewritten_is_refused(store: Store, damage: Callable[[list[str]], list[str]]) -> None:
    with pytest.raises(Refusal) as caught:
        replay(damage(log_of(store)))
    assert caught.value.code == "STORE_BROKEN"
    assert caught.value.where[0].startswith("events.jsonl:")


def test_a_log_is_refused_at_its_first_bad_line(store: Store) -> None:
    lines = log_of(store)
    lines[3], lines[7] = "{}", "{}"
    with pytest.raises(Refusal) as caught:
        replay(lines)
    assert caught.value.where == ("events.jsonl:4",)


def test_an_event_that_only_a_newer_version_knows_is_refused_clearly(store: Store) -> None:
    lines = log_of(store)
    for change, expected in (
        ({"type": "moon.landed"}, "moon.landed"),
        ({"version": SCHEMA + 1}, f"schema {SCHEMA + 1}"),
        ({"payload": {"cycle": 1}}, "is no cycle.started"),
    ):
        content = {key: value for key, value in {**json.loads(lines[4]), **change}.items() if key not in ("prev", "hash")}
        prev = json.loads(lines[3])["hash"]
        forged = Event.model_validate({**content, "prev": prev, "hash": chain_hash(prev, content)})
        with pytest.raises(Refusal, match=expected) as caught:
            replay([*lines[:4], forged.line()])
        assert caught.value.code == "STORE_BROKEN"
