"""The nouns that growth is counted with in every language, and the pure sums over them (algorithms.md 5).

Both sums are made so that padding cannot raise them: what does next to nothing, what is a copy, and what cannot fail does not count.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final, Literal

Failure = Literal["none", "told", "silent"]
# A body of fewer different operations (calls, operators, branches; not log calls, not sums of constants) is trivial: pass, a docstring, raise
# NotImplementedError, a constant or a parameter returned, a delegation, any other one-liner.
FEWEST_OPERATIONS: Final = 3
HALF_WAY: Final = 50  # so many functions give a capability surface of one half
GROWTH_OF_ONE: Final = 5  # so many more functions count at most in one comparison: forty at once are seldom forty capabilities


@dataclass(frozen=True)
class Handler:
    """A place where a failure is caught and does not go on by itself: its line, and whether somebody hears of the failure."""

    line: int
    told: bool


@dataclass(frozen=True)
class Span:
    """Where source text stands: lines from 1, columns from 0, the end exclusive, as istanbul counts them."""

    first_line: int
    first_column: int
    last_line: int
    last_column: int

    def contains(self, other: "Span") -> bool:
        """Whether the other lies in it."""
        begins = (self.first_line, self.first_column) <= (other.first_line, other.first_column)
        return begins and (other.last_line, other.last_column) <= (self.last_line, self.last_column)


@dataclass(frozen=True)
class Function:
    """One function or method of a source file.

    `name` is qualified within its file. `statement_lines` are the lines on which statements of its body begin, without those of functions inside it
    and without the line of its head, which runs at import. `body` is a digest of the body as it does its work: names of its own, the values of
    constants, docstrings, annotations and log calls left out, so that copies have equal ones.
    """

    path: str
    name: str
    span: Span
    public: bool
    trivial: bool
    handlers: tuple[Handler, ...]
    body: str
    statement_lines: tuple[int, ...]

    @property
    def first_line(self) -> int:
        """The line of its head."""
        return self.span.first_line

    @property
    def last_line(self) -> int:
        """The line on which it ends."""
        return self.span.last_line

    @property
    def failure(self) -> Failure:
        """What becomes of failures in it: told only where every handler tells."""
        if not self.handlers:
            return "none"
        return "told" if all(handler.told for handler in self.handlers) else "silent"

    @property
    def key(self) -> tuple[str, str]:
        """Its file and its name."""
        return self.path, self.name


@dataclass(frozen=True)
class SourceFunctions:
    """The functions of the source files. `entry_points` are keys of those that something outside starts; `unread` files that do not parse."""

    functions: tuple[Function, ...] = ()
    entry_points: frozenset[tuple[str, str]] = field(default_factory=frozenset)
    unread: tuple[str, ...] = ()

    @property
    def surface(self) -> tuple[Function, ...]:
        """What the outside can use: public functions and entry points."""
        return tuple(each for each in self.functions if each.public or each.key in self.entry_points)


@dataclass(frozen=True)
class Capability:
    """What of the surface counts, one function for each body; what no asserting test executes; and how much is trivial or a copy."""

    counted: tuple[Function, ...]
    untested: tuple[Function, ...]
    trivial: int
    copies: int

    @property
    def value(self) -> float:
        """The value of the functions that count."""
        return surface_value(len(self.counted))


@dataclass(frozen=True)
class Observability:
    """The functions with a failure path, one for each body: those in which every failure is told, and those that keep one silent."""

    told: tuple[Function, ...]
    silent: tuple[Function, ...]

    @property
    def value(self) -> float:
        """The share that tells; 1 where nothing has a failure path."""
        return told_share(len(self.told), len(self.told) + len(self.silent))


def surface_value(count: float) -> float:
    """n/(n+50), n = functions of the surface that count (algorithms.md 5)."""
    return count / (count + HALF_WAY)


def told_share(told: int, failing: int) -> float:
    """The share of functions with a failure path that tell of it; 1 where none has one."""
    return told / failing if failing else 1.0


def gathered(parts: Iterable[SourceFunctions]) -> SourceFunctions:
    """The functions of several languages or roots as one."""
    every = tuple(parts)
    return SourceFunctions(
        functions=tuple(function for part in every for function in part.functions),
        entry_points=frozenset(key for part in every for key in part.entry_points),
        unread=tuple(path for part in every for path in part.unread),
    )


def moved(source: SourceFunctions, outer: Callable[[str], str]) -> SourceFunctions:
    """The same with other paths: those of the project for those of one of its folders."""
    return SourceFunctions(
        functions=tuple(replace(function, path=outer(function.path)) for function in source.functions),
        entry_points=frozenset((outer(path), name) for path, name in source.entry_points),
        unread=tuple(map(outer, source.unread)),
    )


def capability(source: SourceFunctions, executed: Collection[Function]) -> Capability:
    """Count the surface. `executed` are the functions that tests which assert something execute."""
    working = [function for function in source.surface if not function.trivial]
    tested: dict[str, Function] = {}
    untested: dict[str, Function] = {}
    for function in working:
        (tested if function in executed else untested).setdefault(function.body, function)
    return Capability(
        counted=tuple(tested.values()),
        untested=tuple(function for body, function in untested.items() if body not in tested),
        trivial=len(source.surface) - len(working),
        copies=len(working) - len(tested.keys() | untested.keys()),
    )


def observability(source: SourceFunctions) -> Observability:
    """Sort the functions with a failure path. Of copies the one that keeps silent stands for all."""
    failing: dict[str, Function] = {}
    for function in source.functions:
        if function.failure != "none" and (function.body not in failing or function.failure == "silent"):
            failing[function.body] = function
    return Observability(
        told=tuple(function for function in failing.values() if function.failure == "told"),
        silent=tuple(function for function in failing.values() if function.failure == "silent"),
    )


def executed_by_lines(functions: Iterable[Function], lines: Mapping[str, Collection[int]]) -> frozenset[Function]:
    """The functions of which a statement ran. `lines` are the lines that ran, by path; a set of them for each path is quickest."""
    return frozenset(
        function for function in functions if (ran := lines.get(function.path)) is not None and any(line in ran for line in function.statement_lines)
    )
