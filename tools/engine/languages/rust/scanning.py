"""A Rust file as tokens and items, without a parser: enough to see whether an item stands unchanged in another version of the file."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

_TOKEN: Final = re.compile(
    r"""(?P<line>//[^\n]*)|(?P<block>/\*)
    |(?P<raw>(?:b|c)?r(?P<hashes>\#*)".*?"(?P=hashes))
    |(?:b|c)?"(?:\\.|[^"\\])*"
    |b?'(?:\\(?:x[0-9a-fA-F]{2}|u\{[^}]*\}|.)|[^\\'])'
    |'\w+|\w+|\S""",
    re.VERBOSE | re.DOTALL,
)
_COMMENT_EDGE: Final = re.compile(r"/\*|\*/")
_OPEN: Final = frozenset("([{")
_CLOSE: Final = frozenset(")]}")
# Items that end with a semicolon, whatever braces stand in them.
_STATEMENTS: Final = frozenset({"use", "static", "type", "let", "extern"})
_MODIFIERS: Final = frozenset({"pub", "unsafe", "async", "default", "crate"})
Tokens = tuple[str, ...]


@dataclass(frozen=True)
class Item:
    """One item of a file or module: its attributes, all its tokens with theirs, and what stands in its braces where it is a module with a body."""

    attributes: tuple[str, ...]
    tokens: Tokens
    name: str = ""
    is_module: bool = False
    inner: Tokens = ()

    @property
    def is_test(self) -> bool:
        """Whether it is a test function, or only compiled for tests."""
        return any(_is_test_attribute(attribute) for attribute in self.attributes)


def tokens_of(content: bytes) -> Tokens:
    """The tokens of a file without its comments."""
    text = content.decode("utf-8", "replace")
    found: list[str] = []
    position = 0
    while match := _TOKEN.search(text, position):
        position = match.end()
        if match["block"]:
            position = _after_comment(text, position)
        elif not match["line"]:
            found.append(match[0])
    return tuple(found)


def items(tokens: Tokens) -> list[Item] | None:
    """The items of a file or of a module's body in their order; None where brackets do not match. `#![…]` is an item of attributes alone."""
    found: list[Item] = []
    start = position = 0
    while position < len(tokens):
        end = _end_of_item(tokens, position)
        if end is None:
            return None
        found.append(_item(tuple(tokens[start:end])))
        start = position = end
    return found


def test_names(content: bytes) -> list[str]:
    """The names of the test functions of a file, at whatever depth of modules."""
    return [item.name for item in _every(items(tokens_of(content)) or ()) if any(_marks_a_test(each) for each in item.attributes)]


def _every(found: Sequence[Item]) -> Iterator[Item]:
    for item in found:
        yield item
        if item.is_module:
            yield from _every(items(item.inner) or ())


def _end_of_item(tokens: Tokens, start: int) -> int | None:
    """Behind the last token of the item that begins at `start`; None where a bracket is not closed."""
    position = _behind_attributes(tokens, start)
    if position is None:
        return None
    if position > start and tokens[start : start + 2] == ("#", "!"):
        return position
    statement = _is_statement(tokens, position)
    while position < len(tokens):
        sign = tokens[position]
        if sign in _OPEN:
            behind = _behind_bracket(tokens, position)
            if behind is None:
                return None
            position = behind
            if sign == "{" and not statement:
                # `macro!{}` and `struct A {}` end here; a semicolon that follows belongs to nobody else.
                return position + 1 if tokens[position : position + 1] == (";",) else position
        elif sign in _CLOSE:
            return None
        else:
            position += 1
            if sign == ";":
                return position
    return position


def _behind_attributes(tokens: Tokens, position: int) -> int | None:
    """Behind `#[…]` and `#![…]`, of which the latter ends an item by itself."""
    while position < len(tokens) and tokens[position] == "#":
        inner = tokens[position + 1 : position + 2] == ("!",)
        behind = _behind_bracket(tokens, position + (2 if inner else 1))
        if behind is None or inner:
            return behind
        position = behind
    return position


def _behind_bracket(tokens: Tokens, position: int) -> int | None:
    depth = 0
    for number in range(position, len(tokens)):
        depth += (tokens[number] in _OPEN) - (tokens[number] in _CLOSE)
        if not depth:
            return number + 1
    return None


def _is_statement(tokens: Tokens, position: int) -> bool:
    words = [token for token in tokens[position : position + 8] if token not in _MODIFIERS]
    if words[:1] == ["("]:  # pub(crate)
        words = words[words.index(")") + 1 :] if ")" in words else words
    if words[:1] == ["const"]:
        return "fn" not in words[:4]
    if words[:1] == ["extern"]:
        return words[1:2] == ["crate"]
    return bool(words) and words[0] in _STATEMENTS


def _item(tokens: Tokens) -> Item:
    attributes: list[str] = []
    position = 0
    while tokens[position : position + 1] == ("#",):
        bracket = position + (2 if tokens[position + 1 : position + 2] == ("!",) else 1)
        behind = _behind_bracket(tokens, bracket) or len(tokens)
        attributes.append("".join(tokens[bracket + 1 : behind - 1]))
        position = behind
    rest = tokens[position:]
    head = rest[: rest.index("{")] if "{" in rest else rest
    module = "mod" in head[:6] and rest[-1] == "}"
    return Item(tuple(attributes), tokens, _name(head), module, rest[rest.index("{") + 1 : -1] if module else ())


def _name(head: Tokens) -> str:
    """The name that an item gives; empty for implementations, imports and calls of macros."""
    if head[:2] == ("macro_rules", "!"):
        return "".join(head[2:3])
    if {"impl", "use"} & set(head[:6]):
        return ""
    return next((behind for before, behind in pairwise(head) if before in _NAMING), "")


_NAMING: Final = frozenset({"fn", "mod", "struct", "enum", "trait", "const", "static", "type", "union"})


def _marks_a_test(attribute: str) -> bool:
    """`test`, `tokio::test`, `rstest`, `test_case(…)`: what makes a function a test."""
    name = re.split(r"[(=\[]", attribute, maxsplit=1)[0]
    return bool(re.search(r"(?:^|::)(?:\w*test|test_\w+|bench)$", name)) and not name.startswith("cfg")


def _is_test_attribute(attribute: str) -> bool:
    return _marks_a_test(attribute) or (attribute.startswith("cfg(") and re.search(r"\btest\b", attribute.replace("not(test)", "")) is not None)


def _after_comment(text: str, position: int) -> int:
    """Behind a block comment, in which others may stand."""
    depth = 1
    for edge in _COMMENT_EDGE.finditer(text, position):
        depth += 1 if edge[0] == "/*" else -1
        if not depth:
            return edge.end()
    return len(text)
