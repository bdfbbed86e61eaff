"""Confinement by the kernel's own means, without another program: namespaces for user, mounts, processes, network and IPC (namespaces(7))."""

import os
import signal

from tools.engine.process.supervisor import kernel
from tools.engine.process.supervisor.job import Job, Sandbox
from tools.engine.process.supervisor.places import COVERS, EMPTY, KERNEL_SETTINGS, SCRATCH, WRITTEN, Place, devices, places

REFUSED = 125  # exit code of a guardian that could not make its namespaces
CHILD, CODE = b"child-pid", b"exit-code"  # the words of its report, those that bubblewrap uses too
DEVICE_LINKS = ((b"fd", b""), (b"stdin", b"/0"), (b"stdout", b"/1"), (b"stderr", b"/2"))


def say(status: int, word: bytes, value: int) -> None:
    """Write one line of the guardian's report, in bubblewrap's form."""
    os.write(status, b'{"%s": %d}\n' % (word, value))


def enter(sandbox: Sandbox) -> None:
    """Move this process into new namespaces; its next child is the first process of the new process namespace. Raises OSError."""
    user, group = os.geteuid(), os.getegid()
    network = 0 if sandbox.network else kernel.CLONE_NEWNET
    kernel.prctl(kernel.PR_SET_DUMPABLE, 1)  # else its own files in /proc are root's
    kernel.call("unshare", kernel.CLONE_NEWUSER | kernel.CLONE_NEWNS | kernel.CLONE_NEWPID | kernel.CLONE_NEWIPC | network)
    for name, text in (("setgroups", "deny"), ("uid_map", f"{user} {user} 1"), ("gid_map", f"{group} {group} 1")):
        descriptor = os.open(f"/proc/self/{name}", os.O_WRONLY)
        try:
            os.write(descriptor, text.encode())
        finally:
            os.close(descriptor)
    if network:
        kernel.loopback_up()


def furnish(job: Job, sandbox: Sandbox) -> None:
    """Make the disk what the command may see of it. Raises OSError. To be called in the first process of the new namespaces."""
    wanted = places(job, sandbox)
    kernel.mount(b"none", b"/", b"", kernel.MS_REC | kernel.MS_PRIVATE)
    needed = [*devices(), *(place.path for place in wanted if place.kind not in COVERS)]
    kept = {path: os.open(path, os.O_PATH) for path in needed}
    try:
        kernel.set_read_only(b"/", below=True)
        _make_devices({path: descriptor for path, descriptor in kept.items() if os.path.dirname(path) == b"/dev"})
        for place in wanted:
            _put(place, kept, sandbox.room)
        for place in wanted:
            if place.kind == EMPTY:
                kernel.set_read_only(place.path)
        kernel.mount(b"proc", b"/proc", b"proc", kernel.MS_NOSUID | kernel.MS_NODEV | kernel.MS_NOEXEC)
        for name in KERNEL_SETTINGS:
            _fix(b"/proc/" + name)
        kernel.set_read_only(b"/dev")
    finally:
        for descriptor in kept.values():
            os.close(descriptor)


def _make_devices(kept: dict[bytes, int]) -> None:
    """A /dev with harmless devices, terminals of its own, and room for shared memory."""
    kernel.mount(b"tmpfs", b"/dev", b"tmpfs", kernel.MS_NOSUID, b"mode=0755")
    for path, descriptor in kept.items():
        _stand_in(path, descriptor)
        kernel.bind(descriptor, path)
    for name in (b"pts", b"shm"):
        os.mkdir(b"/dev/" + name)
    kernel.mount(b"devpts", b"/dev/pts", b"devpts", kernel.MS_NOSUID | kernel.MS_NOEXEC, b"newinstance,ptmxmode=0666,mode=620")
    os.symlink(b"pts/ptmx", b"/dev/ptmx")
    for link, below in DEVICE_LINKS:
        os.symlink(b"/proc/self/fd" + below, b"/dev/" + link)


def _put(place: Place, kept: dict[bytes, int], room: int) -> None:
    """Put one place; where it lies in one that was covered, its path is made first."""
    if place.kind in COVERS:
        os.makedirs(place.path, exist_ok=True)
        options = b"mode=1777,size=%d" % room if place.kind == SCRATCH else b"mode=0755"
        kernel.mount(b"tmpfs", place.path, b"tmpfs", kernel.MS_NOSUID | kernel.MS_NODEV, options)
        return
    _stand_in(place.path, kept[place.path])
    kernel.bind(kept[place.path], place.path)
    if place.kind == WRITTEN:
        kernel.set_read_only(place.path, read_only=False)


def _stand_in(path: bytes, descriptor: int) -> None:
    """Make an empty folder or file at `path`, of the kind that is mounted over it, unless one is there."""
    if os.path.isdir(b"/proc/self/fd/%d" % descriptor):
        os.makedirs(path, exist_ok=True)
    elif not os.path.lexists(path):
        os.makedirs(os.path.dirname(path), exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o644))


def _fix(path: bytes) -> None:
    """Make one file or folder read-only, if there is such a one."""
    if os.path.exists(path):
        kernel.mount(path, path, b"", kernel.MS_BIND | kernel.MS_REC)
        kernel.set_read_only(path)


def guard_command(command: int, status: int) -> None:
    """As the first process of the namespaces: take every zombie away, report how the command ended, and end when nothing is left."""
    while True:
        try:
            identifier, ended = os.waitpid(-1, 0)
        except ChildProcessError:
            return
        if identifier == command:
            say(status, CODE, os.waitstatus_to_exitcode(ended))


def hold_on_to(parent: int) -> bool:
    """Die with the parent; False if it is gone already."""
    kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
    return os.getppid() == parent
