"""How alike two short wishes are: the words that they share, by the shorter of the two."""

import re
from collections.abc import Iterable
from typing import Final

from state.backlog import BacklogItem, normalised

ALIKE: Final = 0.6  # of the words of the shorter one
FEWEST: Final = 2  # words that are shared: one alone says little
SHOWN: Final = 3
_WORD: Final = re.compile(r"\w+")
# Words that every wish may have.
_PLAIN: Final = frozenset(
    (
        "a", "an", "the", "of", "to", "in", "on", "for", "and", "or", "with", "by", "from", "as", "is", "are", "be", "it", "its", "that", "this",
        "at", "add", "make", "support", "should", "when", "not", "do", "we", "i", "all", "more",
    )
)  # fmt: skip


def alike(one: str, other: str) -> float:
    """From 0 to 1: the share of the shorter one's telling words that the other has too; endings of the plural do not matter."""
    mine, others = _words(one), _words(other)
    if mine and mine == others:
        return 1.0
    shared = len(mine & others)
    return shared / min(len(mine), len(others)) if shared >= FEWEST else 0.0


def similar(text: str, items: Iterable[BacklogItem]) -> list[BacklogItem]:
    """The items that are most like `text`, at most SHOWN of them."""
    rated = [(rate, item) for item in items if (rate := alike(text, item.text)) >= ALIKE]
    return [item for _, item in sorted(rated, key=lambda each: (-each[0], each[1].id))[:SHOWN]]


def _words(text: str) -> frozenset[str]:
    return frozenset(_stem(word) for word in _WORD.findall(normalised(text)) if word not in _PLAIN)


def _stem(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word
