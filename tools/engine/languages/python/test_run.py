"""One pytest run: tests and coverage of a tree, with the proof of whose code ran."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path, PurePosixPath
from typing import Any, Final

import anyio
import anyio.to_thread

from state.measurement import Reading, ReadingState
from tools.engine.languages.bench import Taken, ended_badly, failures, not_taken, output_tail
from tools.engine.languages.growth import CAPABILITY, capability_surface, growth_material
from tools.engine.languages.python.coverage_run import coverage_of
from tools.engine.languages.python.growing import executed_functions, functions_of
from tools.engine.languages.python.names import is_test_module
from tools.engine.languages.python.report import Report, read_report
from tools.engine.languages.python.test_plan import Run, prepare_run
from tools.engine.languages.running import run_command
from tools.engine.process import Command, Finished

PROGRESS_INTERVAL: Final = 2.0  # seconds
_FAILURES: Final = re.compile(r"^=+ (?:FAILURES|ERRORS) =+$", re.MULTILINE)


async def run_tests(run: Run, progress: Callable[[str], None]) -> Taken:
    """Run the tests of the tree, in the environment that was laid over there."""
    if run.toolchain.version("pytest") is None and not run.by_unittest:
        return not_taken(run.dimensions, ReadingState.UNAVAILABLE, run.toolchain.absent("pytest", "pytest", "coverage"))
    command = await anyio.to_thread.run_sync(prepare_run, run)
    finished = await _with_progress(command, run.report, progress)
    if finished.outcome != "exited" or finished.exit_code is None:
        return ended_badly(run.dimensions, finished, "the test run")
    report = await anyio.to_thread.run_sync(_read, run.report)
    problem = report.problem(finished.exit_code)
    if problem:
        return _not_believed(run, report, finished, problem)
    if foreign := _foreign(run, report):
        return not_taken(run.dimensions, ReadingState.UNAVAILABLE, f"cannot prove whose code runs: {foreign}")
    tests = _tests_reading(report, finished)
    if not run.task.with_coverage:
        return _taken(run, report, (tests,), finished, {})
    coverage, uncovered = await coverage_of(run, report)
    if CAPABILITY not in run.dimensions:
        return _taken(run, report, (tests, coverage), finished, uncovered)
    capability, growth = await anyio.to_thread.run_sync(_capability, run)
    return _taken(run, report, (tests, coverage, capability), finished, {**uncovered, "growth": growth})


async def _with_progress(command: Command, report: Path, progress: Callable[[str], None]) -> Finished:
    """Run the tests, telling every few seconds how many of them are done."""
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(_tell, report, progress)
        finished = await run_command(command)
        tasks.cancel_scope.cancel()
    return finished


async def _tell(report: Path, progress: Callable[[str], None]) -> None:
    told = -1
    while True:
        await anyio.sleep(PROGRESS_INTERVAL)
        state = await anyio.to_thread.run_sync(_read, report)
        if state.collected and len(state.outcomes) != told:
            told = len(state.outcomes)
            progress(f"tests: {told} of {len(state.collected) - 1}")


def _read(file: Path) -> Report:
    if not file.exists():
        return Report()
    return read_report(file.read_text(encoding="utf-8", errors="replace").splitlines())


def _not_believed(run: Run, report: Report, finished: Finished, problem: str) -> Taken:
    """The run says nothing, and why; a forged result is noted as a suspicion of its own."""
    facts: dict[str, int | float | str] = {"exit_code": finished.exit_code or 0, "collected": len(report.collected)}
    if report.canary_outcome == "passed":
        facts["suspicion"] = "a test that must fail was reported as passed"
    readings = tuple(
        Reading(dimension=name, state=ReadingState.ERROR, reason=problem, facts=facts, seconds=finished.seconds) for name in run.dimensions
    )
    return Taken(
        readings,
        commands=_commands(run),
        tools=_tools(run),
        material={"outcomes": _by_project_id(run, report.outcomes)},
        output=output_tail(finished),
    )


def _foreign(run: Run, report: Report) -> str:
    """What shows that other code than the tree's was tested, or nothing."""
    seen: Mapping[str, Any] = report.provenance or {}
    if seen["foreign"] or seen["path"]:
        return f"{(seen['foreign'] or seen['path'])[0]} of the main checkout was in the process"
    for path in run.toolchain.root.source_paths:
        name = PurePosixPath(path).stem
        loaded = seen["packages"].get(name)
        if loaded and not Path(loaded).is_relative_to(run.place.tree):
            return f"{name} was loaded from {loaded}, not from the tree; is it installed as a copy? {run.toolchain.project_line}"
    return ""


