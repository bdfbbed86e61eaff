"""One run of a Rust root's tests: cargo builds the binaries, each says what it holds and then runs by itself, with a canary in it."""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import anyio.to_thread

from state.measurement import Reading, ReadingState
from tools.engine.languages.bench import Place, Taken, Task, ended_badly, not_taken, output_tail
from tools.engine.languages.running import run_command
from tools.engine.languages.rust.arguments import Chosen, chosen
from tools.engine.languages.rust.canary import Canary
from tools.engine.languages.rust.cargo_file import parsed, without_harness
from tools.engine.languages.rust.crates import (
    Crate,
    Executable,
    Message,
    Target,
    Workspace,
    built_well,
    executables,
    messages,
    read_metadata,
    records,
)
from tools.engine.languages.rust.dependencies import Dependencies
from tools.engine.languages.rust.names import is_test_file
from tools.engine.languages.rust.report import Belief, read_documentation, read_list, read_report, test_id
from tools.engine.languages.rust.toolchain import Toolchain, target_folder
from tools.engine.process import Finished

TIMEOUT: Final = 3600.0  # seconds for one command
OUTPUT_KEPT: Final = 4000  # characters
DOCUMENTATION: Final = "documentation"
_NOT_FETCHED: Final = ("--offline", "offline mode", "no matching package named", "failed to download", "unable to update registry", "failed to get `")


@dataclass(frozen=True)
class Run:
    """One run of the tests at a place."""

    toolchain: Toolchain
    place: Place
    task: Task
    cache: Path
    canary: Canary = field(default_factory=Canary)

    @property
    def chosen(self) -> Chosen:
        """What the approved arguments choose."""
        return chosen(self.toolchain.root.test_arguments) or Chosen()

    @property
    def dependencies(self) -> Dependencies:
        """What crates from elsewhere compile to for these tests."""
        return Dependencies(self.toolchain, self.cache, "build", self.chosen.features)

    async def cargo(self, *arguments: str, said: str = "") -> Finished:
        """Run cargo in the folder of the root; what it prints also goes into the file `said`."""
        return await run_cargo(self.toolchain, self.place, arguments, said)

    def told(self, name: str) -> str:
        """What cargo printed into a file beside the tree."""
        return content_of(self.place.beside(name))


@dataclass(frozen=True)
class Outcome:
    """What came of one test binary, or of the documentation of one crate."""

    label: str
    belief: Belief
    outcomes: Mapping[str, str]
    finished: Finished


def content_of(file: Path) -> str:
    """What a command printed into a file; empty where it was never begun."""
    return file.read_text(encoding="utf-8", errors="replace") if file.exists() else ""


async def run_cargo(toolchain: Toolchain, place: Place, arguments: Sequence[str], said: str = "") -> Finished:
    """Run the project's cargo at a place; the linter by its own name, because cargo would look for it among the user's programs first."""
    program = "cargo-clippy" if arguments[0] == "clippy" else "cargo"
    argv = (str(toolchain.rust.programs / program), *arguments)
    return await run_command(place.command(argv, toolchain.environment_at(place), TIMEOUT, place.beside(said) if said else None))


def not_fetched(finished: Finished) -> str:
    """Why cargo could not go on without a network, where that is what it says; else nothing."""
    said = output_tail(finished)
    return (
        f"a crate was not fetched, and nothing is fetched here: {said[-500:]}; run `cargo fetch`"
        if any(sign in said for sign in _NOT_FETCHED)
        else ""
    )


async def run_tests(run: Run, progress: Callable[[str], None]) -> Taken:
    """Run the tests of the tree. Raises nothing but Refusal BUSY."""
    listed = await run.cargo("metadata", "--offline", "--format-version", "1", said="metadata.json")
    if reason := not_fetched(listed) if listed.exit_code else "":
        return not_taken(run.task.dimensions, ReadingState.UNAVAILABLE, reason)
    if listed.exit_code != 0:
        return ended_badly(run.task.dimensions, listed, "cargo metadata")
    try:
        workspace = read_metadata(run.told("metadata.json"))
    except (ValueError, KeyError) as problem:
        return not_taken(run.task.dimensions, ReadingState.ERROR, f"cargo metadata printed something else than its JSON ({problem})")
    if foreign := workspace.foreign(run.place.tree):
        return not_taken(run.task.dimensions, ReadingState.UNAVAILABLE, f"cannot prove whose code runs: {foreign} would be built in")
    await anyio.to_thread.run_sync(_write_canaries, run, workspace)
    return await _run_all(run, workspace, progress)


def _write_canaries(run: Run, workspace: Workspace) -> None:
    targets = [target for crate in workspace.crates for target in crate.targets]
    files = [target.file for target in targets if target.of_tests and target.file.is_file()]
    libraries = [target.file for target in targets if target.documented and target.file.is_file()]
    run.canary.write([*files, *libraries], libraries, ignored="--ignored" in run.chosen.test)


