"""Comparing `.factory` with the store, file by file: what is missing, edited, in the way, or there although there is nothing to say."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Final, Literal

from state.errors import Refusal
from state.files import inside, last_line
from state.import_due import NOT_IMPORTED, is_import_due
from state.store import Store, event_at, events_after, head
from state.views import log, results
from state.views.registry import VIEWS, every_path, located, touched
from state.views.text import counted
from state.views.view import Source

Kind = Literal["missing", "edited", "torn", "behind", "unexpected", "in_the_way", "unreadable", "foreign"]
WHOLE: Final = "."  # the path of the folder itself
_FOLDERS: Final = tuple(sorted({view.name.rpartition("/")[0].split("/")[0] for view in VIEWS if "/" in view.name}))


@dataclass(frozen=True, slots=True)
class Difference:
    """One file of the folder that is not what the store says.

    `behind`: right as far as it goes, and the next writer goes on. `torn`: the same, with half a line at its end. `in_the_way`: something else than a
    file, or a link on the way to it. `unexpected`: a file of ours that should not be there. `foreign`: a log of facts that the store does not have.
    """

    path: str
    kind: Kind
    detail: str = ""


def compare(store: Store, folder: Path) -> list[Difference]:
    """Everything in `folder` that differs from the store; reads every file, writes none. Files of other people are not looked at.

    What seems to differ is looked at twice: another server may be writing it. Raises Refusal STORE_BROKEN when the store cannot be read.
    """
    with store.reading() as connection:
        source = Source(store, connection)
        if head(connection)[0] == 0:
            return []
        if os.path.lexists(folder) and (folder.is_symlink() or not folder.is_dir()):
            return [Difference(WHOLE, "in_the_way", "a link" if folder.is_symlink() else "a file")]
        if not folder.is_dir():
            return [Difference(WHOLE, "missing")]
        if is_import_due(store, folder):
            return [Difference(WHOLE, "in_the_way", NOT_IMPORTED)]
        lines = [look(source, folder) and look(source, folder) for look in (log_difference, results_difference)]
        paths = sorted({*every_path(connection), *_present(folder)} - _awaited(source, folder))
        small = [small_difference(source, folder, path) and small_difference(Source(store, connection), folder, path) for path in paths]
        return [found for found in (*lines, *small) if found]


def small_difference(source: Source, folder: Path, path: str) -> Difference | None:
    """How one small file differs from what the store says."""
    found = located(path)
    if found is None:
        return None
    view, subject = found
    expected = view.render(source, subject)
    there = _content(folder, path)
    if isinstance(there, Difference) or there == expected:
        return there if isinstance(there, Difference) else None
    if there is None:
        return Difference(path, "missing")
    if view.is_genuine(source, subject, there) or (view.is_to_be_edited and expected is not None and _is_text(there)):
        return None
    if expected is None:
        return Difference(path, "unexpected", "the store has nothing to say here")
    return Difference(path, "edited")


def _is_text(content: bytes) -> bool:
    """Whether a person may have written it: damage leaves nothing, or no UTF-8."""
    try:
        return bool(content.decode().strip()) and b"\0" not in content
    except UnicodeDecodeError:
        return False


def log_difference(source: Source, folder: Path) -> Difference | None:
    """How events.jsonl differs from the log. An event with its own right hash that the store does not have is a fact, and no edit."""
    found = _lines_difference(folder, log.NAME, log.every_line(source.connection))
    if found is None or found.kind != "edited":
        return found
    with inside(folder, log.NAME).open("rb") as file:
        for number, line in enumerate(file, 1):
            event = log.parsed(line.rstrip(b"\n"))
            if event and event_at(source.connection, event.seq) != event:
                return Difference(log.NAME, "foreign", f"line {number} is an event that the store does not have")
    return found


def results_difference(source: Source, folder: Path) -> Difference | None:
    """How results.tsv differs from the experiments that ended."""
    return _lines_difference(folder, results.NAME, results.file_lines(source))


def _lines_difference(folder: Path, name: str, expected: Iterator[str]) -> Difference | None:
    """The first line that differs. A file that ends too early is behind; one that is not there is missing."""
    try:
        path = inside(folder, name)
        if not os.path.lexists(path):
            left = sum(1 for _ in expected)
            return Difference(name, "missing", counted(left, "line")) if left else None
        if not path.is_file():
            return Difference(name, "in_the_way", "not a file")
        with path.open("rb") as file:
            for number, (there, wanted) in enumerate(zip_longest(file, expected), 1):
                if there is None:
                    return Difference(name, "behind", counted(1 + sum(1 for _ in expected), "line"))
                if not there.endswith(b"\n"):
                    return Difference(name, "torn", f"line {number}")
                if wanted is None or there != f"{wanted}\n".encode():
                    return Difference(name, "edited", f"line {number}")
    except OSError as error:
        return Difference(name, "unreadable", error.strerror or str(error))
    except Refusal as refusal:
        return Difference(name, "in_the_way", refusal.what)
    return None


def _content(folder: Path, path: str) -> bytes | Difference | None:
    """What a file holds; None where there is none."""
    try:
        place = inside(folder, path)
        if not os.path.lexists(place):
            blocked = [parent for parent in place.relative_to(folder).parents if os.path.lexists(folder / parent) and not (folder / parent).is_dir()]
            return Difference(path, "in_the_way", f"{blocked[0]} is no folder") if blocked else None
        if not place.is_file():
            return Difference(path, "in_the_way", "not a file")
        return place.read_bytes()
    except OSError as error:
        return Difference(path, "unreadable", error.strerror or str(error))
    except Refusal as refusal:
        return Difference(path, "in_the_way", refusal.what)


def _awaited(source: Source, folder: Path) -> set[str]:
    """The files that events touch which the views have not followed yet: they are behind, not edited."""
    try:
        path = inside(folder, log.NAME)
        seq = log.watermark(source.connection, last_line(path)[0], path)
    except (OSError, Refusal):
        return set()
    awaited: set[str] = set()
    while seq and (events := events_after(source.connection, seq, log.CHUNK)):
        awaited.update(touched(source.connection, events))
        seq = events[-1].seq
    return awaited


def _present(folder: Path) -> Iterator[str]:
    """The files of ours that there are, whether the store has something to say in them or not."""
    for top in _FOLDERS:
        for place, folders, names in os.walk(folder / top):
            for name in (*names, *folders):
                path = Path(place, name).relative_to(folder).as_posix()
                if located(path):
                    yield path
