"""Measuring a tree: what is known already is looked up, the rest runs, each part in its place and at the same time as others that may.

Keys are computed without running anything of the project, so an unchanged tree costs milliseconds.
"""

import os
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import anyio
import anyio.to_thread

from state.files import ensure_private_folder
from state.measurement import ReadingState, Root, Sample
from state.model import digest
from tools.engine.evaluation.homes import Failed
from tools.engine.evaluation.parts import dimensions_of_part
from tools.engine.evaluation.planning import Job, Stand, Target, plan
from tools.engine.evaluation.surroundings import surroundings_of
from tools.engine.evaluation.taking import Sampling, Taking, Work
from tools.engine.languages.bench import Home, not_taken
from tools.engine.languages.table import language_named


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
    await anyio.to_thread.run_sync(ensure_private_folder, target.cache)
    surroundings = await surroundings_of(target, listeners.progress)
    if isinstance(surroundings, Failed):
        return await _unprepared(target, parts, listeners, surroundings)
    stands = [await _stand(surroundings.prepared.home, root, target) for root in target.contract.profile.roots]
    jobs = await anyio.to_thread.run_sync(lambda: plan(target, tuple(parts), stands, surroundings.key))
    taking = Taking(target, stands, surroundings, listeners.progress)
    samples = {job.part: known for job in jobs if (known := listeners.known(job.key))}

    async def sample(job: Job, work: Work) -> None:
        samples[job.part] = await taking.sample(job, work)
        await listeners.keep(samples[job.part])

    await _all(taking, [job for job in jobs if job.part not in samples], sample)
    return tuple(samples[part] for part in parts)


async def environment_of(target: Target, part: str, progress: Callable[[str], None]) -> str:
    """The environment key of a part that no root yields, as its sample would have it; it differs each time where `## Setup` fails."""
    await anyio.to_thread.run_sync(ensure_private_folder, target.cache)
    surroundings = await surroundings_of(target, progress)
    if isinstance(surroundings, Failed):
        return digest([surroundings.reason, datetime.now(UTC).isoformat()])
    stands = [await _stand(surroundings.prepared.home, root, target) for root in target.contract.profile.roots]
    return (await anyio.to_thread.run_sync(lambda: plan(target, (part,), stands, surroundings.key)))[0].environment


async def _all(taking: Taking, missing: Sequence[Job], sample: Sampling) -> None:
    """Measure what is missing; tools that only read run beside what runs the project's code.

    That goes one after another, unless factory.md allows it side by side; each in a tree of its own.
    """
    limit = anyio.CapacityLimiter(taking.at_once)

    async def run(job: Job) -> None:
        async with limit:
            await sample(job, taking.in_fresh_tree)

    try:
        async with anyio.create_task_group() as tasks:
            for job in missing:
                if job.runs_code:
                    tasks.start_soon(run, job)
                elif not job.task:
                    tasks.start_soon(sample, job, taking.from_contract)
            tasks.start_soon(taking.with_tools, [job for job in missing if job.task and not job.runs_code], sample)
    except ExceptionGroup as group:
        raise _cause(group) from group


async def _unprepared(target: Target, parts: Sequence[str], listeners: Listeners, failed: Failed) -> tuple[Sample, ...]:
    """Samples that say that the setup failed. Their environment has no equal, so they never stand for another measurement."""
    at = datetime.now(UTC).isoformat(timespec="milliseconds")
    samples = []
    for part in parts:
        taken = not_taken(dimensions_of_part(part, target.contract.profile), ReadingState.UNAVAILABLE, failed.reason)
        sample = Sample(
            part=part, tree=target.tree, instrument=digest(part), environment=digest([failed.reason, at]), readings=taken.readings,
            output=failed.output, at=at, seconds=0.0, load=os.getloadavg()[0],
        )  # fmt: skip
        await listeners.keep(sample)
        samples.append(sample)
    return tuple(samples)


async def _stand(home: Home, root: Root, target: Target) -> Stand:
    return Stand(root, await language_named(root.language).open_bench(home, root, target.cache))


def _cause(problem: Exception) -> Exception:
    """The one failure within groups of one, so that callers see what went wrong and not in how many tasks it was looked for."""
    while isinstance(problem, ExceptionGroup) and len(problem.exceptions) == 1:
        problem = problem.exceptions[0]
    return problem
