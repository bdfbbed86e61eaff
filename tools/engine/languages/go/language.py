"""Go as a language of the table: what belongs to the base, and the bench on which trees are measured."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

import anyio.to_thread

from state.measurement import Root
from state.model import JSON, digest
from tools.engine.languages.bench import Home, Place, Taken, Task, Trees
from tools.engine.languages.changes import BaseOwnedChange
from tools.engine.languages.go import arguments, gains, module_file, names
from tools.engine.languages.go.scanning import bare_declarations, declarations, test_names
from tools.engine.languages.go.static_tools import run_lint, run_types
from tools.engine.languages.go.survey import look, roots, survey
from tools.engine.languages.go.test_run import Run, run_tests
from tools.engine.languages.go.toolchain import Toolchain, open_toolchain
from tools.engine.languages.replacing import Replaced
from tools.engine.languages.survey import Selection
from tools.engine.languages.written import NOTHING_WRITTEN, Written

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
READING: Final = 2


@dataclass(frozen=True)
class GoBench:
    """A Go module's toolchain, ready to measure its trees."""

    toolchain: Toolchain

    @property
    def environment(self) -> str:
        """The environment key."""
        return self.toolchain.environment

    @property
    def installed(self) -> tuple[Path, ...]:
        """Modules and toolchain, wherever they lie."""
        return (self.toolchain.go.module_cache, self.toolchain.go.goroot)

    def instrument(self, task: Task) -> JSON:
        """What the task is measured with. Versions are in the environment key, modules and settings in the tree."""
        root = self.toolchain.root
        by_kind: dict[str, JSON] = {
            "tests": [*root.test_arguments, task.with_coverage],
            "lint": [root.lint],
            "types": [root.types],
            "counting": [],
        }
        return [READING, root.path, task.kind, by_kind[task.kind]]

    def obstacle(self, _trees: Trees) -> str:
        """Nothing: modules that were not fetched are seen when they are asked for."""
        return ""

    async def prepare(self, trees: Trees, place: Place) -> None:
        """Nothing is made beside a tree."""

    def surround(self, place: Place) -> dict[str, str]:
        """The environment of commands at a place. Raises Unprovable."""
        self.toolchain.build_cache.mkdir(parents=True, exist_ok=True)
        return self.toolchain.environment_at(place)

    async def take(self, task: Task, place: Place, progress: Callable[[str], None]) -> Taken:
        """Measure at the place. Raises Unprovable."""
        if task.kind == "tests":
            return await run_tests(Run(self.toolchain, place, task), progress)
        return await (run_lint if task.kind == "lint" else run_types)(self.toolchain, place)


async def open_bench(home: Home, root: Root, cache: Path) -> GoBench:
    """The bench of a root. Raises Refusal NO_TOOLCHAIN."""
    return GoBench(await anyio.to_thread.run_sync(open_toolchain, home, root, cache))


def selection_of(command: str) -> Selection | None:
    """The arguments that select tests where the command is a `go test`; else None."""
    found = arguments.selection_of(command)
    return None if found is None else Selection("go test", found)


def manifests(path: str) -> bool:
    """Whether the file decides which modules are built in."""
    return names.is_manifest(path)


def files_of_test(test: str, paths: Sequence[str]) -> tuple[str, ...]:
    """The file that an id begins with, the other test files of its package, and what its package keeps for tests."""
    folder = PurePosixPath(test.split("::", 1)[0]).parent
    data = folder / "testdata"
    return tuple(
        path for path in paths if (names.is_test_file(path) and PurePosixPath(path).parent == folder) or PurePosixPath(path).is_relative_to(data)
    )


def owns(path: str, _source_paths: Sequence[str]) -> bool:
    """Whether the base's word stands for the file."""
    return names.is_base_owned(path)


def mixes(path: str) -> bool:
    """Whether the file holds replacements beside requirements, and is grafted."""
    return PurePosixPath(path).name == names.MODULE_FILE and not names.is_vendored(path) and not names.is_test_data(path)


def configures(path: str) -> bool:
    """Whether the file decides what the linter reports."""
    return names.is_tool_configuration(path)


def graft(_path: str, base: bytes | None, candidate: bytes | None) -> bytes | None:
    """go.mod with the base's replacements."""
    return module_file.graft(base, candidate)


def examine(path: str, base: bytes | None, candidate: bytes) -> BaseOwnedChange | None:
    """What was done to a base-owned file of Go; None where the file is none of its kinds."""
    if names.is_tool_configuration(path):
        return BaseOwnedChange(path, "configuration", "it configures the linter")
    if not names.is_test_file(path) or names.is_test_data(path):
        return None
    if base is None:
        found = gains.suspicion_in(candidate)
        return BaseOwnedChange(path, "changed", found) if found else BaseOwnedChange(path, "added_plain_test", "a new test file")
    loss = gains.loss_in(base, candidate)
    return BaseOwnedChange(path, "changed", loss) if loss else BaseOwnedChange(path, "only_gained", "every declaration of the base stands in it")


def bodies_of_tests(_path: str, content: bytes) -> Mapping[str, str]:
    """The text of each test function, without its comments."""
    texts = declarations(content) or []
    return {name: digest(text) for name in test_names(content) for text in texts if text.startswith(f"func {name}(")}


def saying_nothing(_files: Mapping[str, bytes]) -> Mapping[str, frozenset[str]]:
    """Nothing: it is not told apart which of Go's tests assert."""
    return {}


def written(_path: str, _content: bytes) -> Written:
    """Nothing: there is no syntax tree of it here."""
    return NOTHING_WRITTEN


def assigned_elsewhere(_path: str, _content: bytes, _product: Collection[str]) -> Mapping[int, str]:
    """Nothing: no function of another package can be set in Go."""
    return {}


def code_of(path: str, content: bytes) -> str:
    """A digest of the declarations without comments, but for those that the compiler reads; empty where brackets do not match."""
    found = bare_declarations(content) if path.endswith(".go") else None
    return digest([*found]) if found is not None else ""


def lines_in_functions(_path: str, content: bytes) -> Collection[int]:
    """Every line: coverage of Go counts what stands in functions, and nothing else."""
    return range(1, content.count(b"\n") + 2)


def replaced(_path: str, _content: bytes) -> tuple[Replaced, ...]:
    """Nothing: functions of packages cannot be assigned to."""
    return ()


def asks_for(path: str, content: bytes) -> frozenset[str]:
    """The modules of a go.mod."""
    return frozenset(module_file.required(content)) if PurePosixPath(path).name == names.MODULE_FILE else frozenset()


def tests_inside(path: str, base: bytes | None, _candidate: bytes | None) -> BaseOwnedChange | None:
    """What tests assert with may be vendored: a change of what the base vendored is shown to a person."""
    if not names.is_vendored(path) or not path.endswith(".go") or base is None:
        return None
    return BaseOwnedChange(path, "changed", "vendored code differs from the base's: tests may assert with it")
