"""Whose a `.factory/` is: the original's, ours, or nobody's yet. Both have files of the same names, so content decides."""

import csv
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from state.original.items import FILES as BACKLOGS
from state.original.items import read_items
from state.original.results import FILE as RESULTS
from state.original.results import has_rows
from state.original.text import text_of

# Ours is never called so.
ONLY_THEIRS: Final = (
    ".store.lock", "last_eval.json", "eval_spec.json", "spec_results.json", "citations.json", "checkpoint.json", "state", "messages", "pipeline",
    "strategy/deferred.md", "deferred.md",
)  # fmt: skip
_LINE_LIMIT: Final = 256 * 1024  # bytes: more than a line of either log
_FILE_LIMIT: Final = 4 * 1024 * 1024
_OUR_NOTES: Final = re.compile(r"(?:strategies|sources)/[0-9]{3,9}\.md", re.ASCII)  # may be there before any experiment is


@dataclass(frozen=True)
class Own:
    """What the store has of its own: without any, files in which such things stand cannot be ours."""

    experiments: bool = False
    backlog: bool = False


def is_original(folder: Path, own: Own) -> bool:
    """Whether this `.factory` was written by the original re:factory. Cheap where it is ours: one line is read. Raises OSError.

    The log decides where it tells. Without it, files are theirs that say what ours never do, and in a store without experiments also those that it
    has nothing for: otherwise somebody may have deleted our log alone.
    """
    if folder.is_symlink() or not folder.is_dir():
        return False
    of_the_log = log_is_theirs(folder / "events.jsonl")
    if of_the_log is not None:
        return of_the_log
    return _bears_their_marks(folder) or (not own.experiments and _says_what_we_have_not(folder, own))


def _says_what_we_have_not(folder: Path, own: Own) -> bool:
    """Whether there is what ours would be written from experiments, of which there are none, or from backlog items."""
    return (
        _has_results(folder / RESULTS)
        or _has_experiments(folder)
        or _has_notes(folder / "archive")
        or (not own.backlog and _has_items(folder / BACKLOGS[0]))
    )


def _bears_their_marks(folder: Path) -> bool:
    return (
        any((folder / name).exists() for name in ONLY_THEIRS)
        or _configuration_is_theirs(folder / "config.json")
        or _results_are_theirs(folder / RESULTS)
        or _backlog_is_theirs(folder / BACKLOGS[0])
        or _experiments_are_theirs(folder / "experiments")
    )


def log_is_theirs(path: Path) -> bool | None:
    """By the first line that tells: our events are chained, theirs are not; None where nothing tells. Raises OSError."""
    if not _is_file(path):
        return None
    with path.open("rb") as file:
        while file.tell() < _LINE_LIMIT and (line := file.readline(_LINE_LIMIT)):
            event = _parsed(line)
            if isinstance(event, dict) and {"seq", "prev", "hash"} <= event.keys():
                return False
            if isinstance(event, dict) and {"type", "timestamp"} <= event.keys():
                return True
    return None


def _configuration_is_theirs(path: Path) -> bool:
    """Ours says which approval it comes from."""
    found = _parsed(_beginning(path))
    return isinstance(found, dict) and "goal" in found and "approved" not in found


def _results_are_theirs(path: Path) -> bool:
    """The times of ours are in UTC and say so; those of theirs have no zone. A header alone tells nothing, nor does half a line."""
    first = text_of(b"".join(_beginning(path).splitlines(keepends=True)[1:2]))[0]
    cells = next(csv.reader([first] if first.endswith("\n") else [], dialect="excel-tab"), [])
    return len(cells) > 1 and cells[0].strip().isdecimal() and not cells[1].endswith("Z")


def _backlog_is_theirs(path: Path) -> bool:
    """Ours begins with a heading."""
    return _beginning(path).lstrip(b"\xef\xbb\xbf \r\n").startswith((b"- ", b"* "))


def _experiments_are_theirs(folder: Path) -> bool:
    """By the first verdict found: theirs has the fields of a row, at a time without a zone; ours names a decision."""
    if folder.is_symlink() or not folder.is_dir():
        return False
    found = next((_parsed(_beginning(entry / "verdict.json")) for entry in folder.iterdir() if _is_file(entry / "verdict.json")), None)
    return isinstance(found, dict) and "verdict" in found and "decision" not in found and not str(found.get("timestamp", "Z")).endswith("Z")


def _has_results(path: Path) -> bool:
    """A header alone tells nothing."""
    return has_rows(_beginning(path))


def _has_experiments(folder: Path) -> bool:
    return any(_is_file(path) for name in ("verdict.json", "hypothesis.md") for path in _below(folder, f"experiments/*/{name}"))


def _has_notes(folder: Path) -> bool:
    return any(_is_file(path) and not _OUR_NOTES.fullmatch(path.relative_to(folder).as_posix()) for path in _below(folder, "**/*.md"))


def _has_items(path: Path) -> bool:
    found = read_items(_beginning(path), path.name)
    return bool(found.texts or found.done)


def _below(folder: Path, pattern: str) -> Iterator[Path]:
    """What matches below `folder`, unless that is a link."""
    return iter(()) if folder.is_symlink() else folder.glob(pattern)


def _is_file(path: Path) -> bool:
    return path.is_file() and not path.is_symlink()


def _beginning(path: Path) -> bytes:
    if not _is_file(path):
        return b""
    with path.open("rb") as file:
        return file.read(_FILE_LIMIT)


def _parsed(content: bytes) -> Any:
    """The JSON value, or None."""
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None
