"""What a change says, line by line: the patch as text, and which lines of which file it adds and removes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from tools.engine.repository.git import decode
from tools.engine.repository.location import Repository
from tools.engine.repository.objects import diff

# Never a program of the repository's choosing, never colours, never guesses about renames.
_PLAIN: Final = (
    "-r",
    "-p",
    "--no-renames",
    "--no-ext-diff",
    "--no-textconv",
    "--no-color",
    "--full-index",
    "--ignore-submodules=none",
    "--submodule=short",
)
_HUNK: Final = re.compile(rb"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")


@dataclass(frozen=True)
class Patch:
    """A patch cut to a limit; `left_out` counts the bytes that did not fit."""

    text: str
    left_out: int


@dataclass(frozen=True)
class Hunk:
    """One place of a file that changed: its first line before and after (from 1; the line before it where none is left), and the lines."""

    old_start: int
    new_start: int
    removed: tuple[str, ...]
    added: tuple[str, ...]


@dataclass(frozen=True)
class ChangedLines:
    """The changed lines of one file. `binary`: git compares it as a whole, so there are no lines."""

    hunks: tuple[Hunk, ...]
    binary: bool

    @property
    def added(self) -> frozenset[int]:
        """Numbers, in the new file, of the lines that were added."""
        return frozenset(hunk.new_start + offset for hunk in self.hunks for offset in range(len(hunk.added)))

    @property
    def removed(self) -> frozenset[int]:
        """Numbers, in the old file, of the lines that were removed."""
        return frozenset(hunk.old_start + offset for hunk in self.hunks for offset in range(len(hunk.removed)))


def patch_text(repository: Repository, base: str, candidate: str, limit: int) -> Patch:
    """The patch from base to candidate, of at most `limit` bytes, cut at the end of a line; bytes that are not UTF-8 are replaced."""
    raw = repository.git.bytes_("diff-tree", *_PLAIN, "--end-of-options", base, candidate)
    kept = raw if len(raw) <= limit else raw[: raw.rfind(b"\n", 0, limit) + 1]
    return Patch(kept.decode("utf-8", "replace"), len(raw) - len(kept))


def changed_lines(repository: Repository, base: str, candidate: str) -> dict[str, ChangedLines]:
    """Path to its changed lines, for every path that differs.

    The paths come from the raw listing, in whose order the patch names its files: names inside a patch can be forged by the lines around them.
    """
    raw = repository.git.bytes_("diff-tree", *_PLAIN, "-U0", "--inter-hunk-context=0", "--end-of-options", base, candidate)
    sections = _sections(raw)
    lines = {}
    for change in diff(repository, base, candidate):
        parts = [next(sections) for _ in range(2 if change.status == "T" else 1)]  # another type is written as a deletion and an addition
        lines[change.path] = ChangedLines(tuple(hunk for part in parts for hunk in part.hunks), any(part.binary for part in parts))
    return lines


def _sections(raw: bytes) -> Iterator[ChangedLines]:
    lines = raw.split(b"\n")
    position, hunks, binary, begun = 0, list[Hunk](), False, False
    while position < len(lines):
        line = lines[position]
        position += 1
        if line.startswith(b"diff --git "):
            if begun:
                yield ChangedLines(tuple(hunks), binary)
            hunks, binary, begun = [], False, True
        elif line.startswith(b"Binary files "):
            binary = True
        elif found := _HUNK.match(line):
            hunk, position = _hunk(found, lines, position)
            hunks.append(hunk)
    if begun:
        yield ChangedLines(tuple(hunks), binary)


def _hunk(found: re.Match[bytes], lines: list[bytes], position: int) -> tuple[Hunk, int]:
    """The hunk whose head was found: its counts, not its content, say where it ends."""
    sides: dict[bytes, list[str]] = {b"-": [], b"+": []}
    left = int(found[2] or 1) + int(found[4] or 1)
    while left or lines[position].startswith(b"\\"):
        line = lines[position]
        position += 1
        if not line.startswith(b"\\"):  # "\ No newline at end of file" is git's remark, not a line
            sides[line[:1]].append(decode(line[1:]))
            left -= 1
    return Hunk(int(found[1]), int(found[3]), tuple(sides[b"-"]), tuple(sides[b"+"])), position
