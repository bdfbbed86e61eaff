"""The known name that was probably meant by a word that is none."""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Final

ALIKE: Final = 0.6  # of 1, as difflib counts it
_LOOKED_AT: Final = 60  # characters of the word


def nearest(word: str, known: Iterable[str], alike: float = ALIKE) -> str:
    """The known name most like `word`, or nothing where none is so much `alike`; capitals do not matter."""
    by_lower = {name.lower(): name for name in known}
    close = get_close_matches(word.lower()[:_LOOKED_AT], by_lower, n=1, cutoff=alike)
    return by_lower[close[0]] if close else ""
