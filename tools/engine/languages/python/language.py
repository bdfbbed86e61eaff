"""Python as a language of the table: what belongs to the base, and the bench on which trees are measured."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Final

import anyio.to_thread

from state.measurement import Root
from state.model import JSON, digest
from tools.engine.languages.bench import Home, Place, Taken, Task, Trees
from tools.engine.languages.changes import BaseOwnedChange
from tools.engine.languages.python import arguments, built, gains, names, pyproject
from tools.engine.languages.python.asked import asked_for
from tools.engine.languages.python.asserting import asserting_tests
from tools.engine.languages.python.assigning import assigned_elsewhere
from tools.engine.languages.python.building import Need, need_of
from tools.engine.languages.python.growing import count_root, functions_of
from tools.engine.languages.python.installers import can_install
from tools.engine.languages.python.plain_code import code_of, lines_in_functions
from tools.engine.languages.python.replaced import replaced_in
from tools.engine.languages.python.roots import roots
from tools.engine.languages.python.static_tools import run_lint, run_types
from tools.engine.languages.python.survey import look, survey
from tools.engine.languages.python.test_plan import Run
from tools.engine.languages.python.test_run import run_tests
from tools.engine.languages.python.toolchain import INSIDE, Toolchain, open_toolchain
from tools.engine.languages.python.written import written_in
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
class PythonBench:
    """A Python project's toolchain, ready to measure its trees."""

    toolchain: Toolchain

    @property
    def environment(self) -> str:
        """The environment key."""
        return self.toolchain.environment

    @property
    def installed(self) -> tuple[Path, ...]:
        """The project's environment, what is lent, and our own scripts."""
        return (*self.toolchain.kept, INSIDE)

    def instrument(self, task: Task) -> JSON:
        """What the task is measured with. Tools and their versions are in the environment key, settings in the tree."""
        root, trees = self.toolchain.root, task.trees
        settings = trees.settings if task.with_coverage and trees.settings != trees.measured else ""
        by_kind: dict[str, JSON] = {
            "tests": [*root.test_arguments, list(task.dimensions), settings, _reporter()],
            "lint": [root.lint],
            "types": [root.types],
            "counting": [],
        }
        need = self._need(trees) if task.kind in {"tests", "types"} else None
        return [READING, root.path, task.kind, list(root.source_paths), by_kind[task.kind], *([need.instrument] if need else [])]

    def _need(self, trees: Trees) -> Need | None:
        """What has to be built for a tree; nothing where `## Setup` prepared a home for trees like it."""
        return None if self.toolchain.home.key else need_of(self.toolchain.root, trees)

    def obstacle(self, trees: Trees) -> str:
        """Why code of the measured tree cannot be run in this environment, or nothing."""
        need = self._need(trees)
        return need.differs if need and not can_install(self.toolchain.distributions) else ""

    async def prepare(self, trees: Trees, place: Place) -> None:
        """Build what the tree needs and what is installed does not have. Raises Unprepared."""
        need = await anyio.to_thread.run_sync(self._need, trees)
        if need and can_install(self.toolchain.distributions):
            await built.prepare(self.toolchain, need, place)

    def surround(self, place: Place) -> dict[str, str]:
        """The environment of commands at a place. Raises Unprovable."""
        overlay = self.toolchain.lay_over(place, without_own=built.built_at(place) is not None)
        if made := built.built_at(place):
            built.bring(made, overlay, place)
        return self.toolchain.environment_at(place)

    async def take(self, task: Task, place: Place, progress: Callable[[str], None]) -> Taken:
        """Measure at the place. Raises Unprovable."""
        if task.kind == "tests":
            return await run_tests(Run(self.toolchain, place, task), progress)
        if task.kind == "counting":
            return await anyio.to_thread.run_sync(count_root, partial(functions_of, self.toolchain, task.trees.measured, place.folder))
        return await (run_lint if task.kind == "lint" else run_types)(self.toolchain, place)


