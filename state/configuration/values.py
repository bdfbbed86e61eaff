"""What a text of the configuration may hold: words that show a person all that they do, commands, patterns, paths, branches, expressions.

Each check raises ValueError with what was expected, worded to stand after "expected"; a check of a list names the items as `places`.
"""

import re
from collections.abc import Sequence
from typing import Annotated, Final

from pydantic import AfterValidator, ValidationInfo
from pydantic_core import PydanticCustomError

from state.patterns import problems_of
from state.variable_names import refused_name

# Besides control characters: separators that only some programs take for a new line, marks that reorder what a person sees, halves of characters.
HIDDEN: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
_NOT_IN_BRANCH = re.compile(r"\.\.|//|@\{|\.lock(/|$)|(^|/)[.]|[.]$|^[-/]|/$|[\s~^:?*\[\\]|^@$|^HEAD$|^refs/")
_NOT_IN_FILE = re.compile(r"(^|/)\.{0,2}(/|$)|^~|^[A-Za-z]:|\\|(^|/)\.git(/|$)|^\s|\s$", re.IGNORECASE)
_LONGEST_EXPRESSION: Final = 300  # nested deeper than that allows, it would compile here and exhaust the stack elsewhere


def refuse_items(expected: str, places: Sequence[tuple[str | int, ...]]) -> None:
    """Raise what says `expected` of each of the items at `places`, if there are any."""
    if places:
        raise PydanticCustomError("items", "{expected}", {"expected": expected, "places": tuple(places)})


def refuse_repeated(names: Sequence[str], expected: str, *within: str) -> None:
    """Refuse every name that an earlier one equals in any case; `within` leads from an item to its name."""
    refuse_items(expected, [(index, *within) for index in repeated(names)])


def repeated(names: Sequence[object]) -> list[int]:
    """The places of the names that an earlier one equals in any case; what is no text is no name."""
    first: dict[str, int] = {}
    return [index for index, name in enumerate(names) if isinstance(name, str) and first.setdefault(name.lower(), index) != index]


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
        refuse_items("a pattern to take files from before the first that starts with '!'", [(0,)])
    return patterns


def _some(items: tuple[str, ...]) -> tuple[str, ...]:
    if not items:
        raise ValueError("at least one item")
    return items


def _branch(text: str) -> str:
    if _NOT_IN_BRANCH.search(text) or HIDDEN.search(text) or not text:
        raise ValueError("the short name of a branch, such as main or factory/dev")
    return text


def _file(text: str) -> str:
    if _NOT_IN_FILE.search(_one_line(text)):
        raise ValueError("a file by its path from the root of the project, such as results/output.json")
    return text


def _file_or_folder(text: str) -> str:
    return _file(text.removesuffix("/"))


def _variable(text: str) -> str:
    if reason := refused_name(text):
        raise ValueError(f"a variable that may be handed on; this one may not, because {reason}")
    return text


def _variables(names: tuple[str, ...]) -> tuple[str, ...]:
    refuse_repeated(names, "each variable once")
    return names


def expression_problem(text: str) -> str | None:
    """Why `text` cannot take a value out of output as a regular expression, or None."""
    if len(text) > _LONGEST_EXPRESSION:
        return f"at most {_LONGEST_EXPRESSION} characters"
    try:
        compiled = re.compile(text)
    except (re.error, OverflowError, RecursionError, Warning) as error:  # Warning: an ambiguous expression, where warnings are errors
        return f"a regular expression that compiles ({error})"
    return None if compiled.groups else "a regular expression with a group around the value, such as score: ([0-9.]+)"


def _expression_where_it_is_used(pattern: str | None, info: ValidationInfo) -> str | None:
    parse = info.data.get("parse", "regex" if pattern is not None else "json")  # absent where parse itself is wrong
    if parse == "regex" and pattern is None:
        raise ValueError("`pattern`, with a group around the score, beside `parse: regex`")
    if parse != "regex" and pattern is not None:
        raise ValueError(f"`parse: regex` beside a pattern, not `parse: {parse}`")
    if pattern is not None and (problem := expression_problem(pattern)):
        raise ValueError(problem)
    return pattern


OneLine = Annotated[str, AfterValidator(_one_line)]
OneLineOrNone = Annotated[str, AfterValidator(lambda text: _one_line(text) if text else text)]
Lines = tuple[OneLine, ...]
SomeLines = Annotated[Lines, AfterValidator(_some)]
Name = Annotated[str, AfterValidator(_name)]
Command = Annotated[str, AfterValidator(_command)]
CommandLine = Annotated[str, AfterValidator(_one_line), AfterValidator(_command)]
Pattern = Annotated[str, AfterValidator(_pattern)]
PatternList = Annotated[tuple[Pattern, ...], AfterValidator(_patterns)]
SomePatterns = Annotated[PatternList, AfterValidator(_some)]
Branch = Annotated[str, AfterValidator(_branch)]
File = Annotated[str, AfterValidator(_file)]
FileOrFolder = Annotated[str, AfterValidator(_file_or_folder)]
Variables = Annotated[tuple[Annotated[str, AfterValidator(_variable)], ...], AfterValidator(_variables)]
# The expression of `parse: regex`, in a model that has `parse` before it; the field needs validate_default.
Expression = Annotated[OneLine | None, AfterValidator(_expression_where_it_is_used)]