def _tests_reading(report: Report, finished: Finished) -> Reading:
    """Passed / all; errors count as failures."""
    outcomes = list(report.outcomes.values())
    facts: dict[str, int | float | str] = {name: outcomes.count(name) for name in sorted(set(outcomes))}
    facts |= {"total": len(outcomes), "deselected": len(report.deselected)}
    value = outcomes.count("passed") / len(outcomes) if outcomes else None
    if value is None:
        return Reading(dimension="tests", state=ReadingState.UNAVAILABLE, reason="pytest collected no test", seconds=finished.seconds)
    return Reading(dimension="tests", state=ReadingState.MEASURED, value=value, facts=facts, seconds=finished.seconds)


def _capability(run: Run) -> tuple[Reading, dict[str, Any]]:
    """The reading of the surface, and the functions behind it."""
    root, folder = run.toolchain.root, run.place.folder
    source = functions_of(run.toolchain, run.task.trees.measured, folder)
    executed = executed_functions(source, run.executed, folder, root)
    return capability_surface(source, executed), growth_material(source, executed or ())


def _taken(run: Run, report: Report, readings: tuple[Reading, ...], finished: Finished, more: Mapping[str, Any]) -> Taken:
    material = {
        "outcomes": _by_project_id(run, report.outcomes),
        "failures": _by_project_id(run, failures(report.messages, report.outcomes)),
        "deselected": sorted(map(run.toolchain.root.outer, report.deselected)),
        "test_files": _test_files(run, report),
        **more,
    }
    return Taken(readings, commands=_commands(run), tools=_tools(run), material=material, output=of_failures(output_tail(finished)))


def of_failures(said: str) -> str:
    """What a runner said of the tests that did not pass; what it said of itself before them tells nobody anything. All of it where none failed."""
    found = _FAILURES.search(said)
    return said[found.start() :] if found else said


def _by_project_id(run: Run, by_id: Mapping[str, str]) -> dict[str, str]:
    """Ids begin with the path of the file in the project, whatever folder pytest ran in."""
    return {run.toolchain.root.outer(test): value for test, value in by_id.items()}


def _test_files(run: Run, report: Report) -> list[str]:
    """What the run was seen to use as tests: the files collected from, and modules of the tree outside the source packages."""
    sources = [run.toolchain.root.outer(path) for path in run.toolchain.root.source_paths]
    collected = [Path(file).relative_to(run.place.tree).as_posix() for file in report.files if Path(file).is_relative_to(run.place.tree)]
    loaded = [str(path) for path in (report.provenance or {}).get("own", ())]
    helpers = [path for path in loaded if is_test_module(path) or not any(path == source or path.startswith(f"{source}/") for source in sources)]
    return sorted({*collected, *helpers})


def _commands(run: Run) -> tuple[str, ...]:
    """The command as a person would type it."""
    return (" ".join(("python -m unittest" if run.by_unittest else "pytest", *run.toolchain.root.test_arguments)),)


def _tools(run: Run) -> dict[str, str]:
    versions = {"python": run.toolchain.interpreter.version, **{name: run.toolchain.version(name) for name in ("pytest", "coverage")}}
    return {name: version for name, version in versions.items() if version}
