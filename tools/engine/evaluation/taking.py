"""Taking one part of an evaluation: the place it needs, what is brought there, what runs, and the sample that is written down of it."""

import os
import time
from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

import anyio
import anyio.to_thread

from state.measurement import ReadingState, Sample
from tools.engine.evaluation import static
from tools.engine.evaluation.evaluations import Supply, run_evaluation
from tools.engine.evaluation.planning import Job, Stand, Target, command_of
from tools.engine.evaluation.room import place_for
from tools.engine.evaluation.surroundings import Surroundings
from tools.engine.languages.bench import Place, Taken, Unprepared, Unprovable, not_taken, without_place
from tools.engine.process import Confine
from tools.engine.process.environment import SYSTEM_PATH
from tools.engine.scope.files import files_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

Work = Callable[[Job], Coroutine[Any, Any, Taken]]
Sampling = Callable[[Job, Work], Coroutine[Any, Any, None]]


@dataclass(frozen=True)
class Taking:
    """One call of `measure` at work on its target."""

    target: Target
    stands: Sequence[Stand]
    surroundings: Surroundings
    progress: Callable[[str], None]

    @cached_property
    def confine(self) -> Confine | None:
        """What commands may do."""
        return self.surroundings.confine(self.target, [folder for stand in self.stands for folder in stand.bench.installed])

    @property
    def parallel(self) -> bool:
        """Whether what runs code may run side by side."""
        setup = self.target.contract.configuration.setup
        return setup is not None and setup.parallel

    @property
    def at_once(self) -> int:
        """How many commands that run code may run side by side."""
        return os.cpu_count() or 1 if self.parallel else 1

    async def sample(self, job: Job, work: Work) -> Sample:
        """Do the work, and write down what came of it."""
        begun, at = time.monotonic(), datetime.now(UTC)
        taken = await work(job)
        return Sample(
            part=job.part,
            tree=job.trees.measured,
            instrument=job.instrument,
            environment=job.environment,
            readings=taken.readings,
            commands=taken.commands,
            tools=dict(taken.tools),
            material=dict(taken.material),
            output=taken.output,
            at=at.isoformat(timespec="milliseconds"),
            seconds=round(time.monotonic() - begun, 3),
            load=os.getloadavg()[0],
            confinement="unconfined" if self.surroundings.means == "none" else self.surroundings.means,
            network="open" if self.confine is None or self.confine.network else "off",
        )

    async def in_fresh_tree(self, job: Job) -> Taken:
        """Tests, project evaluations, hard constraints and the smoke test."""
        concerned = [job.stand] if job.stand else self.stands
        for stand in concerned:
            if obstacle := await anyio.to_thread.run_sync(stand.bench.obstacle, job.trees):
                return not_taken(job.dimensions, ReadingState.UNAVAILABLE, obstacle)
        self.progress(f"{job.part}: started")
        async with self._place(job.trees.measured) as place:
            try:
                for stand in concerned:
                    await stand.bench.prepare(job.trees, _at(place, stand))
                variables = await anyio.to_thread.run_sync(_surround, concerned, place)
            except Unprepared as problem:
                return without_place(replace(not_taken(job.dimensions, ReadingState.UNAVAILABLE, problem.reason), output=problem.output), place)
            except Unprovable as problem:
                return not_taken(job.dimensions, ReadingState.UNAVAILABLE, f"cannot prove whose code runs: {problem}")
            before = await anyio.to_thread.run_sync(self.surroundings.linked.fingerprint)
            taken = await self._run(job, place, variables)
            if before != await anyio.to_thread.run_sync(self.surroundings.linked.fingerprint):
                return not_taken(job.dimensions, ReadingState.ERROR, "the command wrote into the data that `link:` hands to it to be read")
            return without_place(_with_left_out(taken, place), place)

    async def with_tools(self, jobs: Sequence[Job], sample: Sampling) -> None:
        """What only reads shares one tree of those that look at the same."""
        for tree in dict.fromkeys(job.trees.measured for job in jobs):
            async with self._place(tree) as place:
                await self._with_tools([job for job in jobs if job.trees.measured == tree], place, sample)

    async def from_contract(self, job: Job) -> Taken:
        """The dimensions that factory.md itself yields."""
        contract = self.target.contract
        files = await anyio.to_thread.run_sync(files_of, job.trees.repository, job.trees.measured)
        return Taken((static.guard_patterns(contract.configuration, files), static.config_parser(contract.configuration, contract.profile)))

    @asynccontextmanager
    async def _place(self, tree: str) -> "AsyncIterator[Place]":
        async with place_for(self.target.repository, tree, self.target.pool) as place:
            yield await anyio.to_thread.run_sync(self.surroundings.settle, place, self.confine)

    async def _run(self, job: Job, place: Place, variables: dict[str, str]) -> Taken:
        if job.stand and job.task:
            return await job.stand.bench.take(job.task, _at(place, job.stand), self.progress)
        if setup := self.surroundings.each_tree:
            prepared = await run_evaluation(setup, place, variables)
            if prepared.readings[0].value != 1.0:
                reason = f"the command of ## Setup did not end well: {prepared.readings[0].reason or prepared.readings[0].facts}"
                return replace(not_taken(job.dimensions, ReadingState.UNAVAILABLE, reason), output=prepared.output)
        supply = Supply(self.target.repository, self.target.base_tree, self.at_once)
        return await run_evaluation(command_of(job.part, self.target), place, variables, supply)

    async def _with_tools(self, jobs: Sequence[Job], place: Place, sample: Sampling) -> None:
        unprepared = await _unprepared(jobs, place)
        problems = {stand.root.label: await anyio.to_thread.run_sync(_unprovable, stand, place) for stand in self.stands}

        async def with_tool(job: Job) -> Taken:
            if failed := unprepared.get(job.part):
                return without_place(failed, place)
            return await self._with_tool(job, place, problems)

        async with anyio.create_task_group() as tasks:
            for job in jobs:
                tasks.start_soon(sample, job, with_tool)

    async def _with_tool(self, job: Job, place: Place, unprovable: Mapping[str, str]) -> Taken:
        if not (job.stand and job.task):
            raise ValueError(f"{job.part} is no part of a root")
        if problem := unprovable[job.stand.root.label]:
            return not_taken(job.dimensions, ReadingState.UNAVAILABLE, f"cannot prove whose code is looked at: {problem}")
        if job.task.kind == "types" and (obstacle := await anyio.to_thread.run_sync(job.stand.bench.obstacle, job.trees)):
            return not_taken(job.dimensions, ReadingState.UNAVAILABLE, obstacle)
        return without_place(await job.stand.bench.take(job.task, _at(place, job.stand), self.progress), place)


