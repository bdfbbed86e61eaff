"""Answers that a change may not know: values and words of fixed surfaces, of cases and of what is held out, in the lines that it adds.

Rare values and eight words in a row are looked for by containment: how much the files have in common otherwise says nothing, however large they are.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from tools.engine.repository.changes import ChangedLines, Hunk

Likeness = Literal["value", "answer", "words"]
IN_A_ROW: Final = 8  # words
SIGNIFICANT: Final = 5  # digits of a number that tells one from others
ROUND: Final = 3  # noughts at the end of a number that anybody may come to
SHORTEST: Final = 8  # characters of a text that tells one from others
LONGEST: Final = 200
PLAIN: Final = 24  # characters of one that is letters alone, as names are
DIFFERENT: Final = 3  # digits of such a number that differ from one another
_NUMBER: Final = re.compile(r"(?<![\w.])\d[\d_]*(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w])", re.ASCII)
_QUOTED: Final = re.compile(r"\"((?:[^\"\\\n]|\\.){1,200})\"|'((?:[^'\\\n]|\\.){1,200})'|`([^`\\\n]{1,200})`")
_IMPORT: Final = re.compile(r"\s*(?:import|from|use|require|export .* from|#include|const .*require\()\b|\s*#include")
_WORD: Final = re.compile(r"\w+")
_NAME: Final = re.compile(r"[\w./-]*", re.ASCII)


@dataclass(frozen=True)
class CaseValues:
    """The input and the answer of a case, without blanks around them."""

    given: str
    expected: str


@dataclass(frozen=True)
class Source:
    """What one file that answers holds. `rows` are hashes of IN_A_ROW words in a row; a builder gets to see nothing of a `hidden` one."""

    path: str
    hidden: bool = False
    values: frozenset[str] = frozenset()
    rows: frozenset[int] = frozenset()
    cases: tuple[CaseValues, ...] = ()


@dataclass(frozen=True)
class Likely:
    """One place where an added line holds what a source holds. `texts` are for looking where else they stand, and for nothing else."""

    path: str
    line: int
    source: str
    hidden: bool
    kind: Likeness
    texts: tuple[str, ...] = field(repr=False)


def source_of(path: str, content: bytes, *, hidden: bool = False) -> Source:
    """The fingerprint of a text file; that of any other is empty."""
    if b"\0" in content:
        return Source(path, hidden)
    text = content.decode("utf-8", "replace")
    return Source(
        path, hidden, frozenset(value for value, _ in _written(text, with_keys=False) if _tells(value)), frozenset(row for row, _ in _rows(text))
    )


def likely_in(changed: Mapping[str, ChangedLines], sources: Iterable[Source]) -> tuple[Likely, ...]:
    """Where added lines hold what the sources hold, each line and value once. What a removed line held was known, as was a row of two sources."""
    known, every = _known(changed), tuple(sources)
    shared = Counter(row for source in every for row in source.rows)
    found: dict[tuple[str, str], Likely] = {}
    for path, lines in changed.items():
        for hunk in lines.hunks:
            rows = {row: each for row, each in _rows_of(hunk).items() if row not in known.rows and shared[row] == 1}
            written = {value: each for value, each in _written_in(hunk).items() if value not in known.values}
            for likely in (each for source in every for each in _in_hunk(path, source, rows, written)):
                key = f"{path}:{likely.line}" if likely.kind == "words" else likely.texts[0]
                found.setdefault((likely.kind, key), likely)
    return tuple(found.values())


@dataclass(frozen=True)
class _Known:
    """Rows and values of removed lines."""

    rows: frozenset[int]
    values: frozenset[str]


def _known(changed: Mapping[str, ChangedLines]) -> _Known:
    texts = ["\n".join(hunk.removed) for lines in changed.values() for hunk in lines.hunks if hunk.removed]
    rows = frozenset(row for text in texts for row, _ in _rows(text))
    return _Known(rows, frozenset(value for text in texts for value, _ in _written(text)))


def _rows_of(hunk: Hunk) -> dict[int, tuple[int, str]]:
    """The rows of words of a hunk, each with the number and the text of the line on which it ends. What is imported is called so by everybody."""
    kept = "\n".join("" if _IMPORT.match(text) else text for text in hunk.added)
    return {row: (hunk.new_start + offset, hunk.added[offset].strip()) for row, offset in _rows(kept)}


def _written_in(hunk: Hunk) -> dict[str, tuple[int, str]]:
    """The values of a hunk, each with the number of its line and as it is written there."""
    return {value: (hunk.new_start + offset, raw) for offset, text in enumerate(hunk.added) for value, raw in _written(text)}


def _in_hunk(path: str, source: Source, rows: Mapping[int, tuple[int, str]], written: Mapping[str, tuple[int, str]]) -> Iterator[Likely]:
    for value in written.keys() & source.values:
        yield Likely(path, written[value][0], source.path, source.hidden, "value", (written[value][1],))
    for number, text in sorted({rows[row] for row in rows.keys() & source.rows}):
        yield Likely(path, number, source.path, source.hidden, "words", (text,))
    for case in source.cases:
        yield from _of_case(path, written, source, case)


def _of_case(path: str, written: Mapping[str, tuple[int, str]], source: Source, case: CaseValues) -> Iterator[Likely]:
    """An answer counts as one where its question stands beside it; by itself it is a value, where it tells something."""
    given, expected = _normal(case.given), _normal(case.expected)
    answer, question = written.get(expected), written.get(given)
    if answer and question and given != expected and len(case.given) + len(case.expected) >= SHORTEST:
        yield Likely(path, answer[0], source.path, source.hidden, "answer", (answer[1], question[1]))
    elif answer and _tells(expected):
        yield Likely(path, answer[0], source.path, source.hidden, "value", (answer[1],))


def _written(text: str, *, with_keys: bool = True) -> Iterator[tuple[str, str]]:
    """The numbers and quoted texts of a text, each in one form for all ways to write it, with how it is written here.

    Keys are quoted texts before a colon, and name things for everybody.
    """
    yield from ((_normal(raw), raw) for raw in _NUMBER.findall(text))
    for found in _QUOTED.finditer(text):
        if with_keys or not text[found.end() : found.end() + 3].lstrip().startswith(":"):
            raw = "".join(filter(None, found.groups()))
            yield _normal(raw.replace("\\n", "\n").replace("\\t", "\t").replace('\\"', '"').replace("\\'", "'").strip()), raw


def _normal(raw: str) -> str:
    """One form for all ways to write a number; other texts as they are."""
    if not _NUMBER.fullmatch(raw):
        return raw
    try:
        return repr(float(raw.replace("_", "")))
    except ValueError:
        return raw


def _tells(value: str) -> bool:
    """Whether a value tells one from others: a number with many digits, a text of some length that is no name, or a very long name."""
    if _NUMBER.fullmatch(value):
        digits = re.sub(r"[eE].*|\D", "", value.removesuffix(".0")).lstrip("0")
        return len(digits) >= SIGNIFICANT and not digits.endswith("0" * ROUND) and len(set(digits)) >= DIFFERENT
    plain = _NAME.fullmatch(value) is not None and not any(map(str.isdigit, value))
    return (PLAIN if plain else SHORTEST) <= len(value) <= LONGEST


def _rows(text: str) -> Iterator[tuple[int, int]]:
    """The hash of every IN_A_ROW words in a row that are not the same few, with the line (from 0) on which it ends."""
    words = [(word.group().casefold(), word.start()) for word in _WORD.finditer(text)]
    ends = _line_starts(text)
    line = 0
    for last in range(IN_A_ROW - 1, len(words)):
        while line + 1 < len(ends) and ends[line + 1] <= words[last][1]:
            line += 1
        row = tuple(word for word, _ in words[last - IN_A_ROW + 1 : last + 1])
        if len(set(row)) >= IN_A_ROW - 1 and sum(word.isalpha() for word in row) >= IN_A_ROW - 2:
            yield hash(row), line


def _line_starts(text: str) -> list[int]:
    return [0, *(found.end() for found in re.finditer("\n", text))]
