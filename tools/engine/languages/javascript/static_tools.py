"""Lint and types: the project's own eslint or biome, and its own TypeScript compiler."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import anyio.to_thread

from state.measurement import ReadingState
from tools.engine.languages import findings
from tools.engine.languages.bench import Place, Taken, ended_badly, not_taken, output_tail
from tools.engine.languages.findings import Finding
from tools.engine.languages.javascript.jsonc import parsed_jsonc
from tools.engine.languages.javascript.packages import NODE_MODULES, Package
from tools.engine.languages.javascript.said import Checked, ToolFailed, by_biome, by_eslint, by_tsc
from tools.engine.languages.javascript.toolchain import Toolchain
from tools.engine.languages.running import run_command
from tools.engine.process import Finished

TIMEOUT: Final = 900.0  # seconds for one tool
PACKAGES: Final = {"eslint": "eslint", "biome": "@biomejs/biome", "tsc": "typescript"}
Reader = Callable[[str], Checked]


@dataclass(frozen=True)
class Asked:
    """A tool, started: for what dimension, with which words, and the exit codes with which it has done its work."""

    dimension: str
    tool: str
    package: Package
    words: tuple[str, ...]
    shown: str
    codes: tuple[int, ...]


async def run_lint(toolchain: Toolchain, place: Place) -> Taken:
    """Measure lint with the eslint or biome that the root names."""
    tool = toolchain.root.lint
    package = toolchain.package(PACKAGES[tool])
    if package is None:
        return not_taken(("lint",), ReadingState.UNAVAILABLE, toolchain.missing(PACKAGES[tool]))
    if tool == "eslint":
        report = place.beside("eslint.json")
        asked = Asked("lint", tool, package, ("-f", "json", "-o", str(report), "--no-error-on-unmatched-pattern", "."), "eslint .", (0, 1))
        return await _measured(toolchain, place, asked, lambda _: by_eslint(report, place.folder))
    words = ("lint", "--reporter=json", "--max-diagnostics=none", "--vcs-enabled=false", "--colors=off", ".")
    asked = Asked("lint", tool, package, words, "biome lint .", (0, 1))
    return await _measured(toolchain, place, asked, lambda said: by_biome(said, place.folder))


async def run_types(toolchain: Toolchain, place: Place) -> Taken:
    """Measure types with the project's TypeScript, on what its tsconfig.json names; of a solution on each of its projects."""
    package = toolchain.package(PACKAGES["tsc"])
    if package is None:
        return not_taken(("type_check",), ReadingState.UNAVAILABLE, toolchain.missing(PACKAGES["tsc"]))
    taken: list[Checked] = []
    finished: list[Finished] = []
    for configuration in await anyio.to_thread.run_sync(lambda: tuple(_configurations(place.folder))):
        words = ("--noEmit", "--pretty", "false", "--listFiles", "-p", configuration)
        asked = Asked("type_check", "tsc", package, words, f"tsc --noEmit -p {configuration}", (0, 1, 2))
        ended, checked = await _run(toolchain, place, asked, lambda said: by_tsc(said, place.folder))
        if checked is None or isinstance(checked, Taken):
            return checked or ended_badly(("type_check",), ended, "tsc")
        taken.append(checked)
        finished.append(ended)
    if not taken:
        return not_taken(("type_check",), ReadingState.UNAVAILABLE, "there is no tsconfig.json")
    together = Checked(
        tuple(sorted({each for one in taken for each in one.places})), tuple(dict.fromkeys(file for one in taken for file in one.files))
    )
    asked = Asked("type_check", "tsc", package, (), "tsc --noEmit", (0,))
    return await anyio.to_thread.run_sync(_taken, toolchain, place, asked, finished[-1], together)


def _configurations(folder: Path) -> Iterator[str]:
    """tsconfig.json, or where that only names other projects, each of those."""
    file = folder / "tsconfig.json"
    if not file.is_file():
        return
    settings = parsed_jsonc(file.read_bytes())
    named = settings.get("references")
    if settings.get("files") == [] and "include" not in settings and isinstance(named, list):
        yield from (str(each["path"]) for each in named if isinstance(each, dict) and (folder / str(each.get("path", ""))).exists())
    else:
        yield "tsconfig.json"


async def _measured(toolchain: Toolchain, place: Place, asked: Asked, read: Reader) -> Taken:
    finished, checked = await _run(toolchain, place, asked, read)
    if checked is None or isinstance(checked, Taken):
        return checked or ended_badly((asked.dimension,), finished, asked.tool)
    return await anyio.to_thread.run_sync(_taken, toolchain, place, asked, finished, checked)


async def _run(toolchain: Toolchain, place: Place, asked: Asked, read: Reader) -> tuple[Finished, Checked | Taken | None]:
    """Run a tool from its package; None where it ended otherwise than it does when it has done its work."""
    said = place.beside(f"{asked.tool}.out")
    script = asked.package.script(asked.tool) or asked.package.folder / "bin" / asked.tool
    finished = await run_command(toolchain.command(place, (str(script), *asked.words), TIMEOUT, said))
    if finished.outcome != "exited" or finished.exit_code not in asked.codes:
        return finished, None
    try:
        text = await anyio.to_thread.run_sync(lambda: said.read_text(encoding="utf-8", errors="replace") if said.is_file() else "")
        return finished, await anyio.to_thread.run_sync(read, text)
    except ToolFailed as problem:
        reason = str(problem)
    except (ValueError, KeyError, TypeError, FileNotFoundError) as problem:
        reason = f"{asked.tool} printed something else than its report ({type(problem).__name__})"
    return finished, replace(not_taken((asked.dimension,), ReadingState.ERROR, reason), output=output_tail(finished))


def _taken(toolchain: Toolchain, place: Place, asked: Asked, finished: Finished, checked: Checked) -> Taken:
    root = toolchain.root
    places = [(rule, root.outer(path), line) for rule, path, line in checked.places if _counts(path, root.apart)]
    files = [place.folder / path for path in checked.files if _counts(path, root.apart)]
    found: Sequence[Finding] = findings.gather(places, place.tree)
    reading = findings.reading(asked.dimension, found, files, finished.seconds)
    material = {"findings": [[each.rule, each.path, each.text, each.count] for each in found]}
    tools = {asked.package.name: asked.package.version, "node": toolchain.node.version}
    return Taken((reading,), commands=(asked.shown,), tools=tools, material=material, output=finished.stderr[-2000:])


def _counts(path: str, apart: Sequence[str]) -> bool:
    """Whether a file of the folder is the root's own: not installed, and in no folder that is a root of its own."""
    return NODE_MODULES not in path.split("/") and not any(path.startswith(f"{each}/") for each in apart)
