"""Go's coverage profile turned into lines: which lines of code a test ran, and which none did."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

_BLOCK: Final = re.compile(r"^(?P<file>.+\.go):(?P<line>\d+)\.(?P<column>\d+),(?P<last>\d+)\.(?P<end>\d+) \d+ (?P<count>\d+)$")
_NO_CODE: Final = re.compile(r"\s*(?://.*|[)}\];,\s]*(?://.*)?)$")


@dataclass(frozen=True)
class Block:
    """A piece of a file, both ends counted from 1, and whether it ran."""

    file: str
    line: int
    column: int
    last: int
    end: int
    ran: bool


@dataclass
class Coverage:
    """Lines of code; `ran` are the numbers of those that ran by file, `uncovered` the others with their texts."""

    covered: int = 0
    executable: int = 0
    uncovered: dict[str, list[tuple[int, str]]] = field(default_factory=dict)
    ran: dict[str, list[int]] = field(default_factory=dict)


def read_profile(text: str) -> list[Block]:
    """The blocks of a profile, of several one after another too. Lines that are none are left out."""
    matches = (_BLOCK.match(line) for line in text.splitlines())
    return [
        Block(match["file"], int(match["line"]), int(match["column"]), int(match["last"]), int(match["end"]), match["count"] != "0")
        for match in matches
        if match
    ]


def covered_lines(blocks: Iterable[Block], content_of: Callable[[str], Sequence[str]]) -> Coverage:
    """Count the lines. A line with code of several blocks ran where one of them did. `content_of` gives the lines of a file."""
    by_file: dict[str, list[Block]] = {}
    for block in blocks:
        by_file.setdefault(block.file, []).append(block)
    found = Coverage()
    for file in sorted(by_file):
        lines = content_of(file)
        ran: dict[int, bool] = {}
        for block in by_file[file]:
            for number in _code_lines(block, lines):
                ran[number] = ran.get(number, False) or block.ran
        found.executable += len(ran)
        found.covered += sum(ran.values())
        if missed := [(number, lines[number - 1].strip()) for number in sorted(ran) if not ran[number]]:
            found.uncovered[file] = missed
        if executed := [number for number in sorted(ran) if ran[number]]:
            found.ran[file] = executed
    return found


def _code_lines(block: Block, lines: Sequence[str]) -> Iterator[int]:
    """The lines of a block that hold more than brackets, blanks and comments."""
    for number in range(block.line, min(block.last, len(lines)) + 1):
        # Columns count bytes; of the first and last line only what belongs to the block counts.
        raw = lines[number - 1].encode("utf-8")
        part = raw[block.column - 1 if number == block.line else 0 : block.end - 1 if number == block.last else None]
        if not _NO_CODE.match(part.decode("utf-8", "replace").removeprefix("{")):
            yield number
