"""What a single value of the configuration may hold: text that shows a person all that it does, numbers, patterns, branches, expressions.

Each check raises ValueError with what was expected, worded to stand after "expected"; a check of a list names the item as `place`.
"""

import re
from typing import Annotated, Final

from pydantic import AfterValidator, BeforeValidator
from pydantic_core import PydanticCustomError

from state.patterns import problems_of

# Besides control characters: separators that only some programs take for a new line, marks that reorder what a person sees, halves of characters.
HIDDEN: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
_NOT_IN_BRANCH = re.compile(r"\.\.|//|@\{|\.lock(/|$)|(^|/)[.]|[.]$|^[-/]|/$|[\s~^:?*\[\\]|^@$|^HEAD$|^refs/")
_LONGEST_EXPRESSION: Final = 300  # nested deeper than that allows, it would compile here and exhaust the stack elsewhere


def _visible(text: str) -> str:
    if not text.strip():
        raise ValueError("text")
    if HIDDEN.search(text):
        raise ValueError("text without control characters")
    return text


def _one_line(text: str) -> str:
    if "\n" in _visible(text):
        raise ValueError("one line")
    return text


def _number(value: object) -> object:
    """Text as it stands in factory.md becomes a number here, so that `80%`, `1_0` and `nan` are no numbers."""
    if not isinstance(value, str):
        return value
    if not _NUMBER.fullmatch(value):
        raise ValueError("a plain number, such as 0.8 or 300")
    return float(value) + 0.0  # no negative zero: two spellings of one contract would have two hashes


def _name(text: str) -> str:
    if not _NAME.fullmatch(text):
        raise ValueError("a name of at most 64 letters, digits, '_', '-' and '.'")
    return text


def _command(text: str) -> str:
    lines = [line.strip() for line in _visible(text).split("\n")]
    if all(not line or line.startswith("#") for line in lines):
        raise ValueError("a command beside the comments")
    return text


def _pattern(text: str) -> str:
    if problem := problems_of(text):
        raise ValueError(f"a pattern that means what it says; this one {problem}")
    return text


def _patterns(patterns: tuple[str, ...]) -> tuple[str, ...]:
    if patterns and patterns[0].startswith("!"):
        raise PydanticCustomError("negation_first", "a pattern to take files from before the first that starts with '!'", {"place": (0,)})
    return patterns


def _some(items: tuple[str, ...]) -> tuple[str, ...]:
    if not items:
        raise ValueError("at least one item")
    return items


def _branch(text: str) -> str:
    if _NOT_IN_BRANCH.search(text) or HIDDEN.search(text) or not text:
        raise ValueError("the short name of a branch, such as main or factory/dev")
    return text


def expression_problem(text: str) -> str | None:
    """Why `text` cannot take a value out of output as a regular expression, or None."""
    if len(text) > _LONGEST_EXPRESSION:
        return f"at most {_LONGEST_EXPRESSION} characters"
    try:
        compiled = re.compile(text)
    except (re.error, OverflowError, RecursionError, Warning) as error:  # Warning: an ambiguous expression, where warnings are errors
        return f"a regular expression that compiles ({error})"
    return None if compiled.groups else "a regular expression with a group around the value, such as score: ([0-9.]+)"


OneLine = Annotated[str, AfterValidator(_one_line)]
OneLineOrNone = Annotated[str, AfterValidator(lambda text: _one_line(text) if text else text)]
Name = Annotated[str, AfterValidator(_name)]
Command = Annotated[str, AfterValidator(_command)]
Number = Annotated[float, BeforeValidator(_number)]
Pattern = Annotated[str, AfterValidator(_pattern)]
PatternList = Annotated[tuple[Pattern, ...], AfterValidator(_patterns)]
SomePatterns = Annotated[PatternList, AfterValidator(_some)]
SomeLines = Annotated[tuple[OneLine, ...], AfterValidator(_some)]
Branch = Annotated[str, AfterValidator(_branch)]
