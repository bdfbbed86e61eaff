"""Long work: started once however many ask, told how it ended whatever happens to it."""

import os
from collections.abc import Awaitable, Callable
from pathlib import Path

import anyio
import pytest
from anyio.abc import TaskGroup

from state.errors import Refusal
from state.files import is_locked, locked
from state.jobs import JobStarted
from state.store import Store
from tests.support.stores import append, assert_sound, log_of
from tools.engine.jobs.running import Jobs, Plan, Progress, is_running, lock_path, look


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "refactory", wait=0.05)


async def hear_nothing(message: str) -> None:
    del message


def plan(work: Callable[[Progress], Awaitable[None]], key: str = "tree") -> Plan:
    return Plan(key, None, work)


class Gate:
    """Work that says when it began and goes on when it is let."""

    def __init__(self) -> None:
        self.begun, self.go, self.count = anyio.Event(), anyio.Event(), 0

    async def work(self, progress: Progress) -> None:
        self.count += 1
        progress("at the gate")
        self.begun.set()
        await self.go.wait()


async def ended(jobs: Jobs, store: Store, number: int) -> tuple[str, str]:
    """State and reason of a job at its end."""
    found = await jobs.wait(store, number, 30, hear_nothing)
    return found.state, found.reason


async def run(tasks: TaskGroup, store: Store, work: Callable[[Progress], Awaitable[None]]) -> tuple[str, str]:
    jobs = Jobs(tasks)
    return await ended(jobs, store, await jobs.start_or_join(store, plan(work)))


async def test_work_is_done_and_written_down(store: Store) -> None:
    gate = Gate()
    gate.go.set()
    async with anyio.create_task_group() as tasks:
        assert await run(tasks, store, gate.work) == ("done", "")
    assert gate.count == 1
    assert not lock_path(store, 1).exists()
    assert_sound(store)


async def test_whoever_asks_for_the_same_work_joins_it(store: Store) -> None:
    gate, other = Gate(), Gate()
    async with anyio.create_task_group() as tasks:
        jobs = Jobs(tasks)
        first = await jobs.start_or_join(store, plan(gate.work))
        await gate.begun.wait()
        assert await jobs.start_or_join(store, plan(gate.work)) == first
        assert await jobs.start_or_join(store, plan(other.work, "other tree")) == first + 1
        assert jobs.message(store, first) == "at the gate"
        gate.go.set()
        other.go.set()
        assert await ended(jobs, store, first) == await ended(jobs, store, first + 1) == ("done", "")
        assert await jobs.start_or_join(store, plan(gate.work)) == first + 2, "what is over is started anew"
    assert gate.count == 2


async def test_two_servers_do_not_both_start(store: Store, tmp_path: Path) -> None:
    gates, numbers = [Gate() for _ in range(4)], list[int]()
    stores = [Store(tmp_path / "refactory") for _ in gates]
    async with anyio.create_task_group() as tasks:
        servers = [Jobs(tasks) for _ in gates]

        async def ask(place: int) -> None:
            numbers.append(await servers[place].start_or_join(stores[place], plan(gates[place].work)))

        async with anyio.create_task_group() as asking:
            for place in range(len(gates)):
                asking.start_soon(ask, place)
        assert set(numbers) == {1}
        for gate in gates:
            gate.go.set()
        for server, own in zip(servers, stores, strict=True):
            assert await ended(server, own, 1) == ("done", ""), "the end is seen from every server"
    assert sum(gate.count for gate in gates) == 1
    assert len(log_of(store)) == 2


async def test_a_job_of_another_server_is_said_to_run_there(store: Store, tmp_path: Path) -> None:
    gate = Gate()
    async with anyio.create_task_group() as tasks:
        here, there = Jobs(tasks), Jobs(tasks)
        number = await there.start_or_join(Store(tmp_path / "refactory"), plan(gate.work))
        assert is_running(store, number)
        assert here.message(store, number) == "running in another server process"
        assert not await here.cancel(store, number), "and cannot be stopped from here"
        gate.go.set()
        assert (await ended(here, store, number))[0] == "done"


