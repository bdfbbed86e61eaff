"""Running a command that may misbehave in every way: watched by a supervisor, within a time limit, with bounded output, cancellable."""

import os
import selectors
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import anyio

from tools.engine.process.confine import Confine, Confinement, Network, default_memory, make_sandbox
from tools.engine.process.guard import Guard, Report, kill_session, read_report, start_guard
from tools.engine.process.output import RawCopy, Tail, Watcher
from tools.engine.process.supervisor.job import Job, encode_job, make_job
from tools.engine.process.supervisor.limits import PROCESS_LIMIT
from tools.engine.process.supervisor.listening import STOP

Outcome = Literal["exited", "timeout", "cancelled", "not_found", "memory", "processes"]

INPUT_LIMIT: Final = 8 * 1024 * 1024  # bytes that a command may be handed as its input
STDOUT_KEPT: Final = 1024 * 1024  # bytes
STDERR_KEPT: Final = 256 * 1024  # bytes
READ_SIZE: Final = 256 * 1024  # bytes asked for at a time
WAKE_INTERVAL: Final = 0.25  # seconds after which the watcher gets its turn although nothing came
STOP_PATIENCE: Final = 2.2  # seconds for the supervisor to end its command; more than its TERM_GRACE and KILL_LIMIT together
LAST_PATIENCE: Final = 0.5  # seconds for it to come back after we did its work
DRAIN_GRACE: Final = 0.5  # seconds that a pipe may stay open after the supervisor's end, held by a process out of its reach


@dataclass(frozen=True)
class Command:
    """What to run, and within which limits."""

    argv: tuple[str, ...]  # a name without a slash is looked up in the environment's own PATH
    directory: Path
    environment: Mapping[str, str]  # complete: nothing is inherited
    timeout: float  # seconds of wall time, for everything
    raw_output: Path | None = None  # where stdout and stderr are also kept, as they come
    raw_limit: int = 64 * 1024 * 1024  # bytes
    stdin: bytes | None = None  # what it reads, at most INPUT_LIMIT bytes, then its end; None: nothing at all
    confine: Confine | None = None  # None: it sees and may do what this process's user may
    memory: int | None = None  # bytes for all its processes together; None: default_memory()


@dataclass(frozen=True)
class Finished:
    """How a command ended. `cancelled` is an end from outside: by kill_everything, or because somebody killed its supervisor.

    `memory` and `processes` are ends at a bound: all its processes together held more than Command.memory, or were more than 4096.
    """

    outcome: Outcome
    exit_code: int | None  # of the command itself; negative is a signal (under bubblewrap 128 + the signal instead); None unless exited
    seconds: float  # from the command's start to its own end, or to the decision to stop it
    stdout: str  # the last STDOUT_KEPT bytes
    stderr: str  # the last STDERR_KEPT bytes; the system's reason if not_found
    dropped: int  # bytes of both that are not in them
    children_killed: int  # processes of the command, itself not counted, that it left running or that had to be stopped with it
    survivors: int = 0  # processes that could not be killed in time (another user's, or stuck in the kernel), as far as known
    confinement: Confinement = "none"  # by what the command was confined, where it was to be
    network: Network = "open"
    bound: str = ""  # which bound it was ended at, in words; empty unless the outcome is memory or processes


async def supervise_by(confinement: Confinement, command: Command, on_line: Callable[[str], None] | None = None) -> Finished:
    """Run `command` as supervise does, and confine it by this means, where it asks for that. Raises what supervise raises."""
    job = encode_job(_job(confinement, command))
    following = _Following(command)
    try:
        with anyio.move_on_after(command.timeout) as limit:
            await following.run(job, Watcher(on_line))
    finally:
        with anyio.CancelScope(shield=True):
            await following.close()
    return following.finished(timed_out=limit.cancelled_caught)


def _job(confinement: Confinement, command: Command) -> Job:
    """The command as its supervisor takes it."""
    if not command.directory.is_dir():
        raise NotADirectoryError(f"{command.directory} is no folder to run {command.argv[:1]} in")
    if len(command.stdin or b"") > INPUT_LIMIT:
        raise ValueError(f"a command can be handed {INPUT_LIMIT} bytes as its input; found {len(command.stdin or b'')}")
    job = make_job(list(command.argv), str(command.directory), dict(command.environment))
    job.stdin = command.stdin
    job.memory = default_memory() if command.memory is None else command.memory
    if command.confine is not None:
        job.sandbox = make_sandbox(confinement, command.confine, job.memory)
        if job.sandbox is not None:
            job.directory = os.fsencode(command.directory.resolve())  # its places are real paths, as those of the sandbox
    return job