async def _run_all(run: Run, workspace: Workspace, progress: Callable[[str], None]) -> Taken:
    outcomes: list[Outcome] = []
    broken: dict[str, str] = {}
    said = ""
    if run.chosen.with_binaries:
        await run.dependencies.bring(run.place)
        built = await run.cargo(*run.chosen.building, "--offline", "--message-format=json", *run.chosen.cargo, said="build.json")
        told = list(records(await anyio.to_thread.run_sync(run.told, "build.json")))
        if built.outcome != "exited" or built_well(told) is None:
            reason = not_fetched(built)
            return (
                not_taken(run.task.dimensions, ReadingState.UNAVAILABLE, reason) if reason else ended_badly(run.task.dimensions, built, "cargo test")
            )
        ready = executables(told, workspace.crates)
        if await run.dependencies.wants(run.place, run.task):
            await run.dependencies.keep(run.place, workspace)  # before any test runs
        if not built_well(told):
            broken, said = _not_built(run, workspace, ready, messages(told)), output_tail(replace(built, stdout=""))
        for number, executable in enumerate(ready, start=1):
            outcomes.append(await _run_one(run, executable))
            progress(f"tests: {number} of {len(ready)} binaries")
    if run.chosen.with_documentation:
        outcomes += [await _document(run, crate) for crate in workspace.crates if crate.is_documented and not broken and _is_chosen(run, crate)]
    if late := next((each for each in outcomes if each.finished.outcome != "exited"), None):
        return ended_badly(run.task.dimensions, late.finished, f"the test process of {late.label}")
    return _taken(run, outcomes, broken, said)


def _is_chosen(run: Run, crate: Crate) -> bool:
    """Whether the documentation of a crate is asked for, by the packages that the arguments name."""
    named = {word.partition("=")[2] for word in run.chosen.cargo if word.startswith(("-p=", "--package="))}
    left_out = {word.partition("=")[2] for word in run.chosen.cargo if word.startswith("--exclude=")}
    return crate.name not in left_out and (not named or crate.name in named)


def _not_built(run: Run, workspace: Workspace, ready: Sequence[Executable], told: Sequence[Message]) -> dict[str, str]:
    """The files of targets whose tests could not be built: every one without a binary, or where only some were chosen, those with errors."""
    targets = [target for crate in workspace.crates for target in crate.targets if target.of_tests]
    built = {(each.target.name, each.target.file) for each in ready}
    missing = [target for target in targets if (target.name, target.file) not in built]
    if not run.chosen.whole:
        errors = {(run.place.folder / message.file).resolve() for message in told if message.level == "error"}
        missing = [target for target in missing if any(file.is_relative_to(target.file.resolve().parent) for file in errors)]
    return {_inside(run, target.file): "collection_error" for target in missing}


async def _run_one(run: Run, executable: Executable) -> Outcome:
    """Ask a binary for its tests, then run them. RUSTC_BOOTSTRAP: libtest's JSON is not a stable option; the build was stable."""
    environment = {**run.toolchain.environment_at(run.place), **_of_the_crate(run, executable.crate), "RUSTC_BOOTSTRAP": "1"}
    words = run.chosen.test_words(run.canary.name)
    folder = run.place.beside("said")
    folder.mkdir(exist_ok=True)
    list_file, run_file = (folder / f"{executable.program.name}.{kind}" for kind in ("list", "run"))

    async def ask(said: Path, *more: str) -> Finished:
        command = run.place.command((str(executable.program), *words, *more), environment, TIMEOUT, said)
        return await run_command(replace(command, directory=executable.crate.folder))

    label = f"{executable.crate.name} ({executable.target.name})"
    if _is_plain_program(executable):
        finished = await ask(run_file)
        return Outcome(label, "believed", {_id(run, executable.target, "main"): "passed" if finished.exit_code == 0 else "failed"}, finished)
    listed = await ask(list_file, "--list", "--format", "terse")
    if listed.outcome != "exited" or listed.exit_code != 0:
        return Outcome(label, "broke off", {_inside(run, executable.target.file): "collection_error"}, listed)
    names = read_list(await anyio.to_thread.run_sync(content_of, list_file))
    finished = await ask(run_file, "--format", "json", "-Z", "unstable-options")
    report = read_report(await anyio.to_thread.run_sync(content_of, run_file))
    belief = report.belief(run.canary.name, names, finished.exit_code)
    counted = report.counted(belief, names, run.canary.name)
    return Outcome(label, belief, {_id(run, executable.target, test): outcome for test, outcome in counted.items()}, finished)


