"""Measuring a tree: which parts are known already, which have to run, where, and at the same time as which others.

Keys are computed without running anything of the project, so an unchanged tree costs milliseconds.
"""

import os
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Literal

import anyio
import anyio.to_thread

from state.configuration import Configuration
from state.measurement import Profile, ReadingState, Sample, sample_key
from state.model import JSON, digest
from tools.engine.evaluation import static
from tools.engine.evaluation.base_word import base_owned, overlay, with_base_configuration
from tools.engine.evaluation.commanded import CONSTRAINT, EVAL_COMMAND, SMOKE, Evaluation, form_of_eval_command, read_evaluation
from tools.engine.evaluation.room import place_for
from tools.engine.languages.bench import Bench, Place, Taken, Trees, Unprovable, not_taken, output_tail, without_place
from tools.engine.languages.running import run_command
from tools.engine.languages.table import language_of
from tools.engine.process import Command
from tools.engine.repository.location import Repository
from tools.engine.scope.files import files_of

PROJECT: Final = "project:"
DIMENSIONS: Final = {"tests": ("tests", "coverage"), "lint": ("lint",), "types": ("type_check",), "static": ("guard_patterns", "config_parser")}


@dataclass(frozen=True)
class MeasuringContract:
    """What an approval binds of measuring."""

    configuration: Configuration
    profile: Profile


@dataclass(frozen=True)
class Target:
    """What to measure: trees are git tree ids. For the base itself `tree` equals `base_tree`.

    `word` says whose tests run: the tree's own, or the base's (tree O). `observed` are the test files that the base's run was seen to use
    (`test_files` in the material of its sample). `cache` is a folder of ours for caches that are keyed by content.
    """

    repository: Repository
    tree: str
    base_tree: str
    word: Literal["own", "base"]
    contract: MeasuringContract
    cache: Path
    observed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Listeners:
    """Where samples are looked up, where finished ones go at once, and who hears how far it is."""

    known: Callable[[str], Sample | None]
    keep: Callable[[Sample], Awaitable[None]]
    progress: Callable[[str], None]


@dataclass(frozen=True)
class _Job:
    """One part on one tree, with the instrument and environment that make its key."""

    part: str
    trees: Trees
    instrument: str
    environment: str
    with_coverage: bool = False

    @property
    def key(self) -> str:
        return sample_key(self.part, self.trees.measured, self.instrument, self.environment)

    @property
    def dimensions(self) -> tuple[str, ...]:
        if self.part == "tests":
            return DIMENSIONS["tests"] if self.with_coverage else ("tests",)
        return DIMENSIONS.get(self.part, (self.part.removeprefix(PROJECT),))


def parts_of(contract: MeasuringContract) -> tuple[str, ...]:
    """Every part that the contract calls for: of each applicable dimension, each hard constraint, and the smoke test."""
    applicable = {dimension.name: dimension.tier for dimension in contract.profile.applicable()}
    parts = [part for part, dimensions in DIMENSIONS.items() if any(name in applicable for name in dimensions)]
    parts += [f"{PROJECT}{name}" for name, tier in applicable.items() if tier == "project"]
    parts += [f"{CONSTRAINT}{constraint.name}" for constraint in contract.configuration.hard_constraints]
    return (*parts, SMOKE) if contract.configuration.smoke_test else tuple(parts)


async def measure(target: Target, parts: Sequence[str], listeners: Listeners) -> tuple[Sample, ...]:
    """The samples of `parts` (of parts_of) on the target, in that order: those that are known, and the others measured now.

    A part that cannot be measured still gives a sample, whose readings say why. Raises Refusal NO_TOOLCHAIN, Refusal BUSY when a command
    is stopped from outside, and OSError from the disk; cancelling it leaves nothing behind but the samples that were already kept.
    """
    language = language_of(target.contract.profile)
    bench = await language.open_bench(target.repository.root, target.contract.profile, target.cache)
    jobs = await anyio.to_thread.run_sync(_plan, target, tuple(parts), bench)
    session = _Session(target, bench, listeners, {job.part: sample for job in jobs if (sample := listeners.known(job.key))})
    missing = [job for job in jobs if job.part not in session.samples]
    # What runs the project's code goes one after another, each in a tree of its own; tools that only read run beside it.
    try:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(session.run_code, [job for job in missing if job.part not in {"lint", "types", "static"}])
            tasks.start_soon(session.run_tools, [job for job in missing if job.part in {"lint", "types"}])
            tasks.start_soon(session.read_contract, [job for job in missing if job.part == "static"])
    except ExceptionGroup as group:
        raise _cause(group) from group
    return tuple(session.samples[part] for part in parts)


def _cause(problem: Exception) -> Exception:
    """The one failure within groups of one, so that callers see what went wrong and not in how many tasks it was looked for."""
    while isinstance(problem, ExceptionGroup) and len(problem.exceptions) == 1:
        problem = problem.exceptions[0]
    return problem


def _plan(target: Target, parts: Sequence[str], bench: Bench) -> list[_Job]:
    """The tree and the key of each part."""
    repository, profile = target.repository, target.contract.profile
    language = language_of(profile)
    owned = base_owned(language, profile.source_paths, target.observed, target.contract.configuration.fixed_surfaces)
    by_the_base = overlay(repository, target.base_tree, target.tree, owned)
    settings = with_base_configuration(repository, target.base_tree, target.tree, language)
    own_word = target.word == "own" or by_the_base == target.tree

    def job(part: str) -> _Job:
        if part in {"lint", "types"}:
            tree = settings
        elif part.startswith(PROJECT) or (part == "tests" and not own_word):
            tree = by_the_base
        else:
            tree = target.tree
        trees = Trees(repository, tree, settings, target.base_tree)
        with_coverage = part == "tests" and own_word
        return _Job(
            part, trees, digest(_instrument(part, trees, target.contract, bench, with_coverage=with_coverage)), bench.environment, with_coverage
        )

    return [job(part) for part in parts]


