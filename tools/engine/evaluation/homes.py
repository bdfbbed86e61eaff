"""Homes: folders in which `## Setup` has made a tree runnable, kept for all trees with the same manifests and lock files.

What it installs (environments, node_modules) is shared by all of them. Where it also generates files that no tree has, they may depend on any
source: then a home serves its own tree alone, and every other tree gets one of its own.
"""

import json
import os
import platform
import sys
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final

import anyio
import anyio.to_thread

from state.configuration import Setup
from state.errors import Refusal
from state.files import ensure_private_folder, locked, replace_file
from state.measurement import Root
from state.model import digest
from tools.engine.evaluation.privacy import private_folders
from tools.engine.languages.bench import Home, Place, how_it_ended, output_tail
from tools.engine.languages.running import run_command
from tools.engine.languages.table import language_named
from tools.engine.process import Command, Confine, child_environment
from tools.engine.repository.location import Repository
from tools.engine.repository.materialise import write_tree
from tools.engine.repository.objects import list_tree
from tools.engine.repository.removal import remove_tree

KEPT: Final = 4  # homes of one project, the newest used ones
IN_USE: Final = 2 * 3600.0  # seconds for which a home may still serve the measurement that asked for it
READY: Final = "ready.json"
LOCK: Final = "lock"
LOCK_POLL_SECONDS: Final = 0.25
# Folders of what is installed, or kept by tools: they do not depend on the sources of a tree.
DEPENDENCIES: Final = frozenset({".venv", "venv", "env", "node_modules"})
INSTALLED: Final = DEPENDENCIES | frozenset({
    "target", ".yarn", ".pnpm-store", ".tox", ".nox", "__pycache__", ".mypy_cache", ".ruff_cache",
    ".pytest_cache", ".cache",
})  # fmt: skip


@dataclass(frozen=True)
class Wanted:
    """What a home is made of: a tree, the command that prepares it, and the variables that it is handed."""

    repository: Repository
    tree: str
    roots: Sequence[Root]
    setup: Setup
    handed: Mapping[str, str] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """What makes a home another one: the command, the manifests and lock files of the tree, and the machine's kind."""
        entries = [entry for entry in list_tree(self.repository, self.tree) if _is_manifest(self.roots, entry.path)]
        facts = [[entry.path, entry.object_id] for entry in sorted(entries, key=lambda entry: entry.path)]
        return digest([self.setup.command, sorted(self.setup.env), facts, platform.machine(), sys.platform])


@dataclass(frozen=True)
class Failed:
    """The setup did not end well: why, and the end of what it printed."""

    reason: str
    output: str


@dataclass(frozen=True)
class Prepared:
    """What a setup made: the home of the dependencies, and the files that a tree needs besides (paths of the project, to be found below `made`).

    `key` tells how it was prepared. Where nothing was installed, the dependencies are those of the main checkout.
    """

    home: Home
    key: str = ""
    made: Path = Path()
    generated: tuple[str, ...] = ()


async def home_for(wanted: Wanted, folder: Path, progress: Callable[[str], None]) -> Prepared | Failed:
    """What trees like the wanted one need: made now where it is not there yet, by one process at a time.

    `folder` holds the homes of the project. Raises Refusal BUSY where the setup is stopped from outside, OSError from the disk.
    """
    key = await anyio.to_thread.run_sync(lambda: wanted.key)
    found = await _home_at(wanted, folder, key, progress)
    if isinstance(found, _Ready) and found.generated and found.tree != wanted.tree:
        key = digest([key, wanted.tree])
        found = await _home_at(wanted, folder, key, progress)
    await anyio.to_thread.run_sync(sweep, folder)
    return found if isinstance(found, Failed) else _prepared(wanted, _place(folder, key), key, found)


async def standing_home(wanted: Wanted, folder: Path) -> Prepared | None:
    """What was prepared in `folder` for trees like the wanted one; None where nothing was. Nothing is made there but a note of its use."""
    return await anyio.to_thread.run_sync(_standing, wanted, folder)


def homes_in(folder: Path) -> list[tuple[Path, float]]:
    """The finished homes with the time of their last use (seconds since 1970), newest first."""
    found = [(ready.parent, ready.stat().st_mtime) for ready in folder.glob(f"*/{READY}")]
    return sorted(found, key=lambda each: -each[1])


def sweep(folder: Path, keep: int = KEPT, idle: float = IN_USE) -> list[Path]:
    """Remove the homes that were used longest ago, but for `keep` of them, those asked for within `idle` seconds, and those that are being made."""
    removed = []
    for home in [home for home, used in homes_in(folder)[keep:] if time.time() - used >= idle]:
        with ExitStack() as lock:
            try:
                lock.enter_context(locked(home / LOCK, "a prepared environment", wait=0))
            except Refusal:
                continue
            remove_tree(home)
            removed.append(home)
    return removed


