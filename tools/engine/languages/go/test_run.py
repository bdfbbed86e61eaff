"""One run of a Go root's tests: the binaries are built, each runs by itself with a canary in it, and what they say is put together."""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import anyio
import anyio.to_thread

from state.measurement import Reading, ReadingState
from tools.engine.languages.bench import Place, Taken, Task, ended_badly, not_taken, output_tail
from tools.engine.languages.go.arguments import Chosen, chosen
from tools.engine.languages.go.building import Building, Built, Canary
from tools.engine.languages.go.coverage_profile import covered_lines, read_profile
from tools.engine.languages.go.packages import Listing, Package
from tools.engine.languages.go.report import MARK, Belief, named, read_report
from tools.engine.languages.go.scanning import test_names
from tools.engine.languages.go.toolchain import Toolchain
from tools.engine.languages.running import run_command
from tools.engine.process import Finished

TIMEOUT: Final = 3600.0  # seconds for the tests of one package
AT_ONCE: Final = 4  # packages, at most, and no more than there are processors: as go does it
OUTPUT_KEPT: Final = 4000  # characters
_NEWER: Final = "requires go >="
_NOT_FETCHED: Final = (
    "GOPROXY=off",
    "missing go.sum entry",
    "no required module provides",
    "cannot find module providing",
    "updates to go.mod needed",
)


@dataclass(frozen=True)
class Run:
    """One run of the tests at a place."""

    toolchain: Toolchain
    place: Place
    task: Task
    canary: Canary = field(default_factory=Canary)

    @property
    def chosen(self) -> Chosen:
        """What the approved arguments choose."""
        return chosen(self.toolchain.root.test_arguments) or Chosen()

    @property
    def building(self) -> Building:
        """How the binaries are built."""
        return Building(self.toolchain, self.place, self.chosen, self.task.with_coverage)


@dataclass(frozen=True)
class Outcome:
    """What came of the tests of one package."""

    package: Package
    belief: Belief
    outcomes: Mapping[str, str]
    profile: str
    finished: Finished


async def run_tests(run: Run, progress: Callable[[str], None]) -> Taken:
    """Run the tests of the tree. Raises Unprovable."""
    try:
        listing, listed = await run.building.list_packages()
    except ValueError as problem:
        return not_taken(run.task.dimensions, ReadingState.ERROR, f"go list printed something else than its JSON ({problem})")
    if listed.outcome != "exited":
        return ended_badly(run.task.dimensions, listed, "go list")
    if refused := _refusal(run, listing, listed):
        return refused
    if not listing.tested:
        return not_taken(run.task.dimensions, ReadingState.UNAVAILABLE, "there is no test file")
    files = await anyio.to_thread.run_sync(_with_canaries, run, listing.tested)
    built, stopped, said = await run.building.build(listing.tested)
    if stopped:
        return ended_badly(run.task.dimensions, stopped, "go test -c")
    outcomes = await _run_all(run, built, files, progress)
    if late := next((each for each in outcomes if each.finished.outcome != "exited"), None):
        return ended_badly(run.task.dimensions, late.finished, f"the test process of {late.package.import_path}")
    return await anyio.to_thread.run_sync(_taken, run, listing, (built, outcomes, files), said)


def _refusal(run: Run, listing: Listing, listed: Finished) -> Taken | None:
    """Why nothing can be built here: a module that was not fetched, or code from elsewhere; None where nothing stands in the way."""
    told = (*listing.problems, output_tail(listed) if listed.exit_code else "")
    for problem in told:
        if _NEWER in problem:
            return not_taken(
                run.task.dimensions, ReadingState.UNAVAILABLE, f"go.mod asks for another Go than {run.toolchain.go.version}: {problem[-500:]}"
            )
        if any(sign in problem for sign in _NOT_FETCHED):
            reason = f"a module is not in the module cache, and nothing is fetched here: {problem[:500]}; run `go mod download`"
            return not_taken(run.task.dimensions, ReadingState.UNAVAILABLE, reason)
    if listed.exit_code and not listing.packages:
        return ended_badly(run.task.dimensions, listed, "go list")
    allowed = (run.place.tree, run.toolchain.go.module_cache, run.toolchain.go.goroot)
    if foreign := listing.foreign(allowed):
        return not_taken(run.task.dimensions, ReadingState.UNAVAILABLE, f"cannot prove whose code runs: {foreign} would be built in")
    return None


def _with_canaries(run: Run, packages: Sequence[Package]) -> dict[Package, dict[str, str]]:
    """Put a canary into each package. Returns in which file (of the project) each of its tests stands."""
    found = {}
    for package in packages:
        found[package] = {name: _inside(run, file) for file in package.test_files for name in test_names(file.read_bytes())}
        run.canary.write(package)
    return found


async def _run_all(run: Run, built: Sequence[Built], files: Mapping[Package, Mapping[str, str]], progress: Callable[[str], None]) -> list[Outcome]:
    """Run the binaries, a few at once."""
    ready = [each for each in built if each.binary]
    found: dict[str, Outcome] = {}
    limiter = anyio.CapacityLimiter(max(1, min(AT_ONCE, os.cpu_count() or 1)))

    async def one(number: int, each: Built) -> None:
        async with limiter:
            found[each.package.import_path] = await _run_one(run, each, number, files[each.package])
        progress(f"tests: {len(found)} of {len(ready)} packages")

    async with anyio.create_task_group() as tasks:
        for number, each in enumerate(ready):
            tasks.start_soon(one, number, each)
    return [found[each.package.import_path] for each in ready]


