"""How alike two proposals are, by the words that they are made of: whether a new one says what was tried and reverted before.

A weighted Jaccard index of word sets, title and description apart and together; the closest of the three counts. Words are taken without case,
accents of form and endings; names of code fall into their parts; words that stand in most proposals weigh little, and those of grammar nothing.
"""

import math
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final

ALIKE: Final = 0.6  # chosen on made-up pairs, and held against others: tests/support/likeness_pairs.py
NEW_WORDS: Final = 3  # that say what differs, beside those of either proposal and those that say little
_COMMON: Final = 0.3  # the weight of a word that stands in proposals of any kind
_FEW: Final = 1.2  # weight of words: a title or a description with less in common by itself says too little
_CAMEL: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_WORD: Final = re.compile(r"[^\W_]+")
_ENDINGS: Final = ("ations", "ation", "ities", "ments", "ment", "ings", "ing", "ies", "ied", "ers", "ed", "er", "es", "ly", "ity", "s", "e", "y")
_SHORTEST_STEM: Final = 3
# Words of grammar, which weigh nothing.
_OF_GRAMMAR: Final = """
a an and any are as at be been before but by can could do does each every for from had has have how if in instead into is it its let may more most
no not of off on only or other our over own same should so some such than that the their them then there these they this those to too under until
up us was we were what when where which while who why will with without would you your
der die das den dem ein eine einen und oder mit für von zu im ist nicht auf
"""
# Words that say little, as they stand in proposals of any kind.
_ANYWHERE: Final = """
add allow avoid better bug call case change check clean code correct create cover coverage ensure error extend fail faster file fix function handle
help implement improve increase introduce keep less make method mend module new now prevent project provide raise reduce refactor remove replace
return run simple simplify small speed support test try turn update use value wrong write
"""
_GRAMMAR: Final = frozenset(_OF_GRAMMAR.split())


@dataclass(frozen=True)
class Worded:
    """The words of a proposal."""

    title: str
    what: str

    @cached_property
    def of_title(self) -> frozenset[str]:
        """The words of the title."""
        return words_of(self.title)

    @cached_property
    def of_what(self) -> frozenset[str]:
        """The words of the description."""
        return words_of(self.what)

    @property
    def all(self) -> frozenset[str]:
        """The words of both."""
        return self.of_title | self.of_what


def likeness(one: Worded, other: Worded) -> float:
    """From 0, nothing in common, to 1, the same words. The order of the two, and of their words, does not matter."""
    apart = [(one.of_title, other.of_title), (one.of_what, other.of_what)]
    said = [_jaccard(left, right) for left, right in apart if min(_weight(left), _weight(right)) >= _FEW]
    return max([_jaccard(one.all, other.all), *said])


def states_a_difference(differs: str, *known: Worded) -> bool:
    """Whether a sentence brings words that none of the proposals holds: enough of them to say what is different."""
    old = frozenset[str]().union(*(each.all for each in known))
    return len(words_of(differs) - old - _COMMON_STEMS) >= NEW_WORDS


def words_of(text: str) -> frozenset[str]:
    """The words of a text that carry meaning, each in the form in which it is compared."""
    parts = _WORD.findall(_CAMEL.sub(" ", unicodedata.normalize("NFKC", text)))
    return frozenset(_stem(word) for part in parts if (word := part.casefold()) not in _GRAMMAR)


def _jaccard(left: frozenset[str], right: frozenset[str]) -> float:
    whole = _weight(left | right)
    return _weight(left & right) / whole if whole else 0.0


def _weight(words: Iterable[str]) -> float:
    return math.fsum(_COMMON if word in _COMMON_STEMS else 1.0 for word in words)


@lru_cache(maxsize=4096)
def _stem(word: str) -> str:
    """A word without its ending: parse, parser, parsing and parsed are one."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_STEM:
            return _single(word[: -len(ending)])
    return word


def _single(stem: str) -> str:
    """The letter that an ending doubled, once: mapp(ing) is map."""
    return stem[:-1] if len(stem) > _SHORTEST_STEM and stem[-1] == stem[-2] and stem[-1] not in "aeiouls" else stem


_COMMON_STEMS: Final = frozenset(_stem(word) for word in _ANYWHERE.split())
