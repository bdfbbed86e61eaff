"""Text for the readable files: what came from outside is cleaned, and cannot pass for a heading, a column or a line of ours."""

import json
from typing import Any, Final

from state.answers import clean, one_line

LINE: Final = 300
BREAKS: Final = "\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"  # beside line feeds, what some programs take for a new line
_AS_LINE_END: Final = str.maketrans(dict.fromkeys(BREAKS, "\n"))


def line(text: str, limit: int = LINE) -> str:
    """Text from outside as one line."""
    return one_line(text, limit)


def block(text: str) -> str:
    """Text of several lines as a Markdown quotation, so that no line of it is a heading or a rule of the file. Empty for no text."""
    lines = lined(text).strip().split("\n")
    return "\n".join(f"> {each.rstrip()}".rstrip() for each in lines) if any(lines) else ""


def lined(text: str) -> str:
    """Text from outside, its lines ended by line feeds and nothing else."""
    return clean(text.translate(_AS_LINE_END))


def cell(text: str, limit: int = LINE) -> str:
    """Text from outside as a cell of a Markdown table."""
    return line(text, limit).replace("|", "\\|")


def code(text: str, limit: int = LINE) -> str:
    """A name from outside (a file, a test, a branch) as Markdown code."""
    return f"`{line(text, limit).replace('`', chr(39))}`"


def number(value: float | None) -> str:
    """A measured number for people; what was not measured is no number."""
    return "not measured" if value is None else f"{value:.4f}".rstrip("0").rstrip(".")


def counted(count: int, noun: str) -> str:
    """`1 test`, `2 tests`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def page(*parts: str) -> bytes:
    """Paragraphs as a Markdown file; empty ones are left out."""
    return ("\n\n".join(part for part in parts if part) + "\n").encode()


def pretty(value: Any) -> bytes:
    """A value as an indented JSON file, with every text in it cleaned. Raises ValueError for a number that is not finite."""
    return (json.dumps(_cleaned(value), indent=2, ensure_ascii=False, allow_nan=False) + "\n").encode()


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return lined(value)
    if isinstance(value, dict):
        return {lined(str(name)): _cleaned(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_cleaned(item) for item in value]
    return value
