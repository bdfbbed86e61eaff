"""What measuring keeps: shown, bounded, and taken away without a loss."""

import os
from pathlib import Path

import pytest

from state.samples import SampleTaken
from state.store import Store
from tests.support.histories import sample
from tools.engine.evaluation import caches
from tools.engine.evaluation.caches import Kept, beyond, cache_of, clear, kept, trim, trim_now_and_then


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "refactory")


def measured(store: Store, content: bytes, at: str) -> str:
    name = store.keep_object(content)
    store.append(SampleTaken(sample=sample().model_copy(update={"at": at}).plain(), material=name), actor="server", channel="server")
    return name


def tool(store: Store, name: str, used: float) -> Path:
    folder = cache_of(store) / name
    folder.mkdir(parents=True)
    (folder / "file").write_bytes(b"x" * 100)
    os.utime(folder, (used, used))
    return folder


def test_what_is_kept_is_told_by_kind_with_its_size(store: Store) -> None:
    name = measured(store, b"{}" * 10, "2026-01-01T00:00:00.000+00:00")
    tool(store, "mypy", 1.0)

    found = {each.kind: each for each in kept(store)}

    assert (found["measurements"].name, found["measurements"].size) == (name, 20)
    assert (found["tools"].name, found["tools"].size) == ("mypy", 100)


def test_the_newest_have_room_and_the_oldest_go() -> None:
    found = [Kept("tools", str(used), 40, float(used)) for used in range(5)]

    assert [each.name for each in beyond(found, 100)] == ["2", "1", "0"]


def test_beyond_the_limit_the_oldest_are_taken_away(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    old = measured(store, b"old", "2026-01-01T00:00:00.000+00:00")
    new = measured(store, b"new", "2026-02-01T00:00:00.000+00:00")
    monkeypatch.setattr(caches, "LIMITS", {"measurements": 3, "environments": 0, "tools": 0})

    gone = trim(store)

    assert [each.name for each in gone] == [old]
    assert store.read_object(new) == b"new"


def test_clearing_one_kind_leaves_the_others(store: Store) -> None:
    name = measured(store, b"{}", "2026-01-01T00:00:00.000+00:00")
    folder = tool(store, "mypy", 1.0)

    clear(store, ("tools",))

    assert not folder.exists()
    assert store.read_object(name) == b"{}"


def test_by_itself_it_is_looked_at_once_a_day(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[Store] = []
    monkeypatch.setattr(caches, "trim", looked.append)

    trim_now_and_then(store)
    trim_now_and_then(store)

    assert looked == [store]
