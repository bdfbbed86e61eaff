"""The statements of a TOML text, each with its line: what a whole-file parser does not tell, and what finds every fault at once."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from state.masking import mask_text

# What may hold a line end or a bracket that is none: texts and comments.
_TOKEN: Final = re.compile(
    r'"""(?:[^"\\]|\\.|"(?!""))*"""+|\'\'\'(?:[^\']|\'(?!\'\'))*\'\'\'+|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'|\#[^\n]*|[\[{]|[\]}]|\n|[^"\'#\[\]{}\n]+|.',
    re.DOTALL,
)
_PLACE: Final = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")


@dataclass(frozen=True)
class Leaf:
    """One value: its whole path, such as ("credentials", "bob", "NAME"), the line that it begins on, and the value. A section has {}."""

    path: tuple[str, ...]
    line: int
    value: Any


@dataclass(frozen=True)
class Fault:
    """A statement that is no TOML: its line, and what the parser says, which names nothing of the text but single signs."""

    line: int
    reason: str


def leaves(text: str) -> tuple[list[Leaf], list[Fault]]:
    """Every value of a TOML text in order, and every fault. Where there are faults the values are of no use."""
    found: list[Leaf] = []
    faults: list[Fault] = []
    section: tuple[str, ...] | None = ()
    for line, statement in _statements(text):
        try:
            parsed = tomllib.loads(statement)
        except (ValueError, RecursionError) as error:  # also a number of thousands of digits, and thousands of brackets
            faults.append(_fault(error, line))
            section = None if statement.startswith("[") else section  # of what stands below it nobody knows where it belongs
            continue
        inner = list(_flat(parsed, line))
        if statement.startswith("["):
            section = inner[0].path
            found.append(inner[0])
        elif section is not None:
            found += [Leaf((*section, *leaf.path), leaf.line, leaf.value) for leaf in inner]
    return found, faults or _of_the_whole(text, found)


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """Each statement with the line it begins on. A section's head ends with its line, whatever stands in it."""
    line, begun, depth, pending = 1, 1, 0, ""
    for piece in (match.group() for match in _TOKEN.finditer(text)):
        ends = piece == "\n" and (depth <= 0 or pending.startswith("["))
        if ends:
            if pending.strip():
                yield begun, pending
            pending, depth = "", 0
        elif piece.startswith("#") and not pending:
            pass  # a comment of its own
        elif pending or piece.strip():
            begun = begun if pending else line
            pending += piece if pending else piece.lstrip()
            depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(piece, 0)
        line += piece.count("\n")
    if pending.strip():
        yield begun, pending


def _flat(values: dict[str, Any], line: int, path: tuple[str, ...] = ()) -> Iterator[Leaf]:
    for name, value in values.items():
        if isinstance(value, dict) and value:
            yield from _flat(value, line, (*path, name))
        else:
            yield Leaf((*path, name), line, value)


def _of_the_whole(text: str, found: list[Leaf]) -> list[Fault]:
    """What is wrong between statements that are right one by one: most often the same name twice."""
    try:
        tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        return list(_doubles(found)) or [_fault(error, 1)]
    return []


def _doubles(found: list[Leaf]) -> Iterator[Fault]:
    first: dict[tuple[str, ...], int] = {}
    for leaf in found:
        if leaf.path in first:
            yield Fault(leaf.line, f"the same name as on line {first[leaf.path]}")
        first.setdefault(leaf.path, leaf.line)


def _fault(error: Exception, line: int) -> Fault:
    said = mask_text(str(error)) if isinstance(error, tomllib.TOMLDecodeError) else "a value that is too long or nested too deeply"
    place = _PLACE.search(said)
    offset = int(place.group(1)) - 1 if place and place.group(1) else 0
    reason = _PLACE.sub("", said)
    return Fault(line + offset, reason[:1].lower() + reason[1:])
