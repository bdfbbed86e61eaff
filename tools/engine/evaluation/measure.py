"""Measuring a tree: what is known already is looked up, the rest runs, each part in its place and at the same time as others that may.

Keys are computed without running anything of the project, so an unchanged tree costs milliseconds.
"""

import os
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import anyio
import anyio.to_thread

from state.measurement import ReadingState, Root, Sample
from tools.engine.evaluation import static
from tools.engine.evaluation.evaluations import run_evaluation
from tools.engine.evaluation.planning import Job, Stand, Target, evaluation_of, plan
from tools.engine.evaluation.room import place_for
from tools.engine.languages.bench import Home, Place, Taken, Unprovable, not_taken, without_place
from tools.engine.languages.table import language_named
from tools.engine.process.environment import SYSTEM_PATH
from tools.engine.scope.files import files_of


@dataclass(frozen=True)
class Listeners:
    """Where samples are looked up, where finished ones go at once, and who hears how far it is."""

    known: Callable[[str], Sample | None]
    keep: Callable[[Sample], Awaitable[None]]
    progress: Callable[[str], None]


async def measure(target: Target, parts: Sequence[str], listeners: Listeners) -> tuple[Sample, ...]:
    """The samples of `parts` (of parts_of) on the target, in that order: those that are known, and the others measured now.

    A part that cannot be measured still gives a sample, whose readings say why. Raises Refusal NO_TOOLCHAIN, Refusal BUSY when a command
    is stopped from outside, and OSError from the disk; cancelling it leaves nothing behind but the samples that were already kept.
    """
    home = Home(target.repository.root)
    stands = [await _stand(home, root, target) for root in target.contract.profile.roots]
    jobs = await anyio.to_thread.run_sync(plan, target, tuple(parts), stands, home.key)
    session = _Session(target, stands, listeners, {job.part: sample for job in jobs if (sample := listeners.known(job.key))})
    missing = [job for job in jobs if job.part not in session.samples]
    # What runs the project's code goes one after another, each in a tree of its own; tools that only read run beside it.
    try:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(session.run_code, [job for job in missing if job.runs_code])
            tasks.start_soon(session.run_tools, [job for job in missing if job.task and not job.runs_code])
            tasks.start_soon(session.read_contract, [job for job in missing if not job.task and not job.runs_code])
    except ExceptionGroup as group:
        raise _cause(group) from group
    return tuple(session.samples[part] for part in parts)


async def _stand(home: Home, root: Root, target: Target) -> Stand:
    return Stand(root, await language_named(root.language).open_bench(home, root, target.cache))


def _cause(problem: Exception) -> Exception:
    """The one failure within groups of one, so that callers see what went wrong and not in how many tasks it was looked for."""
    while isinstance(problem, ExceptionGroup) and len(problem.exceptions) == 1:
        problem = problem.exceptions[0]
    return problem


@dataclass(frozen=True)
class _Session:
    """One call of `measure` at work, and the samples that it has so far."""

    target: Target
    stands: Sequence[Stand]
    listeners: Listeners
    samples: dict[str, Sample]

    async def run_code(self, jobs: Sequence[Job]) -> None:
        """Tests, project evaluations, hard constraints and the smoke test, one after another."""
        for job in jobs:
            await self._sample(job, self._in_fresh_tree)

    async def run_tools(self, jobs: Sequence[Job]) -> None:
        """What only reads shares one tree of those that look at the same."""
        for tree in dict.fromkeys(job.trees.measured for job in jobs):
            async with place_for(self.target.repository, tree) as place:
                await self._with_tools([job for job in jobs if job.trees.measured == tree], place)

    async def _with_tools(self, jobs: Sequence[Job], place: Place) -> None:
        problems = {stand.root.label: await anyio.to_thread.run_sync(_unprovable, stand, place) for stand in self.stands}
        async with anyio.create_task_group() as tasks:
            for job in jobs:
                tasks.start_soon(self._sample, job, lambda job: self._with_tool(job, place, problems))

    async def read_contract(self, jobs: Sequence[Job]) -> None:
        """The dimensions that factory.md itself yields."""
        for job in jobs:
            await self._sample(job, self._from_contract)

    async def _sample(self, job: Job, work: Callable[[Job], Awaitable[Taken]]) -> None:
        """Do the work, write down what came of it, and hand it over at once."""
        begun, at = time.monotonic(), datetime.now(UTC)
        taken = await work(job)
        sample = Sample(
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
        )
        self.samples[job.part] = sample
        await self.listeners.keep(sample)

    async def _in_fresh_tree(self, job: Job) -> Taken:
        concerned = [job.stand] if job.stand else self.stands
        for stand in concerned:
            if obstacle := await anyio.to_thread.run_sync(stand.bench.obstacle, job.trees):
                return not_taken(job.dimensions, ReadingState.UNAVAILABLE, obstacle)
        self.listeners.progress(f"{job.part}: started")
        async with place_for(job.trees.repository, job.trees.measured) as place:
            try:
                variables = await anyio.to_thread.run_sync(_surround, concerned, place)
            except Unprovable as problem:
                return not_taken(job.dimensions, ReadingState.UNAVAILABLE, f"cannot prove whose code runs: {problem}")
            if job.stand and job.task:
                taken = await job.stand.bench.take(job.task, _at(place, job.stand), self.listeners.progress)
            else:
                taken = await run_evaluation(evaluation_of(job.part, self.target.contract.configuration), place, variables)
            return without_place(taken, place)

    async def _with_tool(self, job: Job, place: Place, unprovable: Mapping[str, str]) -> Taken:
        if not (job.stand and job.task):
            raise ValueError(f"{job.part} is no part of a root")
        if problem := unprovable[job.stand.root.label]:
            return not_taken(job.dimensions, ReadingState.UNAVAILABLE, f"cannot prove whose code is looked at: {problem}")
        if job.task.kind == "types" and (obstacle := await anyio.to_thread.run_sync(job.stand.bench.obstacle, job.trees)):
            return not_taken(job.dimensions, ReadingState.UNAVAILABLE, obstacle)
        return without_place(await job.stand.bench.take(job.task, _at(place, job.stand), self.listeners.progress), place)

    async def _from_contract(self, job: Job) -> Taken:
        contract = self.target.contract
        files = await anyio.to_thread.run_sync(files_of, job.trees.repository, job.trees.measured)
        return Taken((static.guard_patterns(contract.configuration, files), static.config_parser(contract.configuration, contract.profile)))


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


def _unprovable(stand: Stand, place: Place) -> str:
    """Why it cannot be proved whose code is looked at, or nothing; the toolchain is prepared there."""
    try:
        stand.bench.surround(_at(place, stand))
    except Unprovable as problem:
        return str(problem)
    return ""
