"""What is wrong in a text, by line, in words, and with a guess at what was meant."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Final, NamedTuple

from state.nearest import nearest

_SHORTEST_BEGINNING: Final = 3  # letters of a name that are a guess of their own


class Guess(NamedTuple):
    """A word that is no known one. Which one was probably meant takes long to find, so it is asked for only where it is shown."""

    word: str
    known: Sequence[str]

    def nearest(self) -> str:
        """The known word that was probably meant, or nothing."""
        names = {name.lower(): name for name in self.known}
        word = self.word.lower()[:60]
        longer = [name for name in names if name.startswith(word) and len(word) >= _SHORTEST_BEGINNING]
        alike = [name for name in names if name[0] == word[:1] or _pairs_of_letters(name) & _pairs_of_letters(word)]  # a look that costs little
        close = longer[0] if longer else nearest(word, alike)
        return names[close] if close else ""


@lru_cache(maxsize=256)
def _pairs_of_letters(word: str) -> frozenset[str]:
    return frozenset(map("".join, pairwise(word)))


@dataclass(frozen=True)
class Fault:
    """One thing wrong in a text: the line, counted from 1, what is there, and what was expected."""

    line: int
    found: str
    expected: str
    guess: Guess | None = None


def shown(text: str) -> str:
    """A piece of the text as a message quotes it: on one line, and short."""
    return repr(text if len(text) <= 60 else text[:57] + "...")