async def open_bench(home: Home, root: Root, cache: Path) -> PythonBench:
    """The bench of a root. Raises Refusal NO_TOOLCHAIN."""
    return PythonBench(await anyio.to_thread.run_sync(open_toolchain, home, root, cache))


def selection_of(command: str) -> Selection | None:
    """The arguments that select tests where the command starts pytest or unittest; else None."""
    if (found := arguments.selection_of(command)) is not None:
        return Selection("pytest", found)
    return None if (words := arguments.unittest_words_of(command)) is None else Selection("unittest", words)


def manifests(path: str) -> bool:
    """Whether the file decides what is installed or built."""
    return names.is_manifest(path) or names.is_compiled_source(path)


def files_of_test(test: str, paths: Sequence[str]) -> tuple[str, ...]:
    """The file that a pytest id begins with."""
    file = test.split("::", 1)[0]
    return (file,) if file in paths else ()


def owns(path: str, source_paths: Sequence[str]) -> bool:
    """Whether the base's word stands for the file."""
    return names.is_base_owned(path, source_paths)


def mixes(path: str) -> bool:
    """Whether the file holds test options beside dependencies, and is grafted."""
    return PurePosixPath(path).name == names.PYPROJECT


def configures(path: str) -> bool:
    """Whether the file decides what coverage, linter and type checker report."""
    return names.is_tool_configuration(path)


def graft(_path: str, base: bytes | None, candidate: bytes | None) -> bytes | None:
    """A file that mixes concerns, with the base's tool tables."""
    return pyproject.graft(base, candidate)


def examine(path: str, base: bytes | None, candidate: bytes) -> BaseOwnedChange | None:
    """What was done to a base-owned file of Python; None where the file is none of its kinds."""
    if names.is_configuration(path):
        return BaseOwnedChange(path, "configuration", "it configures the test runner, a tool or the interpreter")
    if not names.is_code(path):
        return None
    conftest = names.is_conftest(path)
    if base is None:
        found = gains.suspicion_in(candidate, conftest=conftest) if conftest else gains.plugins_in(candidate)
        return BaseOwnedChange(path, "changed", found) if found else BaseOwnedChange(path, "added_plain_test", "a new test file")
    loss = gains.loss_in(base, candidate, conftest=conftest)
    return BaseOwnedChange(path, "changed", loss) if loss else BaseOwnedChange(path, "only_gained", "every statement of the base stands in it")


def bodies_of_tests(_path: str, content: bytes) -> Mapping[str, str]:
    """The syntax tree of each test function or method, decorators included."""
    return {name: digest(body) for name, body in gains.bodies_of_tests(content).items()}


def saying_nothing(files: Mapping[str, bytes]) -> Mapping[str, frozenset[str]]:
    """The tests that assert nothing, as far as syntax tells."""
    asserting = asserting_tests(files)
    named = {path: gains.named_tests(content) for path, content in files.items()}
    return {path: frozenset(name for name in names if f"{path}::{name}" not in asserting) for path, names in named.items()}


def written(_path: str, content: bytes) -> Written:
    """The values in a module."""
    return written_in(content)


def replaced(path: str, content: bytes) -> tuple[Replaced, ...]:
    """What a module replaces."""
    return replaced_in(content) if names.is_code(path) else ()


def asks_for(path: str, content: bytes) -> frozenset[str]:
    """The distributions of a list of requirements, of pyproject.toml, setup.cfg, setup.py or a Pipfile."""
    return asked_for(path, content)


def tests_inside(_path: str, _base: bytes | None, _candidate: bytes | None) -> BaseOwnedChange | None:
    """Nothing: a module holds tests or the product, and its name tells which."""
    return None


def _reporter() -> str:
    """The fingerprint of the scripts that run beside the project's pytest."""
    return digest([file.read_text(encoding="utf-8") for file in sorted(INSIDE.glob("*.py"))])
