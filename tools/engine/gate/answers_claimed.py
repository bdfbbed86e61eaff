"""What a text says to be the answer, or not to be it, where it is one: whoever denies it knows it. English alone is read."""

import re
from collections.abc import Callable, Iterator
from typing import Final

from tools.engine.gate.fingerprints import NUMBER, Fingerprints, Source, digits_of, hashed, normal, tells

FEWEST_DIGITS: Final = 2  # of a number that is said to be the answer, or not to be it
ORDINARY: Final = 4  # digits below which a number that is only said not to be used is one that anybody may name
SHORTEST: Final = 4  # letters of a word that is said so
_ENDS: Final = ".:!?*_"
_SAID: Final = r"(?P<said>\"[^\"\n]{1,80}\"|'[^'\n]{1,80}'|`[^`\n]{1,80}`|[^\s\"'`,;:!?()]{1,60}(?:[ -]\w{1,30}){0,2})"
_NOT: Final = (
    r"(?:do(?:es)? not|don't|doesn't|never|must not|mustn't|should not|shouldn't|cannot|can't|may not|will not|won't|is not|isn't|not|avoid)"
)
_VERB: Final = (
    r"(?:be|equal|return(?:ing)?|output(?:ting)?|print(?:ing)?|giv\w+|say(?:ing)?|choos\w+|become|claim\w*|report(?:ing)?|yield(?:ing)?|us(?:e|ing)"
    r"|accept(?:ing)?)"
)
_ABOUT: Final = r"(?:with |as |for |the |an? |be |is |value |number |answer |result |of )*"
_DENIED: Final = re.compile(
    rf"\b(?:{_NOT} (?:answer(?:ing)?|guess(?:ing)?|predict(?:ing)?|conclud\w+)|(?:answer|solution)s? (?:\w+ )?{_NOT}) {_ABOUT}{_SAID}", re.IGNORECASE
)
_CLAIMED: Final = re.compile(
    r"\b(?:should have (?:said|answered|been|returned|given|printed)|(?:answer|solution)s? (?:is|are|was|were|(?:should|must|would) be))(?! not) "
    rf"{_ABOUT}{_SAID}",
    re.IGNORECASE,
)
_AGAINST: Final = re.compile(rf"\b(?:{_NOT} {_VERB}|not|instead of|rather than) {_ABOUT}{_SAID}", re.IGNORECASE)
_BUT: Final = re.compile(rf"\bnot {_ABOUT}[^\s,;]{{1,60}},? but (?:rather )?{_ABOUT}{_SAID}", re.IGNORECASE)


def claims_in(text: str, known: Fingerprints) -> Iterator[tuple[str, Source]]:
    """Each value that a text claims or denies to be an answer, as it writes it, with a source that holds it.

    Of files that are hidden only what few guesses would not find out.
    """
    for pattern, counts in _FORMS:
        for found in pattern.finditer(text):
            for raw in _readings(found["said"]):
                for source in _holders(normal(raw), known) if counts(raw, known) else ():
                    if not source.hidden or _digits(raw) >= ORDINARY or tells(normal(raw)):
                        yield raw, source


def _readings(said: str) -> Iterator[str]:
    """What may be meant: what stands in quotation marks, or the first of the words, or the first few of them."""
    if said[0] in "\"'`":
        yield said[1:-1].strip()
        return
    words = said.split(" ")
    for length in range(1, len(words) + 1):
        yield " ".join(words[:length]).strip(_ENDS)


def _holders(value: str, known: Fingerprints) -> Iterator[Source]:
    for postings in (known.values, known.short):
        if postings.among([hashed(value)]):
            yield from (known.sources[number] for number in postings.holders(hashed(value)))


def _may_be_an_answer(raw: str, known: Fingerprints) -> bool:
    del known
    return _digits(raw) >= FEWEST_DIGITS or (not NUMBER.fullmatch(raw) and len(raw) >= SHORTEST)


def _is_no_ordinary_value(raw: str, known: Fingerprints) -> bool:
    """What is only not to be used, or stands against something else, may be what anybody names: not 404, not 8000, not null."""
    return _digits(raw) >= ORDINARY and not known.is_crowded(normal(raw)) if NUMBER.fullmatch(raw) else tells(raw)


def _digits(raw: str) -> int:
    """How many digits of a number tell it from others; none of a text."""
    return len(digits_of(normal(raw)).removesuffix("00")) if NUMBER.fullmatch(raw) else 0


_FORMS: Final[tuple[tuple[re.Pattern[str], Callable[[str, Fingerprints], bool]], ...]] = (
    (_DENIED, _may_be_an_answer),
    (_CLAIMED, _may_be_an_answer),
    (_AGAINST, _is_no_ordinary_value),
    (_BUT, _is_no_ordinary_value),
)
