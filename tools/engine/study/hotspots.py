"""Hotspots: files that change often and are large, where a change is most likely to be needed and to go wrong."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from state.patterns import Patterns
from tools.engine.repository.history import hotspots
from tools.engine.repository.location import Repository
from tools.engine.repository.objects import tree_of
from tools.engine.study.portrait import line_counts

HISTORY_READ: Final = 100  # commits
LOOKED_AT: Final = 60  # of the files changed most


@dataclass(frozen=True)
class Hotspot:
    """A file: F`number`. `changes` counts commits among the last HISTORY_READ."""

    number: int
    path: str
    changes: int
    lines: int

    @property
    def name(self) -> str:
        """The id that a model says."""
        return f"F{self.number}"


@lru_cache(maxsize=8)
def hot_files(repository: Repository, commit: str, modifiable: tuple[str, ...]) -> tuple[Hotspot, ...]:
    """The files within these patterns (all, without any) by changes times lines, the hottest first. A commit's history never changes: read once."""
    scope = Patterns(modifiable) if modifiable else None
    changed = [(path, count) for path, count in hotspots(repository, commit, HISTORY_READ) if scope is None or scope.matches(path)][:LOOKED_AT]
    lines = line_counts(repository, tree_of(repository, commit), frozenset(path for path, _ in changed))
    there = sorted(((path, count) for path, count in changed if lines.get(path)), key=lambda each: (-each[1] * lines[each[0]], each[0]))
    return tuple(Hotspot(number, path, count, lines[path]) for number, (path, count) in enumerate(there, 1))
