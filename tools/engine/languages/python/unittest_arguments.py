"""The arguments of `python -m unittest`: what they select, and how pytest selects the same."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from state.model import JSON

PATTERN: Final = "test*.py"
_FLAGS: Final = frozenset({"-v", "--verbose", "-q", "--quiet", "-f", "--failfast", "-b", "--buffer", "-c", "--catch", "--locals"})
_VALUES: Final = {
    "-s": "start", "--start-directory": "start", "-p": "pattern", "--pattern": "pattern", "-t": "top", "--top-level-directory": "top",
}  # fmt: skip


@dataclass(frozen=True)
class Loading:
    """Folders in which tests are discovered, where imports begin, the pattern of file names; and names of modules, classes or tests."""

    start: tuple[str, ...] = ()
    top: str = ""
    pattern: str = PATTERN
    names: tuple[str, ...] = ()

    def plan(self) -> JSON:
        """As the script beside the tests takes it."""
        return {"start": list(self.start), "top": self.top or None, "pattern": self.pattern, "names": list(self.names)}


def loading(words: Sequence[str]) -> Loading:
    """What the words after `unittest` select; discovery from the folder itself where they select nothing."""
    discovering = not words or words[0] == "discover" or words[0].startswith("-")
    given: dict[str, list[str]] = {"start": [], "top": [], "pattern": []}
    positional: list[str] = []
    remaining = list(words[1:] if words and words[0] == "discover" else words)
    while remaining:
        word = remaining.pop(0)
        name, separator, value = word.partition("=")
        if name in _VALUES and (separator or remaining):
            given[_VALUES[name]].append(value if separator else remaining.pop(0))
        elif name not in _FLAGS and not word.startswith("-"):
            positional.append(word)
    if not discovering or (words and words[0] != "discover" and positional):
        return Loading(names=tuple(positional))
    for place, word in zip(("start", "pattern", "top"), positional, strict=False):
        given[place].append(word)
    return Loading(tuple(given["start"]) or (".",), next(iter(given["top"]), ""), next(iter(given["pattern"]), PATTERN))


def for_pytest(wanted: Loading, files: Collection[str]) -> tuple[str, ...]:
    """pytest's arguments for the same tests: folders, a pattern of file names, and the files of modules."""
    if wanted.names:
        return tuple(found for name in wanted.names if (found := _node(name.split("."), files)))
    pattern = () if wanted.pattern == PATTERN else ("-o", f"python_files={wanted.pattern}")
    return (*(start for start in wanted.start if start not in {".", "./"}), *pattern)


def _node(parts: Sequence[str], files: Collection[str]) -> str:
    """The id of a module, class or test by its dotted name; empty where no file is one of its modules."""
    for length in range(len(parts), 0, -1):
        if (path := "/".join(parts[:length]) + ".py") in files:
            return "::".join((path, *parts[length:]))
    folder = "/".join(parts)
    return folder if f"{folder}/__init__.py" in files else ""
