"""What a pooled tree costs against a fresh one: the same small change between two trees, both ready to be measured in."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import disk_usage
from statistics import median
from tempfile import TemporaryDirectory

from tests.support.repositories import git, make_repository
from tools.engine.evaluation.pool import Pool
from tools.engine.evaluation.private_room import MEMORY, ROOM_NEEDED
from tools.engine.repository.location import Repository, locate
from tools.engine.repository.materialise import write_tree
from tools.engine.repository.removal import remove_tree

SIZES = (1_000, 10_000, 50_000)
IN_A_FOLDER = 25
CHANGED = 5
ROUNDS = 3
LEFT = 200  # folders in which a run leaves a cache
GOAL = 1 / 5  # of 50,000 files on the same disk


def project(path: Path, files: int) -> tuple[Repository, list[str]]:
    """A repository of so many files, and two of its trees that differ in a few."""
    names = [f"package{number // IN_A_FOLDER}/module{number % IN_A_FOLDER}.py" for number in range(files)]
    make_repository(path, {name: f"# {name}\n" * 20 for name in names})
    trees = [git(path, "rev-parse", "HEAD^{tree}")]
    for name in names[:CHANGED]:
        (path / name).write_text("changed = True\n")
    git(path, "commit", "-q", "-a", "-m", "changed")
    return locate(path), [*trees, git(path, "rev-parse", "HEAD^{tree}")]


def fresh(repository: Repository, tree: str, place: Path, times: list[float]) -> None:
    """A fresh tree, removed afterwards; how long it took to be ready is added to `times`."""
    with TemporaryDirectory(dir=place) as folder:
        begun = time.perf_counter()
        write_tree(repository, tree, Path(folder) / "tree")
        times.append(time.perf_counter() - begun)
        remove_tree(Path(folder) / "tree")


@contextmanager
def lent(pool: Pool, repository: Repository, tree: str, times: list[float]) -> Iterator[Path]:
    """A tree of the pool, given back afterwards; how long it took to be ready is added to `times`."""
    begun = time.perf_counter()
    lodging = pool.lend(pool.plan(repository, tree))
    times.append(time.perf_counter() - begun)
    assert lodging is not None, "this disk does not count every write: no tree can be kept on it"
    yield lodging.room.place.tree
    pool.give_back(lodging)


def run_in(tree: Path) -> None:
    """What a run leaves: caches in some folders."""
    for folder in [*tree.iterdir()][:LEFT]:
        (folder / "__pycache__").mkdir()
        (folder / "__pycache__" / "module0.pyc").write_bytes(b"left")


def compared(repository: Repository, trees: list[str], disk: Path) -> dict[str, float]:
    """The median seconds until a tree is ready: fresh on the disk, fresh in memory where there is any, and pooled."""
    times: dict[str, list[float]] = {"fresh on disk": [], "fresh in memory": [], "pooled": []}
    memory = MEMORY if MEMORY.is_dir() and disk_usage(MEMORY).free > ROOM_NEEDED else None
    pool = Pool([disk], smallest=1)
    with lent(pool, repository, trees[0], []) as tree:
        run_in(tree)
    for number in range(ROUNDS):
        wanted = trees[(number + 1) % 2]
        fresh(repository, wanted, disk, times["fresh on disk"])
        if memory is not None:
            fresh(repository, wanted, memory, times["fresh in memory"])
        with lent(pool, repository, wanted, times["pooled"]) as tree:
            run_in(tree)
    pool.close()
    return {name: median(each) for name, each in times.items() if each}


def main() -> int:
    """Compare all sizes; 0 when the goal is reached for the largest."""
    ratio = 1.0
    for files in SIZES:
        with TemporaryDirectory() as name:
            repository, trees = project(Path(name) / "project", files)
            (Path(name) / "rooms").mkdir()
            taken = compared(repository, trees, Path(name) / "rooms")
        ratio = taken["pooled"] / taken["fresh on disk"]
        words = ", ".join(f"{each} {taken[each] * 1000:.0f} ms" for each in taken)
        print(f"{files} files: {words}; pooled is 1/{1 / ratio:.1f} of fresh on disk", end="")
        print(f", 1/{taken['fresh in memory'] / taken['pooled']:.1f} of fresh in memory" if "fresh in memory" in taken else "")
    print(f"goal for {SIZES[-1]} files: at most 1/{1 / GOAL:.0f} of fresh on disk")
    return 0 if ratio <= GOAL else 1


if __name__ == "__main__":
    sys.exit(main())