async def test_an_interrupted_job_is_taken_over(store: Store) -> None:
    dead = JobStarted(job=1, kind="evaluation", key="tree", server="process of a dead server")
    append(store, dead)
    with locked(lock_path(store, 1), "job J1"):
        assert is_running(store, 1)
    assert not is_running(store, 1), "the row says running and the lock is free"
    gate = Gate()
    gate.go.set()
    async with anyio.create_task_group() as tasks:
        jobs = Jobs(tasks)
        number = await jobs.start_or_join(store, plan(gate.work))
        assert number == 2
        assert (await ended(jobs, store, 2))[0] == "done"
        assert await ended(jobs, store, 1) == ("cancelled", "interrupted")


async def test_a_cancelled_job_ends_and_can_be_started_again(store: Store) -> None:
    gate = Gate()
    async with anyio.create_task_group() as tasks:
        jobs = Jobs(tasks)
        number = await jobs.start_or_join(store, plan(gate.work))
        await gate.begun.wait()
        assert await jobs.cancel(store, number)
        assert (look(store, number).state, look(store, number).reason) == ("cancelled", "cancelled")
        assert not is_locked(lock_path(store, number))
        assert not await jobs.cancel(store, number), "there is nothing to stop any more"
        gate.go.set()
        assert await ended(jobs, store, await jobs.start_or_join(store, plan(gate.work))) == ("done", "")


async def test_a_job_dies_with_its_server_and_says_so(store: Store) -> None:
    gate = Gate()
    async with anyio.create_task_group() as tasks:
        await Jobs(tasks).start_or_join(store, plan(gate.work))
        await gate.begun.wait()
        tasks.cancel_scope.cancel()
    assert look(store, 1).state == "cancelled"
    assert not is_running(store, 1)


async def test_work_that_is_refused_failed_with_the_reason(store: Store) -> None:
    async def work(progress: Progress) -> None:
        raise Refusal("NO_TOOLCHAIN", "pytest is not in .venv/bin")

    async with anyio.create_task_group() as tasks:
        assert await run(tasks, store, work) == ("failed", "NO_TOOLCHAIN: pytest is not in .venv/bin")


