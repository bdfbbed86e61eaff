"""One run of a project's tests: outcomes by id and coverage of a tree, with tests that must fail in every file."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import anyio
import anyio.to_thread

from state.measurement import Reading, ReadingState
from tools.engine.languages.bench import Place, Taken, Task, ended_badly, failures, not_taken, output_tail
from tools.engine.languages.functions import SourceFunctions
from tools.engine.languages.growth import CAPABILITY, capability_surface, growth_material
from tools.engine.languages.javascript.canary import Canaries, plant
from tools.engine.languages.javascript.coverage import Coverage
from tools.engine.languages.javascript.growing import executed_functions, saying_nothing, skip_tests, source_functions
from tools.engine.languages.javascript.imports import helpers_of
from tools.engine.languages.javascript.report import Report
from tools.engine.languages.javascript.runners import Runner
from tools.engine.languages.javascript.toolchain import Toolchain
from tools.engine.languages.running import run_command
from tools.engine.process import Finished

TIMEOUT: Final = 3600.0  # seconds for one run of the tests
PROGRESS_INTERVAL: Final = 2.0  # seconds


@dataclass(frozen=True)
class Run:
    """One run of the tests at a place."""

    toolchain: Toolchain
    place: Place
    task: Task

    @property
    def runner(self) -> Runner:
        """The runner, asked for what the task wants."""
        return Runner(self.toolchain, self.place, self.task.with_coverage and bool(self.toolchain.root.coverage))


@dataclass(frozen=True)
class _Ended:
    """A run that came to an end: how the process ended, what was reported, and the tests that had to fail."""

    finished: Finished
    report: Report
    canaries: Canaries


async def run_tests(run: Run, progress: Callable[[str], None]) -> Taken:
    """Run the tests of the tree, in which what is installed was linked."""
    if missing := run.runner.missing():
        return not_taken(run.task.dimensions, ReadingState.UNAVAILABLE, missing)
    files = await anyio.to_thread.run_sync(run.runner.test_files)
    if not files and run.runner.name == "node":
        return not_taken(run.task.dimensions, ReadingState.UNAVAILABLE, "there is no test file that node's runner would run")
    ended = await _run(run, files, progress)
    unwatched = [file for file in ended.report.files if file not in ended.canaries.files]
    if ended.report.ended and unwatched and not ended.canaries.files & set(ended.report.files):
        # The project's own names for tests: now they are known.
        ended = await _run(run, unwatched, progress)
    if ended.finished.outcome != "exited" or ended.finished.exit_code is None:
        return ended_badly(run.task.dimensions, ended.finished, "the test run")
    if problem := ended.report.problem(ended.canaries, ended.finished.exit_code):
        return _not_believed(run, ended, problem)
    if ended.report.foreign:
        reason = f"cannot prove whose code runs: {ended.report.foreign[0]} does not lie in the tree"
        return not_taken(run.task.dimensions, ReadingState.UNAVAILABLE, reason)
    tests = _tests_reading(ended)
    if not run.task.with_coverage:
        return await _taken(run, ended, (tests,), Coverage())
    coverage, seen = await anyio.to_thread.run_sync(_coverage, run)
    taken = await _taken(run, ended, (tests, coverage), seen)
    if CAPABILITY not in run.task.dimensions:
        return taken
    capability, growth = await _capability(run, ended, seen, progress)
    return replace(taken, readings=(*taken.readings, capability), material={**taken.material, "growth": growth})


async def _run(run: Run, files: Sequence[str], progress: Callable[[str], None]) -> _Ended:
    """Plant the tests that must fail, run, and read what was reported."""
    runner = run.runner
    await anyio.to_thread.run_sync(runner.clear)
    canaries = await anyio.to_thread.run_sync(plant, run.place.folder, runner.name, files)
    command = run.toolchain.command(run.place, await anyio.to_thread.run_sync(runner.argv, files), TIMEOUT)
    command = replace(command, environment={**command.environment, **runner.environment()})
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(_tell, runner, progress)
        finished = await run_command(command)
        tasks.cancel_scope.cancel()
    return _Ended(finished, await anyio.to_thread.run_sync(runner.read), canaries)


async def _tell(runner: Runner, progress: Callable[[str], None]) -> None:
    """Say every few seconds that tests run, and how many have ended where the runner tells it before its end."""
    begun = anyio.current_time()
    while True:
        await anyio.sleep(PROGRESS_INTERVAL)
        report = await anyio.to_thread.run_sync(runner.read)
        done = f"{len(report.cases)} ended" if report.cases else "running"
        progress(f"tests: {done} after {anyio.current_time() - begun:.0f} s")


def _not_believed(run: Run, ended: _Ended, problem: str) -> Taken:
    """The run says nothing, and why; a forged result is noted as a suspicion of its own."""
    facts: dict[str, int | float | str] = {"exit_code": ended.finished.exit_code or 0, "files": len(ended.report.files)}
    if ended.report.forged(ended.canaries):
        facts["suspicion"] = "a test that must fail was reported as passed"
    readings = tuple(
        Reading(dimension=name, state=ReadingState.ERROR, reason=problem, facts=facts, seconds=ended.finished.seconds) for name in run.task.dimensions
    )
    return Taken(
        readings,
        commands=_commands(run),
        tools=_tools(run),
        material={"outcomes": _by_project_id(run, ended)},
        output=output_tail(ended.finished),
    )


def _tests_reading(ended: _Ended) -> Reading:
    """Passed / all; files that could not be loaded count as failures."""
    outcomes = list(ended.report.outcomes(ended.canaries).values())
    if not outcomes:
        return Reading(dimension="tests", state=ReadingState.UNAVAILABLE, reason="the test files hold no test", seconds=ended.finished.seconds)
    facts: dict[str, int | float | str] = {name: outcomes.count(name) for name in sorted({*outcomes, "passed"})}
    facts |= {"total": len(outcomes), "files": len(ended.report.files)}
    value = outcomes.count("passed") / len(outcomes)
    return Reading(dimension="tests", state=ReadingState.MEASURED, value=value, facts=facts, seconds=ended.finished.seconds)


def _coverage(run: Run) -> tuple[Reading, Coverage]:
    """Coverage's reading, and what was seen of the source."""
    try:
        seen = run.runner.read_coverage()
    except FileNotFoundError:
        return _unmeasured(ReadingState.ERROR, "the runner wrote no coverage"), Coverage()
    except (ValueError, KeyError, TypeError, AttributeError) as problem:
        return _unmeasured(ReadingState.ERROR, f"the runner wrote something else than its coverage ({type(problem).__name__})"), Coverage()
    if not seen.executable:
        return _unmeasured(ReadingState.UNAVAILABLE, "coverage saw no executable line of the source"), seen
    facts: dict[str, int | float | str] = {"covered": seen.covered, "executable": seen.executable}
    return Reading(dimension="coverage", state=ReadingState.MEASURED, value=seen.covered / seen.executable, facts=facts), seen


