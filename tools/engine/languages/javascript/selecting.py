"""Which files of a tree the words of node's runner mean: names, folders and patterns, the same for every version of node."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

_BRACES: Final = re.compile(r"\{([^{}]*)\}")


def selected_files(folder: Path, words: Sequence[str], tests: Sequence[str]) -> tuple[str, ...]:
    """The files that the words mean, of those in a folder; without words all of `tests` (paths relative to the folder)."""
    wanted = [word.removeprefix("./").rstrip("/") for word in words if not word.startswith("-")]
    if not wanted:
        return tuple(tests)
    found: dict[str, None] = {}
    for word in wanted:
        if (folder / word).is_file():
            found[word] = None
        elif word in ("", ".") or (folder / word).is_dir():
            found |= {test: None for test in tests if word in ("", ".") or test.startswith(f"{word}/")}
        else:
            found |= {path: None for path in _files(folder) if matches(word, path)}
    return tuple(found)


def matches(pattern: str, path: str) -> bool:
    """Whether a pattern with *, ** and {a,b} means a path."""
    return any(re.fullmatch(_translated(each), path) for each in _alternatives(pattern))


def _files(folder: Path) -> list[str]:
    paths = (file.relative_to(folder) for file in sorted(folder.rglob("*")) if file.is_file())
    return [path.as_posix() for path in paths if "node_modules" not in path.parts]


def _alternatives(pattern: str) -> list[str]:
    """`a.{b,c}` means two patterns."""
    found = _BRACES.search(pattern)
    if found is None:
        return [pattern]
    head, tail = pattern[: found.start()], pattern[found.end() :]
    return [each for part in found.group(1).split(",") for each in _alternatives(head + part + tail)]


def _translated(pattern: str) -> str:
    """A pattern of paths as a regular expression: ** any folders, * and ? within a name."""
    parts = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    pieces = re.split(r"(\*\*/|\*\*|\*|\?)", pattern)
    return "".join(parts.get(piece, re.escape(piece)) for piece in pieces)
