"""Answers that nobody may hand on: values and words of fixed surfaces, of cases and of what is held out, in what a role or a hypothesis says.

A text is short and a file of answers may be large, so what tells is containment: rare values, with or without quotation marks, rows of words and
of numbers, and the answer of a case beside its question; and what is said to be the answer, or not to be it.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Final

from tools.engine.gate.answers_claimed import claims_in
from tools.engine.gate.answers_in_lines import Likely, Likeness, numbers_met
from tools.engine.gate.fingerprints import (
    IN_A_ROW,
    PHRASE,
    SHORTEST,
    WORD,
    Fingerprints,
    Source,
    Written,
    hashed,
    normal,
    number_rows_of,
    numbers_of,
    rows_of,
    tells,
    words_of,
    written,
)

BLANKS: Final = 8  # times as long as without them a value may be
_TOKEN: Final = re.compile(r"[^\s\"'`,;()<>\[\]{}|]{8,200}")
_ENDS: Final = ".:!?*_"  # that a sentence puts around a word


@dataclass(frozen=True)
class Told:
    """What was known before, as a person or the server said it: the same words are no answers handed on."""

    texts: tuple[str, ...]
    hashes: frozenset[int] = field(repr=False)

    def holds(self, likely: Likely) -> bool:
        """Whether all that was found was told."""
        return self.hashes.issuperset(likely.fingerprints) or all(any(_says(text, each) for text in self.texts) for each in likely.texts)


def told(texts: Sequence[str]) -> Told:
    """These texts as what was known before."""
    rows = (rows_of(words_of(text), length) for text in texts for length in (*PHRASE, IN_A_ROW))
    numbers = (number_rows_of([each.value for each in numbers_of(text)]) for text in texts)
    hashes = (hashed(each.value) for text in texts for each in _values(text))
    return Told(tuple(" ".join(text.split()) for text in texts), frozenset(chain(hashes, *rows, *numbers)))


def likely_in_texts(texts: Mapping[str, str], before: Told, known: Fingerprints) -> tuple[Likely, ...]:
    """Where texts, by the field they stand in, hold what the sources hold, each value of a field once, and nothing that was told before.

    Of several sources the first is named.
    """
    if not known.sources:
        return ()
    found: dict[tuple[str, str], Likely] = {}
    of_each = (looked for path, text in texts.items() for look in (_claimed, _values_of, _passages, _numbers) for looked in look(path, text, known))
    for likely in (*_cases(texts, known), *of_each):
        if not before.holds(likely):
            found.setdefault((likely.path, normal(likely.texts[0])), likely)
    return tuple(found.values())


def _likely(path: str, source: Source, kind: Likeness, texts: tuple[str, ...], fingerprints: tuple[int, ...]) -> Likely:
    return Likely(path, 0, source.path, source.hidden, kind, texts, fingerprints)


def _claimed(path: str, text: str, known: Fingerprints) -> Iterator[Likely]:
    for raw, source in claims_in(text, known):
        yield _likely(path, source, "claimed", (raw,), (hashed(normal(raw)),))


def _values_of(path: str, text: str, known: Fingerprints) -> Iterator[Likely]:
    """Values that sources hold. A number of a length that they are full of says nothing."""
    there = [each for each in _values(text) if not known.is_crowded(each.value)]
    hashes = [hashed(each.value) for each in there]
    for place in known.values.among(hashes):
        for number in known.values.holders(hashes[place]):
            yield _likely(path, known.sources[number], "value", (there[place].raw,), (hashes[place],))


def _values(text: str) -> Iterator[Written]:
    """Numbers, what is quoted, and what tells without quotation marks."""
    yield from written(text)
    for found in _TOKEN.finditer(text):
        raw = found[0].strip(_ENDS)
        if tells(value := normal(raw)):
            yield Written(value, raw, found.start())


def _passages(path: str, text: str, known: Fingerprints) -> Iterator[Likely]:
    """Whole values of several words, and rows of words; what is copied in one go counts once for every IN_A_ROW words."""
    words = list(WORD.finditer(text))
    lower = [word[0].casefold() for word in words]
    for length in (*PHRASE, IN_A_ROW):
        kind: Likeness = "words" if length == IN_A_ROW else "value"
        postings = known.rows if kind == "words" else known.values
        rows, free = rows_of(lower, length), 0
        for place in postings.among(rows):
            for number in postings.holders(rows[place]) if place >= free else ():
                free = place + length
                passage = text[words[place].start() : words[free - 1].end()]
                yield _likely(path, known.sources[number], kind, (" ".join(passage.split()),), (rows[place],))


def _numbers(path: str, text: str, known: Fingerprints) -> Iterator[Likely]:
    for _, passage, number, row in numbers_met(text, known):
        yield _likely(path, known.sources[number], "numbers", (" ".join(passage.split()),), (row,))


def _cases(texts: Mapping[str, str], known: Fingerprints) -> Iterator[Likely]:
    """Answers of cases beside their questions, however they are written; by itself an answer is a value where it tells something."""
    plain = {path: " ".join(text.split()) for path, text in texts.items()} if known.with_cases else {}
    whole = "\n".join(plain.values())
    for source in known.with_cases:
        for case in source.cases:
            if (expected := _in_one_line(case.expected, whole)) and expected in whole:  # most cases are done with here
                given = _in_one_line(case.given, whole)
                for path, text in plain.items():
                    if held := _of_case(text, given, expected):
                        yield _likely(path, source, "answer" if len(held) > 1 else "value", held, tuple(hashed(normal(each)) for each in held))


def _in_one_line(value: str, among: str) -> str:
    """A value with its blanks as texts are held against it; nothing where it is much too long to stand among them."""
    return " ".join(value.split()) if len(value) <= BLANKS * len(among) else ""


def _of_case(text: str, given: str, expected: str) -> tuple[str, ...]:
    if not _says(text, expected):
        return ()
    if given and given != expected and len(given) + len(expected) >= SHORTEST and _says(text, given):
        return expected, given
    return (expected,) if tells(normal(expected)) else ()


def _says(text: str, value: str) -> bool:
    return value in text and re.search(rf"(?<!\w){re.escape(value)}(?!\w)", text) is not None
