"""What a confined command sees of the disk, as a list of places in the order in which they are put: a pure function for every way of confining."""

import os

from tools.engine.process.supervisor.job import Job, Sandbox

EMPTY = "empty"  # an empty folder that nobody can write to
SCRATCH = "scratch"  # an empty folder of the command's own, in memory
SEEN = "seen"  # what is there, to be read
WRITTEN = "written"  # what is there, to be read and written
COVERS = (EMPTY, SCRATCH)

SOCKET_FOLDERS = (b"/run", b"/var/run")  # with sockets of services, such as docker's, that network namespaces do not reach
SCRATCH_FOLDERS = (b"/tmp", b"/var/tmp", b"/dev/shm")  # which tests write to by name
RESOLVER = b"/etc/resolv.conf"  # a link into /run on many systems
DEVICES = (b"null", b"zero", b"full", b"random", b"urandom", b"tty")
COMPUTING_DEVICES = (b"nvidia", b"dri", b"kfd")  # beginnings of the names of what programs compute with
KERNEL_SETTINGS = (b"sys", b"sysrq-trigger", b"irq", b"bus")  # in /proc; root could write to them


class Place:
    """A path, and what stands there for the command."""

    def __init__(self, path: bytes, kind: str) -> None:
        self.path = path
        self.kind = kind


def places(job: Job, sandbox: Sandbox) -> list[Place]:
    """Everything that differs from "all can be read, nothing be written", from the root downwards; only what is there."""
    found: dict[bytes, str] = dict.fromkeys([*_real(SOCKET_FOLDERS), *sandbox.hidden], EMPTY)
    scratch = [folder for folder in _real(SCRATCH_FOLDERS) if found.setdefault(folder, SCRATCH) == SCRATCH]
    found.update(dict.fromkeys(sandbox.visible, SEEN))
    found.update(dict.fromkeys(sandbox.writable, WRITTEN))
    for path in _needed(job, sandbox):
        for folder in scratch:
            if path.startswith(folder + b"/"):
                name, _, _ = path[len(folder) + 1 :].partition(b"/")
                found.setdefault(folder + b"/" + name, SEEN)
    resolver = os.path.realpath(RESOLVER)
    for path in [job.directory, *([resolver] if sandbox.network else [])]:
        if _standing(found, path) in COVERS:
            found[path] = SEEN
    here = [Place(path, kind) for path, kind in found.items() if _counts(found, path, kind)]
    return sorted(here, key=lambda place: place.path.split(b"/"))


def _counts(found: dict[bytes, str], path: bytes, kind: str) -> bool:
    """Whether there is something to put at `path`. What is hidden in a hidden folder is gone with it, and its name too."""
    if kind in COVERS:
        return os.path.isdir(path) and not (kind == EMPTY and _standing(found, os.path.dirname(path)) == EMPTY)
    return os.path.exists(path)


def _real(folders: tuple[bytes, ...]) -> list[bytes]:
    """Those of the folders that are there and no links."""
    return [folder for folder in folders if os.path.isdir(folder) and os.path.realpath(folder) == folder]


def _needed(job: Job, sandbox: Sandbox) -> list[bytes]:
    """What the command needs of a shared folder such as /tmp: where it works, what it may use, and the programs that it finds by name."""
    programs = [folder for folder in job.environment.get(b"PATH", b"").split(b":") if folder]
    return [job.directory, *sandbox.visible, *sandbox.writable, job.argv[0], *programs]


def _standing(found: dict[bytes, str], path: bytes) -> str:
    """What stands at `path`: the kind of the nearest place at or above it, or SEEN."""
    while path not in found and path != os.path.dirname(path):
        path = os.path.dirname(path)
    return found.get(path, SEEN)


def devices() -> list[bytes]:
    """The devices that a confined command keeps, of those that this machine has."""
    return [b"/dev/" + name for name in sorted(os.listdir(b"/dev")) if name in DEVICES or name.startswith(COMPUTING_DEVICES)]
