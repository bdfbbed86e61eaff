"""Whether a process still works in a folder: a room in which somebody lives is not given to the next one."""

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from tools.engine.evaluation.private_room import PREFIX

PROCESSES: Final = Path("/proc")
_ROOM: Final = re.compile(rf"/{PREFIX}[^/]+".encode())


def is_occupied(folder: Path) -> bool:
    """Whether a process that we may look at, other than this one, has its working folder, an open file or a mapped one in `folder`."""
    own = str(os.getpid())
    return any(_works_in(process, os.fsencode(folder)) for process in PROCESSES.iterdir() if process.name.isdigit() and process.name != own)


def rooms_at_work() -> int:
    """In how many rooms a process works now, of whichever server of this user: what else of ours this machine does."""
    found = set()
    for process in PROCESSES.iterdir():
        if process.name.isdigit():
            with suppress(FileNotFoundError, ProcessLookupError, PermissionError):  # as below
                room = _ROOM.search(os.fsencode((process / "cwd").readlink()))
                found.add(room[0] if room else b"")
    return len(found - {b""})


def _works_in(process: Path, folder: bytes) -> bool:
    # Processes end while they are looked at, and those of other users are not ours to look at.
    with suppress(FileNotFoundError, ProcessLookupError, PermissionError):
        return any(_is_below(place, folder) for place in _places(process))
    return False


def _places(process: Path) -> Iterator[bytes]:
    """The paths of what a process has open."""
    yield os.fsencode((process / "cwd").readlink())
    for descriptor in (process / "fd").iterdir():
        with suppress(FileNotFoundError):  # closed meanwhile
            yield os.fsencode(descriptor.readlink())
    for line in (process / "maps").read_bytes().splitlines():
        fields = line.split(None, 5)  # address, permissions, offset, device, inode, path
        if len(fields) > 5:
            yield fields[5]


def _is_below(place: bytes, folder: bytes) -> bool:
    return place == folder or place.startswith((folder + b"/", folder + b" "))
