"""A store that cannot be used says so, names its file, and is left as it was."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from state.errors import Refusal
from state.events import Event
from state.schema import USER_VERSION
from state.store import Store
from tests.support import layouts
from tests.support.appenders import write_until_full
from tests.support.histories import TREE
from tests.support.stores import append, assert_sound, cycle_started, log_of


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "refactory", wait=0.05)


@pytest.fixture
def plain_user(tmp_path: Path) -> Iterator[Path]:
    """A folder of an ordinary user, whom permissions bind; whoever runs the tests as root is nobody meanwhile."""
    loaded = Store(tmp_path / "loaded")  # what is loaded on use must be loaded now: nobody may not read our modules
    append(loaded, cycle_started())
    assert_sound(loaded)
    with layouts.plain_user() as folder:
        yield folder


def refused(store: Store) -> Refusal:
    """What reading and writing are refused with: the same."""
    with pytest.raises(Refusal) as reading:
        log_of(store)
    with pytest.raises(Refusal) as writing:
        append(store, cycle_started(9, "another"))
    assert reading.value.code == writing.value.code == "STORE_BROKEN"
    assert str(store.path) in writing.value.where
    assert (reading.value.what, reading.value.where) == (writing.value.what, writing.value.where)
    return writing.value


def test_a_store_of_a_newer_version_is_refused(store: Store) -> None:
    append(store, cycle_started())
    store.close()
    with closing(sqlite3.connect(store.path)) as connection:
        connection.execute(f"PRAGMA user_version = {USER_VERSION + 1}")
    refusal = refused(store)
    assert f"newer re:factory (store version {USER_VERSION + 1})" in refusal.what
    assert "update the server" in refusal.expected


def test_a_file_that_is_no_database_is_refused_and_left_alone(store: Store) -> None:
    store.folder.mkdir()
    store.path.write_bytes(b"a letter to the editor\n" * 100)
    assert "not a database" in refused(store).what
    assert store.path.read_bytes() == b"a letter to the editor\n" * 100


def test_a_folder_in_the_place_of_the_database_is_refused(store: Store) -> None:
    store.path.mkdir(parents=True)
    assert "unable to open database file" in refused(store).what


def test_a_damaged_database_is_refused(store: Store) -> None:
    for number in range(1, 60):
        append(store, cycle_started(number, f"branch {number}"))
    store.close()
    raw = store.path.read_bytes()
    store.path.write_bytes(raw[:4096] + b"\xff" * (len(raw) - 4096))
    assert "malformed" in refused(store).what


def test_a_linked_database_is_refused(store: Store, tmp_path: Path) -> None:
    append(store, cycle_started())
    store.close()
    store.path.rename(tmp_path / "elsewhere.db")
    store.path.symlink_to(tmp_path / "elsewhere.db")
    assert "symbolic link" in refused(store).what


def test_what_stands_where_the_log_of_the_database_belongs_is_named(store: Store) -> None:
    name = "factory.db-wal"
    append(store, cycle_started())
    store.close()
    (store.folder / name).mkdir()
    refusal = refused(store)
    assert f"{store.folder / name} is a folder" in refusal.what
    assert "refactory doctor" in refusal.expected
    (store.folder / name).rmdir()
    assert len(log_of(store)) == 1


def test_a_file_in_the_place_of_the_folder_is_refused(store: Store) -> None:
    store.folder.write_text("mine", encoding="utf-8")
    assert "is no folder" in refused(store).what
    assert store.folder.read_text(encoding="utf-8") == "mine"


def test_files_of_the_log_that_went_missing_are_made_again(store: Store) -> None:
    append(store, cycle_started())
    store.close()
    for name in ("factory.db-wal", "factory.db-shm"):
        (store.folder / name).unlink(missing_ok=True)
    assert append(store, cycle_started(2, "next")).seq == 2
    assert_sound(store)


def test_a_linked_folder_is_refused(store: Store, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    store.folder.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(Refusal, match="symbolic link") as caught:
        append(store, cycle_started())
    assert caught.value.code == "STORE_BROKEN"
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_a_folder_that_may_not_be_written_to_is_refused(plain_user: Path) -> None:
    store = Store(plain_user / "refactory")
    append(store, cycle_started())
    store.close()
    store.folder.chmod(0o500)
    store.path.chmod(0o400)
    with pytest.raises(Refusal, match="cannot be used") as caught:
        append(store, cycle_started(2, "next"))
    assert caught.value.code == "STORE_BROKEN"
    with pytest.raises(Refusal, match="cannot be used"):
        store.keep_object(b"large")
    store.folder.chmod(0o700)
    store.path.chmod(0o600)
    assert len(log_of(store)) == 1
    assert_sound(store)


def test_a_store_is_not_made_where_nothing_may_be_written(plain_user: Path) -> None:
    plain_user.chmod(0o500)
    store = Store(plain_user / "refactory")
    with pytest.raises(Refusal, match="Permission denied") as caught:
        append(store, cycle_started())
    assert caught.value.code == "STORE_BROKEN"
    assert list(plain_user.iterdir()) == []


def test_a_full_disk_is_refused_and_leaves_whole_events_only(store: Store) -> None:
    *acknowledged, said = write_until_full(store.folder, 200_000, "append")
    assert said.startswith("STORE_BROKEN: the store cannot be used:")
    assert len(log_of(store)) == len(acknowledged) + 1
    assert_sound(store)
    append(store, cycle_started(5000, "with room again"))


def test_a_database_that_may_not_grow_takes_nothing_half(store: Store) -> None:
    append(store, cycle_started())
    with store.reading() as connection:
        connection.execute("PRAGMA max_page_count = 1")  # SQLite keeps what is there and says that the disk is full
    many = [cycle_started(number, f"branch {number}") for number in range(2, 500)]
    taken: list[Event] = []
    with pytest.raises(Refusal, match="full") as caught:
        taken.extend(append(store, payload) for payload in many)
    assert caught.value.code == "STORE_BROKEN"
    assert len(log_of(store)) == 1 + len(taken) < len(many)
    assert_sound(store)


def test_a_full_disk_leaves_no_half_object(store: Store) -> None:
    *kept, said = write_until_full(store.folder, 200_000, "keep")
    assert said.startswith("STORE_BROKEN: the store cannot be used:")
    found = [path for path in store.objects.rglob("*") if path.is_file()]
    assert len(found) == len(kept)
    for path in found:
        assert store.read_object(path.parent.name + path.name)


def test_an_object_that_was_never_kept_is_missing(store: Store) -> None:
    with pytest.raises(Refusal, match=f"object {TREE[:7]} cannot be read") as caught:
        store.read_object(TREE)
    assert caught.value.expected
