"""A store that was lost, cut off or begun anew is refused by the first call, and one that is whole is only looked at once."""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from state.errors import Refusal
from state.store import Store
from tests.support.kept_stores import Kept, make_kept
from tests.support.repositories import git, make_repository
from tests.support.stores import append, cycle_started, log_of
from tools.engine.repository.location import locate
from tools.engine.upkeep.opening import open_store


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    """A project with 20 events."""
    return make_kept(tmp_path)


def refused(kept: Kept) -> Refusal:
    """What reading and writing are refused with, by a server that starts now; nothing changes."""
    said = []
    for ask in (log_of, lambda store: append(store, cycle_started(70, "another"))):
        before = sorted(kept.store.folder.rglob("*"))
        with pytest.raises(Refusal) as caught:
            ask(open_store(kept.repository))
        assert caught.value.code == "STORE_BROKEN"
        assert sorted(kept.store.folder.rglob("*")) == before
        said.append(str(caught.value))
    assert said[0] == said[1]
    assert "refactory doctor" in caught.value.expected
    return caught.value


def test_a_whole_store_opens_and_goes_on(kept: Kept) -> None:
    store = open_store(kept.repository)
    assert len(log_of(store)) == 20
    assert append(store, cycle_started(70, "another")).seq == 21


def test_a_project_without_anything_begins(tmp_path: Path) -> None:
    store = open_store(locate(make_repository(tmp_path / "new", {"a.txt": "a\n"})))
    assert log_of(store) == []
    assert not store.folder.exists(), "a question writes nothing"
    assert append(store, cycle_started()).seq == 1


def test_a_store_that_was_deleted_is_refused_beside_its_anchors_and_its_log(kept: Kept) -> None:
    kept.store.close()
    shutil.rmtree(kept.store.folder)
    assert "the store is lost" in refused(kept).what
    shutil.rmtree(kept.log.parent)
    assert "event 20 was anchored, and the store ends at event 0" in refused(kept).what
    git(kept.repository.root, "update-ref", "-d", "refs/factory/chain")
    assert append(open_store(kept.repository), cycle_started()).seq == 1, "without any trace there is nothing to lose"


def test_a_store_that_was_deleted_is_refused_beside_its_log_alone(kept: Kept) -> None:
    kept.store.close()
    shutil.rmtree(kept.store.folder)
    git(kept.repository.root, "update-ref", "-d", "refs/factory/chain")
    refusal = refused(kept)
    assert "its log has 20 events" in refusal.what
    assert str(kept.log) in refusal.where


def test_a_project_whose_readable_files_were_deleted_goes_on(kept: Kept) -> None:
    shutil.rmtree(kept.log.parent)
    assert append(open_store(kept.repository), cycle_started(70, "another")).seq == 21


def _cut(connection: sqlite3.Connection) -> None:
    connection.execute("DROP TRIGGER events_are_never_removed")
    connection.execute("DELETE FROM events WHERE seq > 19")


def _forge(connection: sqlite3.Connection) -> None:
    connection.execute("DROP TRIGGER events_are_never_changed")
    connection.execute("UPDATE events SET hash = ? WHERE seq = 20", ("0" * 64,))


@pytest.mark.parametrize(("damage", "said"), [(_cut, "1 of its events are missing"), (_forge, "was written anew")])
def test_a_store_without_the_newest_anchored_event_is_refused(kept: Kept, damage: Callable[[sqlite3.Connection], None], said: str) -> None:
    with closing(sqlite3.connect(kept.store.path)) as connection:
        damage(connection)
        connection.commit()
    assert said in refused(kept).what


def test_an_empty_file_in_place_of_the_database_is_no_new_beginning(kept: Kept) -> None:
    kept.store.close()
    kept.store.path.write_bytes(b"")
    with pytest.raises(Refusal, match="the store is lost"):
        append(open_store(kept.repository), cycle_started())


def test_a_server_that_runs_looks_again_when_the_database_is_another(kept: Kept, tmp_path: Path) -> None:
    store = open_store(kept.repository)
    assert len(log_of(store)) == 20
    other = Store(tmp_path / "other")
    append(other, cycle_started())
    other.close()
    for leftover in kept.store.folder.glob("factory.db-*"):
        leftover.unlink()
    other.path.replace(kept.store.path)
    with pytest.raises(Refusal, match="the store ends at event 1"):
        log_of(store)


def test_a_foreign_file_in_place_of_the_log_stops_nothing(kept: Kept) -> None:
    kept.store.close()
    shutil.rmtree(kept.store.folder)
    git(kept.repository.root, "update-ref", "-d", "refs/factory/chain")
    kept.log.write_text('{"type":"cycle.started","timestamp":"2025-01-01","project":"p","agent":"ceo","data":{}}\n', encoding="utf-8")
    assert append(open_store(kept.repository), cycle_started()).seq == 1
