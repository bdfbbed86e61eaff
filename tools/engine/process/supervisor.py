"""The supervisor of one command: a small program of its own that outlives the server just long enough to leave no process behind.

Run by its path as `python -I -S supervisor.py REPORT_DESCRIPTOR`, so it is one file (isolated mode finds no neighbours), and
imports of the standard library only what starts quickly.
Standard input is the lifeline: first the job, then at most one word; its end means that the server is gone, whatever killed it.
"""

import errno
import os
import resource
import select
import signal
import sys
import time

LIFELINE = 0
STOP = b"s"  # end the command: SIGTERM first, SIGKILL after TERM_GRACE
KILL = b"k"  # end the command at once

TERM_GRACE = 0.5  # seconds that processes have to end after SIGTERM
KILL_LIMIT = 1.5  # seconds after which processes that survive SIGKILL (another user's, or stuck in the kernel) are reported and left
SWEEP_PAUSE = 0.02  # seconds between two sweeps
WATCH_PAUSE = 0.5  # seconds after which the children are looked at although no signal came
REAP_AT_ONCE = 512  # zombies reaped in one go, so that a flood of them cannot hide the server's word

FILE_SIZE_LIMIT = 4 * 1024**3  # bytes of one file that the command may write (RLIMIT_FSIZE)
CORE_SIZE_LIMIT = 0  # no core dumps in measured trees (RLIMIT_CORE)

PR_SET_PDEATHSIG = 1  # <linux/prctl.h>
PR_SET_CHILD_SUBREAPER = 36

ENDS_IN_A_HURRY = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class Job:
    """What to start: the command's argument list, its folder, and its whole environment, all as the kernel takes them."""

    def __init__(self, argv: list[bytes], directory: bytes, environment: dict[bytes, bytes]) -> None:
        self.argv = argv
        self.directory = directory
        self.environment = environment


class Process:
    """A row of the process table."""

    def __init__(self, identifier: int, parent: int, group: int, session: int) -> None:
        self.identifier = identifier
        self.parent = parent
        self.group = group
        self.session = session


def encode_job(argv: list[str], directory: str, environment: dict[str, str]) -> bytes:
    """Write a job for the lifeline: its length in 8 bytes, then folder, number of arguments, arguments, NAME=value, separated by NUL.

    Raises ValueError for what no process can be given: no argument at all, a NUL byte, a name that is empty or holds "=".
    """
    if not argv or not argv[0]:
        raise ValueError("a command needs the name of a program; found none")
    for name in environment:
        if not name or "=" in name:
            raise ValueError(f"{name!r} is no name of an environment variable")
    fields = [directory, str(len(argv)), *argv, *(f"{name}={value}" for name, value in environment.items())]
    if any("\0" in field for field in fields):
        raise ValueError("a NUL byte cannot be handed to a process; found one in the arguments, the folder or the environment")
    body = b"\0".join(os.fsencode(field) for field in fields)
    return len(body).to_bytes(8, "big") + body


def decode_job(body: bytes) -> Job:
    """Read what encode_job wrote after the length."""
    directory, count, *rest = body.split(b"\0")
    arguments = int(count)
    pairs = (entry.partition(b"=") for entry in rest[arguments:])
    return Job(rest[:arguments], directory, {name: value for name, _, value in pairs})


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
        descriptor = os.open(f"/proc/{name}/stat", os.O_RDONLY | os.O_CLOEXEC)
        try:
            line = os.read(descriptor, 4096)
        finally:
            os.close(descriptor)
    except (FileNotFoundError, ProcessLookupError):
        return None
    state, parent, group, session = line.rpartition(b")")[2].split()[:4]
    return None if state in b"ZXx" else Process(int(name), int(parent), int(group), int(session))


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


