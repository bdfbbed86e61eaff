"""Lint and types of a Go root: golangci-lint where the machine has it, else go vet; and what the compiler refuses."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

import anyio.to_thread

from state.measurement import ReadingState
from tools.engine.languages import findings
from tools.engine.languages.bench import Place, Taken, ended_badly, not_taken, output_tail
from tools.engine.languages.go.names import IGNORED_BY_GO
from tools.engine.languages.go.toolchain import Toolchain
from tools.engine.languages.running import run_command

TIMEOUT: Final = 1800.0  # seconds for one tool
# A finding as a tool tells it: rule, file as it prints it, line from 1.
Told = tuple[str, str, int]
# An object that says something; of a package without findings go vet prints `{}`.
_JSON_OBJECT: Final = re.compile(r"^\{\n.*?^\}$", re.MULTILINE | re.DOTALL)
_COMPILER: Final = re.compile(r"^(?:vet: )?(?P<file>[^\s:#][^:]*\.go):(?P<line>\d+):(?:\d+:)? (?P<message>.*)$", re.MULTILINE)


async def run_lint(toolchain: Toolchain, place: Place) -> Taken:
    """Measure lint with the tool that the approved root names."""
    if toolchain.root.lint != "golangci-lint":
        return await _vet(toolchain, place)
    if toolchain.linter is None:
        return not_taken(("lint",), ReadingState.UNAVAILABLE, "golangci-lint is not installed any more")
    return await _golangci(toolchain, place, toolchain.linter)


async def run_types(toolchain: Toolchain, place: Place) -> Taken:
    """What the compiler refuses, in the product and in its tests. -e: all of it, not only the first ten of a package."""
    found: list[Told] = []
    output = ""
    for words in (("build",), ("test", "-c")):
        argv = (str(toolchain.go.program), *words, "-gcflags=-e", "-o", "/dev/null", "./...")
        finished = await run_command(place.command(argv, toolchain.environment_at(place), TIMEOUT, writable=(toolchain.cache,)))
        refused = [("compile", match["file"], int(match["line"])) for match in _COMPILER.finditer(f"{finished.stdout}\n{finished.stderr}")]
        if finished.outcome != "exited" or (finished.exit_code != 0 and not refused):
            return ended_badly(("type_check",), finished, f"go {words[0]}")
        found, output = [*found, *refused], output_tail(finished)
    command = "go build ./... (with the tests)"
    return await _taken(place, "type_check", list(dict.fromkeys(found)), Taken((), (command,), {"go": toolchain.go.version}, output=output))


def read_vet(text: str) -> list[Told]:
    """The findings in what `go vet -json` printed: an object for each package, by analyzer. Raises ValueError, KeyError or TypeError."""
    found = []
    for match in _JSON_OBJECT.finditer(text):
        for analyzers in json.loads(match[0]).values():
            for analyzer, diagnostics in analyzers.items():
                found += [(str(analyzer), *_position(each["posn"])) for each in diagnostics]
    return list(dict.fromkeys(found))  # a package is looked at once more with its tests


def read_golangci(text: str) -> list[Told]:
    """The findings in golangci-lint's JSON, which both of its major versions write alike. Raises ValueError, KeyError or TypeError."""
    # Behind the object of version 2 stand its statistics, where they are not turned off.
    said, _ = json.JSONDecoder().raw_decode(text[text.index("{") :])
    return [(str(each["FromLinter"]), str(each["Pos"]["Filename"]), int(each["Pos"]["Line"])) for each in said["Issues"] or ()]


def golangci_arguments(version: str) -> tuple[str, ...]:
    """The arguments for JSON on standard output and no limits, for the major version that `--version` tells of."""
    match = re.search(r"\bv?(\d+)\.\d+", version)
    common = ("run", "--issues-exit-code=0", "--max-issues-per-linter=0", "--max-same-issues=0")
    return (*common, "--out-format=json") if match and match[1] == "1" else (*common, "--output.json.path=stdout", "--show-stats=false")


async def _vet(toolchain: Toolchain, place: Place) -> Taken:
    said = place.beside("vet.json")
    finished = await run_command(
        place.command(
            (str(toolchain.go.program), "vet", "-json", "./..."), toolchain.environment_at(place), TIMEOUT, said, writable=(toolchain.cache,)
        )
    )
    if finished.exit_code == 1 and _COMPILER.search(finished.stderr):
        return replace(not_taken(("lint",), ReadingState.ERROR, "the code does not compile"), output=output_tail(finished))
    if finished.exit_code != 0:
        return ended_badly(("lint",), finished, "go vet")
    try:
        found = read_vet(await anyio.to_thread.run_sync(lambda: said.read_text(encoding="utf-8", errors="replace")))
    except (ValueError, KeyError, TypeError, AttributeError) as problem:
        reason = f"go vet printed something else than its JSON ({type(problem).__name__})"
        return replace(not_taken(("lint",), ReadingState.ERROR, reason), output=output_tail(finished))
    return await _taken(place, "lint", found, Taken((), ("go vet ./...",), {"go": toolchain.go.version}))


async def _golangci(toolchain: Toolchain, place: Place, program: Path) -> Taken:
    argv = (str(program), *golangci_arguments(toolchain.linter_version), "./...")
    finished = await run_command(place.command(argv, toolchain.environment_at(place), TIMEOUT, writable=(toolchain.cache,)))
    if finished.exit_code != 0:
        return ended_badly(("lint",), finished, "golangci-lint")
    try:
        found = read_golangci(finished.stdout)
    except (ValueError, KeyError, TypeError) as problem:
        reason = f"golangci-lint printed something else than its JSON ({type(problem).__name__})"
        return replace(not_taken(("lint",), ReadingState.ERROR, reason), output=output_tail(finished))
    tools = {"golangci-lint": toolchain.linter_version, "go": toolchain.go.version}
    return await _taken(place, "lint", found, Taken((), ("golangci-lint run ./...",), tools))


async def _taken(place: Place, dimension: str, places: list[Told], taken: Taken) -> Taken:
    """The reading of findings, per thousand lines of all Go files of the root."""
    files = await anyio.to_thread.run_sync(lambda: tuple(go_files(place.folder)))
    gathered = await anyio.to_thread.run_sync(
        lambda: findings.gather([(rule, _inside(place, path), line) for rule, path, line in places], place.tree)
    )
    reading = await anyio.to_thread.run_sync(findings.reading, dimension, gathered, files, 0.0)
    return replace(taken, readings=(reading,), material={"findings": [[each.rule, each.path, each.text, each.count] for each in gathered]})


def go_files(folder: Path) -> Iterator[Path]:
    """The Go files of a module, as `./...` takes them: nothing of other modules, hidden folders, testdata and vendored code."""
    for each in sorted(folder.iterdir()):
        if each.name.startswith((".", "_")) or each.is_symlink():
            continue
        if each.is_dir() and each.name not in IGNORED_BY_GO and not (each / "go.mod").exists():
            yield from go_files(each)
        elif each.suffix == ".go" and each.is_file():
            yield each


def _position(posn: str) -> tuple[str, int]:
    """`file:line:column` taken apart."""
    file, line, _column = posn.rsplit(":", 2)
    return file, int(line)


def _inside(place: Place, name: str) -> str:
    """The path in the tree of a file that a tool names, absolute or from the folder on."""
    path = (place.folder / name).resolve()
    return path.relative_to(place.tree.resolve()).as_posix() if path.is_relative_to(place.tree.resolve()) else name
