"""What one linter or type checker is: the commands that ask it, and how its answer is read."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tools.engine.languages.bench import Place
from tools.engine.languages.python.names import SUFFIXES

DONE: Final = frozenset({0})


@dataclass(frozen=True)
class Checked:
    """What one tool said: (rule, path in the project, line from 1) of each finding, and the files that it looked at."""

    places: tuple[tuple[str, str, int], ...]
    files: tuple[Path, ...]


@dataclass(frozen=True)
class Workplace:
    """Where a tool works: `paths` are those of the root's source paths that the tree has, `cache` is a folder for what it keeps by content.

    `said` is the file for its answer: a large project's findings do not fit into what is kept of a process's output.
    """

    place: Place
    paths: tuple[str, ...]
    python: Path
    version: str
    cache: Path
    said: Path

    def python_files(self) -> tuple[Path, ...]:
        """The Python files below the source paths."""
        return tuple(python_files(self.place.folder, self.paths))

    def inside(self, name: str) -> str:
        """A path as a tool names it, as the project calls it."""
        place = self.place.folder / name
        for top in (self.place.tree, self.place.tree.resolve()):
            if place.is_relative_to(top):
                return place.relative_to(top).as_posix()
        return name


@dataclass(frozen=True)
class Execution:
    """One command of a tool: as a person would type it, as it runs (a module of the environment, or a program), where its answer goes."""

    shown: str
    argv: tuple[str, ...]
    said: Path | None = None
    good: frozenset[int] = DONE
    module: bool = True


@dataclass(frozen=True)
class Check:
    """One tool. `runs` raises NotReady; `read` raises ValueError, KeyError, TypeError or FileNotFoundError for an answer that is none."""

    name: str
    runs: Callable[[Workplace], Sequence[Execution]]
    read: Callable[[Workplace], Checked]


class NotReady(Exception):  # noqa: N818 - it becomes a reading, not a failure of the program
    """The tool cannot be asked here; the message says why."""


def python_files(folder: Path, paths: Sequence[str]) -> Iterator[Path]:
    """The Python files below these paths of a folder, hidden folders and caches apart."""
    for path in paths:
        place = folder / path
        for file in sorted(place.rglob("*")) if place.is_dir() else [place]:
            if file.suffix in SUFFIXES and not any(part.startswith(".") for part in file.relative_to(folder).parts[:-1]):
                yield file
