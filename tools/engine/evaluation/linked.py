"""Data of the main checkout that git ignores and `## Setup` links into measured trees: to be read there, and left as it is."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from uuid import uuid4

from state.model import digest
from state.patterns import Patterns
from tools.engine.languages.bench import Place
from tools.engine.repository.ignored import ignored_files, ignored_paths
from tools.engine.repository.location import Repository

FILES_LOOKED_AT: Final = 100_000  # more would make the fingerprint dearer than what it guards


@dataclass(frozen=True)
class Linked:
    """What is linked: paths of the project, of files and of whole folders, all below the main checkout `top`."""

    top: Path
    paths: tuple[str, ...] = ()

    @property
    def targets(self) -> tuple[Path, ...]:
        """Where the links lead."""
        return tuple(self.top / path for path in self.paths)

    def fingerprint(self) -> str:
        """What the data is, as far as sizes and times tell; empty where nothing is linked."""
        return digest([[name, size, time] for name, size, time in self._facts()]) if self.paths else ""

    def link_into(self, place: Place) -> None:
        """Put the links into a tree, where the tree itself has nothing. Raises OSError."""
        for path in self.paths:
            link = place.tree / path
            if not os.path.lexists(link) and _is_below(link.parent, place.tree):
                link.parent.mkdir(parents=True, exist_ok=True)
                link.symlink_to(self.top / path)

    def _facts(self) -> Iterator[tuple[str, int, int]]:
        seen = 0
        for target in self.targets:
            for file in sorted(target.rglob("*")) if target.is_dir() else [target]:
                seen += 1
                if seen > FILES_LOOKED_AT:
                    return
                facts = file.lstat()
                yield str(file.relative_to(self.top)), facts.st_size if not file.is_dir() else 0, facts.st_mtime_ns


def linked_of(repository: Repository, patterns: Sequence[str]) -> Linked:
    """The ignored paths of the main checkout that the patterns of `link:` mean; a folder as a whole where all of it is meant."""
    if not patterns:
        return Linked(repository.root)
    meant = Patterns(patterns)
    return Linked(repository.root, tuple(path for each in ignored_paths(repository) for path in _meant(repository, each, meant)))


def _meant(repository: Repository, path: str, meant: Patterns) -> list[str]:
    if not path.endswith("/"):
        return [path] if meant.matches(path) else []
    if meant.matches(f"{path}{uuid4().hex}"):  # a file that nobody has named: every file there is meant
        return [path.rstrip("/")]
    return meant.matching(ignored_files(repository, path))


def _is_below(folder: Path, tree: Path) -> bool:
    """Whether a folder lies in the tree, and no link on the way leads out of it."""
    return folder.resolve().is_relative_to(tree.resolve())
