"""The clones that this process is making: each begun once, joined by whoever asks again, dead with the server."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import anyio
from anyio.abc import TaskGroup

from state.errors import Refusal

POLL_SECONDS: Final = 0.5  # how often progress is told

Tell = Callable[[str], None]


@dataclass
class Cloning:
    """One clone of `origin` under way; `failure` is why it came to nothing."""

    origin: str
    message: str = "cloning"
    begun: bool = False
    failure: Exception | None = None
    done: anyio.Event = field(default_factory=anyio.Event)


class Clones:
    """Those of one server process, by the folder that each will be in. They live in `tasks`, which outlives the call that began them."""

    def __init__(self, tasks: TaskGroup) -> None:
        self._tasks = tasks
        self._running: dict[Path, Cloning] = {}

    async def begin_or_join(self, origin: str, destination: Path, work: Callable[[Tell], Awaitable[None]]) -> Cloning:
        """The clone of `origin` that will be at `destination`: the one under way, or a new one, made by `work`.

        Raises Refusal BUSY where something else is being cloned to there.
        """
        running = self._running.setdefault(destination, Cloning(origin))
        if running.origin != origin:
            what = f"another repository is being cloned to {destination}"
            raise Refusal("BUSY", what, where=(str(destination),), expected="the same call in a while, or another directory")
        if not running.begun:
            running.begun = True
            self._tasks.start_soon(self._drive, destination, work)
        return running

    async def wait(self, cloning: Cloning, seconds: float, progress: Callable[[str], Awaitable[None]]) -> bool:
        """Wait up to `seconds` for the end, telling how far it is; whether it came. Raises what the work raised."""
        told = ""
        with anyio.move_on_after(seconds):
            while not cloning.done.is_set():
                if cloning.message != told:
                    await progress(cloning.message)
                    told = cloning.message
                with anyio.move_on_after(POLL_SECONDS):
                    await cloning.done.wait()
        if cloning.failure is not None:
            raise cloning.failure
        return cloning.done.is_set()

    async def _drive(self, destination: Path, work: Callable[[Tell], Awaitable[None]]) -> None:
        cloning = self._running[destination]

        def tell(message: str) -> None:
            cloning.message = message

        try:
            await work(tell)
        except (Refusal, OSError) as failure:
            cloning.failure = failure
        finally:
            self._running.pop(destination, None)
            cloning.done.set()
