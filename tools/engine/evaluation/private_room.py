"""Private folders outside the project, each with the lock of the server that made it; those of dead servers are swept away."""

import fcntl
import os
import shutil
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Final

from tools.engine.languages.bench import Place
from tools.engine.repository.removal import erase_tree, remove_tree

MEMORY: Final = Path("/dev/shm")  # noqa: S108 - a private folder is made in it
ROOM_NEEDED: Final = 1 << 30  # bytes that have to be free there
PREFIX: Final = "factory-room-"
LOCK: Final = "lock"
SETTLED: Final = 60.0  # seconds after which a room surely has its lock


@dataclass(frozen=True)
class Room:
    """A private folder that is ours as long as `lock` is open."""

    place: Place
    lock: BinaryIO = field(compare=False)


def open_room(parent: Path) -> Room:
    """A new private folder below `parent`, with the lock that says that its server lives. Rooms of dead servers there are removed first."""
    sweep(parent)
    folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=parent))
    lock = (folder / LOCK).open("wb")
    _locked(lock)
    return Room(Place(folder), lock)


def furnish(room: Room) -> None:
    """Make the folders beside the tree."""
    for folder in (room.place.home, room.place.temporary):
        folder.mkdir()


def close_room(room: Room) -> None:
    """Remove a room and let go of it. Raises OSError for what cannot be removed."""
    try:
        _remove(room.place.room)
    finally:
        room.lock.close()


def sweep(parent: Path) -> None:
    """Remove the rooms below `parent` that a killed server left: old enough to be furnished, ours, and locked by nobody."""
    for room in parent.glob(f"{PREFIX}*"):
        lock = room / LOCK
        try:
            abandoned = lock.stat().st_uid == os.geteuid() and time.time() - lock.stat().st_mtime > SETTLED
            with lock.open("rb") as file:
                if abandoned and _locked(file):
                    _remove(room)
        except (FileNotFoundError, PermissionError):
            continue  # another server was quicker, or it is another user's


def parent_folder() -> Path:
    """Memory where programs may be started in it and enough is free, else the usual folder for temporary files."""
    usable = MEMORY.is_dir() and os.access(MEMORY, os.W_OK | os.X_OK) and not os.statvfs(MEMORY).f_flag & os.ST_NOEXEC
    if usable and shutil.disk_usage(MEMORY).free >= ROOM_NEEDED:
        return MEMORY
    return Path(tempfile.gettempdir())


def _remove(folder: Path) -> None:
    """Remove a room, its lock last: should we be killed meanwhile, another server's sweep finds what is left."""
    if folder.is_dir() and not folder.is_symlink():
        folder.chmod(0o700)
        for inner in folder.iterdir():
            if inner.is_dir() and not inner.is_symlink():
                erase_tree(inner)
    remove_tree(folder)


def _locked(file: BinaryIO) -> bool:
    """Take the lock of an open file, unless another process holds it; it goes with the file's end, also at a kill."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
