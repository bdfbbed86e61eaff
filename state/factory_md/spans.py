"""Markdown within a line: code spans and quotes put around a value and taken off again, and comments removed."""

import re
from collections import defaultdict
from typing import NamedTuple

_COMMENT_OR_CODE = re.compile(r"`+|<!--|-->")
_CODE_SPAN = re.compile(r"(`+)([^`]|[^`].*[^`])\1")
_ITEM = re.compile(r"""(?:^|(?<=,))\s*(?:(?P<quoted>(`+)(?!`).+?(?<!`)\2(?!`)|"[^"]*"|'[^']*')\s*(?=,|$)|(?P<plain>[^,]*))""")
_BACKTICKS = re.compile(r"`+")
_PLAIN_START = re.compile(r"!?(?:\*\*?[/.])*[^\W\d_]|_+[^\W_]|[/.]")  # no block of Markdown starts so, and no value in quotes


def unwrapped(text: str) -> str:
    """What stands in the code span, if `text` is nothing but one; else `text`."""
    match = _CODE_SPAN.fullmatch(text)
    if not match or match[1] in _BACKTICKS.findall(match[2]):
        return text
    inside = match[2]
    padded = inside.startswith(" ") and inside.endswith(" ") and inside.strip(" ")
    return inside[1:-1] if padded else inside


def wrapped(text: str) -> str:
    """`text`, which is one line, as a code span that `unwrapped` reads back."""
    runs = set(_BACKTICKS.findall(text))
    fence = next("`" * length for length in range(1, len(runs) + 2) if "`" * length not in runs)
    padding = " " if text[0] in "` " or text[-1] in "` " else ""
    return f"{fence}{padding}{text}{padding}{fence}"


def unquoted(text: str) -> str:
    """A value without the backticks or quotes that stand around all of it."""
    if (inside := unwrapped(text)) != text:
        return inside
    around_all = len(text) > 1 and text[0] == text[-1] and text[0] in "'\"" and text[0] not in text[1:-1]
    return text[1:-1] if around_all else text


def written(text: str) -> str:
    """`text`, which is one line, to stand on a line of its own or after a bullet: in a code span where Markdown would take it for something else."""
    return text if _PLAIN_START.match(text) and _is_literal(text) else wrapped(text)


def quoted(text: str) -> str:
    """`text`, which is one line, to stand as a value after `key: `."""
    return text if unquoted(text) == text and _is_literal(text) else wrapped(text)


class Item(NamedTuple):
    """One value of a list on a line."""

    text: str
    in_quotes: bool


def listed(text: str) -> list[Item]:
    """The values of a list on one line: `a`, or `a, b`, or `["a", "b"]`; those in backticks or quotes may hold anything."""
    inside = unquoted(text)
    if inside != text:
        return [Item(inside, in_quotes=True)]
    if text.startswith("[") and text.endswith("]"):
        text = text[1:-1].strip()
    return [_item(match) for match in _ITEM.finditer(text)] if text else []


def _item(match: re.Match[str]) -> Item:
    plain = match["plain"]
    return Item(plain.strip(), in_quotes=False) if plain is not None else Item(unquoted(match["quoted"]), in_quotes=True)


def quoted_item(text: str) -> str:
    """`text`, which is one line, as a list of only this value."""
    return text if listed(text) == [Item(text, in_quotes=False)] and _is_literal(text) and " " not in text else wrapped(text)


def _is_literal(text: str) -> bool:
    return text == text.strip() and "`" not in text and "<" not in text


def without_comments(text: str) -> tuple[str, int | None]:
    """`text` without its HTML comments, but with their line breaks; and the index of the line on which a comment starts that does not end, or None.

    In a code span nothing is a comment.
    """
    if "<!--" not in text:
        return text, None
    marks = list(_COMMENT_OR_CODE.finditer(text))
    closers = _next_of_its_kind(marks)
    kept, position, index = [], 0, 0
    while index < len(marks):
        mark = marks[index]
        closer = closers[index]
        if mark[0] == "<!--":
            kept.append(text[position : mark.start()])
            if closer is None:
                return "".join(kept), text.count("\n", 0, mark.start())
            position = marks[closer].end()
            kept.append("\n" * text.count("\n", mark.start(), position))
        index = index + 1 if closer is None else closer + 1
    return "".join([*kept, text[position:]]), None


def _next_of_its_kind(marks: list[re.Match[str]]) -> list[int | None]:
    """For each mark the index of the later one that closes it: `-->` for a comment, as many backticks for a code span; nothing closes a `-->`."""
    later: dict[str, int] = defaultdict()
    closers: list[int | None] = []
    for index in range(len(marks) - 1, -1, -1):
        mark = marks[index][0]
        closers.append(later.get("-->" if mark == "<!--" else mark) if mark != "-->" else None)
        later[mark] = index
    return closers[::-1]
