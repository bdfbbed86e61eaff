"""What a caller may ask for to confine a command, and how that is told to its supervisor."""

import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final, Literal

from tools.engine.process.supervisor.job import Sandbox

Confinement = Literal["bubblewrap", "namespaces", "none"]
Network = Literal["off", "open"]

CONFINEMENTS: Final = MappingProxyType[str, Confinement]({"bubblewrap": "bubblewrap", "namespaces": "namespaces", "none": "none"})
MOST_MEMORY: Final = 8 * 1024**3  # bytes
ROOM_SHARE: Final = 4  # a private folder such as /tmp, which lies in memory, holds this part of the command's memory
CONTAINER_MEMORY: Final = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")  # cgroups v2, v1: the container's own bound


@dataclass(frozen=True)
class Confine:
    """What a command may do. All of the disk can be read, nothing written, but for what is named here.

    /run is empty, and /tmp, /var/tmp and /dev/shm are the command's own, in memory. Of these, what was there stays where the command needs
    it: the whole folder, directly in /tmp, that holds its directory, its program, a folder of its PATH, or a path named here; to be read.
    A more exact path wins over one above it: a hidden folder can be in a writable one, and a visible one in both. The same path: writable
    wins over visible, visible over hidden.
    """

    writable: tuple[Path, ...] = ()  # folders, which have to be there; what lies in one that is a link is written where it leads
    hidden: tuple[Path, ...] = ()  # folders that are empty for the command
    visible: tuple[Path, ...] = ()  # folders and files that stay, read-only
    network: bool = False  # False: no network but its own loopback


def make_sandbox(confinement: Confinement, confine: Confine, memory: int) -> Sandbox | None:
    """The sandbox as a supervisor takes it; None where there is no means. Raises NotADirectoryError for a writable folder that is not there."""
    for folder in confine.writable:
        if not folder.is_dir():
            raise NotADirectoryError(f"{folder} is no folder that a command could write to")
    program = bubblewrap() if confinement == "bubblewrap" else ""
    if confinement == "none" or program is None:
        return None
    sandbox = Sandbox(os.fsencode(program), network=confine.network, room=(memory or default_memory()) // ROOM_SHARE)
    sandbox.writable = _real(confine.writable)
    sandbox.hidden = _real(confine.hidden)
    sandbox.visible = _real(confine.visible)
    return sandbox


def _real(paths: tuple[Path, ...]) -> list[bytes]:
    return [os.fsencode(path.resolve()) for path in paths]


def bubblewrap() -> str | None:
    """Where bubblewrap is installed, in our own PATH; None where it is not."""
    return shutil.which("bwrap")


def default_memory() -> int:
    """Bytes that a command may hold where nothing else was said: MOST_MEMORY, or three quarters of the machine's or container's, if that is less."""
    machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return min([MOST_MEMORY, machine * 3 // 4, *(bound * 3 // 4 for bound in _container_memory())])


def _container_memory() -> list[int]:
    """The bounds of the container that we run in, in bytes; a file that is not there, or says `max`, is none."""
    if sys.platform != "linux":
        return []
    words = [path.read_text(encoding="ascii").strip() for path in map(Path, CONTAINER_MEMORY) if path.is_file()]
    return [int(word) for word in words if word.isdecimal()]
