"""Long work of this server process: started once for each key, joined by whoever asks again, dead with the server."""

import logging
import os
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import anyio
from anyio.abc import TaskGroup

from state.answers import one_line
from state.errors import Refusal
from state.files import is_locked, locked
from state.jobs import Job, JobEnded, JobStarted, Outcome, job, running_job
from state.rows import next_number
from state.store import Store
from tools.engine.repository.git import GitFailed

POLL_SECONDS: Final = 0.5  # how often progress is told and the end of another server's job is looked for
CLEAN_UP_SECONDS: Final = 10.0  # how long the end of a cancelled job may take to write down
THREADS: Final = 4  # for the store's questions, apart from the threads in which calls wait for jobs
REASON_LIMIT: Final = 2000  # characters

Progress = Callable[[str], None]
Work = Callable[[Progress], Awaitable[None]]
log = logging.getLogger("refactory.jobs")


@dataclass(frozen=True)
class Plan:
    """Work to do: what makes it the same work, whose experiment it serves (None: the target branch), and the doing."""

    key: str
    experiment: int | None
    work: Work


@dataclass
class Running:
    """A job that this process is doing; it holds its lock as long as it lives."""

    number: int
    lock: ExitStack
    scope: anyio.CancelScope = field(default_factory=anyio.CancelScope)
    done: anyio.Event = field(default_factory=anyio.Event)
    message: str = "starting"


def nothing() -> None:
    """Nothing is left to do after a job."""


class Jobs:
    """The jobs of one server process. They live in `tasks`, which outlives the call that started them."""

    def __init__(self, tasks: TaskGroup) -> None:
        self._tasks = tasks
        self._threads = anyio.CapacityLimiter(THREADS)
        self._running: dict[tuple[Path, int], Running] = {}

    async def start_or_join(self, store: Store, plan: Plan, afterwards: Callable[[], None] = nothing) -> int:
        """The number of the job that does this work: one under way in any living server, or a new one of ours.

        `afterwards` is called in a worker thread once the end of one of ours is written down; it raises nothing.
        """
        number, lock = await anyio.to_thread.run_sync(claim, store, plan, limiter=self._threads)
        if lock is not None:
            ours = Running(number, lock)
            self._running[(store.path, number)] = ours
            self._tasks.start_soon(self._drive, store, plan, ours, afterwards)
        return number

    async def wait(self, store: Store, number: int, seconds: float, progress: Callable[[str], Awaitable[None]]) -> Job:
        """Wait up to `seconds` for the end of a job, telling its progress; answers the job as it then is.

        Raises Refusal UNKNOWN_ID when there is none of this number.
        """
        told = ""
        with anyio.move_on_after(seconds):
            while await anyio.to_thread.run_sync(is_running, store, number, limiter=self._threads):
                message = self.message(store, number)
                if message != told:
                    await progress(message)
                    told = message
                with anyio.move_on_after(POLL_SECONDS):
                    running = self._running.get((store.path, number))
                    await (running.done.wait() if running else anyio.sleep_forever())
        return await anyio.to_thread.run_sync(look, store, number, limiter=self._threads)

    def message(self, store: Store, number: int) -> str:
        """What a job did last, as far as this process knows."""
        running = self._running.get((store.path, number))
        return running.message if running else "running in another server process"

    async def cancel(self, store: Store, number: int) -> bool:
        """Stop a job of this process and wait for its end; answers whether there was one to stop."""
        running = self._running.get((store.path, number))
        if running is None:
            return False
        running.scope.cancel()
        await running.done.wait()
        return True

    async def _drive(self, store: Store, plan: Plan, running: Running, afterwards: Callable[[], None]) -> None:
        outcome: Outcome = "cancelled"
        reason = "cancelled"

        def tell(message: str) -> None:
            running.message = message

        try:
            with running.scope:
                try:
                    await plan.work(tell)
                    outcome, reason = "done", ""
                except Exception as error:
                    outcome, reason = "failed", _reason(error)
                    log.warning("job J%d failed: %s", running.number, reason, exc_info=_of_the_program(error))
        finally:
            try:
                with anyio.move_on_after(CLEAN_UP_SECONDS, shield=True):
                    await anyio.to_thread.run_sync(conclude, store, running, outcome, reason, limiter=self._threads)
                    await anyio.to_thread.run_sync(afterwards, limiter=self._threads)
            finally:
                self._running.pop((store.path, running.number), None)
                running.done.set()


def _reason(error: Exception) -> str:
    """Why work failed; of several things done at once, what failed first: a refusal where there is one."""
    refusals = error.subgroup(Refusal) if isinstance(error, ExceptionGroup) else None
    first: BaseException = refusals or error
    while isinstance(first, BaseExceptionGroup):
        first = first.exceptions[0]
    return _said(first)


def _of_the_program(error: BaseException) -> bool:
    """Whether a failure, or one of several, is the program's own fault: only then its place in the code says something."""
    if isinstance(error, BaseExceptionGroup):
        return any(map(_of_the_program, error.exceptions))
    return not isinstance(error, Refusal | GitFailed | OSError)


def _said(error: BaseException) -> str:
    """What a failure says for itself: our words, git's or the system's; of a fault of the program its kind only."""
    match error:
        case Refusal() | GitFailed():
            return one_line(str(error), REASON_LIMIT)
        case OSError(strerror=str(words)):
            return one_line(f"the system refused: {words}: {error.filename or 'a file'}", REASON_LIMIT)
        case _:
            return f"INTERNAL: {type(error).__name__}"


def claim(store: Store, plan: Plan) -> tuple[int, ExitStack | None]:
    """The number of the job and, where it is a new one of ours, its lock, held.

    Joins the living job of this key or writes a new one down, in one transaction, so that two servers cannot both start.
    """
    with ExitStack() as lock:  # let go of where the job could not be written down
        with store.writing() as connection:
            found = running_job(connection, plan.key)
            if found is not None and is_locked(lock_path(store, found.id)):
                return found.id, None
            number = next_number(connection, "jobs")
            lock.enter_context(locked(lock_path(store, number), f"job J{number}", wait=0))
            payload = JobStarted(job=number, kind="evaluation", key=plan.key, experiment=plan.experiment, server=f"process {os.getpid()}")
            store.append(payload, actor="server", channel="server")
        return number, lock.pop_all()


def conclude(store: Store, running: Running, outcome: Outcome, reason: str) -> None:
    """Write down how a job ended, then let go of its lock. Where that cannot be written, the free lock says that it was interrupted."""
    with running.lock:
        try:
            store.append(JobEnded(job=running.number, outcome=outcome, reason=reason), actor="server", channel="server")
            lock_path(store, running.number).unlink(missing_ok=True)
        except (Refusal, OSError) as trouble:
            log.warning("the end of job J%d could not be written: %s", running.number, trouble)


def look(store: Store, number: int) -> Job:
    """The job as the log has it. Raises Refusal UNKNOWN_ID when there is none of this number."""
    with store.reading() as connection:
        found = job(connection, number)
    if found is None:
        raise Refusal("UNKNOWN_ID", f"there is no job J{number} here", where=("job",), expected="a job id from an earlier answer, such as J1")
    return found


def is_running(store: Store, number: int) -> bool:
    """Whether a living server is doing this job: a row that says running whose lock is free was interrupted."""
    return look(store, number).state == "running" and is_locked(lock_path(store, number))


def lock_path(store: Store, number: int) -> Path:
    """The file whose lock a job holds while it lives."""
    return store.folder / "jobs" / f"J{number}.lock"