def _instrument(part: str, trees: Trees, contract: MeasuringContract, bench: Bench, *, with_coverage: bool) -> JSON:
    if part == "static":
        return [part, contract.configuration.contract(), contract.profile.test_runner]
    if part in DIMENSIONS:
        return bench.instrument(part, trees, with_coverage=with_coverage)
    evaluation = _evaluation(part, contract.configuration)
    return [part, evaluation.command, evaluation.parse, evaluation.pattern, evaluation.timeout]


def _evaluation(part: str, configuration: Configuration) -> Evaluation:
    """The command of an evaluation, of a hard constraint or of the smoke test. Raises KeyError for a part that there is not."""
    if part == SMOKE and configuration.smoke_test:
        return Evaluation(SMOKE, configuration.smoke_test, "exit_code")
    for constraint in configuration.hard_constraints:
        if part == f"{CONSTRAINT}{constraint.name}":
            return Evaluation(part, constraint.check, "exit_code", timeout=constraint.timeout)
    name = part.removeprefix(PROJECT)
    for each in configuration.project_evaluations:
        if each.name == name:
            return Evaluation(each.name, each.command, each.parse, each.pattern or "", each.timeout)
    if name == EVAL_COMMAND and configuration.eval_command:
        return Evaluation(EVAL_COMMAND, configuration.eval_command, form_of_eval_command(configuration.eval_command))
    raise KeyError(f"factory.md names no evaluation for {part}")


@dataclass(frozen=True)
class _Session:
    """One call of `measure` at work, and the samples that it has so far."""

    target: Target
    bench: Bench
    listeners: Listeners
    samples: dict[str, Sample]

    async def run_code(self, jobs: Sequence[_Job]) -> None:
        """Tests, project evaluations, hard constraints and the smoke test, one after another."""
        for job in jobs:
            await self._sample(job, self._in_fresh_tree)

    async def run_tools(self, jobs: Sequence[_Job]) -> None:
        """Lint and types share one tree, because they only read it."""
        if not jobs:
            return
        trees = jobs[0].trees
        async with place_for(trees.repository, trees.measured) as place, anyio.create_task_group() as tasks:
            problem = await anyio.to_thread.run_sync(_surround, self.bench, place)
            for job in jobs:
                tasks.start_soon(self._sample, job, lambda job: self._with_tool(job, place, problem))

    async def read_contract(self, jobs: Sequence[_Job]) -> None:
        """The dimensions that factory.md itself yields."""
        for job in jobs:
            await self._sample(job, self._from_contract)

    async def _sample(self, job: _Job, work: Callable[[_Job], Awaitable[Taken]]) -> None:
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

    async def _in_fresh_tree(self, job: _Job) -> Taken:
        obstacle = await anyio.to_thread.run_sync(self.bench.obstacle, job.trees)
        if obstacle:
            return not_taken(job.dimensions, ReadingState.UNAVAILABLE, obstacle)
        self.listeners.progress(f"{job.part}: started")
        async with place_for(job.trees.repository, job.trees.measured) as place:
            try:
                variables = await anyio.to_thread.run_sync(self.bench.surround, place)
            except Unprovable as problem:
                return not_taken(job.dimensions, ReadingState.UNAVAILABLE, f"cannot prove whose code runs: {problem}")
            if job.part == "tests":
                taken = await self.bench.take("tests", place, job.trees, self.listeners.progress, with_coverage=job.with_coverage)
            else:
                taken = await _run_evaluation(_evaluation(job.part, self.target.contract.configuration), place, variables)
            return without_place(taken, place)

    async def _with_tool(self, job: _Job, place: Place, unprovable: str) -> Taken:
        if unprovable:
            return not_taken(job.dimensions, ReadingState.UNAVAILABLE, f"cannot prove whose code is looked at: {unprovable}")
        if job.part == "types" and (obstacle := await anyio.to_thread.run_sync(self.bench.obstacle, job.trees)):
            return not_taken(job.dimensions, ReadingState.UNAVAILABLE, obstacle)
        return without_place(await self.bench.take(job.part, place, job.trees, self.listeners.progress, with_coverage=False), place)

    async def _from_contract(self, job: _Job) -> Taken:
        contract = self.target.contract
        files = await anyio.to_thread.run_sync(files_of, job.trees.repository, job.trees.measured)
        return Taken((static.guard_patterns(contract.configuration, files), static.config_parser(contract.configuration, contract.profile)))


async def _run_evaluation(evaluation: Evaluation, place: Place, variables: dict[str, str]) -> Taken:
    command = Command(argv=("/bin/sh", "-c", evaluation.command), directory=place.tree, environment=variables, timeout=evaluation.timeout)
    finished = await run_command(command)
    return Taken((read_evaluation(evaluation, finished),), commands=(evaluation.command,), output=output_tail(finished))


def _surround(bench: Bench, place: Place) -> str:
    try:
        bench.surround(place)
    except Unprovable as problem:
        return str(problem)
    return ""