class Children:
    """The supervisor's children: the command, and every orphan below it."""

    def __init__(self, command: int) -> None:
        self.command = command
        self.exit_code: int | None = None  # of the command; negative is a signal
        self.none_left = False

    def reap(self) -> None:
        """Take the zombies away, and the command's exit code where it is among them."""
        for _ in range(REAP_AT_ONCE):
            try:
                identifier, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                # No child at all. An orphan of the command would be our child, so nothing lives; without adoption its group must be empty too.
                self.none_left = not group_exists(self.command)
                return
            if identifier == 0:
                return
            if identifier == self.command:
                self.exit_code = os.waitstatus_to_exitcode(status)

    def living(self) -> list[Process]:
        """Everything below the command, and the command; without a process table, its process group as one."""
        found = descendants(os.getpid())
        if not found and group_exists(self.command):
            return [Process(self.command, os.getpid(), self.command, self.command)]
        return found


def prctl(option: int, argument: int) -> bool:
    """Call Linux's prctl(2); False where there is none or it refuses."""
    if sys.platform != "linux":
        return False
    try:
        import ctypes  # noqa: PLC0415 - loaded on use: start-up speed (the server imports this module too), and absent from some builds
    except ImportError:
        return False
    return bool(ctypes.CDLL(None).prctl(option, argument, 0, 0, 0) == 0)


def listen_for_signals() -> int:
    """Turn signals into bytes (their numbers) on a pipe; returns the end to read."""
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    reading, writing = os.pipe()
    os.set_blocking(reading, False)
    os.set_blocking(writing, False)
    signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    for number in (signal.SIGCHLD, *ENDS_IN_A_HURRY):
        signal.signal(number, lambda _number, _frame: None)
    return reading


def read_job() -> Job | None:
    """Read the job from the lifeline; None if the server went away before it was complete."""
    size = read_exactly(8)
    body = read_exactly(int.from_bytes(size, "big")) if size else b""
    return decode_job(body) if body else None


def read_exactly(size: int) -> bytes:
    """Read `size` bytes from the lifeline, nothing beyond; empty at its end."""
    blocks: list[bytes] = []
    while size > 0:
        block = os.read(LIFELINE, size)
        if not block:
            return b""
        blocks.append(block)
        size -= len(block)
    return b"".join(blocks)


def start(job: Job, report: int) -> int:
    """Start the command in a session of its own; returns its process id. Where it cannot be run, the child itself reports the reason."""
    command = os.fork()
    if command == 0:
        try:
            prctl(PR_SET_PDEATHSIG, signal.SIGKILL)  # a second net: whoever kills the supervisor takes the command along
            prepare(job)
            execute(job)
        except (OSError, ValueError) as error:
            tell(report, "failed", getattr(error, "errno", None) or errno.EINVAL)
        finally:
            os._exit(127)
    return command


def prepare(job: Job) -> None:
    """Give this process what the command expects: own session, no input, no other descriptors, default signals, limits, its folder."""
    os.setsid()
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    signal.set_wakeup_fd(-1)
    for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
        signal.signal(number, signal.SIG_DFL)
    for kind, wanted in ((resource.RLIMIT_CORE, CORE_SIZE_LIMIT), (resource.RLIMIT_FSIZE, FILE_SIZE_LIMIT)):
        _, highest = resource.getrlimit(kind)
        limit = wanted if highest == resource.RLIM_INFINITY else min(wanted, highest)
        resource.setrlimit(kind, (limit, limit))
    os.chdir(job.directory)


def execute(job: Job) -> None:
    """Become the command. A name without a slash is looked up in the command's own PATH. Raises OSError if nothing there can be run."""
    name = job.argv[0]
    folders = [folder for folder in job.environment.get(b"PATH", b"").split(b":") if folder]
    problem = FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
    refused: OSError | None = None
    for path in [name] if b"/" in name else [folder + b"/" + name for folder in folders]:
        try:
            os.execve(path, job.argv, job.environment)  # noqa: S606 - without a shell on purpose
        except (FileNotFoundError, NotADirectoryError):
            continue
        except PermissionError as error:
            refused = refused or error
    raise refused or problem


