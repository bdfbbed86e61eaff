"""Fingerprints of files that hold answers: hashes of rare values, of rows of words and of rows of numbers, in little room, and found again at once.

Containment alone counts: how much a text and such a file have in common otherwise says nothing, however large the file is.
"""

import re
from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import accumulate, pairwise
from typing import Final

IN_A_ROW: Final = 8  # words
PHRASE: Final = range(4, IN_A_ROW)  # words of a whole value that is known without quotation marks too
NUMBERS_IN_A_ROW: Final = 4
FEW_DIGITS: Final = 3  # of a number that tells something between others
SIGNIFICANT: Final = 5  # digits of a number that tells one from others
ROUND: Final = 3  # noughts at the end of a number that anybody may come to
SHORTEST: Final = 8  # characters of a text that tells one from others
LONGEST: Final = 200
PLAIN: Final = 24  # characters of one that is letters alone, as names are
DIFFERENT: Final = 3  # digits of such a number that differ from one another
CROWDED: Final = 0.02  # share of all numbers of a length from which meeting one may be chance
CELLS: Final = (".csv", ".tsv")  # files whose values stand without quotation marks
NUMBER: Final = re.compile(r"(?<![\w.])\d[\d_]*(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w])", re.ASCII)
QUOTED: Final = re.compile(r"\"((?:[^\"\\\n]|\\.){1,200})\"|'((?:[^'\\\n]|\\.){1,200})'|`([^`\\\n]{1,200})`")
WORD: Final = re.compile(r"\w+")
_CELL: Final = re.compile(r"[^,;\t\n\"]{2,200}")
ADDRESSES: Final = ("http://", "https://")  # of pages: everybody writes the same ones
_SCHEMES: Final = frozenset(("http", "https"))
_NAME: Final = re.compile(r"[\w./-]*", re.ASCII)
_NUMBERED: Final = 12  # bits of an entry that number its source
_HASHED: Final = (1 << 64 - _NUMBERED) - 1
_SAME_STEP: Final = 1e-9  # of a number, by which steps to it may differ
_BITS_EACH: Final = 16  # of the marks, for one entry


@dataclass(frozen=True)
class CaseValues:
    """The input and the answer of a case, without blanks around them."""

    given: str
    expected: str


@dataclass(frozen=True)
class Source:
    """What one file that answers holds, as hashes; a builder gets to see nothing of a `hidden` one.

    `values` tell one from others, `short` are the other whole values, `rows` are IN_A_ROW words in a row,
    `number_rows` NUMBERS_IN_A_ROW numbers. `numbers` counts those that are numbers, by how many digits they have.
    """

    path: str
    hidden: bool = False
    values: frozenset[int] = frozenset()
    short: frozenset[int] = frozenset()
    rows: frozenset[int] = frozenset()
    number_rows: frozenset[int] = frozenset()
    numbers: Mapping[int, int] = field(default_factory=dict)
    cases: tuple[CaseValues, ...] = ()


@dataclass(frozen=True)
class Written:
    """A value as a text writes it: in one form for all ways to write it, as it is written here, and where."""

    value: str
    raw: str
    start: int


@dataclass(frozen=True)
class Postings:
    """Which sources hold a hash. `entries` are sorted: a hash above the number of a source; `marks` tell most hashes that none holds at once."""

    entries: "array[int]"
    marks: bytes

    @cached_property
    def size(self) -> int:
        """How many bits the marks have, less one: a mask."""
        return len(self.marks) * 8 - 1

    def among(self, hashes: Sequence[int]) -> list[int]:
        """Where in a list the hashes stand that may be held; `holders` says whether they are."""
        marks, size = self.marks, self.size
        return [place for place, each in enumerate(hashes) if marks[(each & size) >> 3] >> (each & 7) & 1] if self.entries else []

    def holders(self, hashed: int) -> tuple[int, ...]:
        """The numbers of the sources that hold it."""
        first = hashed << _NUMBERED
        start, end = (bisect_left(self.entries, bound) for bound in (first, first + (1 << _NUMBERED)))
        return tuple(entry - first for entry in self.entries[start:end])


