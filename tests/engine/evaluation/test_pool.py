"""The pool of trees that stay for the next measurement: which stay, for how long, and what is handed out."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.measured_trees import everything
from tests.support.processes import eventually
from tests.support.repositories import commit, git, make_repository
from tools.engine.evaluation import lodging, pool
from tools.engine.evaluation.lodging import Lodging
from tools.engine.evaluation.occupants import is_occupied
from tools.engine.evaluation.pool import Pool
from tools.engine.evaluation.private_room import sweep
from tools.engine.evaluation.room import place_for
from tools.engine.process import Conversation, start_conversation
from tools.engine.repository.inventory import counts_every_write
from tools.engine.repository.location import Repository, locate

FILES = {"a.txt": "a\n", "b.txt": "b\n", "folder/c.txt": "c\n"}


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return locate(make_repository(tmp_path / "project", FILES))


@pytest.fixture
def rooms(tmp_path: Path) -> Path:
    (tmp_path / "rooms").mkdir()
    if not counts_every_write(tmp_path / "rooms"):
        pytest.skip("this file system does not count every write: no tree stays on it")
    return tmp_path / "rooms"


@pytest.fixture
def trees(rooms: Path) -> Iterator[Pool]:
    made = Pool([rooms], smallest=3)
    yield made
    made.close()
    assert list(rooms.iterdir()) == []


def tree_id(repository: Repository) -> str:
    return git(repository.root, "rev-parse", "HEAD^{tree}")


def lend(trees: Pool, repository: Repository, tree: str) -> Lodging:
    lent = trees.lend(trees.plan(repository, tree))
    assert lent
    return lent


def tree_of(lent: Lodging) -> Path:
    return lent.room.place.tree


def test_a_tree_that_was_given_back_is_handed_out_again(trees: Pool, repository: Repository) -> None:
    first = lend(trees, repository, tree_id(repository))
    inode = (tree_of(first) / "b.txt").stat().st_ino
    (tree_of(first) / "a.txt").write_text("x\n")
    trees.give_back(first)
    commit(repository.root, {"folder/c.txt": "C\n", "d.txt": "d\n"}, "more")
    second = lend(trees, repository, tree_id(repository))
    assert (tree_of(second) / "b.txt").stat().st_ino == inode
    assert {path: content for path, (_, content) in everything(tree_of(second)).items() if content} == {
        "a.txt": b"a\n", "b.txt": b"b\n", "folder/c.txt": b"C\n", "d.txt": b"d\n",
    }  # fmt: skip
    trees.drop(second)


def test_two_that_are_lent_at_once_are_two_rooms_and_no_more_than_two_stay(trees: Pool, repository: Repository, rooms: Path) -> None:
    lent = [lend(trees, repository, tree_id(repository)) for _ in range(pool.ROOMS + 1)]
    assert len({each.room.place.room for each in lent}) == pool.ROOMS + 1
    for each in lent:
        trees.give_back(each)
    assert eventually(lambda: len(list(rooms.iterdir())) == pool.ROOMS)


def test_the_room_with_the_very_tree_is_taken_first(trees: Pool, repository: Repository) -> None:
    old = tree_id(repository)
    commit(repository.root, {"a.txt": "A\n"}, "another")
    first, second = lend(trees, repository, old), lend(trees, repository, tree_id(repository))
    inode = (tree_of(first) / "a.txt").stat().st_ino
    trees.give_back(first)
    trees.give_back(second)
    again = lend(trees, repository, old)
    assert (tree_of(again) / "a.txt").stat().st_ino == inode
    trees.drop(again)


def test_a_file_that_another_room_held_otherwise_is_newer_than_what_was_built_there(trees: Pool, repository: Repository) -> None:
    old = tree_id(repository)
    commit(repository.root, {"a.txt": "A\n"}, "another")
    first, second = lend(trees, repository, old), lend(trees, repository, tree_id(repository))
    built = (tree_of(second) / "a.txt").stat().st_mtime_ns
    trees.give_back(second)
    trees.give_back(first)
    again = lend(trees, repository, old)
    assert (tree_of(again) / "a.txt").read_text() == "a\n"
    assert (tree_of(again) / "a.txt").stat().st_mtime_ns > built
    assert (tree_of(again) / "b.txt").stat().st_mtime_ns < built
    trees.drop(again)


def test_rooms_of_one_project_are_not_given_to_another(trees: Pool, repository: Repository, tmp_path: Path) -> None:
    other = locate(make_repository(tmp_path / "other", FILES))
    first = lend(trees, repository, tree_id(repository))
    name = first.room.place.room
    trees.give_back(first)
    second = lend(trees, other, tree_id(other))
    assert name.exists()
    assert second.room.place.room != name
    trees.drop(second)


def test_a_small_tree_is_not_kept(trees: Pool, repository: Repository) -> None:
    git(repository.root, "rm", "-q", "b.txt")
    commit(repository.root, {}, "smaller")
    assert trees.lend(trees.plan(repository, tree_id(repository))) is None


def test_a_room_that_nobody_wants_goes(repository: Repository, rooms: Path) -> None:
    trees = Pool([rooms], smallest=3, unused=0.0)
    trees.give_back(lend(trees, repository, tree_id(repository)))
    assert eventually(lambda: list(rooms.iterdir()) == [])
    trees.close()


def test_nothing_stays_on_a_disk_that_is_nearly_full(trees: Pool, repository: Repository, rooms: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept, lent = lend(trees, repository, tree_id(repository)), lend(trees, repository, tree_id(repository))
    trees.give_back(kept)
    monkeypatch.setattr(pool, "ROOM_NEEDED", 1 << 62)
    trees.give_back(lent)
    assert trees.lend(trees.plan(repository, tree_id(repository))) is None
    assert eventually(lambda: list(rooms.iterdir()) == [])


def test_no_folder_that_fits_means_no_pool(repository: Repository, rooms: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lodging, "counts_every_write", lambda folder: folder != rooms and folder.parent != rooms)
    trees = Pool([rooms / "nowhere", rooms], smallest=3)
    assert trees.lend(trees.plan(repository, tree_id(repository))) is None
    assert list(rooms.iterdir()) == []


def somebody_in(folder: Path, script: str) -> Conversation:
    """A process in `folder` that runs `script` and says when it has."""
    process = start_conversation(["/bin/sh", "-c", f"{script}; echo ready; read end"], directory=folder, environment={"PATH": "/usr/bin:/bin"})
    process.read_line()
    return process


@pytest.mark.parametrize("script", ["true", "exec 3>tree/a.txt; cd /"])
def test_a_room_in_which_somebody_still_works_is_not_used_again(trees: Pool, repository: Repository, rooms: Path, script: str) -> None:
    lent = lend(trees, repository, tree_id(repository))
    with somebody_in(lent.room.place.room, script):
        assert is_occupied(lent.room.place.room)
        trees.give_back(lent)
        assert eventually(lambda: list(rooms.iterdir()) == [])


def test_a_room_that_was_left_by_everybody_is_not_occupied(tmp_path: Path) -> None:
    (tmp_path / "room").mkdir()
    (tmp_path / "room-next").mkdir()
    with somebody_in(tmp_path / "room-next", "true"):
        assert not is_occupied(tmp_path / "room")


def test_what_cannot_be_made_ready_is_written_fresh(
    trees: Pool, repository: Repository, tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise OSError(5, "broken")

    first = lend(trees, repository, tree_id(repository))
    trees.give_back(first)
    with caplog.at_level(logging.WARNING), monkeypatch.context() as patch:
        patch.setattr(lodging, "renew", broken)
        second = lend(trees, repository, tree_id(repository))
    assert "cannot be used again" in caplog.text
    assert {path.name for path in tree_of(second).iterdir()} == {"a.txt", "b.txt", "folder"}
    trees.drop(second)


def test_other_servers_leave_rooms_of_the_pool_alone(trees: Pool, repository: Repository, rooms: Path) -> None:
    lent = lend(trees, repository, tree_id(repository))
    trees.give_back(lent)
    sweep(rooms)
    assert (tree_of(lent) / "a.txt").exists()


async def inode_in_a_place(repository: Repository, trees: Pool, wanted: str) -> int:
    """The inode of a file in a place; a file that is not there ends the body badly."""
    async with place_for(repository, tree_id(repository), trees) as place:
        return (place.tree / wanted).stat().st_ino


async def test_a_place_of_the_pool_is_kept_when_the_body_ends_well(trees: Pool, repository: Repository) -> None:
    assert await inode_in_a_place(repository, trees, "a.txt") == await inode_in_a_place(repository, trees, "a.txt")


async def test_a_place_of_the_pool_is_dropped_when_the_body_ends_badly(trees: Pool, repository: Repository, rooms: Path) -> None:
    with pytest.raises(FileNotFoundError):
        await inode_in_a_place(repository, trees, "nowhere.txt")
    assert eventually(lambda: list(rooms.iterdir()) == [])


async def test_a_place_for_a_small_tree_is_removed_at_once(rooms: Path, repository: Repository) -> None:
    trees = Pool([rooms])
    async with place_for(repository, tree_id(repository), trees) as place:
        assert (place.tree / "a.txt").read_text() == "a\n"
    assert not place.room.exists()