def tell(report: int, *words: object) -> None:
    """Write one line of the report. A server that is gone needs none."""
    try:
        os.write(report, (" ".join(str(word) for word in words) + "\n").encode())
    except BrokenPipeError:
        return


def wait_for(descriptors: list[int], wake: int, seconds: float) -> bytes:
    """Wait for a signal or, on the lifeline, for a word; returns the word, KILL if the server or somebody else wants us gone, else empty."""
    ready, _, _ = select.select([*descriptors, wake], [], [], seconds)
    if wake in ready and any(number in ENDS_IN_A_HURRY for number in os.read(wake, 4096)):
        return KILL
    return (os.read(LIFELINE, 1) or KILL) if LIFELINE in ready else b""


def watch(children: Children, wake: int) -> bytes:
    """Wait until the command has ended, or has to (STOP or KILL); returns that word, or empty."""
    while True:
        word = wait_for([LIFELINE], wake, WATCH_PAUSE)
        children.reap()
        if word:
            return word
        if children.exit_code is not None:
            return wait_for([LIFELINE], wake, 0)  # a word that came while we slept came before the end, for all that we know


def end_all(children: Children, wake: int, *, hurry: bool) -> tuple[int, int]:
    """Kill the command and everything below it: SIGTERM once, SIGKILL after TERM_GRACE or at once in a hurry, until nothing lives.

    Returns how many processes beside the command had to be signalled, and how many live on after KILL_LIMIT.
    """
    seen: set[int] = set()
    begun = time.monotonic()
    gentle = 0.0 if hurry else TERM_GRACE
    children.reap()
    while not children.none_left:
        living = children.living()
        elapsed = time.monotonic() - begun
        if elapsed > gentle + KILL_LIMIT:
            return len(seen - {children.command}), len(living)
        if elapsed < gentle:
            ask_to_end([process for process in living if process.identifier not in seen])
        else:
            kill(living)
        seen.update(process.identifier for process in living)
        if wait_for([LIFELINE] if elapsed < gentle else [], wake, SWEEP_PAUSE) == KILL:
            gentle = 0.0
        children.reap()
    return len(seen - {children.command}), 0


def ask_to_end(asked: list[Process]) -> None:
    """SIGTERM, and SIGCONT so that a stopped process hears it."""
    for process in asked:
        send(process.identifier, signal.SIGTERM)
        send(process.identifier, signal.SIGCONT)


def kill(living: list[Process]) -> None:
    """SIGKILL by group first: the kernel signals a whole group at once, so that a process which forks faster than we sweep cannot slip through."""
    for group in {process.group for process in living} - {0, os.getpgrp()}:
        send(group, signal.SIGKILL, group=True)
    for process in living:
        send(process.identifier, signal.SIGKILL)


def main() -> None:
    """Supervise one command. Report lines: `started PID`, `failed ERRNO`, and last `ended exited|stopped CODE SECONDS KILLED SURVIVORS`."""
    inherited = int(sys.argv[1])
    report = os.dup(inherited)  # a duplicate is closed on exec: the command cannot write our report
    os.close(inherited)
    prctl(PR_SET_CHILD_SUBREAPER, 1)
    prctl(PR_SET_PDEATHSIG, signal.SIGCONT)  # if the command stopped us, the server's death wakes us to do our work
    wake = listen_for_signals()
    job = read_job()
    if job is None:
        return
    begun = time.monotonic()
    command = start(job, report)
    tell(report, "started", command)
    children = Children(command)
    word = watch(children, wake)
    seconds = time.monotonic() - begun
    killed, survivors = end_all(children, wake, hurry=word == KILL)
    end = ("stopped", 0) if word else ("exited", children.exit_code)
    tell(report, "ended", *end, f"{seconds:.6f}", killed, survivors)


if __name__ == "__main__":
    main()
    os._exit(0)  # nothing is left to tidy, so that the interpreter needs no time to end