@dataclass(frozen=True)
class Fingerprints:
    """All sources, and which of them hold which hash. A row of words that two sources share says nothing of either, and is not here.

    `numbers` says by length how many numbers there are.
    """

    sources: tuple[Source, ...]
    values: Postings
    short: Postings
    rows: Postings
    number_rows: Postings
    numbers: Mapping[int, int]

    @cached_property
    def with_cases(self) -> tuple[Source, ...]:
        """The sources that are cases."""
        return tuple(source for source in self.sources if source.cases)

    def is_crowded(self, value: str) -> bool:
        """Whether a value is a number of which so many are there that to meet one may be chance."""
        length = len(digits_of(value)) if NUMBER.fullmatch(value) else 0
        return length > 0 and self.numbers.get(length, 0) > CROWDED * 9 * 10 ** (length - 1)


def source_of(path: str, content: bytes, *, hidden: bool = False) -> Source:
    """The fingerprint of a text file; that of any other is empty."""
    if b"\0" in content:
        return Source(path, hidden)
    text = content.decode("utf-8", "replace")
    whole = {each.value for each in written(text, with_keys=False)}
    if path.endswith(CELLS):
        whole |= {normal(cell.strip()) for cell in _CELL.findall(text.partition("\n")[2])}  # the first line names the columns
    telling = {value for value in whole if tells(value)}
    phrases = {hashed(tuple(words)) for value in telling if len(words := words_of(value)) in PHRASE}
    numbers = Counter(len(digits_of(value)) for value in whole if NUMBER.fullmatch(value))
    values = frozenset(map(hashed, telling)) | phrases
    short = frozenset(map(hashed, whole - telling))
    return Source(path, hidden, values, short, _telling_rows(text), telling_number_rows(text), numbers)


def fingerprints_of(sources: Iterable[Source]) -> Fingerprints:
    """The sources made ready to be looked for in any number of texts. They are taken one after the other, and their own hashes are not kept."""
    kept, numbers = list[Source](), Counter[int]()
    values, short, rows, number_rows = (array("Q") for _ in range(4))
    for number, source in enumerate(sources):
        kept.append(replace(source, values=frozenset(), short=frozenset(), rows=frozenset(), number_rows=frozenset()))
        numbers.update(source.numbers)
        for found, into in ((source.values, values), (source.short, short), (source.rows, rows), (source.number_rows, number_rows)):
            into.extend(each << _NUMBERED | number for each in found)
    of_one = _of_one(array("Q", sorted(rows)))
    return Fingerprints(tuple(kept), _postings(values), _postings(short), _postings(of_one), _postings(number_rows), numbers)


def _of_one(entries: "array[int]") -> "array[int]":
    """Sorted entries without those whose hash another source has too."""
    hashes = [entry >> _NUMBERED for entry in entries]
    beside = zip(entries, hashes, [-1, *hashes], [*hashes[1:], -1], strict=False)
    return array("Q", [entry for entry, own, last, following in beside if last != own != following])


