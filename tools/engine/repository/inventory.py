"""How the files of a folder looked right after we wrote them, and which of them were touched since.

No program can set the time at which an inode last changed (ctime; it would have to set the clock of the machine): a file with the same inode
and the same ctime has the content, mode and attributes that we gave it, whatever its mtime says. Three things are needed for that to hold:
the file system counts every write, also one through shared memory (counts_every_write), the clock has gone on since we looked (clock_went_on),
and nobody still has the folder open.
"""

import mmap
import os
import stat
import sys
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

_PROBE: Final = "probe"
_CLOCK: Final = "clock"
_TICK: Final = 0.005  # seconds between two looks at a clock
_PATIENCE: Final = 2.0  # seconds that a clock has to go on; it was set back if it does not

Mark = tuple[int, int, int, int]  # inode, bytes, ctime in nanoseconds, type and mode


class Folder(NamedTuple):
    """A folder: who it is, when it last changed (nanoseconds), its extended attributes, and the marks of its files and symlinks by name."""

    identity: tuple[int, int, int, int, int]  # device, inode, type and mode, owner, group
    changed: int
    attributes: Mapping[str, bytes]
    files: Mapping[str, Mark]


Inventory = Mapping[str, Folder]  # by path from the top, which is the empty one


@dataclass(frozen=True)
class Deviations:
    """What is not as it was: `strangers` are to be removed (a changed file or folder is one, too), `lost` files are to be written again.

    `sound` are the folders that may stay.
    """

    strangers: tuple[str, ...]
    lost: frozenset[str]
    sound: frozenset[str]


def take_inventory(top: Path, known: Inventory, folders: Iterable[str], written: Iterable[str], removed: Iterable[str]) -> dict[str, Folder]:
    """The inventory of `folders`, in which the files `written` are looked at, those `removed` are gone, and others are as in `known`."""
    fresh: dict[str, dict[str, Mark]] = {}
    for path in removed:
        folder, _, name = path.rpartition("/")
        _files_of(fresh, known, folder).pop(name, None)
    for path in written:
        folder, _, name = path.rpartition("/")
        _files_of(fresh, known, folder)[name] = _mark(os.lstat(f"{top}/{path}"))
    found = {}
    for folder in ("", *folders):
        status = os.lstat(f"{top}/{folder}")
        files = fresh[folder] if folder in fresh else known[folder].files if folder in known else {}
        found[folder] = Folder(_identity(status), status.st_ctime_ns, _attributes(f"{top}/{folder}"), files)
    return found


def newest_change(inventory: Inventory) -> int:
    """The latest ctime in an inventory, in nanoseconds."""
    of_files = max((mark[2] for folder in inventory.values() for mark in folder.files.values()), default=0)
    return max(of_files, *(folder.changed for folder in inventory.values()), 0)


def deviations(top: Path, inventory: Inventory) -> Deviations | None:
    """Look at every file below `top`, following no symlink; None where the top itself is another. Raises OSError for a folder that is closed."""
    if not _is_sound(str(top), inventory[""]):
        return None
    strangers: list[str] = []
    lost: set[str] = set()
    sound, waiting = set(), [""]
    while waiting:
        folder = waiting.pop()
        sound.add(folder)
        inner = _look(top, folder, inventory, strangers, lost)
        waiting += inner
    for folder in inventory.keys() - sound:
        lost.update(_below(folder, name) for name in inventory[folder].files)
    return Deviations(tuple(strangers), frozenset(lost), frozenset(sound))


def counts_every_write(folder: Path) -> bool:
    """Whether the file system of `folder` moves the ctime at each write, also at one through shared memory: tried, not looked up.

    tmpfs does not count those. The folder must be our own; it is left as it was. Raises OSError where nothing can be written.
    """
    if sys.platform != "linux":
        return False  # what is known of other systems is not enough
    path = folder / _PROBE
    try:
        path.write_bytes(bytes(mmap.PAGESIZE))
        with path.open("r+b") as file, (folder / _CLOCK).open("wb") as clock, mmap.mmap(file.fileno(), mmap.PAGESIZE) as memory:
            before = path.stat().st_ctime_ns
            if not clock_went_on(clock.fileno(), before):
                return False
            memory[0] = memory[0] + 1  # reads first: the page is mapped before it is written to
        return path.stat().st_ctime_ns > before
    finally:
        path.unlink(missing_ok=True)
        (folder / _CLOCK).unlink(missing_ok=True)


def clock_went_on(clock: int, moment: int) -> bool:
    """Wait until the clock by which files are stamped has passed `moment` (nanoseconds): a write in the same tick would go unseen.

    `clock` is an open file of ours on the same file system, which is stamped to see the time. False where the clock stands or was set back.
    """
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        os.utime(clock)
        if os.fstat(clock).st_ctime_ns > moment:
            return True
        time.sleep(_TICK)
    return False


def _look(top: Path, folder: str, inventory: Inventory, strangers: list[str], lost: set[str]) -> list[str]:
    """Compare one folder's entries; returns the sound folders in it."""
    files, inner, sound = inventory[folder].files, [], 0
    with os.scandir(f"{top}/{folder}") as entries:
        for entry in entries:
            mark = files.get(entry.name)
            if mark is not None and mark == _mark(entry.stat(follow_symlinks=False)):
                sound += 1
                continue
            path = _below(folder, entry.name)
            known = inventory.get(path)
            if known is not None and _is_sound(entry.path, known):
                inner.append(path)
            else:
                strangers.append(path)
    if sound < len(files):
        lost.update(_below(folder, name) for name, mark in files.items() if not _still(f"{top}/{folder}/{name}", mark))
    return inner


def _still(path: str, mark: Mark) -> bool:
    try:
        return _mark(os.lstat(path)) == mark
    except FileNotFoundError:
        return False


def _is_sound(path: str, known: Folder) -> bool:
    """Whether a folder is the one that we made. Its ctime moves with its entries: attributes are only read again where it did."""
    status = os.lstat(path)
    return _identity(status) == known.identity and (status.st_ctime_ns == known.changed or _attributes(path) == known.attributes)


def _files_of(fresh: dict[str, dict[str, Mark]], known: Inventory, folder: str) -> dict[str, Mark]:
    if folder not in fresh:
        fresh[folder] = dict(known[folder].files) if folder in known else {}
    return fresh[folder]


def _below(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name


def _mark(status: os.stat_result) -> Mark:
    return status.st_ino, status.st_size, status.st_ctime_ns, status.st_mode


def _identity(status: os.stat_result) -> tuple[int, int, int, int, int]:
    return status.st_dev, status.st_ino, status.st_mode, status.st_uid, status.st_gid


def _attributes(path: str) -> dict[str, bytes]:
    """The extended attributes of a folder: access lists among them are handed on to what is made in it."""
    if sys.platform != "linux" or not stat.S_ISDIR(os.lstat(path).st_mode):
        return {}
    return {name: os.getxattr(path, name, follow_symlinks=False) for name in os.listxattr(path, follow_symlinks=False)}
