"""A Markdown text as headings with blocks of lines below them, each line with its number. What cannot be read is kept as such, never passed over."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from state.factory_md.faults import Fault, shown
from state.factory_md.runs import Item, tokens_and_items
from state.factory_md.spans import without_comments

if TYPE_CHECKING:
    from markdown_it.token import Token

_HEADING_WITHOUT_BLANK = re.compile(r"#{2,6}[^\s#]")
_WORDS_FOR: Final = {
    "blockquote_open": "a quotation",
    "bullet_list_open": "a list within a list",
    "ordered_list_open": "a list within a list",
    "heading_open": "a heading within a list",
    "html_block": "HTML",
    "hr": "a line across the page",
    "fence": "a fenced block within a list",
    "code_block": "lines indented as code within a list",
}


class Line(NamedTuple):
    """One line, without its indentation where that has no meaning, and its number, counted from 1."""

    number: int
    text: str


@dataclass(frozen=True)
class Block:
    """`plain`: the lines of a paragraph. `item`: those of one item of a list. `code`: those of a fenced or indented block.

    `unreadable`: something else. `note` says what, or holds the word after an opening fence.
    """

    kind: Literal["plain", "item", "code", "unreadable"]
    line: int
    lines: tuple[Line, ...]
    note: str = ""


@dataclass(frozen=True)
class Chapter:
    """What follows a heading, up to the next one. What stands before the first heading has level 0."""

    level: int
    title: str
    line: int
    underlined: bool
    blocks: tuple[Block, ...]

    @property
    def heading(self) -> str:
        """The heading as it is usually written."""
        return f"{'#' * self.level} {self.title}"


def chapters(text: str) -> tuple[list[Chapter], list[Fault]]:
    """The chapters of a text whose lines end in `\\n`, and what makes Markdown read it otherwise than it looks."""
    from markdown_it import MarkdownIt  # noqa: PLC0415 - loaded on use: start-up speed

    # Link definitions would vanish from the text, and nothing here asks for what stands inside a line.
    parser = MarkdownIt("commonmark").disable(["inline", "reference"])
    found: list[Chapter] = []
    heading = Chapter(0, "", 1, underlined=False, blocks=())
    blocks: list[Block] = []
    faults: list[Fault] = []
    tokens, items = tokens_and_items(parser, text)
    for group in _groups(tokens, level=0):
        faults += _misread(group)
        if group[0].type == "heading_open":
            found.append(replace(heading, blocks=tuple(blocks)))
            heading, blocks = _heading(group), []
        else:
            blocks += [each for block in _blocks(group) for each in (block, *_plain_items(items, block))]
    found.append(replace(heading, blocks=tuple(blocks)))
    return found, faults


def _groups(tokens: "list[Token]", level: int) -> "Iterator[list[Token]]":
    """The tokens in runs of one element each: from its opening to its closing on this level."""
    start = 0
    for index, token in enumerate(tokens):
        if token.level == level and token.nesting <= 0:
            yield tokens[start : index + 1]
            start = index + 1


def _first_line(token: "Token") -> int:
    return token.map[0] + 1 if token.map else 1


def _heading(group: "list[Token]") -> Chapter:
    title, _ = without_comments(group[1].content)
    return Chapter(int(group[0].tag[1:]), " ".join(title.split()), _first_line(group[0]), underlined=not group[0].markup.startswith("#"), blocks=())


def _blocks(group: "list[Token]") -> list[Block]:
    """What an element on the outermost level holds."""
    first = group[0]
    if first.type == "paragraph_open":
        lines = _lines(group[1])
        return [Block("plain", lines[0].number, lines)] if lines else []
    if first.type in ("bullet_list_open", "ordered_list_open"):
        return [block for item in _groups(group[1:-1], level=1) for block in _item(item)]
    if first.type in ("fence", "code_block"):
        return [_code(first)]
    if first.type == "hr" and first.markup[0] != "*":
        return []  # a divider between sections; one of asterisks could be meant as a pattern
    return _unreadable(first)


def _plain_items(items: Mapping[int, Sequence[Item]], block: Block) -> list[Block]:
    """What follows a block in the text and was not shown to the parser."""
    found = items.get(block.line, ()) if block.kind == "item" else ()
    return [Block("item", item.line, (Line(item.line, item.text),)) for item in found]


def _item(group: "list[Token]") -> list[Block]:
    """An item of a list: one block of its lines, and what else stands in it."""
    lines: list[Line] = []
    others: list[Block] = []
    for part in _groups(group[1:-1], level=2):
        if part[0].type == "paragraph_open":
            lines += _lines(part[1])
        else:
            others += _unreadable(part[0])
    item = Block("item", _first_line(group[0]), tuple(lines))
    return [item, *others] if lines or not others else others


def _unreadable(token: "Token") -> list[Block]:
    """The element as something that nothing is read from, unless it is a comment."""
    if token.type == "html_block" and (_never_ends(token) or not without_comments(token.content)[0].strip()):
        return []
    words = _WORDS_FOR.get(token.type, "Markdown that is not understood")
    beside_comment = token.type == "html_block" and token.content.lstrip().startswith("<!--")
    return [Block("unreadable", _first_line(token), (), "text on the line of a comment" if beside_comment else words)]


def _code(token: "Token") -> Block:
    first = _first_line(token) + (token.type == "fence")
    lines = tuple(Line(first + index, line) for index, line in enumerate(token.content.removesuffix("\n").split("\n")))
    return Block("code", _first_line(token), lines, token.info.strip())


def _lines(inline: "Token") -> tuple[Line, ...]:
    """The lines of a paragraph that hold more than comments."""
    text, _ = without_comments(inline.content)
    first = _first_line(inline)
    return tuple(Line(first + index, line.strip()) for index, line in enumerate(text.split("\n")) if line.strip())


def _never_ends(token: "Token") -> bool:
    return token.type == "html_block" and token.content.lstrip().startswith("<!--") and "-->" not in token.content


def _misread(group: "list[Token]") -> Iterator[Fault]:
    """What is lost on Markdown: comments and fences without an end, headings without a blank."""
    for token in group:
        first = _first_line(token)
        if token.type == "inline":
            text, unclosed = without_comments(token.content)
            if unclosed is not None:
                yield Fault(first + unclosed, "a comment not closed in its paragraph", "--> before the next empty line, or <!-- on a line of its own")
            for index, line in enumerate(text.split("\n")):
                if _HEADING_WITHOUT_BLANK.match(line.strip()):
                    yield Fault(first + index, shown(line.strip()), "a blank between the # and the words of a heading")
        elif _never_ends(token):
            yield Fault(first, "a comment that never ends", "--> after it" + (", and its lines indented like the first" if token.level else ""))
        elif token.type == "fence" and token.map and token.content.count("\n") == token.map[1] - token.map[0] - 1:
            yield Fault(first, "a fence that is never closed", f"{token.markup} on a line of its own after the block")