def _postings(entries: "array[int]") -> Postings:
    bits = max(8, 1 << (len(entries) * _BITS_EACH).bit_length())
    marks, mask = bytearray(bits // 8), bits - 1
    for entry in entries:
        place = (entry >> _NUMBERED) & mask
        marks[place >> 3] |= 1 << (place & 7)
    return Postings(array("Q", sorted(entries)), bytes(marks))


def hashed(value: str | tuple[str, ...]) -> int:
    """The hash of a value or of words in a row, equal within this process alone: it is never stored."""
    return hash(value) & _HASHED


def words_of(text: str) -> list[str]:
    """The words of a text, large and small letters alike."""
    return WORD.findall(text.casefold())


def rows_of(words: Sequence[str], length: int = IN_A_ROW) -> list[int]:
    """The hash of every `length` words in a row."""
    return [hash(row) & _HASHED for row in zip(*(words[start:] for start in range(length)), strict=False)]


def written(text: str, *, with_keys: bool = True) -> Iterator[Written]:
    """The numbers and quoted texts of a text. Keys are quoted texts before a colon, and name things for everybody."""
    yield from (Written(normal(found[0]), found[0], found.start()) for found in NUMBER.finditer(text))
    for found in QUOTED.finditer(text):
        if with_keys or not text[found.end() : found.end() + 3].lstrip().startswith(":"):
            raw = next(filter(None, found.groups()))
            plain = raw.replace("\\n", "\n").replace("\\t", "\t").replace('\\"', '"').replace("\\'", "'") if "\\" in raw else raw
            yield Written(normal(plain.strip()), raw, found.start())


def normal(raw: str) -> str:
    """One form for all ways to write a number; other texts as they are."""
    if not NUMBER.fullmatch(raw):
        return raw
    try:
        return repr(float(raw.replace("_", "")))
    except ValueError:
        return raw


def digits_of(number: str) -> str:
    """The digits of a number in its one form, without those that say its size alone."""
    return re.sub(r"[eE].*|\D", "", number.removesuffix(".0")).lstrip("0")


def tells(value: str) -> bool:
    """Whether a value tells one from others: a number with many digits, a text of some length that is no name or address, or a very long name."""
    if NUMBER.fullmatch(value):
        digits = digits_of(value)
        return len(digits) >= SIGNIFICANT and not digits.endswith("0" * ROUND) and len(set(digits)) >= DIFFERENT
    if value.startswith(ADDRESSES):
        return False
    plain = _NAME.fullmatch(value) is not None and not any(map(str.isdigit, value))
    return (PLAIN if plain else SHORTEST) <= len(value) <= LONGEST


def _telling_rows(text: str) -> frozenset[int]:
    """The rows of a text that are not the same few words, nor numbers for the most part, nor of an address."""
    words = words_of(text)
    letters = list(accumulate((-IN_A_ROW if word in _SCHEMES else word.isalpha() for word in words), initial=0))
    rows = zip(*(words[start:] for start in range(IN_A_ROW)), strict=False)
    counted = zip(rows, letters, letters[IN_A_ROW:], strict=False)
    return frozenset(hash(row) & _HASHED for row, before, after in counted if after - before >= IN_A_ROW - 2 and len(set(row)) >= IN_A_ROW - 1)


def numbers_of(text: str) -> list[Written]:
    """The numbers of a text, in its order, that tell something between others: of three digits and more, neither round nor a power of two."""
    found = ((normal(each[0]), each) for each in NUMBER.finditer(text) if len(each[0]) >= FEW_DIGITS)
    return [Written(value, each[0], each.start()) for value, each in found if _tells_between_others(value)]


def number_rows_of(values: Sequence[str]) -> list[int]:
    """The hash of every NUMBERS_IN_A_ROW numbers in a row, each in its one form."""
    return rows_of(values, NUMBERS_IN_A_ROW)


def telling_number_rows(text: str) -> frozenset[int]:
    """The rows of the numbers of a text that do not go up or down by one step, nor say one number again and again."""
    values = [each.value for each in numbers_of(text)]
    rows = zip(*(values[start:] for start in range(NUMBERS_IN_A_ROW)), strict=False)
    return frozenset(hash(row) & _HASHED for row in rows if not _are_regular(row))


def _tells_between_others(value: str) -> bool:
    digits = digits_of(value)
    if len(digits) < FEW_DIGITS or digits.endswith("00") or len(set(digits)) == 1:
        return False
    size = float(value)
    return not size.is_integer() or int(size).bit_count() > 1


def _are_regular(row: Sequence[str]) -> bool:
    numbers = [float(each) for each in row]
    step = numbers[1] - numbers[0]
    even = all(abs(after - before - step) <= _SAME_STEP * abs(after) for before, after in pairwise(numbers))
    return even or len(set(row)) < NUMBERS_IN_A_ROW - 1
