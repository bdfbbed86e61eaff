"""JavaScript and TypeScript as a language of the table: what belongs to the base, and the bench on which trees are measured."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

import anyio.to_thread

from state.measurement import Root
from state.model import JSON, digest
from tools.engine.languages.bench import Home, Place, Taken, Task, Trees
from tools.engine.languages.changes import BaseOwnedChange
from tools.engine.languages.javascript import arguments, gains, obstacles, owned, package_json, tests_by_body
from tools.engine.languages.javascript.asserting import found_tests
from tools.engine.languages.javascript.assigning import assigned_elsewhere
from tools.engine.languages.javascript.growing import count_root
from tools.engine.languages.javascript.plain_code import code_of, lines_in_functions
from tools.engine.languages.javascript.replaced import replaced_in
from tools.engine.languages.javascript.roots import roots
from tools.engine.languages.javascript.snapshots import snapshot_change
from tools.engine.languages.javascript.static_tools import run_lint, run_types
from tools.engine.languages.javascript.survey import look, survey
from tools.engine.languages.javascript.test_run import Run, run_tests
from tools.engine.languages.javascript.toolchain import INSIDE, Toolchain, open_toolchain
from tools.engine.languages.javascript.trees import is_code
from tools.engine.languages.javascript.written import written_in
from tools.engine.languages.replacing import Replaced
from tools.engine.languages.survey import Selection
from tools.engine.languages.written import Written

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
READING: Final = 3


@dataclass(frozen=True)
class JavaScriptBench:
    """A JavaScript project's toolchain, ready to measure its trees."""

    toolchain: Toolchain

    @property
    def environment(self) -> str:
        """The environment key."""
        return self.toolchain.environment

    @property
    def installed(self) -> tuple[Path, ...]:
        """Where packages lie."""
        return self.toolchain.installed

    def instrument(self, task: Task) -> JSON:
        """What the task is measured with. Packages and their versions are in the environment key, settings in the tree."""
        root = self.toolchain.root
        by_kind: dict[str, JSON] = {
            "tests": [root.test_runner, *root.test_arguments, root.coverage if task.with_coverage else "", *task.dimensions, _reporter()],
            "lint": [root.lint],
            "types": [root.types],
            "counting": [],
        }
        return [READING, root.path, task.kind, list(root.source_paths), list(root.apart), by_kind[task.kind]]

    def obstacle(self, trees: Trees) -> str:
        """Why code of the measured tree cannot be run with what is installed, or nothing."""
        return "" if self.toolchain.home.key else obstacles.obstacle(self.toolchain.root, trees)

    async def prepare(self, trees: Trees, place: Place) -> None:
        """Nothing: other packages than the installed ones come by `## Setup` alone."""

    def surround(self, place: Place) -> dict[str, str]:
        """The environment of commands at a place. Raises Unprovable."""
        return self.toolchain.surround(place)

    async def take(self, task: Task, place: Place, progress: Callable[[str], None]) -> Taken:
        """Measure at the place. Raises Unprovable."""
        if task.kind == "tests":
            return await run_tests(Run(self.toolchain, place, task), progress)
        if task.kind == "counting":
            return await anyio.to_thread.run_sync(count_root, place.folder, self.toolchain.root)
        return await (run_lint if task.kind == "lint" else run_types)(self.toolchain, place)


async def open_bench(home: Home, root: Root, cache: Path) -> JavaScriptBench:
    """The bench of a root. Raises Refusal NO_TOOLCHAIN."""
    return JavaScriptBench(await anyio.to_thread.run_sync(open_toolchain, home, root, cache))


def selection_of(command: str) -> Selection | None:
    """The runner that the command starts, or the script of package.json; else None."""
    found = arguments.started_by(command)
    return None if found is None else Selection(found.runner, found.arguments)


def manifests(path: str) -> bool:
    """Whether the file decides what is installed."""
    return owned.is_manifest(path)


def files_of_test(test: str, paths: Sequence[str]) -> tuple[str, ...]:
    """The file that an id begins with."""
    file = test.split("::", 1)[0]
    return (file,) if file in paths else ()


def owns(path: str, source_paths: Sequence[str]) -> bool:
    """Whether the base's word stands for the file."""
    return owned.is_base_owned(path, source_paths)


def mixes(path: str) -> bool:
    """Whether the file holds scripts and test options beside dependencies, and is grafted."""
    return PurePosixPath(path).name == package_json.PACKAGE and "node_modules" not in PurePosixPath(path).parts


def configures(path: str) -> bool:
    """Whether the file decides what coverage, linter and type checker report."""
    return owned.is_tool_configuration(path)


def graft(_path: str, base: bytes | None, candidate: bytes | None) -> bytes | None:
    """package.json with the base's scripts and tables of tools."""
    return package_json.graft(base, candidate)


def examine(path: str, base: bytes | None, candidate: bytes) -> BaseOwnedChange | None:
    """What was done to a base-owned file of JavaScript; None where the file is none of its kinds."""
    if owned.is_configuration(path):
        return BaseOwnedChange(path, "configuration", "it configures the test runner or a tool, or is what is installed")
    if owned.is_snapshot(path):
        return snapshot_change(path, base, candidate)
    if "__mocks__" in PurePosixPath(path).parts:
        return BaseOwnedChange(path, "changed", "it replaces a module for every test")
    if not is_code(path):
        return None
    if base is None:
        found = gains.suspicion_in(path, candidate)
        return BaseOwnedChange(path, "changed", found) if found else BaseOwnedChange(path, "added_plain_test", "a new test file")
    loss = gains.loss_in(path, base, candidate)
    return BaseOwnedChange(path, "changed", loss) if loss else BaseOwnedChange(path, "only_gained", "every statement of the base stands in it")


def bodies_of_tests(path: str, content: bytes) -> Mapping[str, str]:
    """What each test does, by its names."""
    return {name: digest(list(body)) for name, body in tests_by_body.bodies_of_tests(path, content).items()}


def saying_nothing(files: Mapping[str, bytes]) -> Mapping[str, frozenset[str]]:
    """The tests that assert nothing, as far as syntax tells."""
    found = [test for test in found_tests(files) if not test.asserts and "*" not in test.titles]
    return {path: frozenset(" > ".join(test.titles) for test in found if test.path == path) for path in {test.path for test in found}}


def written(path: str, content: bytes) -> Written:
    """The values in a module."""
    return written_in(path, content)


def replaced(path: str, content: bytes) -> tuple[Replaced, ...]:
    """What a file replaces."""
    return replaced_in(path, content)


def asks_for(path: str, content: bytes) -> frozenset[str]:
    """The packages of a package.json."""
    parsed = package_json.parsed_package(content) if PurePosixPath(path).name == package_json.PACKAGE else None
    return package_json.dependencies_of(parsed) if parsed is not None else frozenset()


def tests_inside(_path: str, _base: bytes | None, _candidate: bytes | None) -> BaseOwnedChange | None:
    """Nothing: a module holds tests or the product, and its name tells which."""
    return None


def _reporter() -> str:
    """The fingerprint of the scripts that run beside the project's runner."""
    return digest([file.read_text(encoding="utf-8") for file in sorted(INSIDE.glob("*.mjs"))])
