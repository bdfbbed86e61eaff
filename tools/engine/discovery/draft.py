"""The factory.md of a project that has none: what a person approves or corrects."""

from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath
from typing import Final

from state.configuration import Configuration
from tools.engine.discovery.beside import BENCHMARK_FOLDERS
from tools.engine.languages.survey import Discovery

GUARDS: Final = ("Do not delete existing tests", "Do not modify files outside scope")

PACKAGES_BY_FOLDER: Final = frozenset({".go"})  # languages in which all files of a folder are one package: a new one belongs to it too


def draft(discovery: Discovery, goal: str, target_branch: str) -> Configuration:
    """A configuration from what was seen: source folders and tests may be modified, the tests decide, the target is `target_branch`, and
    what an evaluator looks at is proposed by the kind of project. What measures may not be modified: benchmarks, and where a command is proposed the
    file that says what it does.

    Raises pydantic's ValidationError for a goal that factory.md could not hold.
    """
    sources = [root.outer(path) for root in discovery.profile.roots for path in root.source_paths]
    measuring = _measuring(discovery, sources)
    paths = [path for path in (*sources, *discovery.test_paths) if path not in discovery.benchmark_files]
    own = discovery.proposed
    return Configuration(
        goal=goal,
        modifiable=tuple(dict.fromkeys(_pattern(path) for path in paths)) or ("**",),
        read_only=tuple(dict.fromkeys((*measuring, *((_pattern(own.file, is_file=True),) if own else ())))),
        guards=GUARDS,
        eval_command=own.command if own else next((root.test_runner for root in discovery.profile.roots if root.test_runner and not root.path), None),
        target_branch=target_branch,
        eval_spec=discovery.eval_spec,
    )


def _measuring(discovery: Discovery, sources: Sequence[str]) -> Iterator[str]:
    """The patterns of what measures already: a folder of benchmarks as a whole, unless the project's own code lies in it; else the file."""
    for file in discovery.benchmark_files:
        folder, _, rest = file.partition("/")
        whole = rest and folder in BENCHMARK_FOLDERS and not any(path == folder or path.startswith(f"{folder}/") for path in sources)
        yield f"{folder}/**" if whole else at_root(file)


def _pattern(path: str, *, is_file: bool = False) -> str:
    """The pattern that means this file, with those of its package, or everything in this folder, at the root alone."""
    if not is_file and not PurePosixPath(path).suffix:
        return f"{path}/**"
    if PurePosixPath(path).suffix in PACKAGES_BY_FOLDER:
        return f"{path.rpartition('/')[0]}/*{PurePosixPath(path).suffix}"
    return at_root(path)


def at_root(file: str) -> str:
    """The pattern that means this file alone."""
    return file if "/" in file else f"/{file}"
