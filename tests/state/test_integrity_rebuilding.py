"""A lost database comes back from its log: whole, or with what is missing named and accepted; nothing that lay there is written over."""

import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from state.errors import Refusal
from state.events import Event
from state.integrity.evidence import Anchor
from state.integrity.rebuilding import Rebuilt, Sources, rebuild
from state.integrity.verifying import verify
from state.losses import given_up
from state.schema import USER_VERSION
from state.store import Store, dump
from state.views import export
from tests.support.sources import CHECKOUT
from tests.support.stores import append, append_all, assert_sound, cycle_started, log_of, walk


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Twenty events, all of them in the log."""
    store = Store(tmp_path / "refactory", wait=0.05)
    append_all(store, walk(store))
    export(store, tmp_path / ".factory")
    return store


def log_file(store: Store) -> Path:
    return store.folder.parent / ".factory" / "events.jsonl"


def anchor_of(store: Store, seq: int) -> Anchor:
    """The anchor that git would have of an event."""
    return Anchor(seq, Event.model_validate_json(log_of(store)[seq - 1]).hash, f"refs/factory/chain at {seq}")


def restored(store: Store, *anchors: Anchor, accepted: bool = False) -> Rebuilt:
    return rebuild(store, Sources(log_file(store), anchors, accepted))


def content(store: Store) -> str:
    with store.reading() as connection:
        return dump(connection)


def lose(store: Store) -> None:
    store.close()
    for path in store.folder.glob("factory.db*"):
        path.unlink()


def overwrite(store: Store) -> None:
    store.close()
    store.path.write_bytes(b"garbage" * 4000)


def empty_out(store: Store) -> None:
    store.close()
    store.path.write_bytes(b"")


def flip_pages(store: Store) -> None:
    store.close()
    raw = bytearray(store.path.read_bytes())
    for start in range(4096, len(raw), 4096):
        raw[start : start + 2048] = b"\xff" * 2048
    store.path.write_bytes(bytes(raw))


def cut_the_tail(store: Store) -> None:
    with closing(sqlite3.connect(store.path)) as connection:
        connection.execute("DROP TRIGGER events_are_never_removed")
        connection.execute("DELETE FROM events WHERE seq > 12")
        connection.commit()
    store.close()


def alter_a_row(store: Store) -> None:
    with closing(sqlite3.connect(store.path)) as connection:
        connection.execute("DROP TRIGGER events_are_never_changed")
        connection.execute("UPDATE events SET channel = 'forged' WHERE seq = 12")
        connection.commit()
    store.close()


@pytest.mark.parametrize("damage", [lose, overwrite, empty_out, flip_pages, cut_the_tail, alter_a_row])
def test_a_damaged_database_comes_back_whole_and_the_old_one_is_kept(store: Store, damage: Callable[[Store], None]) -> None:
    expected, anchor = content(store), anchor_of(store, 20)
    damage(store)
    before = store.path.read_bytes() if store.path.exists() else None
    done = restored(store, anchor)
    assert (done.events, done.from_log, done.loss, done.log_kept) == (20, 20, None, None)
    assert content(store) == expected
    assert (done.kept.read_bytes() if done.kept else None) == before
    assert not [path for path in store.folder.iterdir() if path.name.startswith("restoring")]
    assert all(check.passed for check in verify(store, log_file(store), [anchor]))
    assert append(store, cycle_started(70, "goes on")).seq == 21
    assert_sound(store)


def test_what_the_log_does_not_have_yet_comes_from_the_database(store: Store) -> None:
    log = log_file(store)
    lines = log.read_bytes().splitlines(keepends=True)
    log.write_bytes(b"".join(lines[:15]) + lines[15][:40])  # torn in the middle of a line
    expected, anchor = content(store), anchor_of(store, 20)
    with closing(sqlite3.connect(store.path)) as connection:
        connection.execute("DROP TRIGGER events_are_never_changed")
        connection.execute("UPDATE events SET at = 'x' WHERE seq = 3")
        connection.commit()
    done = restored(store, anchor)
    assert (done.events, done.from_log) == (20, 15)
    assert content(store) == expected


def test_a_whole_database_is_left_alone(store: Store) -> None:
    with pytest.raises(Refusal, match="nothing is lost: the database holds all 20 events") as caught:
        restored(store, anchor_of(store, 20))
    assert "doctor --repair" in caught.value.expected
    assert sorted(path.name for path in store.folder.glob("factory.db*"))[0] == "factory.db"
    assert len(log_of(store)) == 20


def test_nothing_at_all_restores_nothing(tmp_path: Path) -> None:
    store = Store(tmp_path / "refactory")
    with pytest.raises(Refusal, match="nothing to restore"):
        restored(store)
    assert not store.path.exists()


def test_a_bad_line_stops_it_and_is_named_and_nothing_changes(store: Store) -> None:
    log = log_file(store)
    lines = log.read_text(encoding="utf-8").split("\n")
    log.write_text("\n".join([*lines[:6], lines[6].replace('"actor":"server"', '"actor":"user"'), *lines[7:]]), encoding="utf-8")
    anchor, before = anchor_of(store, 20), log.read_bytes()
    lose(store)
    with pytest.raises(Refusal, match="event 7 was altered") as caught:
        restored(store, anchor)
    assert caught.value.where == ("events.jsonl:7",)
    assert "--accept-loss" in caught.value.expected
    assert not store.path.exists()
    assert log.read_bytes() == before
    done = restored(store, anchor, accepted=True)
    assert done.events == 6
    assert done.loss is not None
    assert (done.loss.kept, done.loss.reached, done.loss.anchors) == (6, 20, (anchor.hash,))
    assert done.log_kept is not None
    assert done.log_kept.read_bytes() == before
    assert_the_loss_is_known(store, anchor)


def assert_the_loss_is_known(store: Store, anchor: Anchor) -> None:
    export(store, log_file(store).parent)
    assert Event.model_validate_json(log_of(store)[-1]).type == "loss.accepted"
    with store.reading() as connection:
        assert anchor.hash in given_up(connection)
    checks = {check.name: check for check in verify(store, log_file(store), [anchor])}
    assert [name for name, check in checks.items() if not check.passed and name != "objects"] == []
    assert_sound(store)


def test_a_log_that_ends_before_an_anchor_is_refused_with_what_is_missing(store: Store) -> None:
    anchor, log = anchor_of(store, 20), log_file(store)
    log.write_bytes(b"".join(log.read_bytes().splitlines(keepends=True)[:17]))
    lose(store)
    with pytest.raises(Refusal, match="ends at event 17: 3 of its events are missing") as caught:
        restored(store, anchor)
    assert anchor.where in caught.value.where
    done = restored(store, anchor, accepted=True)
    assert (done.events, done.log_kept) == (17, None)
    assert_the_loss_is_known(store, anchor)


def test_without_log_and_database_a_person_can_still_begin_anew(store: Store) -> None:
    anchor = anchor_of(store, 20)
    lose(store)
    shutil.rmtree(log_file(store).parent)
    with pytest.raises(Refusal, match="20 of its events are missing"):
        restored(store, anchor)
    assert restored(store, anchor, accepted=True).events == 0
    assert_the_loss_is_known(store, anchor)


def test_a_history_written_anew_is_refused_by_the_anchors_of_the_old_one(store: Store, tmp_path: Path) -> None:
    other = Store(tmp_path / "other")
    append_all(other, walk(other))
    anchor = anchor_of(other, 20)
    lose(store)
    with pytest.raises(Refusal, match="was written anew behind event 0"):
        restored(store, anchor)


def test_a_newer_store_is_not_taken_back_to_an_older_version(store: Store) -> None:
    store.close()
    with closing(sqlite3.connect(store.path)) as connection:
        connection.execute(f"PRAGMA user_version = {USER_VERSION + 1}")
    with pytest.raises(Refusal, match="newer re:factory"):
        restored(store)


def test_while_another_process_writes_the_store_is_not_replaced(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("state.integrity.rebuilding.HELD_OFF_SECONDS", 0.05)
    with closing(sqlite3.connect(store.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(Refusal, match="another process is writing") as caught:
            restored(store)
    assert caught.value.code == "BUSY"


_DIES = """
import os, signal, sys
from pathlib import Path
from state.integrity.rebuilding import Sources, rebuild
from state.store import Store

left = int(sys.argv[3])

def dies(event, arguments):
    global left
    if event in ("os.rename", "os.remove", "os.mkdir", "shutil.rmtree", "sqlite3.connect"):
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)

sys.addaudithook(dies)
rebuild(Store(Path(sys.argv[1])), Sources(Path(sys.argv[2]), ()))
"""


@pytest.mark.parametrize("damage", [cut_the_tail, pytest.param(overwrite, marks=pytest.mark.thorough)])
def test_killed_anywhere_it_is_done_by_the_next_call(store: Store, damage: Callable[[Store], None]) -> None:
    expected, log = content(store), log_file(store)
    damage(store)
    killed = 0
    while (
        subprocess.run([sys.executable, "-c", _DIES, str(store.folder), str(log), str(killed)], cwd=CHECKOUT, check=False).returncode
        == -signal.SIGKILL
    ):
        killed += 1
        assert killed < 40
    assert killed >= 4
    assert content(store) == expected
    assert len(list(store.folder.glob("factory.db.broken-*[!lm]"))) == 1
    assert list(store.folder.glob("restoring-*")) == []
    assert_sound(store)
