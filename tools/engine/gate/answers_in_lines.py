"""Answers that a change may not know: values and words of fixed surfaces, of cases and of what is held out, in the lines that it adds.

Rare values and eight words in a row are looked for by containment: how much the files have in common otherwise says nothing, however large they are.
"""

import re
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
    """Where added lines hold what the sources hold, once for each value and source."""
    found: dict[tuple[str, str, Likeness], Likely] = {}
    for path, lines in changed.items():
        for hunk in lines.hunks:
            for each in _in_hunk(path, hunk, tuple(sources)):
                found.setdefault((each.source, each.texts[0], each.kind), each)
    return tuple(found.values())


def _in_hunk(path: str, hunk: Hunk, sources: tuple[Source, ...]) -> Iterator[Likely]:
    written = {value: (hunk.new_start + offset, raw) for offset, text in enumerate(hunk.added) for value, raw in _written(text)}
    telling = {value for value in written if _tells(value)}
    rows = {row: (hunk.new_start + offset, hunk.added[offset].strip()) for row, offset in _rows("\n".join(hunk.added))}
    for source in sources:
        for value in telling & source.values:
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
