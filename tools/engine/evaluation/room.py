"""Where trees are measured: private folders outside the project, gone afterwards, also on cancellation."""

import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import BinaryIO, Final

import anyio
import anyio.to_thread

from tools.engine.languages.bench import Place
from tools.engine.repository.location import Repository
from tools.engine.repository.materialise import write_tree
from tools.engine.repository.removal import remove_tree

MEMORY: Final = Path("/dev/shm")  # noqa: S108 - a private folder is made in it
ROOM_NEEDED: Final = 1 << 30  # bytes that have to be free there
PREFIX: Final = "factory-room-"
LOCK: Final = "lock"
SETTLED: Final = 60.0  # seconds after which a room surely has its lock


@asynccontextmanager
async def place_for(repository: Repository, tree: str) -> AsyncIterator[Place]:
    """A tree (its id), written fresh into a private folder, which is removed at the end. Raises what write_tree raises."""
    place, lock = await anyio.to_thread.run_sync(_open_room)
    try:
        await anyio.to_thread.run_sync(_furnish, repository, tree, place)
        yield place
    finally:
        with anyio.CancelScope(shield=True):
            await anyio.to_thread.run_sync(remove_tree, place.room)
            lock.close()


def sweep(parent: Path) -> None:
    """Remove the rooms below `parent` that a killed server left: old enough to be furnished, ours, and locked by nobody."""
    for room in parent.glob(f"{PREFIX}*"):
        lock = room / LOCK
        try:
            abandoned = lock.stat().st_uid == os.geteuid() and time.time() - lock.stat().st_mtime > SETTLED
            with lock.open("rb") as file:
                if abandoned and _locked(file):
                    remove_tree(room)
        except (FileNotFoundError, PermissionError):
            continue  # another server was quicker, or it is another user's


def _open_room() -> tuple[Place, BinaryIO]:
    """A new private folder, with the lock that says that its server lives."""
    parent = parent_folder()
    sweep(parent)
    room = Path(tempfile.mkdtemp(prefix=PREFIX, dir=parent))
    lock = (room / LOCK).open("wb")
    _locked(lock)
    return Place(room), lock


def _locked(file: BinaryIO) -> bool:
    """Take the lock of an open file, unless another process holds it; it goes with the file's end, also at a kill."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def parent_folder() -> Path:
    """Memory where programs may be started in it and enough is free, else the usual folder for temporary files."""
    usable = MEMORY.is_dir() and os.access(MEMORY, os.W_OK | os.X_OK) and not os.statvfs(MEMORY).f_flag & os.ST_NOEXEC
    if usable and shutil.disk_usage(MEMORY).free >= ROOM_NEEDED:
        return MEMORY
    return Path(tempfile.gettempdir())


def _furnish(repository: Repository, tree: str, place: Place) -> None:
    for folder in (place.home, place.temporary):
        folder.mkdir()
    write_tree(repository, tree, place.tree)
