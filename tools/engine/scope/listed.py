"""Every list of patterns that factory.md can hold: what each is for, which of them protect, and the patterns that a file gives for them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from state.patterns import problems_of

Place = tuple[str | int, ...]


@dataclass(frozen=True)
class PatternList:
    """A list of patterns: its place in Configuration and the section's name.

    `protects`: whoever writes a pattern there relies on its files staying as they are; `bounds`: it says what a change may touch, or may not;
    `tracked`: the files that it means are committed ones.
    """

    place: Place
    section: str
    protects: bool = False
    bounds: bool = False
    tracked: bool = True


LISTS: Final = (
    PatternList(("read_only",), "Read-only", protects=True, bounds=True),
    PatternList(("fixed_surfaces",), "Fixed Surfaces", protects=True, bounds=True),
    PatternList(("withheld_surfaces",), "Fixed Surfaces, withheld"),  # protected as the fixed surfaces that they are
    PatternList(("holdout", "paths"), "Holdout", protects=True),
    PatternList(("modifiable",), "Modifiable", bounds=True),
    PatternList(("mutable_surfaces",), "Mutable Surfaces", bounds=True),
    PatternList(("outer_loop", "inner"), "Outer Loop Surfaces, inner", bounds=True),
    PatternList(("outer_loop", "outer"), "Outer Loop Surfaces, outer", bounds=True),
    PatternList(("clean_pr", "clean_pr_include"), "Clean PR, include"),
    PatternList(("clean_pr", "clean_pr_exclude"), "Clean PR, exclude"),
    PatternList(("setup", "link"), "Setup, link", tracked=False),
)


@dataclass(frozen=True)
class ListedPattern:
    """One pattern, where it stands in Configuration, and the list that it belongs to."""

    pattern: str
    place: Place
    of: PatternList

    @property
    def protects(self) -> bool:
        """Whether somebody relies on it to protect files; an exception (`!` in front) opens some instead."""
        return self.of.protects and not self.pattern.startswith("!")


def listed_patterns(values: Mapping[str, Any]) -> list[ListedPattern]:
    """The patterns of a configuration as plain values (`model_dump`, or as they were read), those that protect first; faulty ones are left out."""
    return [
        ListedPattern(pattern, (*each.place, number), each)
        for each in LISTS
        for number, pattern in enumerate(_at(values, each.place))
        if isinstance(pattern, str) and problems_of(pattern) is None
    ]


def _at(values: Any, place: Place) -> Iterator[Any]:
    for step in place:
        values = values.get(step) if isinstance(values, Mapping) else None
    return iter(values) if isinstance(values, list | tuple) else iter(())
