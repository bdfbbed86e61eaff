"""Rust as a language of the table: what belongs to the base, and the bench on which trees are measured."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

import anyio.to_thread

from state.measurement import Root
from state.model import JSON
from tools.engine.languages.bench import Home, Place, Taken, Task, Trees
from tools.engine.languages.changes import BaseOwnedChange
from tools.engine.languages.replacing import Replaced
from tools.engine.languages.rust import arguments, cargo_file, gains, names
from tools.engine.languages.rust.static_tools import Check, run_lint, run_types
from tools.engine.languages.rust.survey import look, roots, survey
from tools.engine.languages.rust.test_run import Run, run_tests
from tools.engine.languages.rust.toolchain import Toolchain, open_toolchain
from tools.engine.languages.survey import Selection
from tools.engine.languages.written import NOTHING_WRITTEN, Written
from tools.engine.repository.objects import read_blob

__all__ = [
    "asks_for",
    "assigned_elsewhere",
    "bodies_of_tests",
    "code_of",
    "configures",
    "examine",
    "files_of_test",
    "graft",
    "lines_in_functions",
    "look",
    "manifests",
    "mixes",
    "open_bench",
    "owns",
    "replaced",
    "roots",
    "saying_nothing",
    "selection_of",
    "survey",
    "tests_inside",
    "written",
]  # fmt: skip

# Counted up when the same files and tools would be read to another value.
READING: Final = 1


@dataclass(frozen=True)
class RustBench:
    """A Rust project's toolchain, ready to measure its trees."""

    toolchain: Toolchain
    cache: Path

    @property
    def environment(self) -> str:
        """The environment key."""
        return self.toolchain.environment

    @property
    def installed(self) -> tuple[Path, ...]:
        """The compiler, and the crates that were fetched."""
        return (self.toolchain.rust.sysroot, *self.toolchain.rust.seen)

    def instrument(self, task: Task) -> JSON:
        """What the task is measured with. Versions are in the environment key, crates and settings in the tree."""
        root = self.toolchain.root
        by_kind: dict[str, JSON] = {"tests": [*root.test_arguments], "lint": [root.lint], "types": [root.types], "counting": []}
        return [READING, root.path, task.kind, by_kind[task.kind]]

    def obstacle(self, trees: Trees) -> str:
        """Another compiler than the base's was asked for: what it would say, the one that is there cannot tell."""
        for name in names.TOOLCHAIN_FILES:
            path = self.toolchain.root.outer(name)
            if read_blob(trees.repository, trees.measured, path) != read_blob(trees.repository, trees.base, path):
                return f"{path} asks for another toolchain than the base's; approve it first"
        return ""

    async def prepare(self, trees: Trees, place: Place) -> None:
        """Nothing: crates that were not fetched come by `## Setup` alone."""

    def surround(self, place: Place) -> dict[str, str]:
        """The environment of commands at a place."""
        return self.toolchain.environment_at(place)

    async def take(self, task: Task, place: Place, progress: Callable[[str], None]) -> Taken:
        """Measure at the place."""
        if task.kind == "tests":
            return await run_tests(Run(self.toolchain, place, task, self.cache), progress)
        return await (run_lint if task.kind == "lint" else run_types)(Check(self.toolchain, place, task, self.cache))


async def open_bench(home: Home, root: Root, cache: Path) -> RustBench:
    """The bench of a root. Raises Refusal NO_TOOLCHAIN."""
    return RustBench(await anyio.to_thread.run_sync(open_toolchain, home, root), cache)


def selection_of(command: str) -> Selection | None:
    """The arguments that select tests where the command is a `cargo test`; else None."""
    found = arguments.selection_of(command)
    return None if found is None else Selection("cargo test", found)


def manifests(path: str) -> bool:
    """Whether the file decides what is installed or built."""
    return names.is_manifest(path)


def files_of_test(test: str, paths: Sequence[str]) -> tuple[str, ...]:
    """The file of an integration test with those that may be its modules. A test inside the product has none: the product would come with it."""
    file = PurePosixPath(test.split("::", 1)[0])
    if not names.is_test_file(str(file)) or "tests" not in file.parts[:-1]:
        return ()
    folder = PurePosixPath(*file.parts[: file.parts.index("tests") + 1])
    beside = {path for path in paths if PurePosixPath(path).is_relative_to(folder)}
    return tuple(path for path in paths if path == str(file) or (path in beside and PurePosixPath(path).parent != folder))


def owns(path: str, _source_paths: Sequence[str]) -> bool:
    """Whether the base's word stands for the file."""
    return names.is_base_owned(path)


def mixes(path: str) -> bool:
    """Whether the file holds options of tests beside dependencies, and is grafted."""
    return PurePosixPath(path).name == names.MANIFEST


def configures(path: str) -> bool:
    """Whether the file decides what compiler and linter report."""
    return names.is_configuration(path)


def graft(_path: str, base: bytes | None, candidate: bytes | None) -> bytes | None:
    """Cargo.toml with the base's profiles, lints and options of tests."""
    return cargo_file.graft(base, candidate)


def examine(path: str, base: bytes | None, candidate: bytes) -> BaseOwnedChange | None:
    """What was done to a base-owned file of Rust; None where the file is none of its kinds."""
    if names.is_configuration(path):
        return BaseOwnedChange(path, "configuration", "it configures cargo, the compiler or the linter")
    if not names.is_code(path):
        return None
    if base is None:
        found = gains.suspicion_in(b"", candidate)
        return BaseOwnedChange(path, "changed", found) if found else BaseOwnedChange(path, "added_plain_test", "a new test file")
    loss = gains.loss_in(base, candidate)
    return BaseOwnedChange(path, "changed", loss) if loss else BaseOwnedChange(path, "only_gained", "every item of the base stands in it")


def bodies_of_tests(_path: str, _content: bytes) -> Mapping[str, str]:
    """Nothing: a renamed test counts as one that is gone and one that is new."""
    return {}


def saying_nothing(_files: Mapping[str, bytes]) -> Mapping[str, frozenset[str]]:
    """Nothing: it is not told apart which of Rust's tests assert."""
    return {}


def written(_path: str, _content: bytes) -> Written:
    """Nothing: there is no syntax tree of it here."""
    return NOTHING_WRITTEN


def assigned_elsewhere(_path: str, _content: bytes, _product: Collection[str]) -> Mapping[int, str]:
    """Nothing: no function of another module can be set in Rust."""
    return {}


def code_of(_path: str, _content: bytes) -> str:
    """Nothing: what its comments say, documentation tests run."""
    return ""


def lines_in_functions(_path: str, _content: bytes) -> Collection[int]:
    """Nothing: no coverage is measured of it."""
    return ()


def replaced(_path: str, _content: bytes) -> tuple[Replaced, ...]:
    """Nothing: functions cannot be assigned to."""
    return ()


def asks_for(path: str, content: bytes) -> frozenset[str]:
    """The crates of a Cargo.toml."""
    return cargo_file.dependencies(content) if PurePosixPath(path).name == names.MANIFEST else frozenset()


def tests_inside(path: str, base: bytes | None, candidate: bytes | None) -> BaseOwnedChange | None:
    """What was done to tests of the base that stand in a file of the product, which no tree can replace."""
    if not names.is_code(path):
        return None
    loss = gains.loss_of_tests_inside(base, candidate)
    return BaseOwnedChange(path, "changed", f"tests inside the product: {loss}") if loss else None