def _unmeasured(state: ReadingState, reason: str) -> Reading:
    return Reading(dimension="coverage", state=state, reason=reason)


async def _capability(run: Run, ended: _Ended, seen: Coverage, progress: Callable[[str], None]) -> tuple[Reading, dict[str, Any]]:
    """What the tests execute of the surface. Where some of them assert nothing, all run once more without those: what only they run is not tested."""
    folder, root = run.place.folder, run.toolchain.root
    found = await anyio.to_thread.run_sync(saying_nothing, folder, ended.report.files)
    silent = [test for test in found if not ended.canaries.is_one(test.titles[-1])]
    if silent:
        progress(f"tests: once more without {len(silent)} that assert nothing")
        await anyio.to_thread.run_sync(skip_tests, folder, silent)
        again = await _run(run, ended.report.files, progress)
        if again.finished.outcome != "exited" or again.report.problem(again.canaries, again.finished.exit_code or 0):
            return capability_surface(SourceFunctions(), None), {}
        _, seen = await anyio.to_thread.run_sync(_coverage, run)

    def read() -> tuple[Reading, dict[str, Any]]:
        source = source_functions(folder, root)
        executed = executed_functions(source, seen.functions, root)
        return capability_surface(source, executed), growth_material(source, executed)

    return await anyio.to_thread.run_sync(read)


async def _taken(run: Run, ended: _Ended, readings: tuple[Reading, ...], seen: Coverage) -> Taken:
    outer = run.toolchain.root.outer
    helpers = await anyio.to_thread.run_sync(helpers_of, run.place.folder, ended.report.files, run.toolchain.root.source_paths)
    material: dict[str, Any] = {
        "outcomes": _by_project_id(run, ended),
        "failures": _of_project(run, failures(ended.report.messages(ended.canaries), ended.report.outcomes(ended.canaries))),
        "test_files": sorted({outer(path) for path in (*ended.report.files, *helpers)}),
    }
    if run.task.with_coverage:
        material |= {"uncovered": _of_project(run, seen.uncovered), "covered": _of_project(run, seen.ran)}
    return Taken(readings, commands=_commands(run), tools=_tools(run), material=material, output=output_tail(ended.finished))


def _by_project_id(run: Run, ended: _Ended) -> dict[str, str]:
    """Ids begin with the path of the file in the project, whatever folder the runner ran in."""
    return _of_project(run, ended.report.outcomes(ended.canaries))


def _of_project(run: Run, by_path: Mapping[str, Any]) -> dict[str, Any]:
    return {run.toolchain.root.outer(path): value for path, value in by_path.items()}


def _commands(run: Run) -> tuple[str, ...]:
    """The command as a person would type it."""
    words = (run.toolchain.root.test_runner, *(("run",) if run.runner.name == "vitest" else ()))
    return (" ".join((*words, *run.toolchain.root.test_arguments)),)


def _tools(run: Run) -> dict[str, str]:
    package = run.runner.package
    return {"node": run.toolchain.node.version, **({package.name: package.version} if package else {})}
