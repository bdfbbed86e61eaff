"""Where the store lies: who may read it, what disk that is, how much room is left, and who holds its locks."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from state.disk import network_filesystem, room
from state.files import is_locked
from state.integrity.findings import REPAIR, Check, Fault, check_of

ROOM_WANTED: Final = 100 * 1024 * 1024  # bytes: a few evaluations with their outputs
_SHOWN: Final = 200  # characters of what a lock says about its holder


def private(folder: Path) -> Check:
    """Whether the store can be read and written by its owner alone."""
    faults = []
    for path in _everything(folder):
        status = path.lstat()
        if stat.S_ISLNK(status.st_mode):
            faults.append(Fault(str(path), "a symbolic link", "a real file", "remove the link; then: refactory doctor"))
        elif status.st_uid != os.geteuid():
            faults.append(Fault(str(path), f"it belongs to user {status.st_uid}", f"user {os.geteuid()}", f"chown -R {os.geteuid()} {folder}"))
        elif _is_wrong(path, folder):
            faults.append(Fault(str(path), f"mode {stat.S_IMODE(status.st_mode):04o}", f"mode {_mode(path):04o}", REPAIR))
    return check_of("permissions", "for you alone", faults)


def make_private(folder: Path) -> int:
    """Give the store to its owner alone; answers how many files and folders were otherwise. Raises OSError for files of another user."""
    wrong = [path for path in _everything(folder) if not path.is_symlink() and _is_wrong(path, folder)]
    for path in wrong:
        path.chmod(_mode(path))
    return len(wrong)


def disk(folder: Path) -> Check:
    """Whether the disk is a local one with some room."""
    faults = []
    if (network := network_filesystem(folder)) is not None:
        faults.append(Fault(str(folder), f"a network's disk ({network})", "a local disk", "move the repository to a local disk"))
    free, _ = room(folder)
    if free < ROOM_WANTED:
        faults.append(Fault(str(folder), f"{free // 2**20} MB are left", f"{ROOM_WANTED // 2**20} MB or more", "make room on this disk"))
    return check_of("disk", f"local, {free // 2**20} MB left", faults)


def readable_folder(folder: Path) -> Check:
    """Whether the folder of the readable files is a folder of the project, or not there yet."""
    if folder.is_symlink():
        return Check("folder", "linked", (Fault(str(folder), f"a link to {folder.readlink()}", "a real folder", f"rm {folder}"),))
    if folder.exists() and not folder.is_dir():
        return Check("folder", "no folder", (Fault(str(folder), "a file", "a folder", "move it away"),))
    return Check("folder", str(folder) if folder.exists() else "not there")


def locks(folder: Path) -> Check:
    """Who holds which lock now: no fault, but what others wait for."""
    held = [f"{path.relative_to(folder)} by {_holder(path)}" for path in sorted(folder.glob("**/*.lock")) if is_locked(path)]
    return Check("locks", "; ".join(held) or "none held")


def _holder(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")[:_SHOWN].strip() or "another process"


def _everything(folder: Path) -> Iterator[Path]:
    if folder.exists() or folder.is_symlink():
        yield folder
        for name in ("factory.db", "factory.db-wal", "factory.db-shm", "objects", "jobs"):
            top = folder / name
            if top.exists() or top.is_symlink():
                yield top
                yield from top.rglob("*") if top.is_dir() and not top.is_symlink() else ()
        yield from folder.glob("*.lock")


def _mode(path: Path) -> int:
    return 0o700 if path.is_dir() else 0o600


def _is_wrong(path: Path, folder: Path) -> bool:
    """Whether the owner may not use it, or others may; what lies in a folder within is reached through the store's own folder only."""
    mode = stat.S_IMODE(path.lstat().st_mode)
    others = 0o077 if path.parent in (folder, folder.parent) and path.name not in ("objects", "jobs") else 0o022
    return mode & _mode(path) != _mode(path) or bool(mode & others)
