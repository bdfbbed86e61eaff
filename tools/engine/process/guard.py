"""The server's side of a supervisor: starting it, the lifeline it hangs on, the report it gives, and the list of those that live."""

import contextlib
import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import anyio

from tools.engine.process.confine import CONFINEMENTS, Confinement, Network
from tools.engine.process.supervisor import Process, descendants, processes, send
from tools.engine.process.supervisor.listening import KILL

SUPERVISOR: Final = Path(__file__).with_name("supervisor") / "__main__.py"
KILL_PATIENCE: Final = 0.7  # seconds that kill_everything waits for the supervisors, before and after it lends a hand
EXIT_PATIENCE: Final = 0.2  # seconds between a supervisor's last word and its end
LOADER_VARIABLES: Final = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")  # what an interpreter may need to start; the command gets none of it


@dataclass(frozen=True)
class Report:
    """What a supervisor reported. `ended` is empty as long as it did not say how the command ended."""

    started: int | None  # process id of the command, which leads a session and a group of that number
    failure: int | None  # errno, if the command could not be run
    ended: str  # "exited", "stopped", "memory" or "processes"
    exit_code: int
    seconds: float
    killed: int
    survivors: int
    confinement: Confinement = "none"
    network: Network = "open"


def read_report(text: bytes) -> Report:
    """Read the lines that the supervisor wrote."""
    lines = dict(line.split(" ", 1) for line in text.decode("ascii").splitlines())
    started, failed = lines.get("started"), lines.get("failed")
    ended, code, seconds, killed, survivors = lines.get("ended", " 0 0 0 0").split(" ")
    confinement, network = lines.get("confined", "none open").split(" ")
    return Report(
        started=int(started) if started else None,
        failure=int(failed) if failed else None,
        ended=ended,
        exit_code=int(code),
        seconds=float(seconds),
        killed=int(killed),
        survivors=int(survivors),
        confinement=CONFINEMENTS[confinement],
        network="off" if network == "off" else "open",
    )


@dataclass(frozen=True, eq=False)
class Guard:
    """A running supervisor: our only end of its lifeline, and what we read of the command and of it (all non-blocking)."""

    process: subprocess.Popen[bytes]
    lifeline: int
    stdout: int
    stderr: int
    report: int
    descriptors: contextlib.ExitStack  # closes the four

    async def give(self, job: bytes) -> None:
        """Hand the job over. That a supervisor is gone already shows in its missing report."""
        with contextlib.suppress(BrokenPipeError):
            while job:
                await anyio.wait_writable(self.lifeline)
                job = job[os.write(self.lifeline, job) :]

    def say(self, word: bytes) -> None:
        """Send STOP or KILL."""
        with contextlib.suppress(BrokenPipeError, BlockingIOError):  # gone already; or stuck before it took its job: then nothing runs
            os.write(self.lifeline, word)
        self.wake()

    def wake(self) -> None:
        """Let a supervisor that its command has stopped go on."""
        self.process.send_signal(signal.SIGCONT)

    def kill_below(self) -> None:
        """Do the supervisor's work from here: for one that its command keeps stopping."""
        kill_all(lambda: descendants(self.process.pid))
        self.wake()

    def gone_within(self, seconds: float) -> bool:
        """Wait for the supervisor's end, blocking; returns whether it came in time."""
        ended = select.poll()
        ended.register(self.report, 0)  # asks for nothing but the hang-up
        return bool(ended.poll(max(0.0, seconds) * 1000))

    async def close(self) -> None:
        """Let go of the supervisor. One that is still at work kills everything at once now, and ends by itself."""
        _LIVE.discard(self)
        self.descriptors.close()
        deadline = time.monotonic() + EXIT_PATIENCE
        while self.process.poll() is None:
            if time.monotonic() >= deadline:
                threading.Thread(target=self.process.wait, name="supervisor's end", daemon=True).start()
                return
            await anyio.sleep(0.001)


# A signal handler is handed nothing, and what it must kill belongs to the process as a whole: hence this one list for the process.
_LIVE: Final[set[Guard]] = set()


def start_guard() -> Guard:
    """Start a supervisor, which waits for its job. Raises OSError if the system gives no more processes or descriptors."""
    with contextlib.ExitStack() as ours, contextlib.ExitStack() as theirs:

        def pipe(*, to_supervisor: bool = False) -> tuple[int, int]:
            """Open a pipe; returns our end and the supervisor's."""
            reading, writing = os.pipe()
            our_end, their_end = (writing, reading) if to_supervisor else (reading, writing)
            ours.callback(os.close, our_end)
            theirs.callback(os.close, their_end)
            os.set_blocking(our_end, False)
            return our_end, their_end

        (lifeline, stdin), (stdout, stdout_end), (stderr, stderr_end), (report, report_end) = pipe(to_supervisor=True), pipe(), pipe(), pipe()
        process = subprocess.Popen(
            [sys.executable, "-I", "-S", "-X", "utf8", str(SUPERVISOR), str(report_end)],
            cwd="/",  # it keeps no project folder busy
            env={name: os.environ[name] for name in LOADER_VARIABLES if name in os.environ},
            stdin=stdin,
            stdout=stdout_end,
            stderr=stderr_end,
            pass_fds=(report_end,),
            start_new_session=True,
        )
        guard = Guard(process, lifeline, stdout, stderr, report, ours.pop_all())
    _LIVE.add(guard)
    return guard


def live_groups() -> tuple[int, ...]:
    """The process groups of the supervisors that run now."""
    return tuple(guard.process.pid for guard in list(_LIVE))


def kill_everything() -> int:
    """Kill every supervised command and all that it started, now; returns how many there were.

    Blocks until they are gone, at most twice KILL_PATIENCE seconds, and may be called from a signal handler. If this process ends before,
    the supervisors finish the work.
    """
    guards = list(_LIVE)
    for guard in guards:
        guard.say(KILL)
    for guard in _not_gone(guards):
        guard.kill_below()
    _not_gone(guards)
    return len(guards)


def _not_gone(guards: list[Guard]) -> list[Guard]:
    """Those that are still at work after KILL_PATIENCE seconds."""
    deadline = time.monotonic() + KILL_PATIENCE
    return [guard for guard in guards if not guard.gone_within(deadline - time.monotonic())]


def kill_session(leader: int) -> int:
    """Kill what still runs in the session of `leader`, for the case that its supervisor was killed; returns how many there were.

    A process that left the session is out of reach then.
    """
    killed = kill_all(lambda: [process for process in processes() if process.session == leader])
    send(leader, signal.SIGKILL, group=True)  # all that can be done where there is no process table to read
    return killed


def kill_all(find: Callable[[], list[Process]]) -> int:
    """Kill what `find` finds, until it finds nothing new; returns how many there were."""
    killed: set[int] = set()
    while fresh := {process.identifier for process in find()} - killed:
        for identifier in fresh:
            send(identifier, signal.SIGKILL)
        killed |= fresh
    return len(killed)
