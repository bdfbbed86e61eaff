"""Trees that are used again: whatever a run did, and whichever tree is next, the folder is what a fresh one would be."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings, strategies

from tests.support.damage import OF_A_FILE, OF_A_FOLDER, harm
from tests.support.measured_trees import everything
from tests.support.repositories import make_repository
from tools.engine.evaluation.lodging import Lodging, fits, new_lodging, renewed_lodging
from tools.engine.evaluation.private_room import Room, close_room
from tools.engine.repository.inventory import counts_every_write
from tools.engine.repository.location import locate
from tools.engine.repository.materialise import write_plan
from tools.engine.repository.objects import Entry, tree_of, write_blob, write_tree_from
from tools.engine.repository.tree_plan import Plan, plan_tree

FILES = {"a.txt": "a\n", "empty.txt": "", "folder/b.txt": "b\n", "folder/deep/c.txt": "c\n", "other/renamed": "renamed\n", "run.sh": "#!/bin/sh\n"}
# What differs from FILES: None is gone, a pair is a mode and a content.
VARIANTS: tuple[dict[str, tuple[str, str] | None], ...] = (
    {},
    {"a.txt": ("100644", "A\n"), "new/d.txt": ("100644", "d\n")},
    {"run.sh": ("100755", "#!/bin/sh\n"), "link": ("120000", "folder/b.txt"), "folder/up": ("120000", "../a.txt")},
    {"folder/b.txt": None, "folder/deep/c.txt": None, "folder": ("100644", "a file now\n")},
    {"a.txt": None, "a.txt/inside.txt": ("100644", "a folder now\n"), "other/renamed": None, "link": ("120000", "folder")},
    {"out": ("120000", "../outside"), "folder/deep/c.txt": ("100755", "c\n")},
)
ACTS = strategies.tuples(strategies.sampled_from([*OF_A_FILE, *OF_A_FOLDER]), strategies.integers(0, 9))
ROUND = strategies.tuples(strategies.lists(ACTS, max_size=5), strategies.integers(0, len(VARIANTS) - 1))


@dataclass(frozen=True)
class Scene:
    """Plans of several trees with what a fresh folder of each holds, a folder for rooms, and one that no tree may reach.

    `acts` are those that the file system of the rooms can see.
    """

    plans: tuple[Plan, ...]
    fresh: tuple[dict[str, tuple[int, bytes]], ...]
    rooms: Path
    outside: Path
    acts: frozenset[str]


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    top = tmp_path_factory.mktemp("lodging")
    repository = locate(make_repository(top / "project", FILES))
    plans = []
    for number, variant in enumerate(VARIANTS):
        entries = {path: each and Entry(each[0], write_blob(repository, each[1].encode()), path) for path, each in variant.items()}
        plans.append(plan_tree(repository, write_tree_from(repository, tree_of(repository, "HEAD"), entries)))
        write_plan(plans[-1], top / "fresh" / str(number))
    (top / "rooms").mkdir()
    (top / "outside/inner").mkdir(parents=True)
    (top / "outside/precious.txt").write_text("precious\n")
    (top / "outside/a.txt").write_text("precious too\n")
    fresh = tuple(everything(top / "fresh" / str(number)) for number in range(len(plans)))
    unseen = frozenset() if counts_every_write(top / "rooms") else frozenset({"forge_through_memory"})
    return Scene(tuple(plans), fresh, top / "rooms", top / "outside", frozenset({*OF_A_FILE, *OF_A_FOLDER}) - unseen)


@pytest.fixture
def lodging(scene: Scene) -> Iterator[Lodging]:
    made = new_lodging(scene.rooms, scene.plans[0])
    assert made
    yield made
    close_room(made.room)


def precious(scene: Scene) -> dict[str, bytes]:
    return {path: content for path, (_, content) in everything(scene.outside).items() if path in ("precious.txt", "a.txt")}


def renewed(scene: Scene, lodging: Lodging, number: int, touch: frozenset[str] = frozenset()) -> Lodging | None:
    return renewed_lodging(lodging, scene.plans[number], touch, close_room)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rounds=strategies.lists(ROUND, min_size=1, max_size=3))
def test_a_tree_used_again_is_what_a_fresh_one_would_be(scene: Scene, rounds: list[tuple[list[tuple[str, int]], int]]) -> None:
    lodging = new_lodging(scene.rooms, scene.plans[0])
    assert lodging
    for acts, number in rounds:
        for act, which in acts:
            if act in scene.acts:
                harm(lodging.room.place.tree, scene.outside, act, which)
        (lodging.room.place.home / "left").mkdir()
        lodging = renewed(scene, lodging, number)
        assert lodging, "it can be used again"
        assert everything(lodging.room.place.tree) == scene.fresh[number]
        assert {path.name for path in lodging.room.place.room.iterdir()} == {"lock", "tree", "home", "tmp"}
        assert [*lodging.room.place.home.iterdir(), *lodging.room.place.temporary.iterdir()] == []
    assert precious(scene) == {"precious.txt": b"precious\n", "a.txt": b"precious too\n"}
    close_room(lodging.room)
    assert list(scene.rooms.iterdir()) == []


@pytest.mark.parametrize("act", [*OF_A_FILE, *OF_A_FOLDER])
def test_each_single_act_is_undone(scene: Scene, lodging: Lodging, act: str) -> None:
    before = everything(lodging.room.place.tree)
    if act not in scene.acts:
        pytest.skip("this file system does not count writes through memory: nothing stays on it")
    harm(lodging.room.place.tree, scene.outside, act, 2)
    assert act in ("swap_twice", "link_hard") or everything(lodging.room.place.tree) != before
    again = renewed(scene, lodging, 0)
    assert again
    assert everything(again.room.place.tree) == scene.fresh[0]
    assert precious(scene) == {"precious.txt": b"precious\n", "a.txt": b"precious too\n"}
    close_room(again.room)


def test_files_that_nothing_touched_are_not_written_again(scene: Scene, lodging: Lodging) -> None:
    before = (lodging.room.place.tree / "folder/b.txt").stat()
    again = renewed(scene, lodging, 1)
    assert again
    assert (again.room.place.tree / "folder/b.txt").stat().st_ctime_ns == before.st_ctime_ns
    assert (again.room.place.tree / "folder/b.txt").stat().st_ino == before.st_ino
    close_room(again.room)


def test_files_that_differed_elsewhere_get_the_present_time(scene: Scene, lodging: Lodging) -> None:
    before = {path: (lodging.room.place.tree / path).stat().st_mtime_ns for path in ("a.txt", "run.sh")}
    again = renewed(scene, lodging, 0, frozenset({"a.txt", "nowhere.txt"}))
    assert again
    assert (again.room.place.tree / "a.txt").stat().st_mtime_ns > before["a.txt"]
    assert (again.room.place.tree / "run.sh").stat().st_mtime_ns == before["run.sh"]
    stamped = (again.room.place.tree / "a.txt").stat().st_ino
    once_more = renewed(scene, again, 0)
    assert once_more
    assert (once_more.room.place.tree / "a.txt").stat().st_ino == stamped
    assert everything(once_more.room.place.tree) == scene.fresh[0]
    close_room(once_more.room)


def test_a_room_gets_another_name_each_time(scene: Scene, lodging: Lodging) -> None:
    again = renewed(scene, lodging, 0)
    assert again
    assert again.room.place.room != lodging.room.place.room
    assert not lodging.room.place.room.exists()
    close_room(again.room)


def test_a_top_that_leads_outside_is_not_used_again(scene: Scene, lodging: Lodging) -> None:
    tree = lodging.room.place.tree
    tree.rename(tree.with_name("moved"))
    tree.symlink_to(scene.outside)
    removed: list[Room] = []
    assert renewed_lodging(lodging, scene.plans[1], frozenset(), removed.append) is None
    for room in removed:
        close_room(room)
    assert not (scene.outside / "new").exists()
    assert (scene.outside / "precious.txt").read_text() == "precious\n"


def test_a_room_or_lock_that_was_replaced_is_not_used_again(scene: Scene) -> None:
    for name in ("", "lock"):
        lodging = new_lodging(scene.rooms, scene.plans[0])
        assert lodging
        path = lodging.room.place.room / name if name else lodging.room.place.room
        path.rename(path.with_name("factory-room-moved"))
        path.symlink_to(scene.outside / ("precious.txt" if name else ""))
        before = (scene.outside / "precious.txt").stat()
        assert renewed(scene, lodging, 0) is None
        assert (scene.outside / "precious.txt").stat() == before
    assert (scene.outside / "precious.txt").is_file()


def test_memory_does_not_count_every_write_and_is_not_used_for_trees_that_stay(tmp_path: Path) -> None:
    memory = Path("/dev/shm")
    if memory.is_dir() and "tmpfs" in {line.split()[2] for line in Path("/proc/mounts").read_text().splitlines() if line.split()[1] == str(memory)}:
        assert not fits(memory)
    assert list(tmp_path.iterdir()) == []