async def _document(run: Run, crate: Crate) -> Outcome:
    """The documentation tests of a crate. What they are, only their run tells."""
    said = f"{DOCUMENTATION}-{crate.name}"
    finished = await run.cargo(
        "test", "--offline", "--doc", "-p", f"{crate.name}@{crate.version}", *run.chosen.features, "--", *_filters(run), said=said
    )
    report = read_documentation(await anyio.to_thread.run_sync(run.told, said))
    canary = next((name for name in report.outcomes if run.canary.item in name), run.canary.item)
    if report.begun is None and finished.exit_code not in (0, None):
        library = next(target.file for target in crate.targets if target.is_library)
        return Outcome(f"the documentation of {crate.name}", "broke off", {f"{_inside(run, library)}::{DOCUMENTATION}": "collection_error"}, finished)
    belief = report.belief(canary, list(report.outcomes), finished.exit_code)
    return Outcome(f"the documentation of {crate.name}", belief, _documented(run, crate, report.counted(belief, (), canary)), finished)


def _filters(run: Run) -> tuple[str, ...]:
    """The filters of names, the canary's among them; other words of the binaries mean nothing to rustdoc's."""
    return run.chosen.test_words(run.canary.item)


def _documented(run: Run, crate: Crate, outcomes: Mapping[str, str]) -> dict[str, str]:
    """Outcomes of documentation by id. rustdoc names files from the crate's folder on, or from the workspace's."""
    found = {}
    for name, outcome in outcomes.items():
        file, _, item = name.partition(" - ")
        place = next((folder / file for folder in (crate.folder, run.place.folder) if (folder / file).is_file()), run.place.folder / file)
        found[f"{_inside(run, place)}::{DOCUMENTATION} > {item or 'of the whole'}"] = outcome
    return found


def _is_plain_program(executable: Executable) -> bool:
    """Whether the target has no harness: its exit code is all that it tells."""
    try:
        manifest = parsed(executable.crate.manifest.read_bytes()) or {}
    except FileNotFoundError:
        return False
    return ("lib" if executable.target.is_library else executable.target.name) in without_harness(manifest)


def _of_the_crate(run: Run, crate: Crate) -> dict[str, str]:
    """What cargo tells a test process of its crate."""
    target = target_folder(run.place) / "debug"
    libraries = map(str, (target / "deps", target, *run.toolchain.rust.libraries))
    return {
        "CARGO": str(run.toolchain.rust.programs / "cargo"),
        "CARGO_MANIFEST_DIR": str(crate.folder),
        "CARGO_MANIFEST_PATH": str(crate.manifest),
        "CARGO_PKG_NAME": crate.name,
        "CARGO_PKG_VERSION": crate.version,
        "LD_LIBRARY_PATH": os.pathsep.join(libraries),
    }


def _taken(run: Run, outcomes: Sequence[Outcome], broken: Mapping[str, str], said: str) -> Taken:
    by_id = {**broken, **{test: outcome for each in outcomes for test, outcome in each.outcomes.items()}}
    output = "\n".join(filter(None, (said, *map(_told, outcomes))))[-OUTPUT_KEPT:]
    files = {test.split("::", 1)[0] for test in by_id}
    material = {"outcomes": by_id, "test_files": sorted(file for file in files if is_test_file(file))}
    commands = (" ".join(("cargo test", *run.chosen.words)),)
    return Taken((_reading(by_id, outcomes),), commands, {"rustc": run.toolchain.rust.number}, material, output)


def _told(outcome: Outcome) -> str:
    """What a test process printed, where there is something to look into; every one tells of its canary."""
    broken = outcome.belief != "believed" or "failed" in outcome.outcomes.values()
    return output_tail(outcome.finished) if broken else ""


def _reading(by_id: Mapping[str, str], outcomes: Sequence[Outcome]) -> Reading:
    """Passed / all; errors count as failures. A process that forges makes it an error."""
    seconds = sum(each.finished.seconds for each in outcomes)
    if forged := next((each for each in outcomes if each.belief == "forged"), None):
        reason = f"a test that must fail did not, in the test process of {forged.label} (exit code {forged.finished.exit_code})"
        return Reading(dimension="tests", state=ReadingState.ERROR, reason=reason, facts={"suspicion": reason}, seconds=seconds)
    found = list(by_id.values())
    if not found:
        return Reading(dimension="tests", state=ReadingState.UNAVAILABLE, reason="no test ran", seconds=seconds)
    facts: dict[str, int | float | str] = {name: found.count(name) for name in sorted(set(found))}
    facts |= {"total": len(found), "passed": found.count("passed")}
    return Reading(dimension="tests", state=ReadingState.MEASURED, value=found.count("passed") / len(found), facts=facts, seconds=seconds)


def _id(run: Run, target: Target, name: str) -> str:
    return test_id(_inside(run, target.file), name)


def _inside(run: Run, file: Path) -> str:
    """The path of a file as the project calls it."""
    path = file.resolve()
    return path.relative_to(run.place.tree.resolve()).as_posix() if path.is_relative_to(run.place.tree.resolve()) else file.name
