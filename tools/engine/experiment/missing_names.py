"""Whether a test fails on the base only because something is not there yet: that shows that the candidate added it, and nothing of what was wrong."""

import re
from collections.abc import Collection, Iterable, Mapping
from pathlib import PurePosixPath
from typing import Final

from tools.engine.repository.changes import ChangedLines
from tools.engine.repository.location import Repository
from tools.engine.repository.objects import read_blob

# How Python, JavaScript and their runners say that a name, an attribute, a module or a parameter is not there; its name is the last word of what
# is found.
_SAID: Final = re.compile(
    r"has no attribute '(?P<attribute>[^']+)'"
    r"|name '(?P<name>[^']+)' is not defined"
    r"|cannot import name '(?P<imported>[^']+)'"
    r"|No module named '(?P<module>[^']+)'"
    r"|unexpected keyword argument '(?P<parameter>[^']+)'"
    r"|(?:get|has)attr\(.{0,300}?, '(?P<asked>\w+)'"  # as pytest explains what an assertion asked for
    r"|fixture '(?P<fixture>[^']+)' not found"
    r"|(?P<called>[\w$.]+)\)? is not a (?:function|constructor)"
    r"|(?P<variable>[\w$]+) is not defined"
    r"|export named '(?P<exported>[^']+)'"
    r"|Cannot find (?:module|package) '(?P<required>[^']+)'"
    r"|assert(?:\.ok)?\([\w$.]*\.(?P<expected>[\w$]+)\)"
    r"|of undefined \(reading '(?P<read>[^']+)'\)"
)
_WORD: Final = re.compile(r"[^\W\d][\w$]*")


def missing_name(said: str, added: Collection[str]) -> str:
    """The first of the names `added` that a failure says it lacks; empty where it lacks none of them. `said` begins with the exception."""
    for found in _SAID.finditer(said):
        words: list[str] = _WORD.findall(next(group for group in found.groups() if group))
        if words and words[-1] in added:
            return words[-1]
    return ""


def added_names(repository: Repository, base_tree: str, changed: Mapping[str, ChangedLines]) -> frozenset[str]:
    """The words that changed files have now and did not have at the base, and the names of files that are new: what a test can miss there."""
    found: set[str] = set()
    for path, lines in changed.items():
        before = read_blob(repository, base_tree, path)
        found |= _words(text for hunk in lines.hunks for text in hunk.added) - _words([(before or b"").decode("utf-8", "replace")])
        if before is None:
            name = PurePosixPath(path)
            found |= {name.stem, *name.parts[:-1]}
    return frozenset(found)


def _words(texts: Iterable[str]) -> set[str]:
    return {word for text in texts for word in _WORD.findall(text)}