async def test_an_unexpected_exception_is_internal_and_logged(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    async def work(progress: Progress) -> None:
        raise KeyError("the secret place")

    async with anyio.create_task_group() as tasks:
        assert await run(tasks, store, work) == ("failed", "INTERNAL: KeyError")
    assert "job J1 failed" in caplog.text


@pytest.mark.parametrize(
    ("errors", "reason"),
    [([KeyError("a"), Refusal("NO_TOOLCHAIN", "no pytest")], "NO_TOOLCHAIN: no pytest"), ([KeyError("a"), OSError("b")], "INTERNAL: KeyError")],
)
async def test_of_several_failures_a_refusal_is_the_reason(store: Store, errors: list[Exception], reason: str) -> None:
    async def work(progress: Progress) -> None:
        raise ExceptionGroup("both", [errors[0], ExceptionGroup("inner", errors[1:])])

    async with anyio.create_task_group() as tasks:
        assert await run(tasks, store, work) == ("failed", reason)


async def test_a_long_reason_is_cut_so_that_it_can_be_written(store: Store) -> None:
    async def work(progress: Progress) -> None:
        raise Refusal("NO_TOOLCHAIN", "x\n" * 100_000)

    async with anyio.create_task_group() as tasks:
        state, reason = await run(tasks, store, work)
    assert state == "failed"
    assert reason.startswith("NO_TOOLCHAIN: x x")
    assert len(reason) <= 2000


async def test_disk_trouble_at_the_end_does_not_end_the_server(
    store: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    gate = Gate()

    def full(*_: object, **__: object) -> None:
        raise Refusal("STORE_BROKEN", "the disk is full")

    async with anyio.create_task_group() as tasks:
        jobs = Jobs(tasks)
        number = await jobs.start_or_join(store, plan(gate.work))
        await gate.begun.wait()
        with monkeypatch.context() as patch:
            patch.setattr(store, "append", full)
            gate.go.set()
            found = await jobs.wait(store, number, 30, hear_nothing)
        assert (found.state, is_running(store, number)) == ("running", False), "it looks interrupted"
        again = await jobs.start_or_join(store, plan(gate.work))
        assert (await ended(jobs, store, again))[0] == "done"
    assert f"the end of job J{number} could not be written" in caplog.text


async def test_a_lock_file_that_cannot_be_removed_does_not_end_the_server(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    gate = Gate()
    gate.go.set()

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError("read-only")

    monkeypatch.setattr(Path, "unlink", refuse)
    async with anyio.create_task_group() as tasks:
        assert await run(tasks, store, gate.work) == ("done", "")
    assert not is_locked(lock_path(store, 1))


async def test_a_job_that_cannot_be_written_down_is_not_begun_and_holds_no_lock(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    gate = Gate()

    def full(*_: object, **__: object) -> None:
        raise Refusal("STORE_BROKEN", "the disk is full")

    async with anyio.create_task_group() as tasks:
        jobs = Jobs(tasks)
        with monkeypatch.context() as patch:
            patch.setattr(store, "append", full)
            with pytest.raises(Refusal, match="the disk is full"):
                await jobs.start_or_join(store, plan(gate.work))
        assert not is_locked(lock_path(store, 1))
        assert gate.count == 0


async def test_progress_is_told_once_for_each_message(store: Store) -> None:
    told: list[str] = []
    steps = [anyio.Event(), anyio.Event()]

    async def hear(message: str) -> None:
        told.append(message)
        if message in ("one", "two"):
            steps[message == "two"].set()

    async def work(progress: Progress) -> None:
        for message, heard in zip(("one", "two"), steps, strict=True):
            progress(message)
            await heard.wait()

    async with anyio.create_task_group() as tasks:
        jobs = Jobs(tasks)
        number = await jobs.start_or_join(store, plan(work))
        assert (await jobs.wait(store, number, 30, hear)).state == "done"
    assert [message for message in told if message != "starting"] == ["one", "two"]


async def test_waiting_gives_up_and_the_job_goes_on(store: Store) -> None:
    gate = Gate()
    async with anyio.create_task_group() as tasks:
        jobs = Jobs(tasks)
        number = await jobs.start_or_join(store, plan(gate.work))
        assert (await jobs.wait(store, number, 0, hear_nothing)).state == "running"
        assert is_running(store, number)
        gate.go.set()
        assert (await ended(jobs, store, number))[0] == "done"


async def test_many_who_wait_do_not_keep_a_job_from_its_end(store: Store) -> None:
    gate, waiting = Gate(), 60  # more than anyio has threads
    async with anyio.create_task_group() as tasks:
        jobs = Jobs(tasks)
        number = await jobs.start_or_join(store, plan(gate.work))

        def call() -> str:
            return anyio.from_thread.run(jobs.wait, store, number, 30, hear_nothing).state

        states: list[str] = []

        async def one() -> None:
            states.append(await anyio.to_thread.run_sync(call))

        async with anyio.create_task_group() as calls:
            for _ in range(waiting):
                calls.start_soon(one)
            await gate.begun.wait()
            gate.go.set()
        assert states == ["done"] * waiting


async def test_an_unknown_job_is_refused(store: Store) -> None:
    async with anyio.create_task_group() as tasks:
        with pytest.raises(Refusal, match="there is no job J9 here") as caught:
            await Jobs(tasks).wait(store, 9, 1, hear_nothing)
    assert caught.value.code == "UNKNOWN_ID"


async def test_a_job_names_its_process(store: Store) -> None:
    gate = Gate()
    gate.go.set()
    async with anyio.create_task_group() as tasks:
        await run(tasks, store, gate.work)
    assert look(store, 1).server == f"process {os.getpid()}"
