"""Lint and types: the project's own ruff, and its own mypy or pyright, asked for JSON."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Final

import anyio.to_thread

from state.measurement import ReadingState, Root
from tools.engine.languages import findings
from tools.engine.languages.bench import Place, Taken, ended_badly, not_taken, output_tail
from tools.engine.languages.findings import Finding
from tools.engine.languages.python.names import SUFFIXES
from tools.engine.languages.python.toolchain import RUN_MODULE, Toolchain
from tools.engine.languages.running import run_command
from tools.engine.process import Finished

TIMEOUT: Final = 900.0  # seconds for one tool


@dataclass(frozen=True)
class Checked:
    """What one tool said: (rule, path, line) of each finding, and the files that it looked at."""

    places: tuple[tuple[str, str, int], ...]
    files: tuple[Path, ...]


async def run_lint(toolchain: Toolchain, place: Place) -> Taken:
    """Measure lint with the ruff of the project's environment."""
    if toolchain.version("ruff") is None:
        return not_taken(("lint",), ReadingState.UNAVAILABLE, f"ruff is not installed: {toolchain.install_line('ruff')}")
    tool = _Tool("lint", "ruff", "ruff check .", place.beside("ruff.json"))
    listed = await _run(toolchain, place, ("ruff", "check", "--show-files", "."), place.beside("ruff.files"))
    if listed.exit_code != 0:
        return ended_badly(("lint",), listed, "ruff check --show-files")
    finished = await _run(
        toolchain, place, ("ruff", "check", "--no-cache", "--exit-zero", "--output-format", "json", "--output-file", str(tool.output), ".")
    )
    if finished.exit_code != 0:
        return ended_badly(("lint",), finished, "ruff check")
    return await _taken(toolchain, place, tool, finished, lambda text: _ruff(text, place))


async def run_types(toolchain: Toolchain, place: Place) -> Taken:
    """Measure types with the project's mypy or pyright, on the source paths of the profile."""
    tool = toolchain.root.types
    if toolchain.version(tool) is None:
        return not_taken(("type_check",), ReadingState.UNAVAILABLE, f"{tool} is not installed: {toolchain.install_line(tool)}")
    overlay = toolchain.overlay(place)
    paths = [path for path in toolchain.root.source_paths if (place.folder / path).exists()]
    files = _python_files(place.folder, paths)
    if not files:
        return not_taken(("type_check",), ReadingState.UNAVAILABLE, "there is no source file to check")
    if tool == "mypy":
        cache = toolchain.cache / f"mypy-{toolchain.version('mypy')}-{toolchain.interpreter.minor}"
        await anyio.to_thread.run_sync(lambda: cache.mkdir(parents=True, exist_ok=True))
        argv = ("mypy", "-O", "json", "--no-error-summary", "--python-executable", str(overlay.python), "--cache-dir", str(cache), *paths)
        read: Callable[[str], Checked] = partial(_mypy, root=toolchain.root, files=files)
    else:
        argv = ("pyright", "--outputjson", "--pythonpath", str(overlay.python), *paths)
        read = partial(_pyright, tree=place.tree, files=files)
    said = place.beside("types.out")
    finished = await _run(toolchain, place, argv, said)
    if finished.exit_code not in (0, 1):
        return ended_badly(("type_check",), finished, tool)
    return await _taken(toolchain, place, _Tool("type_check", tool, " ".join((tool, *paths)), said), finished, read)


@dataclass(frozen=True)
class _Tool:
    dimension: str
    name: str
    command: str
    output: Path  # a file: what a large project has to say does not fit into what is kept of a process's output


async def _run(toolchain: Toolchain, place: Place, argv: Sequence[str], said: Path | None = None) -> Finished:
    """Run an installed tool by its module, so that nothing of the tree comes before what it imports."""
    python = str(toolchain.overlay(place).python)
    variables = toolchain.environment_at(place)
    return await run_command(place.command((python, str(RUN_MODULE), *argv), variables, TIMEOUT, said))


async def _taken(toolchain: Toolchain, place: Place, tool: _Tool, finished: Finished, read: Callable[[str], Checked]) -> Taken:
    def gathered() -> tuple[Checked, tuple[Finding, ...]]:
        checked = read(tool.output.read_text(encoding="utf-8", errors="replace"))
        return checked, findings.gather(checked.places, place.tree)

    try:
        checked, found = await anyio.to_thread.run_sync(gathered)
    except (ValueError, KeyError, TypeError, FileNotFoundError) as problem:
        reason = f"{tool.name} printed something else than its JSON ({type(problem).__name__})"
        return replace(not_taken((tool.dimension,), ReadingState.ERROR, reason), output=output_tail(finished))
    reading = await anyio.to_thread.run_sync(findings.reading, tool.dimension, found, checked.files, finished.seconds)
    material = {"findings": [[each.rule, each.path, each.text, each.count] for each in found]}
    return Taken(
        (reading,), commands=(tool.command,), tools={tool.name: toolchain.version(tool.name) or ""}, material=material, output=finished.stderr[-2000:]
    )


def _ruff(text: str, place: Place) -> Checked:
    entries = json.loads(text)
    places = tuple(
        (str(entry["code"] or "invalid-syntax"), _inside(entry["filename"], place.tree), int(entry["location"]["row"])) for entry in entries
    )
    listed = (place.beside("ruff.files")).read_text(encoding="utf-8", errors="replace").splitlines()
    return Checked(places, tuple(Path(line) for line in listed if Path(line).is_relative_to(place.tree)))


def _mypy(text: str, root: Root, files: Iterable[Path]) -> Checked:
    """JSON lines, between what else mypy says, with paths relative to the root. Notes are not findings."""
    entries = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
    errors = [entry for entry in entries if entry["severity"] == "error"]
    return Checked(tuple((str(entry["code"] or "error"), root.outer(str(entry["file"])), int(entry["line"])) for entry in errors), tuple(files))


def _pyright(text: str, tree: Path, files: Iterable[Path]) -> Checked:
    """One object; lines count from 0."""
    entries: list[dict[str, Any]] = json.loads(text)["generalDiagnostics"]
    errors = [entry for entry in entries if entry["severity"] == "error"]
    return Checked(
        tuple((str(entry.get("rule", "error")), _inside(entry["file"], tree), int(entry["range"]["start"]["line"]) + 1) for entry in errors),
        tuple(files),
    )


def _inside(name: str, tree: Path) -> str:
    for top in (tree, tree.resolve()):
        if Path(name).is_relative_to(top):
            return Path(name).relative_to(top).as_posix()
    return name


def _python_files(tree: Path, paths: Sequence[str]) -> tuple[Path, ...]:
    def walk() -> Iterator[Path]:
        for path in paths:
            place = tree / path
            yield from (file for file in (sorted(place.rglob("*")) if place.is_dir() else [place]) if file.suffix in SUFFIXES)

    return tuple(walk())
