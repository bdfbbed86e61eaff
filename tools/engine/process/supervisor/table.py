"""The process table: who lives below whom, and how much memory they hold; and signals to them."""

import os
import signal
import sys

KIBIBYTE = 1024
PAGE_SIZE = os.sysconf("SC_PAGE_SIZE")  # bytes
RESIDENT = 21  # where proc(5)'s field 24, resident pages, stands after the program's name


class Process:
    """A row of the process table. `memory` is what is resident, in bytes; pages that several processes share count in each."""

    def __init__(self, identifier: int, parent: int, group: int, session: int) -> None:
        self.identifier = identifier
        self.parent = parent
        self.group = group
        self.session = session
        self.memory = 0


def processes() -> list[Process]:
    """Read every process that is not dead already from /proc; empty where there is none (macOS)."""
    if sys.platform != "linux":
        return []
    with os.scandir("/proc") as entries:
        found = [read_process(entry.name) for entry in entries if entry.name.isdigit()]
    return [process for process in found if process is not None]


def read_process(name: str) -> Process | None:
    """Read /proc/NAME/stat, proc(5): after the program's name in brackets come state, parent, group, session. None if it is gone or a zombie."""
    try:
        fields = read_start(f"/proc/{name}/stat", 4096).rpartition(b")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    if fields[0] in b"ZXx":
        return None
    process = Process(int(name), int(fields[1]), int(fields[2]), int(fields[3]))
    process.memory = int(fields[RESIDENT]) * PAGE_SIZE
    return process


def read_start(path: str, size: int) -> bytes:
    """The first bytes of a file, without the machinery of a file object. Raises OSError."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        return os.read(descriptor, size)
    finally:
        os.close(descriptor)


def descendants(ancestor: int) -> list[Process]:
    """The living processes below `ancestor`. Orphans are among them where `ancestor` adopts orphans."""
    children: dict[int, list[Process]] = {}
    for process in processes():
        children.setdefault(process.parent, []).append(process)
    found: list[Process] = []
    waiting = [ancestor]
    while waiting:
        below = children.get(waiting.pop(), [])
        found.extend(below)
        waiting.extend(process.identifier for process in below)
    return found


def proportional_memory(process: Process) -> int:
    """Resident bytes in which a page shared by several processes counts once in all (PSS); `memory` where the kernel does not tell us."""
    try:
        lines = read_start(f"/proc/{process.identifier}/smaps_rollup", 4096).splitlines()
    except OSError:  # gone, another user's, or a kernel without it
        return process.memory
    return next((int(line.split()[1]) * KIBIBYTE for line in lines if line.startswith(b"Pss:")), 0)


def send(identifier: int, number: signal.Signals, *, group: bool = False) -> None:
    """Send a signal to a process, or to a group. One that is gone needs none; one that is not ours to signal stays in the next sweep."""
    try:
        if group:
            os.killpg(identifier, number)
        else:
            os.kill(identifier, number)
    except (ProcessLookupError, PermissionError):
        return


def group_exists(group: int) -> bool:
    """Whether a process group has a member that we may signal."""
    try:
        os.killpg(group, 0)
    except (ProcessLookupError, PermissionError):
        return False
    return True
