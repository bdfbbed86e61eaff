"""Lint and types of a Rust root: clippy where it is installed, else the compiler's own warnings; and what the compiler refuses."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import anyio.to_thread

from state.measurement import ReadingState
from tools.engine.languages import findings
from tools.engine.languages.bench import Place, Taken, Task, ended_badly, not_taken, output_tail
from tools.engine.languages.rust.crates import Message, Workspace, built_well, messages, read_metadata, records
from tools.engine.languages.rust.dependencies import Dependencies
from tools.engine.languages.rust.test_run import content_of, not_fetched, run_cargo
from tools.engine.languages.rust.toolchain import Toolchain

CLIPPY: Final = "cargo clippy"
CHECK: Final = "cargo check"
_COMMON: Final = ("--offline", "--workspace", "--all-targets", "--keep-going", "--message-format=json")


@dataclass(frozen=True)
class Check:
    """One tool that reads the code of a place, and compiles what it needs of other crates."""

    toolchain: Toolchain
    place: Place
    task: Task
    cache: Path

    @property
    def dependencies(self) -> Dependencies:
        """What crates from elsewhere compile to for checks."""
        return Dependencies(self.toolchain, self.cache, "check")


async def run_lint(check: Check) -> Taken:
    """Measure lint. Code that does not compile cannot be linted: then it is an error, and types say where."""
    tool = check.toolchain.root.lint
    if tool == CLIPPY and not check.toolchain.rust.has_clippy:
        return not_taken(("lint",), ReadingState.UNAVAILABLE, "clippy is not installed any more: rustup component add clippy")
    return await _run(check, ("lint", tool), lambda told: None if any(map(_is_refusal, told)) else told)


async def run_types(check: Check) -> Taken:
    """What the compiler refuses, in the product and in its tests."""
    return await _run(check, ("type_check", CHECK), lambda told: [each for each in told if _is_refusal(each)])


def _is_refusal(message: Message) -> bool:
    """Whether the compiler does not go on: an error of its own, and not a lint that the project raised to one."""
    return message.level == "error" and (not message.rule or (message.rule[0] == "E" and message.rule[1:].isdigit()))


async def _run(check: Check, what: tuple[str, str], choose: Callable[[list[Message]], list[Message] | None]) -> Taken:
    toolchain, place, (dimension, tool) = check.toolchain, check.place, what
    said = f"{dimension}.json"
    await check.dependencies.bring(place)
    finished = await run_cargo(toolchain, place, (tool.split()[1], *_COMMON), said)
    told = list(records(await anyio.to_thread.run_sync(content_of, place.beside(said))))
    if finished.outcome != "exited" or built_well(told) is None:
        reason = not_fetched(finished)
        return not_taken((dimension,), ReadingState.UNAVAILABLE, reason) if reason else ended_badly((dimension,), finished, tool)
    if await check.dependencies.wants(place, check.task):
        await check.dependencies.keep(place, await _workspace(check, dimension))
    chosen = choose(messages(told))
    if chosen is None:
        return replace(not_taken((dimension,), ReadingState.ERROR, "the code does not compile"), output=output_tail(replace(finished, stdout="")))
    return await anyio.to_thread.run_sync(lambda: _taken(toolchain, place, what, chosen))


async def _workspace(check: Check, dimension: str) -> Workspace:
    """The crates of the place; none where cargo does not tell them, which then says so itself."""
    said = f"{dimension}-metadata.json"
    await run_cargo(check.toolchain, check.place, ("metadata", "--offline", "--format-version", "1"), said)
    try:
        return read_metadata(await anyio.to_thread.run_sync(content_of, check.place.beside(said)))
    except (ValueError, KeyError):
        return Workspace((), ())


def _taken(toolchain: Toolchain, place: Place, what: tuple[str, str], told: list[Message]) -> Taken:
    """The reading of what was told, per thousand lines of all Rust files of the root."""
    dimension, tool = what
    found = findings.gather([(each.rule or "compile", _inside(place, each.file), each.line) for each in told], place.tree)
    reading = findings.reading(dimension, found, tuple(rust_files(place.folder)), 0.0)
    material = {"findings": [[each.rule, each.path, each.text, each.count] for each in found]}
    return Taken((reading,), (f"{tool} --workspace --all-targets",), {"rustc": toolchain.rust.number}, material)


def rust_files(folder: Path) -> Iterator[Path]:
    """The Rust files of a workspace: nothing of hidden folders and of what was built."""
    for each in sorted(folder.iterdir()):
        if each.name.startswith(".") or each.is_symlink():
            continue
        if each.is_dir() and each.name not in {"target", "vendor"}:
            yield from rust_files(each)
        elif each.suffix == ".rs" and each.is_file():
            yield each


def _inside(place: Place, name: str) -> str:
    """The path in the tree of a file that the compiler names, absolute or from the workspace on."""
    path = (place.folder / name).resolve()
    return path.relative_to(place.tree.resolve()).as_posix() if path.is_relative_to(place.tree.resolve()) else name
