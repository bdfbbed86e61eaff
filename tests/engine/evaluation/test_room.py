"""The private folders in which trees are measured."""

import fcntl
import os
from pathlib import Path

import pytest

from tests.support.measured_trees import pointer
from tests.support.repositories import git, make_repository
from tools.engine.evaluation import private_room, room
from tools.engine.repository.location import locate


def make_room(parent: Path, name: str, age: float) -> Path:
    folder = parent / f"{private_room.PREFIX}{name}"
    (folder / "tree").mkdir(parents=True)
    (folder / private_room.LOCK).touch()
    moment = (folder / private_room.LOCK).stat().st_mtime - age
    os.utime(folder / private_room.LOCK, (moment, moment))
    return folder


def test_rooms_of_killed_servers_are_removed_and_those_of_living_ones_stay(tmp_path: Path) -> None:
    abandoned = make_room(tmp_path, "abandoned", age=3600)
    living = make_room(tmp_path, "living", age=3600)
    being_made = make_room(tmp_path, "new", age=0)
    (tmp_path / "factory-else").mkdir()

    with (living / private_room.LOCK).open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        private_room.sweep(tmp_path)

    assert not abandoned.exists()
    assert living.exists()
    assert being_made.exists()
    assert (tmp_path / "factory-else").exists()


async def test_a_place_holds_the_tree_is_private_and_goes_at_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = make_repository(tmp_path / "project", {"a.txt": "a\n"})
    (tmp_path / "rooms").mkdir()
    monkeypatch.setattr(room, "parent_folder", lambda: tmp_path / "rooms")

    async with room.place_for(locate(root), git(root, "rev-parse", "HEAD^{tree}")) as place:
        found = {path.name for path in place.tree.iterdir()}
        mode = place.room.stat().st_mode & 0o777
        private_room.sweep(tmp_path / "rooms")
        stayed = place.room.is_dir()

    assert (found, mode, stayed) == ({"a.txt"}, 0o700, True)
    assert list((tmp_path / "rooms").iterdir()) == []


async def test_a_place_says_what_of_its_tree_could_not_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = make_repository(tmp_path / "project", {"large.bin": pointer(b"large"), ".gitattributes": "*.bin filter=lfs\n"})
    monkeypatch.setattr(room, "parent_folder", lambda: tmp_path)
    async with room.place_for(locate(root), git(root, "rev-parse", "HEAD^{tree}")) as place:
        assert [line.partition(":")[0] for line in place.left_out] == ["large.bin"]
