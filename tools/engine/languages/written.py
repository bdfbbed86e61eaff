"""Values written out in code: those that tests hand in or expect, and those for which a product does something of its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Value:
    """A value as it stands in code, `line` from 1. `text` is the same for equal values of all languages, as Python writes them: 'abc', 3.5, True."""

    text: str
    line: int


@dataclass(frozen=True)
class Branch:
    """What code does for one written value alone: something is compared with it or looked up by it, and `answers` come of that, as far as written.

    A value that is `listed` is the key of a table, as names are: only its answer tells that it may be made for an input.
    """

    value: Value
    answers: tuple[str, ...] = ()
    listed: bool = False


@dataclass(frozen=True)
class Written:
    """The values of one file. `groups` stand together, those of a test or of another statement; `branches` are what is done for one of them.

    `words` are values of which a type consists: the product's own names for things.
    """

    groups: tuple[tuple[Value, ...], ...] = ()
    branches: tuple[Branch, ...] = ()
    words: frozenset[str] = frozenset()


NOTHING_WRITTEN: Final = Written()
FEWEST_TOGETHER: Final = 2


def several(values: Sequence[Value | None], line: int) -> Value | None:
    """A list, tuple or set of written values as one value; None where one of them is not written, or there are fewer than FEWEST_TOGETHER."""
    found = [value.text for value in values if value is not None]
    return Value(f"({', '.join(found)})", line) if len(found) == len(values) >= FEWEST_TOGETHER else None