async def _run_one(run: Run, built: Built, number: int, files: Mapping[str, str]) -> Outcome:
    said, profile = run.place.beside("said") / f"{number}.txt", run.place.beside("profiles") / f"{number}.out"
    for file in (said, profile):
        file.parent.mkdir(exist_ok=True)
    argv = [str(built.binary), "-test.v=test2json", "-test.paniconexit0", "-test.count=1"]
    argv += [f"-test.coverprofile={profile}"] if run.task.with_coverage else []
    argv += [] if any(word.startswith("-timeout=") for word in run.chosen.test) else ["-test.timeout=10m0s"]
    argv += run.chosen.test_flags(run.canary.name)
    command = run.place.command(argv, run.toolchain.environment_at(run.place), TIMEOUT, said)
    finished = await run_command(replace(command, directory=built.package.folder))
    report = read_report(await anyio.to_thread.run_sync(lambda: said.read_text(encoding="utf-8", errors="replace") if said.exists() else ""))
    belief = report.belief(run.canary.name, finished.exit_code)
    expected = () if run.chosen.narrowed else files
    text = await anyio.to_thread.run_sync(lambda: profile.read_text(encoding="utf-8") if profile.exists() else "")
    return Outcome(built.package, belief, report.counted(belief, expected, run.canary.name), text, finished)


def _taken(run: Run, listing: Listing, results: tuple[Sequence[Built], Sequence[Outcome], Mapping[Package, Mapping[str, str]]], said: str) -> Taken:
    built, outcomes, files = results
    by_id: dict[str, str] = {}
    for each in outcomes:
        by_id |= named(each.outcomes, files[each.package], _inside(run, each.package.test_files[0]))
    silent = [each.package for each in outcomes if each.belief == "broke off" and not each.outcomes]
    for failed in (*silent, *(each.package for each in built if each.binary is None)):
        by_id |= {_inside(run, file): "collection_error" for file in failed.test_files}
    tests = _tests_reading(by_id, outcomes)
    material: dict[str, Any] = {"outcomes": by_id, "test_files": sorted(_inside(run, file) for each in listing.tested for file in each.test_files)}
    readings = [tests]
    if "coverage" in run.task.dimensions:
        coverage, lines = _coverage(run, listing, outcomes)
        material |= lines
        readings.append(coverage if tests.value is not None else coverage.model_copy(update=_like(tests)))
    output = "\n".join(filter(None, (said, *map(_told, outcomes))))[-OUTPUT_KEPT:]
    return Taken(tuple(readings), (" ".join(("go test", *run.chosen.words)),), {"go": run.toolchain.go.version}, material, output)


def _told(outcome: Outcome) -> str:
    """What a test process printed, where there is something to look into; every one tells of its canary."""
    broken = outcome.belief != "believed" or "failed" in outcome.outcomes.values()
    return output_tail(outcome.finished).replace(MARK, "") if broken else ""


def _tests_reading(by_id: Mapping[str, str], outcomes: Sequence[Outcome]) -> Reading:
    """Passed / all; errors count as failures. A process that forges makes it an error."""
    seconds = sum(each.finished.seconds for each in outcomes)
    if forged := next((each for each in outcomes if each.belief == "forged"), None):
        reason = f"a test that must fail did not, in the test process of {forged.package.import_path} (exit code {forged.finished.exit_code})"
        return Reading(dimension="tests", state=ReadingState.ERROR, reason=reason, facts={"suspicion": reason}, seconds=seconds)
    found = list(by_id.values())
    if not found:
        return Reading(dimension="tests", state=ReadingState.UNAVAILABLE, reason="no test ran", seconds=seconds)
    facts: dict[str, int | float | str] = {name: found.count(name) for name in sorted(set(found))}
    facts |= {"total": len(found), "passed": found.count("passed")}
    return Reading(dimension="tests", state=ReadingState.MEASURED, value=found.count("passed") / len(found), facts=facts, seconds=seconds)


def _like(tests: Reading) -> dict[str, Any]:
    """A run that is not believed has not measured its coverage either."""
    return {"state": tests.state, "value": None, "reason": tests.reason, "facts": {}}


def _coverage(run: Run, listing: Listing, outcomes: Sequence[Outcome]) -> tuple[Reading, dict[str, Any]]:
    """Coverage's reading, and as material the lines that no test ran and those that one did.

    Names in the profile are import paths: only packages of the tree count.
    """
    folders = {each.import_path: each.folder for each in listing.packages}

    def content_of(name: str) -> list[str]:
        return (folders[name.rpartition("/")[0]] / name.rpartition("/")[2]).read_text(encoding="utf-8", errors="replace").split("\n")

    blocks = [block for each in outcomes for block in read_profile(each.profile) if block.file.rpartition("/")[0] in folders]
    found = covered_lines(blocks, content_of)
    if not found.executable:
        return Reading(dimension="coverage", state=ReadingState.UNAVAILABLE, reason="no line of code was seen to be executable"), {}
    facts: dict[str, int | float | str] = {"covered": found.covered, "executable": found.executable}
    reading = Reading(dimension="coverage", state=ReadingState.MEASURED, value=found.covered / found.executable, facts=facts)

    def path_of(name: str) -> str:
        return _inside(run, folders[name.rpartition("/")[0]] / name.rpartition("/")[2])

    uncovered = {path_of(name): [list(line) for line in lines] for name, lines in found.uncovered.items()}
    return reading, {"uncovered": uncovered, "covered": {path_of(name): lines for name, lines in found.ran.items()}}


def _inside(run: Run, file: Path) -> str:
    """The path of a file as the project calls it."""
    return file.resolve().relative_to(run.place.tree.resolve()).as_posix()
