"""What the kernel itself holds a command to: each process's limits, and who goes first where memory runs out."""

import os
import resource

CORE_SIZE_LIMIT = 0  # no core dumps in measured trees (RLIMIT_CORE)
FILE_SIZE_LIMIT = 4 * 1024**3  # bytes of one file that the command may write (RLIMIT_FSIZE)
PROCESS_LIMIT = 4096  # processes that a command may have at once
GOES_FIRST = b"800"  # of 1000: where the machine's memory runs out, the command is ended, not the server or somebody's work


def set_limits() -> None:
    """Set them for this process and all that it starts. Memory is not among them: RLIMIT_AS and RLIMIT_DATA count what is only reserved."""
    limits = {resource.RLIMIT_CORE: CORE_SIZE_LIMIT, resource.RLIMIT_FSIZE: FILE_SIZE_LIMIT}
    others = _tasks_of_the_machine()
    if others is not None and os.getuid() != 0:  # it counts all threads of the user, and none of root's
        limits[resource.RLIMIT_NPROC] = others + PROCESS_LIMIT
    for kind, wanted in limits.items():
        _, highest = resource.getrlimit(kind)
        limit = wanted if highest == resource.RLIM_INFINITY else min(wanted, highest)
        resource.setrlimit(kind, (limit, limit))
    _go_first()


def _tasks_of_the_machine() -> int | None:
    """How many threads there are, proc(5) loadavg: the number after the slash. None where nothing tells."""
    try:
        with open("/proc/loadavg", "rb", buffering=0) as file:
            return int(file.read(256).split()[3].partition(b"/")[2])
    except OSError:
        return None


def _go_first() -> None:
    """Offer this process to the kernel's killer before others, where there is one."""
    try:
        descriptor = os.open("/proc/self/oom_score_adj", os.O_WRONLY)
    except OSError:
        return
    try:
        os.write(descriptor, GOES_FIRST)
    except OSError:  # it stands higher already, and may not be lowered
        return
    finally:
        os.close(descriptor)
