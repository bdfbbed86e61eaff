"""Long runs of plain lines, of which the Markdown parser, which takes its time over every line, is shown only the ends."""

import re
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

# Nothing but text starts so.
_START = r"(?:[^\W\d_]|[/.!]|\*\*?[/.])"
# Where no block of code or HTML is open, such a line is an item of a list on the outermost level, and nothing starts within it ...
_PLAIN_ITEM = re.compile(rf"- {{1,4}}{_START}[^<`]*")
# ... and such a line goes on with a paragraph that the line before it belongs to.
_PLAIN_TEXT = re.compile(rf"\s*{_START}.*")
_SHORTEST: Final = 3  # lines

_ATTEMPTS: Final = 2  # at leaving out only what is no part of a block of code or HTML

_Runs = Mapping[int, Sequence[int]]  # the lines left out of a run, counted from 0, by the one that they follow


class Item(NamedTuple):
    """An item that the parser did not see: the number of its line, counted from 1, and its text."""

    line: int
    text: str


def tokens_and_items(parser: "MarkdownIt", text: str) -> "tuple[list[Token], dict[int, list[Item]]]":
    """The tokens of a text, and the items left out of them, by the line of the item that they follow. Lines of tokens are those of the text."""
    lines = text.split("\n")
    items: _Runs = {run[0]: run[1:-1] for run in _runs(lines, _PLAIN_ITEM)}
    texts: _Runs = {run[0]: run[1:] for run in _runs(lines, _PLAIN_TEXT)}
    for _ in range(_ATTEMPTS):
        tokens, met = _parsed(parser, lines, items, texts)
        if items.keys() | texts.keys() <= met:
            return tokens, {first + 1: [Item(number + 1, lines[number][1:].strip()) for number in run] for first, run in items.items()}
        items = {first: run for first, run in items.items() if first in met}
        texts = {first: run for first, run in texts.items() if first in met}
    return parser.parse(text), {}


def _runs(lines: Sequence[str], pattern: re.Pattern[str]) -> list[list[int]]:
    """The indexes of lines that match, where there are enough of them on end."""
    grouped = groupby(range(len(lines)), key=lambda number: bool(pattern.fullmatch(lines[number])))
    runs = (list(numbers) for matching, numbers in grouped if matching)
    return [numbers for numbers in runs if len(numbers) >= _SHORTEST]


def _parsed(parser: "MarkdownIt", lines: Sequence[str], items: _Runs, texts: _Runs) -> "tuple[list[Token], set[int]]":
    """The tokens of the lines that are not left out, and the first lines of those runs that are what they look like."""
    left_out = {number for runs in (items, texts) for run in runs.values() for number in run}
    kept = [number for number in range(len(lines)) if number not in left_out]
    tokens = parser.parse("\n".join(lines[number] for number in kept))
    met: set[int] = set()
    for token in tokens:
        if token.map:
            first, end = token.map
            token.map = [kept[first], kept[end - 1] + 1]
            if token.type == "list_item_open" and token.level == 1:
                met.add(kept[first])
            elif token.type == "inline":
                met |= texts.keys() & set(kept[first:end])
                token.content = _whole(token.content, kept[first:end], texts, lines)
    return tokens, met


def _whole(content: str, numbers: Sequence[int], texts: _Runs, lines: Sequence[str]) -> str:
    """The text of a paragraph, or of a heading, with what was left out of it."""
    shown = zip(numbers, content.split("\n"), strict=False)
    return "\n".join(part for number, first in shown for part in (first, *(lines[other] for other in texts.get(number, ()))))
