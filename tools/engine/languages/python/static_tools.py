"""Lint and types: the project's own tool, asked for output that a program can read, and its findings counted."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import anyio.to_thread

from state.measurement import ReadingState, Root
from tools.engine.languages import findings
from tools.engine.languages.bench import Place, Taken, ended_badly, not_taken, output_tail
from tools.engine.languages.findings import Finding
from tools.engine.languages.python.checking import Check, Checked, Execution, NotReady, Workplace
from tools.engine.languages.python.linters import LINTERS
from tools.engine.languages.python.toolchain import RUN_MODULE, Toolchain
from tools.engine.languages.python.type_checkers import TYPE_CHECKERS
from tools.engine.languages.running import run_command
from tools.engine.process import Finished

TIMEOUT: Final = 900.0  # seconds for one tool


async def run_lint(toolchain: Toolchain, place: Place) -> Taken:
    """Measure lint with the linter that the root names."""
    return await _measure(_Measuring("lint", toolchain, place), LINTERS[toolchain.root.lint])


async def run_types(toolchain: Toolchain, place: Place) -> Taken:
    """Measure types with the type checker that the root names, on its source paths."""
    return await _measure(_Measuring("type_check", toolchain, place), TYPE_CHECKERS[toolchain.root.types])


@dataclass(frozen=True)
class _Measuring:
    """One dimension that is being measured at a place."""

    dimension: str
    toolchain: Toolchain
    place: Place

    def not_taken(self, state: ReadingState, reason: str) -> Taken:
        return not_taken((self.dimension,), state, reason)


async def _measure(measuring: _Measuring, check: Check) -> Taken:
    toolchain = measuring.toolchain
    if toolchain.version(check.name) is None:
        return measuring.not_taken(ReadingState.UNAVAILABLE, f"{check.name} is not installed: {toolchain.install_line(check.name)}")
    try:
        at, runs = await anyio.to_thread.run_sync(_ready, measuring, check)
    except NotReady as problem:
        return measuring.not_taken(ReadingState.UNAVAILABLE, str(problem))
    finished = None
    for run in runs:
        finished = await _run(measuring, at, run)
        if finished.exit_code not in run.good:
            return ended_badly((measuring.dimension,), finished, run.shown)
    if finished is None:
        raise ValueError(f"{check.name} has nothing to run")
    return await _taken(measuring, check, at, finished, runs[-1].shown)


def _ready(measuring: _Measuring, check: Check) -> tuple[Workplace, Sequence[Execution]]:
    """Where the tool works, and what has to run there. Raises NotReady."""
    toolchain, place = measuring.toolchain, measuring.place
    version = toolchain.version(check.name) or ""
    at = Workplace(
        place,
        tuple(path for path in toolchain.root.source_paths if (place.folder / path).exists()),
        toolchain.overlay(place).python,
        version,
        toolchain.cache / f"{check.name}-{version}-{toolchain.interpreter.minor}",
        place.beside(f"{measuring.dimension}.said"),
    )
    return at, check.runs(at)


async def _run(measuring: _Measuring, at: Workplace, run: Execution) -> Finished:
    """Run an installed tool, a Python module without the tree in front of what it imports. Of our cache it writes its own folder, if it has one."""
    toolchain, place = measuring.toolchain, measuring.place
    python = (str(at.python), str(RUN_MODULE)) if run.module else ()
    writable = (at.cache,) if at.cache.is_dir() else ()
    return await run_command(place.command((*python, *run.argv), toolchain.environment_at(place), TIMEOUT, run.said, writable=writable))


async def _taken(measuring: _Measuring, check: Check, at: Workplace, finished: Finished, shown: str) -> Taken:
    place, root = measuring.place, measuring.toolchain.root

    def gathered() -> tuple[Checked, tuple[Finding, ...]]:
        checked = _of_root(check.read(at), root, place)
        return checked, findings.gather(checked.places, place.tree)

    try:
        checked, found = await anyio.to_thread.run_sync(gathered)
    except (ValueError, KeyError, TypeError, FileNotFoundError) as problem:
        reason = f"{check.name} printed something else than was asked for ({type(problem).__name__})"
        return replace(measuring.not_taken(ReadingState.ERROR, reason), output=output_tail(finished))
    reading = await anyio.to_thread.run_sync(findings.reading, measuring.dimension, found, checked.files, finished.seconds)
    material = {"findings": [[each.rule, each.path, each.text, each.count] for each in found]}
    tools = {check.name: measuring.toolchain.version(check.name) or ""}
    return Taken((reading,), commands=(shown,), tools=tools, material=material, output=finished.stderr[-2000:])


def _of_root(checked: Checked, root: Root, place: Place) -> Checked:
    """What concerns the root: folders within it that are roots of their own are looked at there."""

    def elsewhere(path: str) -> bool:
        return any(root.inner(path).startswith(f"{folder}/") for folder in root.apart)

    files = tuple(file for file in checked.files if not elsewhere(file.relative_to(place.tree).as_posix()))
    return Checked(tuple(each for each in checked.places if not elsewhere(each[1])), files)
