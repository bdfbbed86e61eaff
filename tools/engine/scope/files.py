"""The files of a tree, indexed so that thousands of patterns find theirs without each of them being held against every path."""

import re
from bisect import bisect_right
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import accumulate
from typing import Final

from state.patterns import Patterns
from tools.engine.repository.location import Repository
from tools.engine.repository.objects import EXECUTABLE, SYMLINK, list_tree

_WILD: Final = re.compile(r"[*?\[\]\\]")
_WILDCARDS: Final = re.compile(r"[*?]+")
_FEW: Final = 64  # paths: so many are matched in less time than another way to narrow them takes
_SEPARATOR: Final = "\0"  # no path of git's holds one, and no pattern


@dataclass(frozen=True)
class TreeFiles:
    """The paths of a tree, in git's order.

    `state.patterns` alone says what a pattern means. What is done here is to leave out paths that it cannot mean: a name that a pattern spells
    out has to stand in the path, and so has every piece of text between two wildcards. `programs` are those that may be executed, None where
    nobody looked.
    """

    paths: tuple[str, ...]
    programs: frozenset[str] | None = None

    def matching(self, pattern: str) -> list[str]:
        """The files that one pattern means by itself; of an exception (`!` in front), those that it takes out."""
        body = pattern.removeprefix("!")
        found = Patterns((body,))
        return [path for path in self._candidates(body) if found.matches(path)]

    def count(self, pattern: str) -> int:
        """How many files one pattern means; asked of the tree once."""
        if pattern not in self._counts:
            self._counts[pattern] = len(self.matching(pattern))
        return self._counts[pattern]

    @property
    def names(self) -> Collection[str]:
        """The names of all folders and files."""
        return self._by_name.keys()

    def first_with(self, name: str) -> str:
        """The shortest path that ends in this file, or down to the folder of this name; nothing where there is none."""
        places = self._by_name.get(name, ())
        return min((_down_to(self.paths[place], name) for place in places), key=len, default="")

    def within(self, folder: str) -> Collection[str]:
        """The names directly in a folder; the top is an empty text."""
        return self._by_folder.get(folder, {}).keys()

    def _candidates(self, body: str) -> Iterable[str]:
        segments = [segment for segment in body.split("/") if segment]
        spelled = [self._by_name.get(segment, ()) for segment in segments if not _WILD.search(segment)]
        fewest = min(spelled, key=len) if spelled else range(len(self.paths))
        if len(fewest) > _FEW and (telling := _most_telling(segments)):
            fewest = sorted({place for name in self._names_like(telling) for place in self._by_name[name]})
        return (self.paths[place] for place in fewest)

    def _names_like(self, segment: str) -> list[str]:
        """The names of folders and files that begin, end and go on as a segment of a pattern does between its wildcards."""
        pieces = _WILDCARDS.split(segment)
        longest = max(pieces, key=len)
        names: list[str] = []
        at = self._text.find(longest)
        while at >= 0:
            place = bisect_right(self._starts, at) - 1
            name = self._names[place]
            if name.startswith(pieces[0]) and name.endswith(pieces[-1]):
                names.append(name)
            at = self._text.find(longest, self._starts[place + 1])
        return names

    @cached_property
    def _counts(self) -> dict[str, int]:
        return {}

    @cached_property
    def _by_name(self) -> Mapping[str, Sequence[int]]:
        """The places of the paths by the names of their folders and of the file."""
        found: dict[str, list[int]] = {}
        for place, path in enumerate(self.paths):
            for name in {*path.split("/")}:
                found.setdefault(name, []).append(place)
        return found

    @cached_property
    def _by_folder(self) -> Mapping[str, Mapping[str, None]]:
        """The names in each folder, in git's order."""
        found: dict[str, dict[str, None]] = {}
        for path in self.paths:
            parts = path.split("/")
            for depth, name in enumerate(parts):
                found.setdefault("/".join(parts[:depth]), {})[name] = None
        return found

    @cached_property
    def _names(self) -> Sequence[str]:
        return tuple(self._by_name)

    @cached_property
    def _text(self) -> str:
        return "".join(f"{name}{_SEPARATOR}" for name in self._names)

    @cached_property
    def _starts(self) -> list[int]:
        """Where each name begins in the text, and where the text ends."""
        return list(accumulate((len(name) + 1 for name in self._names), initial=0))


@lru_cache(maxsize=8)
def files_of(repository: Repository, tree: str) -> TreeFiles:
    """The files of a commit or tree, named by its whole id: that never changes, so it is asked once."""
    entries = list_tree(repository, tree)
    programs = frozenset(entry.path for entry in entries if entry.mode in (EXECUTABLE, SYMLINK))
    return TreeFiles(tuple(entry.path for entry in entries), programs)


def _most_telling(segments: Sequence[str]) -> str:
    """The segment with the longest text between its wildcards; nothing where there is no such text, or a set or an escape makes it hard to tell."""
    wild = [segment for segment in segments if _WILD.search(segment)]
    if not wild or any("[" in segment or "\\" in segment for segment in wild):
        return ""
    pieces = {segment: max(map(len, _WILDCARDS.split(segment))) for segment in wild}
    telling = max(wild, key=lambda segment: pieces[segment])
    return telling if pieces[telling] else ""


def _down_to(path: str, name: str) -> str:
    parts = path.split("/")
    return "/".join(parts[: parts.index(name) + 1])
