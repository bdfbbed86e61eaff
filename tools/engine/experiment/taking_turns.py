"""One measurement of a project at a time."""

from contextlib import ExitStack, asynccontextmanager
from typing import TYPE_CHECKING, Final

import anyio
import anyio.to_thread

from state.errors import Refusal
from state.files import locked
from tools.engine.contract import Contract
from tools.engine.evaluation.caches import trim_now_and_then
from tools.engine.jobs.running import Progress
from tools.engine.session import Session

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

LOCK_POLL_SECONDS: Final = 0.25


@asynccontextmanager
async def one_at_a_time(session: Session, contract: Contract, progress: Progress) -> "AsyncIterator[None]":
    """Hold the project's lock for measuring: timings and caches want one tree under test at a time, unless factory.md says `parallel`.

    Beside a research target that is not listened to: the runs of a pair stand back to back, with nothing else beside them.
    """
    setup = contract.configuration.setup
    if setup is not None and setup.parallel and contract.configuration.research_target is None:
        yield
        return
    lock = ExitStack()
    while True:
        try:
            await anyio.to_thread.run_sync(lock.enter_context, locked(session.store.folder / "measuring.lock", "measuring", wait=0))
            break
        except Refusal as refusal:
            progress(f"waiting: the project is {refusal.what}")
            await anyio.sleep(LOCK_POLL_SECONDS)
    with lock:
        yield
        await anyio.to_thread.run_sync(trim_now_and_then, session.store)