class _Following:
    """One command while it runs: its guard, what it printed so far, and what its supervisor reported."""

    def __init__(self, command: Command) -> None:
        self.command = command
        self.stdout = Tail(STDOUT_KEPT)
        self.stderr = Tail(STDERR_KEPT)
        self.copy = RawCopy(command.raw_output, command.raw_limit)
        self.report = b""
        self.killed_in_session = 0
        self.supervisor_ended: float | None = None  # monotonic clock
        self.begun = time.monotonic()
        self.selector = selectors.DefaultSelector()
        self.memory = default_memory() if command.memory is None else command.memory
        self.guard = self._start()

    def _start(self) -> Guard:
        try:
            guard = start_guard()
        except OSError:
            self._release()
            raise
        for descriptor, tail in ((guard.stdout, self.stdout), (guard.stderr, self.stderr), (guard.report, None)):
            self.selector.register(descriptor, selectors.EVENT_READ, tail)
        return guard

    async def run(self, job: bytes, watcher: Watcher) -> None:
        """Hand over the job and follow the command to its end."""
        await self.guard.give(job)
        await self._follow(watcher)
        watcher.tell(last=True)

    async def close(self) -> None:
        """End the command if it still runs, within STOP_PATIENCE and LAST_PATIENCE seconds, and let go of everything."""
        try:
            if self.supervisor_ended is None:
                self.guard.say(STOP)
                await self._end_within(STOP_PATIENCE)
            if self.supervisor_ended is None:
                self.guard.kill_below()
                await self._end_within(LAST_PATIENCE)
        finally:
            self._release()
            await self.guard.close()

    async def _end_within(self, seconds: float) -> None:
        """Follow the last moments of a command that was told to end."""
        with anyio.move_on_after(seconds):
            await self._follow(Watcher(None), waking=True)

    def _release(self) -> None:
        self.selector.close()
        self.copy.close()

    async def _follow(self, watcher: Watcher, *, waking: bool = False) -> None:
        """Read until the supervisor has ended and all pipes are closed, or DRAIN_GRACE is over; wake a supervisor that has work to do."""
        while self.selector.get_map() and not self._overdue():
            with anyio.move_on_after(WAKE_INTERVAL):
                await anyio.wait_readable(self.selector.fileno())
            for key, _ in self.selector.select(0):
                self._read(key.fd, key.data, watcher)
            watcher.tell()
            if waking and self.supervisor_ended is None:
                self.guard.wake()

    def _overdue(self) -> bool:
        return self.supervisor_ended is not None and time.monotonic() > self.supervisor_ended + DRAIN_GRACE

    def _read(self, descriptor: int, tail: Tail | None, watcher: Watcher) -> None:
        """Take what is there. The report has no tail; its end is the supervisor's."""
        data = os.read(descriptor, READ_SIZE)
        if not data:
            self.selector.unregister(descriptor)
        if tail is None:
            self.report += data
            if not data:
                self._supervisor_has_ended()
        else:
            tail.add(data)
            self.copy.add(data)
            watcher.heard(tail)

    def _supervisor_has_ended(self) -> None:
        self.supervisor_ended = time.monotonic()
        report = read_report(self.report)
        if not report.ended and report.started is not None:
            self.killed_in_session = kill_session(report.started)

    def finished(self, *, timed_out: bool) -> Finished:
        """The result, once the command was closed. Raises OSError if the raw output could not be written."""
        if self.copy.failure:
            raise self.copy.failure
        report = read_report(self.report)
        outcome = _outcome(report, timed_out=timed_out)
        reason = f"{self.command.argv[0]}: {os.strerror(report.failure)}" if report.failure is not None else ""
        still_at_work = self.supervisor_ended is None
        return Finished(
            outcome=outcome,
            exit_code=report.exit_code if outcome == "exited" else None,
            seconds=report.seconds if report.ended else time.monotonic() - self.begun,
            stdout=self.stdout.text(),
            stderr=reason or self.stderr.text(),
            dropped=self.stdout.dropped + self.stderr.dropped,
            children_killed=report.killed + self.killed_in_session,
            survivors=1 if still_at_work else report.survivors,
            confinement=report.confinement,
            network=report.network,
            bound=_bound(outcome, self.memory),
        )


def _bound(outcome: Outcome, memory: int) -> str:
    """Which bound was exceeded, in words for whoever reads the result."""
    if outcome == "memory":
        return f"all its processes together took more than {memory / 1024**2:,.0f} MB of memory"
    return f"it had more than {PROCESS_LIMIT:,} processes at once" if outcome == "processes" else ""


def _outcome(report: Report, *, timed_out: bool) -> Outcome:
    """What the supervisor saw counts: one that ended before it was told to has ended by itself."""
    if report.failure is not None:
        return "not_found"
    if report.ended == "exited":
        return "exited"
    if report.ended == "memory":
        return "memory"
    if report.ended == "processes":
        return "processes"
    return "timeout" if timed_out else "cancelled"
