"""Names of withheld and held-out files in the lines that a change adds: what a run can read, code that names it may be about to read."""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

from tools.engine.repository.changes import ChangedLines

_TOKEN: Final = re.compile(r"[\w./-]+")


@dataclass(frozen=True)
class Named:
    """A line that names a hidden file, and the words in which it does; `texts` are for looking where else they stand, and for nothing else."""

    path: str
    line: int
    texts: tuple[str, ...]


def names_of(hidden: Collection[str], every: Collection[str]) -> dict[str, tuple[str, ...]]:
    """The texts that name hidden files of a tree with `every` path, by the last word of each: paths, modules, and the names that no other file has.

    A name without a dot is a word as any other.
    """
    open_names = Counter(PurePosixPath(path).name for path in set(every).difference(hidden))
    found = dict[str, list[str]]()
    for path in hidden:
        name = PurePosixPath(path).name
        module = path.removesuffix(".py").replace("/", ".") if path.endswith(".py") and "/" in path else ""
        for text in (path if "/" in path else "", name if "." in name[1:] and not open_names[name] else "", module):
            if words := _last_words(text):
                found.setdefault(words[-1], []).append(text)
    return {word: tuple(dict.fromkeys(texts)) for word, texts in found.items()}


def named_in(changed: Mapping[str, ChangedLines], names: Mapping[str, tuple[str, ...]]) -> Iterator[Named]:
    """The added lines that name a hidden file."""
    for path, lines in changed.items() if names else ():
        for hunk in lines.hunks:
            for number, line in enumerate(hunk.added, hunk.new_start):
                words = dict.fromkeys(_last_words(line))
                if texts := tuple(text for word in words for text in names.get(word, ()) if _stands_in(line, text)):
                    yield Named(path, number, texts)


def _last_words(text: str) -> list[str]:
    return [token.rstrip("./").rpartition("/")[2] for token in _TOKEN.findall(text)]


def _stands_in(line: str, text: str) -> bool:
    return re.search(rf"(?<![\w.-]){re.escape(text)}(?![\w-])", line) is not None
