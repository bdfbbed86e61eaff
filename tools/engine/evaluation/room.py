"""Where trees are measured: private folders outside the project, gone afterwards, also on cancellation."""

import os
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import anyio
import anyio.to_thread

from tools.engine.evaluation.bench import Place
from tools.engine.repository.location import Repository
from tools.engine.repository.materialise import remove_tree, write_tree

MEMORY: Final = Path("/dev/shm")  # noqa: S108 - a private folder is made in it
ROOM_NEEDED: Final = 1 << 30  # bytes that have to be free there


@asynccontextmanager
async def place_for(repository: Repository, tree: str) -> AsyncIterator[Place]:
    """A tree (its id), written fresh into a private folder, which is removed at the end. Raises what write_tree raises."""
    place = Place(Path(await anyio.to_thread.run_sync(lambda: tempfile.mkdtemp(prefix="factory-", dir=parent_folder()))))
    try:
        await anyio.to_thread.run_sync(_furnish, repository, tree, place)
        yield place
    finally:
        with anyio.CancelScope(shield=True):
            await anyio.to_thread.run_sync(remove_tree, place.room)


def parent_folder() -> Path:
    """Memory where programs may be started in it and enough is free, else the usual folder for temporary files."""
    usable = MEMORY.is_dir() and os.access(MEMORY, os.W_OK | os.X_OK) and not os.statvfs(MEMORY).f_flag & os.ST_NOEXEC
    if usable and shutil.disk_usage(MEMORY).free >= ROOM_NEEDED:
        return MEMORY
    return Path(tempfile.gettempdir())


def _furnish(repository: Repository, tree: str, place: Place) -> None:
    for folder in (place.home, place.temporary):
        folder.mkdir()
    write_tree(repository, tree, place.tree)
