"""What a pattern that means no file was probably meant to be: the same with the names of the tree in it."""

import difflib
from collections.abc import Iterable
from itertools import islice
from typing import Final

from tools.engine.scope.files import TreeFiles

_ALIKE: Final = 0.6  # as difflib counts it
_LENGTHS: Final = 3  # characters that names may differ by and still be taken for each other
_LOOKED_AT: Final = 500  # names
_WILD: Final = "*?[\\"


def nearest(pattern: str, files: TreeFiles) -> str:
    """A pattern or path near `pattern` that does mean files of the tree, or nothing.

    Folder by folder, the name closest to what was written; from the first wildcard on as it was written. A name alone is looked for everywhere.
    """
    segments = pattern.strip("/").split("/")
    if len(segments) == 1 and not _wild(segments[0]):
        name = closest(segments[0], files.names)
        return files.first_with(name) if name else ""
    return _descended(segments, files)


def closest(word: str, names: Iterable[str]) -> str:
    """The one of `names` that is most like `word`, or nothing where none is; of a great many names, only the likely ones are looked at."""
    folded = word.casefold()
    likely = [
        name
        for name in names
        if abs(len(name) - len(word)) <= _LENGTHS and (name[:1].casefold() == folded[:1] or name[-2:].casefold() == folded[-2:])
    ]
    same = next((name for name in likely if name.casefold() == folded), "")
    found = [same] if same else difflib.get_close_matches(word, list(islice(likely, _LOOKED_AT)), 1, _ALIKE)
    return found[0] if found else ""


def _descended(segments: list[str], files: TreeFiles) -> str:
    folder: list[str] = []
    for place, segment in enumerate(segments):
        if _wild(segment):
            written = "/".join([*folder, *segments[place:]])
            return written if files.count(written) else _whole(folder)
        name = segment if segment in (inside := files.within("/".join(folder))) else closest(segment, inside)
        if not name:
            return _elsewhere(segments, files) or _whole(folder)
        folder.append(name)
    return "/".join(folder)


def _elsewhere(segments: list[str], files: TreeFiles) -> str:
    """A path that ends as the pattern does, in another folder."""
    return "" if _wild(segments[-1]) else files.first_with(segments[-1])


def _whole(folder: list[str]) -> str:
    return f"{'/'.join(folder)}/**" if folder else ""


def _wild(segment: str) -> bool:
    return any(character in segment for character in _WILD)
