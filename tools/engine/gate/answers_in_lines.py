"""Answers that a change may not know: values and words of fixed surfaces, of cases and of what is held out, in the lines that it adds."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import Final, Literal

from tools.engine.gate.fingerprints import (
    IN_A_ROW,
    NUMBERS_IN_A_ROW,
    SHORTEST,
    WORD,
    CaseValues,
    Fingerprints,
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
from tools.engine.repository.changes import ChangedLines, Hunk

Likeness = Literal["value", "answer", "words", "numbers", "claimed"]
PASSAGE: Final = 400  # characters of one with numbers that is looked for elsewhere
_IMPORT: Final = re.compile(r"\s*(?:import|from|use|require|export .* from|#include|const .*require\()\b|\s*#include")


@dataclass(frozen=True)
class Likely:
    """One place where what is looked at holds what a source holds. `texts` are for looking where else they stand, and for nothing else.

    `path` is a file with its `line`, or a field of what was handed in.
    """

    path: str
    line: int
    source: str
    hidden: bool
    kind: Likeness
    texts: tuple[str, ...] = field(repr=False)
    fingerprints: tuple[int, ...] = field(repr=False)


def likely_in(changed: Mapping[str, ChangedLines], known: Fingerprints) -> tuple[Likely, ...]:
    """Where added lines hold what the sources hold, each line and value once. What a removed line held was known before."""
    if not known.sources:
        return ()
    found: dict[tuple[str, str], Likely] = {}
    for path, lines in changed.items():
        for hunk in lines.hunks:
            for likely in chain.from_iterable(look(path, hunk, known) for look in (_values_in, _rows_in, _numbers_in, _cases_in)):
                key = f"{path}:{likely.line}" if likely.kind == "words" else likely.texts[0]
                found.setdefault((likely.kind, key), likely)
    return tuple(_not_taken_out(changed, found.values())) if found else ()


def _not_taken_out(changed: Mapping[str, ChangedLines], found: Iterable[Likely]) -> Iterator[Likely]:
    """Those that no removed line held."""
    texts = ["\n".join(hunk.removed) for lines in changed.values() for hunk in lines.hunks if hunk.removed]
    values = {hashed(each.value) for text in texts for each in written(text)}
    rows = {row for text in texts for row in rows_of(words_of(text))}
    numbers = {row for text in texts for row in number_rows_of([each.value for each in numbers_of(text)])}
    for likely in found:
        before = {"words": rows, "numbers": numbers}.get(likely.kind, values)
        if not before.issuperset(likely.fingerprints):
            yield likely


def _values_in(path: str, hunk: Hunk, known: Fingerprints) -> Iterator[Likely]:
    if not known.values.entries:
        return
    text = "\n".join(hunk.added)
    there = list(written(text))
    hashes = [hashed(each.value) for each in there]
    for place in known.values.among(hashes):
        for number in known.values.holders(hashes[place]):
            source = known.sources[number]
            at = _line(hunk, text, there[place].start)
            yield Likely(path, at, source.path, source.hidden, "value", (there[place].raw,), (hashes[place],))


def _rows_in(path: str, hunk: Hunk, known: Fingerprints) -> Iterator[Likely]:
    """The lines in which rows of words end. What is imported is called so by everybody."""
    if not known.rows.entries:
        return
    text = "\n".join("" if _IMPORT.match(line) else line for line in hunk.added).casefold()
    rows = rows_of(WORD.findall(text))
    held_by = [(place, number) for place in known.rows.among(rows) for number in known.rows.holders(rows[place])]
    starts = [found.start() for found in WORD.finditer(text)] if held_by else []
    met: dict[tuple[int, int], list[int]] = {}
    for place, number in held_by:
        met.setdefault((_line(hunk, text, starts[place + IN_A_ROW - 1]), number), []).append(rows[place])
    for (line, number), held in met.items():
        source = known.sources[number]
        yield Likely(path, line, source.path, source.hidden, "words", (hunk.added[line - hunk.new_start].strip(),), tuple(held))


def _numbers_in(path: str, hunk: Hunk, known: Fingerprints) -> Iterator[Likely]:
    text = "\n".join(hunk.added)
    for last, passage, number, row in numbers_met(text, known):
        source = known.sources[number]
        yield Likely(path, _line(hunk, text, last), source.path, source.hidden, "numbers", (passage,), (row,))


def numbers_met(text: str, known: Fingerprints) -> Iterator[tuple[int, str, int, int]]:
    """Rows of numbers that sources hold: where the last of a row begins, the passage of the row, the number of the first source, and the hash.

    What is copied in one go counts once for every NUMBERS_IN_A_ROW numbers.
    """
    if not known.number_rows.entries:
        return
    there, free = numbers_of(text), 0
    rows = number_rows_of([each.value for each in there])
    for place in known.number_rows.among(rows):
        if place >= free and (holders := known.number_rows.holders(rows[place])):
            free = place + NUMBERS_IN_A_ROW
            last = there[free - 1]
            yield last.start, text[there[place].start : last.start + len(last.raw)][:PASSAGE], holders[0], rows[place]


def _line(hunk: Hunk, text: str, start: int) -> int:
    return hunk.new_start + text.count("\n", 0, start)


def _cases_in(path: str, hunk: Hunk, known: Fingerprints) -> Iterator[Likely]:
    if known.with_cases:
        text = "\n".join(hunk.added)
        there = {each.value: each for each in written(text)}
        for source in known.with_cases:
            for case in source.cases:
                for answer, question in _of_case(there, case):
                    line, texts = _line(hunk, text, answer.start), (answer, question) if question else (answer,)
                    kind: Likeness = "answer" if question else "value"
                    prints = tuple(hashed(each.value) for each in texts)
                    yield Likely(path, line, source.path, source.hidden, kind, tuple(each.raw for each in texts), prints)


def _of_case(there: Mapping[str, Written], case: CaseValues) -> Iterator[tuple[Written, Written | None]]:
    """An answer counts as one where its question stands beside it; by itself it is a value, where it tells something."""
    given, expected = normal(case.given), normal(case.expected)
    answer, question = there.get(expected), there.get(given)
    if answer and question and given != expected and len(case.given) + len(case.expected) >= SHORTEST:
        yield answer, question
    elif answer and tells(expected):
        yield answer, None