def _with_left_out(taken: Taken, place: Place) -> Taken:
    """What was taken, and below what was printed what of the tree was not there."""
    return replace(taken, output="\n".join((taken.output, *place.left_out)).strip()) if place.left_out else taken


def _at(place: Place, stand: Stand) -> Place:
    """The place as seen from the root of the bench."""
    return replace(place, root=stand.root.path)


def _surround(stands: Sequence[Stand], place: Place) -> dict[str, str]:
    """The environment of commands with every toolchain that is concerned; of the same variable the first root's counts. Raises Unprovable."""
    environments = [stand.bench.surround(_at(place, stand)) for stand in stands] or [place.environment()]
    folders = [folder for each in environments for folder in each["PATH"].split(os.pathsep)]
    toolchains = dict.fromkeys(folder for folder in folders if folder not in SYSTEM_PATH)
    merged = {name: value for each in reversed(environments) for name, value in each.items()}
    return {**merged, "PATH": os.pathsep.join((*toolchains, *SYSTEM_PATH))}


async def _unprepared(jobs: Sequence[Job], place: Place) -> dict[str, Taken]:
    """What types are checked against is prepared at the place; where that fails, what becomes of the part."""
    failed = {}
    for job in jobs:
        if job.stand and job.task and job.task.kind == "types":
            try:
                await job.stand.bench.prepare(job.trees, _at(place, job.stand))
            except Unprepared as problem:
                failed[job.part] = replace(not_taken(job.dimensions, ReadingState.UNAVAILABLE, problem.reason), output=problem.output)
    return failed


def _unprovable(stand: Stand, place: Place) -> str:
    """Why it cannot be proved whose code is looked at, or nothing; the toolchain is prepared there."""
    try:
        stand.bench.surround(_at(place, stand))
    except Unprovable as problem:
        return str(problem)
    return ""
