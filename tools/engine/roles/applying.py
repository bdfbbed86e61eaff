"""Which lessons of decided experiments apply to the work at hand: a simple choice by category and files."""

from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath
from typing import Final

from state.lessons import Taught

SHOWN: Final = 5
_SAME_FILE: Final = 4
_SAME_FOLDER: Final = 1
_SAME_CATEGORY: Final = 2
_REVERTED: Final = 1  # what went wrong helps more than what went well


def lessons_that_apply(taught: Sequence[Taught], category: str, files: Iterable[str]) -> list[Taught]:
    """Up to SHOWN of the lessons, which come newest first: those nearest to the work, and of equals the newer one.

    Without a category and without files those of reverted experiments come first.
    """
    wanted = frozenset(files)
    folders = _folders(wanted)
    near = {each.experiment: _nearness(each, category, wanted, folders) for each in taught}
    return sorted(taught, key=lambda each: -near[each.experiment])[:SHOWN]


def _nearness(taught: Taught, category: str, files: frozenset[str], folders: frozenset[str]) -> int:
    theirs = frozenset(taught.files)
    return (
        _SAME_FILE * len(theirs & files)
        + _SAME_FOLDER * len(_folders(theirs) & folders)
        + _SAME_CATEGORY * (taught.category == category)
        + _REVERTED * (taught.decision == "revert")
    )


def _folders(files: Iterable[str]) -> frozenset[str]:
    return frozenset(str(PurePosixPath(name).parent) for name in files)
