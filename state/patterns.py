"""Path patterns as git reads them: the one matcher behind scope, protected files and surfaces."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathspec import PathSpec
    from pathspec.patterns.gitignore.spec import GitIgnoreSpecPattern

_LONGEST = 1000  # characters: the checks below take time with the square of it
_BRACKET = re.compile(r"[\[\]]")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f]")
_DRIVE = re.compile(r"[A-Za-z]:[/\\]")
_ALTERNATIVES = re.compile(r"(?<!\\)\{[^{}]*,[^{}]*\}")
# Beyond these pathspec and git differ: named classes, escapes within a set, sets that hold a slash, and negated ones that may stand for one.
_ESCAPED_OR_SET = re.compile(r"\\.|(?:(?<=/)|^)\[!(?:\w-\w|[\w.])+\]|\[(?:\w-\w|[\w.])+\]", re.ASCII)
_SET_OR_ESCAPE = re.compile(r"[\[\]\\]")
_BACKSLASH_AS_SEPARATOR = re.compile(r"(?:\\\\)*\\(?:[A-Za-z0-9_.]|$)")


class Patterns:
    """An ordered list of patterns, each with the meaning that it has in a `.gitignore` at the root of the repository.

    The last pattern that matches a path, or a folder above it, decides; a `!` in front takes paths out again. (Git itself cannot take a file out of a
    folder that matched as a whole, so that `src/` and `!src/generated/` would still mean all of src. Nobody who writes that means it. And to git
    `?` is a byte; here it is a character.)
    `bool()` is false where there is no pattern at all. Paths are relative to the root, with `/`, as git lists them.
    Raises ValueError where `problems_of` finds a fault in a pattern.
    """

    def __init__(self, patterns: Sequence[str]) -> None:
        for pattern in patterns:
            if problem := problems_of(pattern):
                raise ValueError(f"the pattern {pattern!r} {problem}")
        self._patterns = tuple(patterns)
        self._specification = _specification(self._patterns) if self._patterns else None

    def __bool__(self) -> bool:
        return bool(self._patterns)

    def matches(self, path: str) -> bool:
        """Whether the file at `path` is meant."""
        return self.explain(path) is not None

    def matching(self, paths: Iterable[str]) -> list[str]:
        """Those of `paths` that are meant, in their order."""
        return [path for path in paths if self.matches(path)]

    def explain(self, path: str) -> str | None:
        """The pattern because of which `path` is meant, or None where it is not."""
        if self._specification is None:
            return None
        # pathspec's expressions stop at a newline, which git's do not: a folder named "a\nb" would slip through. No pattern holds a NUL.
        result = self._specification.check_file(path.replace("\n", "\0"))
        return self._patterns[result.index] if result.include and result.index is not None else None


@lru_cache(maxsize=64)
def _specification(patterns: tuple[str, ...]) -> "PathSpec[GitIgnoreSpecPattern]":
    from pathspec import PathSpec  # noqa: PLC0415 - loaded on use: start-up speed
    from pathspec.patterns.gitignore.spec import GitIgnoreSpecPattern  # noqa: PLC0415 - loaded on use: start-up speed

    return PathSpec.from_lines(GitIgnoreSpecPattern, patterns, backend="simple")


def problems_of(pattern: str) -> str | None:
    """Why a pattern does not mean what it seems to say, worded to stand after "it", or None where it is fine.

    Patterns that git would pass over without a word count as faults here, as they would leave files open that someone believes to be covered.
    """
    if not pattern.strip():
        return "is empty"
    if len(pattern) > _LONGEST:
        return f"is longer than {_LONGEST} characters"
    body = pattern.removeprefix("!")
    return _problem_of_characters(pattern, body) or _problem_of_segments(body) or _problem_to_git(pattern)


def _problem_of_characters(pattern: str, body: str) -> str | None:
    for holds, problem in (
        (_UNPRINTABLE.search(pattern), "has control characters"),
        (pattern != pattern.strip(), "has a blank at its start or end"),
        (pattern.startswith("#"), r"is a comment to git; a name that starts with # is written \#"),
        (not body.strip("/"), "has no name in it"),
        (body.startswith("~") or _DRIVE.match(body), "is a place on this machine; patterns start at the root of the project"),
        (_BACKSLASH_AS_SEPARATOR.search(body), "has a backslash; folders are separated by /"),
        (_BRACKET.search(_ESCAPED_OR_SET.sub("", body)), "has a set of characters other than [a-z_] or, at the start of a name, [!a-z_]"),
        (_ALTERNATIVES.search(body), "has braces, which git does not expand; write one pattern for each"),
    ):
        if holds:
            return problem
    return None


def _problem_of_segments(body: str) -> str | None:
    segments = body.split("/")
    if ".." in segments:
        return 'has ".." in it; patterns stay within the project'
    if "." in segments:
        return 'has "." in it, which git never matches; leave it out'
    if segments[-2:] == ["**", ""]:
        return "ends in **/, which to git means folders only; end it with ** or leave both out"
    if "" in segments[1:-1]:
        return "has two slashes in a row"
    if segments[0] == "" and "/" in body[1:].rstrip("/"):
        return f"is absolute; patterns start at the root of the project, so {body.lstrip('/')!r} means the same"
    return None


def _problem_to_git(pattern: str) -> str | None:
    """What only git's own reading shows; of a pattern without sets and escapes the checks above know everything."""
    if not _SET_OR_ESCAPE.search(pattern):
        return None
    from pathspec.patterns.gitignore.spec import GitIgnoreSpecPattern  # noqa: PLC0415 - loaded on use: start-up speed

    try:
        read = GitIgnoreSpecPattern(pattern)
    except (ValueError, re.error) as error:
        return f"is not valid: {error}"
    return "is nothing that git could match" if read.include is None else None
