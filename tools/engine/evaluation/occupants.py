"""Whether a process still works in a folder: a room in which somebody lives is not given to the next one."""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

PROCESSES: Final = Path("/proc")


def is_occupied(folder: Path) -> bool:
    """Whether a process that we may look at, other than this one, has its working folder, an open file or a mapped one in `folder`."""
    own = str(os.getpid())
    return any(_works_in(process, os.fsencode(folder)) for process in PROCESSES.iterdir() if process.name.isdigit() and process.name != own)


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
