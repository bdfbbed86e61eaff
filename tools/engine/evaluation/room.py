"""Where trees are measured: private folders outside the project, gone afterwards or kept for the next tree, also on cancellation."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import anyio
import anyio.to_thread

from tools.engine.evaluation.pool import Pool
from tools.engine.evaluation.private_room import Room, close_room, furnish, open_room, parent_folder
from tools.engine.languages.bench import Place
from tools.engine.repository.left_out import Written, left_out_words
from tools.engine.repository.location import Repository
from tools.engine.repository.materialise import write_plan
from tools.engine.repository.tree_plan import Plan, plan_tree


@asynccontextmanager
async def place_for(repository: Repository, tree: str, pool: Pool | None = None) -> AsyncIterator[Place]:
    """A tree (its id) in a private folder of its own: exactly as committed, whether it was written fresh or stood there from an earlier run.

    With a pool a large tree goes back to it when the body ended well; else the folder is removed. Raises what write_tree raises.
    """
    plan = await anyio.to_thread.run_sync(pool.plan if pool else plan_tree, repository, tree)
    lodging = await anyio.to_thread.run_sync(pool.lend, plan) if pool else None
    if pool is None or lodging is None:
        async with _fresh(plan) as place:
            yield place
        return
    ended_well = False
    try:
        yield replace(lodging.room.place, left_out=left_out_words(lodging.standing.written))
        ended_well = True
    finally:
        with anyio.CancelScope(shield=True):
            await anyio.to_thread.run_sync(pool.give_back if ended_well else pool.drop, lodging)


@asynccontextmanager
async def _fresh(plan: Plan) -> AsyncIterator[Place]:
    room = await anyio.to_thread.run_sync(open_room, parent_folder())
    try:
        written = await anyio.to_thread.run_sync(_furnish, room, plan)
        yield replace(room.place, left_out=left_out_words(written))
    finally:
        with anyio.CancelScope(shield=True):
            await anyio.to_thread.run_sync(close_room, room)


def _furnish(room: Room, plan: Plan) -> Written:
    furnish(room)
    return write_plan(plan, room.place.tree)