def generated_in(top: Path, tracked: Collection[str]) -> tuple[str, ...]:
    """The files below `top` that are not tracked and were not installed: what a command generated. Sorted."""
    found: list[str] = []
    for folder, folders, files in os.walk(top):
        folders[:] = [name for name in folders if not _is_installed(name)]
        inner = Path(folder).relative_to(top)
        found += [path for name in files if (path := (inner / name).as_posix()) not in tracked]
    return tuple(sorted(found))


def _has_installed(top: Path) -> bool:
    """Whether dependencies lie somewhere below: an environment, or packages of node."""
    return any(DEPENDENCIES & set(folders) for _, folders, _ in os.walk(top))


def _is_installed(folder: str) -> bool:
    return folder in INSTALLED or folder.endswith((".egg-info", ".dist-info"))


def _standing(wanted: Wanted, folder: Path) -> Prepared | None:
    """Files that were generated serve the tree alone of which they were made: for any other one its own home is looked for."""
    for key in (wanted.key, digest([wanted.key, wanted.tree])):
        place = _place(folder, key)
        found = _ready(place)
        if found is not None and (not found.generated or found.tree == wanted.tree):
            os.utime(place.room / READY)
            return _prepared(wanted, place, key, found)
    return None


def _prepared(wanted: Wanted, place: Place, key: str, found: "_Ready") -> Prepared:
    return Prepared(Home(place.tree, key) if found.installed else Home(wanted.repository.root), key, place.tree, found.generated)


async def _home_at(wanted: Wanted, folder: Path, key: str, progress: Callable[[str], None]) -> "_Ready | Failed":
    """What stands under a key, made where it does not stand there yet."""
    place = _place(folder, key)
    await anyio.to_thread.run_sync(ensure_private_folder, place.room)
    with await _lock(place.room, progress):
        found = _ready(place) or await _make(wanted, place, progress)
        if isinstance(found, _Ready):
            os.utime(place.room / READY)
        return found


def _place(folder: Path, key: str) -> Place:
    return Place(folder / key[:32])


@dataclass(frozen=True)
class _Ready:
    """What a finished home says of itself: the tree that it was made of, whether anything was installed, and the files that were generated."""

    tree: str
    installed: bool
    generated: tuple[str, ...]


def _ready(place: Place) -> _Ready | None:
    try:
        facts = json.loads((place.room / READY).read_bytes())
    except FileNotFoundError:
        return None
    return _Ready(facts["tree"], facts["installed"], tuple(facts["generated"]))


async def _lock(place: Path, progress: Callable[[str], None]) -> ExitStack:
    """The lock of a home, waited for: another server may be preparing the same."""
    lock = ExitStack()
    while True:
        try:
            await anyio.to_thread.run_sync(lock.enter_context, locked(place / LOCK, "preparing a tree", wait=0))
            return lock
        except Refusal:
            progress("setup: another server prepares the same environment")
            await anyio.sleep(LOCK_POLL_SECONDS)


async def _make(wanted: Wanted, room: Place, progress: Callable[[str], None]) -> _Ready | Failed:
    """Write the tree and run the command in it. What a failed or killed one left is removed first."""
    begun = time.monotonic()
    await anyio.to_thread.run_sync(_furnish, wanted, room)
    progress("setup: started")
    environment = child_environment(home=room.home, temporary=room.temporary, path=_search_path(), extra=wanted.handed)
    top, common = wanted.repository.root, wanted.repository.common
    confine = Confine((room.room,), (top, common, *private_folders()), network=True)
    command = Command(("/bin/sh", "-e", "-c", wanted.setup.command or ""), room.tree, environment, wanted.setup.timeout, confine=confine)
    finished = await run_command(command)
    if finished.outcome == "exited" and finished.exit_code == 0:
        tracked = {entry.path for entry in await anyio.to_thread.run_sync(list_tree, wanted.repository, wanted.tree)}
        ready = await anyio.to_thread.run_sync(lambda: _Ready(wanted.tree, _has_installed(room.tree), generated_in(room.tree, tracked)))
        facts = {**asdict(ready), "command": wanted.setup.command, "seconds": round(time.monotonic() - begun, 3)}
        await anyio.to_thread.run_sync(replace_file, room.room / READY, json.dumps(facts).encode())
        return ready
    late = finished.outcome == "timeout"
    ended = f"was still running after {wanted.setup.timeout:g} s" if late else how_it_ended(finished)
    return Failed(f"the command of ## Setup {ended}", output_tail(finished))


def _furnish(wanted: Wanted, room: Place) -> None:
    remove_tree(room.tree)
    for folder in (room.home, room.temporary):
        folder.mkdir(exist_ok=True)
    write_tree(wanted.repository, wanted.tree, room.tree)


def _search_path() -> tuple[str, ...]:
    """The folders in which the person's own tools are found, but for those of our own environment: the command is theirs."""
    ours = Path(sys.prefix).resolve()
    folders = [folder for folder in os.environ.get("PATH", "").split(os.pathsep) if folder and Path(folder).is_absolute()]
    return tuple(folder for folder in folders if not Path(folder).resolve().is_relative_to(ours))


def _is_manifest(roots: Sequence[Root], path: str) -> bool:
    return any(root.holds(path) and language_named(root.language).manifests(root.inner(path)) for root in roots)
