"""Calls of the Linux kernel that Python has no words for. Nothing here is loaded or called on import."""

import os
import sys

PR_SET_PDEATHSIG = 1  # <linux/prctl.h>
PR_SET_DUMPABLE = 4
PR_SET_SECUREBITS = 28
PR_SET_CHILD_SUBREAPER = 36
PR_SET_NO_NEW_PRIVS = 38
NO_SPECIAL_ROOT = 0xEF  # <linux/securebits.h>: NOROOT, NO_SETUID_FIXUP, NO_CAP_AMBIENT_RAISE, all locked, and KEEP_CAPS locked
CAPABILITY_VERSION = 0x20080522  # <linux/capability.h>, version 3

CLONE_NEWNS = 0x00020000  # <linux/sched.h>
CLONE_NEWIPC = 0x08000000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000

MS_NOSUID, MS_NODEV, MS_NOEXEC = 2, 4, 8  # <linux/mount.h>
MS_BIND, MS_REC, MS_PRIVATE = 4096, 16384, 1 << 18
MOUNT_ATTR_RDONLY = 1
AT_FDCWD, AT_RECURSIVE = -100, 0x8000
SYS_MOUNT_SETATTR = 442  # the same on every architecture; since Linux 5.12

AF_INET, SOCK_DGRAM, SIOCSIFFLAGS, IFF_UP_AND_RUNNING = 2, 2, 0x8914, 0x41  # <linux/if.h>
INTERFACE_NAME_SIZE, INTERFACE_REQUEST_SIZE = 16, 40


def call(name: str, *arguments: int | bytes | None) -> int:
    """Call a function of the C library; returns its result. Raises OSError if that is negative."""
    import ctypes  # noqa: PLC0415 - loaded on use: start-up speed (the server imports this module too), and absent from some builds

    from tools.engine.process.supervisor.library import LIBRARY  # noqa: PLC0415 - as above

    taken = [ctypes.c_long(argument) if isinstance(argument, int) else argument for argument in arguments]
    result = int(LIBRARY[name](*taken))
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")
    return result


def prctl(option: int, argument: int) -> bool:
    """Call Linux's prctl(2); False where there is none or it refuses."""
    if sys.platform != "linux":
        return False
    try:
        call("prctl", option, argument, 0, 0, 0)
    except (OSError, ImportError):
        return False
    return True


def mount(source: bytes, target: bytes, kind: bytes, flags: int, options: bytes = b"") -> None:
    """Call mount(2). Raises OSError."""
    call("mount", source, target, kind, flags, options)


def bind(descriptor: int, target: bytes) -> None:
    """Let `target` be what `descriptor` leads to, with what is mounted below. Raises OSError."""
    mount(b"/proc/self/fd/%d" % descriptor, target, b"", MS_BIND | MS_REC)


def set_read_only(target: bytes, *, read_only: bool = True, below: bool = False) -> None:
    """Call mount_setattr(2) for what is mounted at `target`, and all `below` it. Raises OSError."""
    attribute, nothing = MOUNT_ATTR_RDONLY.to_bytes(8, sys.byteorder), bytes(8)
    wanted = (attribute + nothing if read_only else nothing + attribute) + nothing + nothing  # set, clear, propagation, user namespace
    call("syscall", SYS_MOUNT_SETATTR, AT_FDCWD, target, AT_RECURSIVE if below else 0, wanted, len(wanted))


def loopback_up() -> None:
    """Bring up `lo`, which is down in a new network, so that tests can talk to a server of their own. Raises OSError."""
    connection = call("socket", AF_INET, SOCK_DGRAM, 0)
    try:
        request = b"lo".ljust(INTERFACE_NAME_SIZE, b"\0") + IFF_UP_AND_RUNNING.to_bytes(2, sys.byteorder)
        call("ioctl", connection, SIOCSIFFLAGS, request.ljust(INTERFACE_REQUEST_SIZE, b"\0"))
    finally:
        os.close(connection)


def give_up_privileges() -> None:
    """Let this process, and whatever it runs, never have a capability again, also as root (capabilities(7)). Raises OSError."""
    call("prctl", PR_SET_SECUREBITS, NO_SPECIAL_ROOT, 0, 0, 0)
    call("prctl", PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    call("capset", CAPABILITY_VERSION.to_bytes(4, sys.byteorder) + bytes(4), bytes(24))
