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
    fingerprints: tuple[str | int, ...] = field(repr=False)


def source_of(path: str, content: bytes, *, hidden: bool = False) -> Source:
    """The fingerprint of a text file; that of any other is empty."""
    if b"\0" in content:
        return Source(path, hidden)
    text = content.decode("utf-8", "replace")
    values = frozenset(value for value, _, _ in _written(text, with_keys=False) if _tells(value))
    return Source(path, hidden, values, _telling_rows(text))


@dataclass(frozen=True)
class Fingerprints:
    """All sources, and where each value and each row of words stands. A row that two sources share says nothing of either."""

    sources: tuple[Source, ...]
    values: Mapping[str, tuple[Source, ...]]
    rows: Mapping[int, Source]


def fingerprints_of(sources: Iterable[Source]) -> Fingerprints:
    """The sources made ready to be looked for in any number of changes."""
    every, values, rows = tuple(sources), dict[str, tuple[Source, ...]](), dict[int, Source]()
    counts = Counter(row for source in every for row in source.rows)
    for source in every:
        values |= {value: (*values.get(value, ()), source) for value in source.values}
        rows |= {row: source for row in source.rows if counts[row] == 1}
    return Fingerprints(every, values, rows)


def likely_in(changed: Mapping[str, ChangedLines], known: Fingerprints) -> tuple[Likely, ...]:
    """Where added lines hold what the sources hold, each line and value once. What a removed line held was known before."""
    if not known.sources:
        return ()
    found: dict[tuple[str, str], Likely] = {}
    for path, lines in changed.items():
        for hunk in lines.hunks:
            for likely in (*_values_in(path, hunk, known), *_rows_in(path, hunk, known), *_cases_in(path, hunk, known)):
                key = f"{path}:{likely.line}" if likely.kind == "words" else likely.texts[0]
                found.setdefault((likely.kind, key), likely)
    return tuple(_not_taken_out(changed, found.values())) if found else ()


def _not_taken_out(changed: Mapping[str, ChangedLines], found: Iterable[Likely]) -> Iterator[Likely]:
    """Those that no removed line held."""
    texts = ["\n".join(hunk.removed) for lines in changed.values() for hunk in lines.hunks if hunk.removed]
    values = {value for text in texts for value, _, _ in _written(text)}
    rows = {row for text in texts for row, _ in _rows(text)}
    for likely in found:
        before = rows if likely.kind == "words" else values
        if not all(fingerprint in before for fingerprint in likely.fingerprints):
            yield likely


def _values_in(path: str, hunk: Hunk, known: Fingerprints) -> Iterator[Likely]:
    text = "\n".join(hunk.added)
    for value, raw, start in _written(text) if known.values else ():
        for source in known.values.get(value, ()):
            yield Likely(path, _line(hunk, text, start), source.path, source.hidden, "value", (raw,), (value,))


def _rows_in(path: str, hunk: Hunk, known: Fingerprints) -> Iterator[Likely]:
    """The lines in which rows of words end. What is imported is called so by everybody."""
    text = "\n".join("" if _IMPORT.match(line) else line for line in hunk.added) if known.rows else ""
    met: dict[tuple[int, str], list[int]] = {}
    for row, start in _rows(text):
        if row in known.rows:
            met.setdefault((_line(hunk, text, start), known.rows[row].path), []).append(row)
    for (number, _), rows in met.items():
        source = known.rows[rows[0]]
        yield Likely(path, number, source.path, source.hidden, "words", (hunk.added[number - hunk.new_start].strip(),), tuple(rows))


def _line(hunk: Hunk, text: str, start: int) -> int:
    return hunk.new_start + text.count("\n", 0, start)


def _cases_in(path: str, hunk: Hunk, known: Fingerprints) -> Iterator[Likely]:
    sources = [source for source in known.sources if source.cases]
    if sources:
        text = "\n".join(hunk.added)
        written = {value: (_line(hunk, text, start), raw) for value, raw, start in _written(text)}
        for source in sources:
            for case in source.cases:
                yield from _of_case(path, written, source, case)


def _of_case(path: str, written: Mapping[str, tuple[int, str]], source: Source, case: CaseValues) -> Iterator[Likely]:
    """An answer counts as one where its question stands beside it; by itself it is a value, where it tells something."""
    given, expected = _normal(case.given), _normal(case.expected)
    answer, question = written.get(expected), written.get(given)
    if answer and question and given != expected and len(case.given) + len(case.expected) >= SHORTEST:
        yield Likely(path, answer[0], source.path, source.hidden, "answer", (answer[1], question[1]), (expected, given))
    elif answer and _tells(expected):
        yield Likely(path, answer[0], source.path, source.hidden, "value", (answer[1],), (expected,))


def _written(text: str, *, with_keys: bool = True) -> Iterator[tuple[str, str, int]]:
    """The numbers and quoted texts of a text, each in one form for all ways to write it, with how it is written here, and where.

    Keys are quoted texts before a colon, and name things for everybody.
    """
    yield from ((_normal(found[0]), found[0], found.start()) for found in _NUMBER.finditer(text))
    for found in _QUOTED.finditer(text):
        if with_keys or not text[found.end() : found.end() + 3].lstrip().startswith(":"):
            raw = next(filter(None, found.groups()))
            plain = raw.replace("\\n", "\n").replace("\\t", "\t").replace('\\"', '"').replace("\\'", "'") if "\\" in raw else raw
            yield _normal(plain.strip()), raw, found.start()


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
    """The hash of every IN_A_ROW words in a row, with where the last of them begins."""
    found = list(_WORD.finditer(text))
    words = [each[0].casefold() for each in found]
    rows = zip(*(words[start:] for start in range(IN_A_ROW)), strict=False)
    return ((hash(row), found[last].start()) for last, row in enumerate(rows, IN_A_ROW - 1))


def _telling_rows(text: str) -> frozenset[int]:
    """The same of rows that are not the same few words, nor numbers for the most part."""
    words = [word.casefold() for word in _WORD.findall(text)]
    rows = zip(*(words[start:] for start in range(IN_A_ROW)), strict=False)
    return frozenset(hash(row) for row in rows if len(set(row)) >= IN_A_ROW - 1 and sum(map(str.isalpha, row)) >= IN_A_ROW - 2)
