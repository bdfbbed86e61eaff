"""Bytes on disk: whole or not at all, for this user alone, one writer at a time."""

import os
import threading
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import example, given, settings, strategies

from state.errors import Refusal
from state.files import ensure_private_folder, extend, file_object, inside, is_locked, last_line, locked, object_path, replace_file


def test_a_replaced_file_has_the_new_content_and_nothing_else_is_left(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "file.txt"
    replace_file(path, b"one")
    replace_file(path, b"two")
    assert path.read_bytes() == b"two"
    assert [each.name for each in path.parent.iterdir()] == ["file.txt"]
    assert path.stat().st_mode & 0o777 == 0o600


def test_unchanged_content_is_not_written(tmp_path: Path) -> None:
    replace_file(tmp_path / "file", b"same")
    before = (tmp_path / "file").stat().st_ino
    replace_file(tmp_path / "file", b"same")
    assert (tmp_path / "file").stat().st_ino == before
    replace_file(tmp_path / "file", b"other")
    assert (tmp_path / "file").stat().st_ino != before


def test_whoever_has_the_old_file_open_reads_all_of_the_old(tmp_path: Path) -> None:
    replace_file(tmp_path / "file", b"old content")
    with (tmp_path / "file").open("rb") as reader:
        assert reader.read(3) == b"old"
        replace_file(tmp_path / "file", b"NEW CONTENT, LONGER")
        assert reader.read() == b" content"


def test_a_write_that_fails_leaves_the_old_file_and_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    replace_file(tmp_path / "file", b"old")

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space left"):
            replace_file(tmp_path / "file", b"new")
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"file": b"old"}


def test_a_link_is_replaced_and_what_it_leads_to_stays(tmp_path: Path) -> None:
    (tmp_path / "target").write_bytes(b"mine")
    (tmp_path / "file").symlink_to("target")
    replace_file(tmp_path / "file", b"mine")
    assert not (tmp_path / "file").is_symlink()
    assert (tmp_path / "target").read_bytes() == b"mine"


def test_the_same_object_again_is_the_same_file(tmp_path: Path) -> None:
    name = file_object(tmp_path, b"content")
    before = object_path(tmp_path, name).stat().st_ino
    assert file_object(tmp_path, b"content") == name
    assert object_path(tmp_path, name).stat().st_ino == before
    assert file_object(tmp_path, b"other") != name
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 2


PIECES = strategies.lists(strategies.sampled_from([b"a", b"\n", b"\n\n", "é€".encode(), b"\r", b"\xff", b"{}", b"x" * 70_000]), max_size=12).map(
    b"".join
)


@given(content=PIECES)
@settings(max_examples=150, deadline=None)
@example(content=b"")
@example(content=b"\n")
@example(content=b"x" * 65_536 + b"\n")
@example(content=b"x\n" + b"y" * 65_535 + b"\n")
@example(content=b"x" * 131_071 + b"\n" + b"y" * 65_536)
def test_the_last_line_is_the_last_whole_one(content: bytes) -> None:
    whole = content[: content.rfind(b"\n") + 1]
    expected = whole[:-1].split(b"\n")[-1].decode("utf-8", "replace") if whole else ""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "log"
        path.write_bytes(content)
        assert last_line(path) == (expected, len(whole))


def test_a_missing_file_has_no_last_line(tmp_path: Path) -> None:
    assert last_line(tmp_path / "none") == ("", 0)


def test_extending_cuts_what_stands_behind_the_offset(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "log"
    extend(path, 0, b"one\n")
    extend(path, 4, b"two\nthr")
    extend(path, last_line(path)[1], b"three\n")
    assert path.read_bytes() == b"one\ntwo\nthree\n"
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_link_is_never_extended(tmp_path: Path) -> None:
    (tmp_path / "target").write_bytes(b"mine\n")
    (tmp_path / "log").symlink_to("target")
    with pytest.raises(OSError, match=r"symbolic links|Too many levels"):
        extend(tmp_path / "log", 0, b"theirs\n")
    assert (tmp_path / "target").read_bytes() == b"mine\n"


def test_a_lock_is_held_by_one_and_names_its_holder(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "a.lock"
    assert not is_locked(path)
    with locked(path, "writing the views"):
        assert is_locked(path)
        with pytest.raises(Refusal, match=rf"locked by process {os.getpid()} \(writing the views\)") as caught, locked(path, "me too", wait=0):
            pass
        assert caught.value.code == "BUSY"
        assert caught.value.where == (str(path),)
    assert not is_locked(path)
    with locked(path, "me too", wait=0):
        assert is_locked(path)


def test_a_lock_is_let_go_of_when_its_work_fails(tmp_path: Path) -> None:
    with pytest.raises(KeyError), locked(tmp_path / "a.lock", "failing"):
        raise KeyError
    assert not is_locked(tmp_path / "a.lock")


def test_who_waits_gets_the_lock_when_it_is_free(tmp_path: Path) -> None:
    path, order = tmp_path / "a.lock", list[str]()
    waits = threading.Event()

    def second() -> None:
        waits.set()
        with locked(path, "second"):
            order.append("second")

    with locked(path, "first"):
        thread = threading.Thread(target=second)
        thread.start()
        waits.wait()
        order.append("first")
    thread.join()
    assert order == ["first", "second"]


def test_asking_whether_something_is_locked_changes_nothing(tmp_path: Path) -> None:
    assert not is_locked(tmp_path / "a.lock")
    assert list(tmp_path.iterdir()) == []


def test_a_private_folder_is_for_this_user_alone(tmp_path: Path) -> None:
    folder = ensure_private_folder(tmp_path / "above" / "private")
    assert folder.stat().st_mode & 0o777 == 0o700
    (tmp_path / "link").symlink_to(folder)
    with pytest.raises(Refusal, match="symbolic link") as caught:
        ensure_private_folder(tmp_path / "link")
    assert caught.value.where == (str(tmp_path / "link"),)


def test_a_path_behind_a_link_is_not_inside(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    (folder / "real").mkdir(parents=True)
    (folder / "link").symlink_to(tmp_path)
    (folder / "file").symlink_to(tmp_path / "outside")
    (tmp_path / "way").symlink_to(folder)
    assert inside(folder, "real/new/file.txt") == folder / "real/new/file.txt"
    assert inside(tmp_path / "way", "real/file.txt") == tmp_path / "way" / "real/file.txt", "a link above the folder is the person's own"
    for name in ("link/file.txt", "file", "real/../../outside"):
        with pytest.raises(Refusal, match="symbolic link"):
            inside(folder, name)
