"""Files that research may change and that are fixed as well: one of the two sections of factory.md is wrong about them."""

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any, Final

from state.answers import quoted
from state.errors import Problem
from state.factory_md import lines_of_values
from state.patterns import Patterns
from tools.engine.scope.files import TreeFiles
from tools.engine.scope.listed import ListedPattern, Place, listed_patterns

_FIXED: Final[Place] = ("fixed_surfaces",)
_OPEN: Final[tuple[Place, ...]] = (("mutable_surfaces",), ("outer_loop", "inner"), ("outer_loop", "outer"))


@dataclass(frozen=True)
class Overlap:
    """A pattern of the fixed surfaces and one of those that research may change, and the committed files that both mean, in git's order."""

    fixed: ListedPattern
    open: ListedPattern
    files: tuple[str, ...]


def overlaps(values: Mapping[str, Any], files: TreeFiles) -> list[Overlap]:
    """Each pattern of the fixed surfaces with the first that opens some of its files; `values` are a configuration's, plain or as they were read."""
    listed = listed_patterns(values)
    opened = list(chain.from_iterable(_meaning(place, listed, files) for place in _OPEN))
    return [
        Overlap(fixed, other, tuple(sorted(protected & found)))
        for fixed, protected in _meaning(_FIXED, listed, files)
        for other, found in islice((each for each in opened if protected & each[1]), 1)
    ]


def overlap_problems(text: str | bytes, found: Sequence[Overlap], name: str) -> tuple[Problem, ...]:
    """A problem for each of these of a text, by its line; `name` is the file in messages."""
    lines = lines_of_values(text) if found else {}
    return tuple(_problem(each, f"{name}:{lines.get(each.fixed.place, 1)}") for each in found)


def _meaning(place: Place, listed: Sequence[ListedPattern], files: TreeFiles) -> Iterator[tuple[ListedPattern, Set[str]]]:
    """The patterns of one list, each with the files that it means and that no later exception takes out."""
    own = [each for each in listed if each.of.place == place]
    whole = Patterns(tuple(each.pattern for each in own))
    for each in own:
        if not each.pattern.startswith("!"):
            yield each, frozenset(path for path in files.matching(each.pattern) if whole.matches(path))


def _problem(overlap: Overlap, where: str) -> Problem:
    more = f" and {len(overlap.files) - 1} more" if len(overlap.files) > 1 else ""
    found = f"{quoted(overlap.files[0])!r}{more} under Fixed Surfaces and, by {quoted(overlap.open.pattern)!r}, under {overlap.open.of.section}"
    return Problem(where, found, "each file in one of the two: fixed, or open to research")
