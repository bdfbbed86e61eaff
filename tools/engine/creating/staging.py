"""A project is made in a folder beside its place and moved there when it is whole: nothing of a failed one is ever left, also after a kill."""

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from state.errors import Refusal
from state.files import is_locked, locked

_PREFIX: Final = ".refactory-new-"
_LOCK: Final = "lock"
_INSIDE: Final = "project"


@contextmanager
def staged(destination: Path) -> Iterator[Path]:
    """A path, not made yet, beside `destination`. What lies there at the end is moved to `destination`; after a failure it goes.

    Raises Refusal EXISTS where `destination` is there meanwhile and not empty.
    """
    made = _make_above(destination.parent)
    sweep(destination.parent)
    room = destination.parent / f"{_PREFIX}{secrets.token_hex(4)}"
    whole = False
    try:
        room.mkdir(mode=0o700)
        with locked(room / _LOCK, "making a project", wait=0):
            yield room / _INSIDE
            _move(room / _INSIDE, destination)
            whole = True
    finally:
        shutil.rmtree(room, ignore_errors=True)
        if not whole:
            _remove_empty(made)


def sweep(parent: Path) -> None:
    """Remove what killed processes left of projects that they were making."""
    for left in parent.glob(f"{_PREFIX}*"):
        if left.is_dir() and not left.is_symlink() and (left / _LOCK).is_file() and not is_locked(left / _LOCK):
            shutil.rmtree(left, ignore_errors=True)


def is_free(destination: Path) -> bool:
    """Whether a project can be put there: nothing is, or an empty folder."""
    if not os.path.lexists(destination):
        return True
    return destination.is_dir() and not destination.is_symlink() and not any(destination.iterdir())


def _move(made: Path, destination: Path) -> None:
    """One step, that succeeds only where nothing is, or an empty folder."""
    try:
        made.rename(destination)
    except OSError as error:
        if is_free(destination):
            raise
        raise taken(destination) from error


def taken(destination: Path) -> Refusal:
    """The refusal of a place where something else is."""
    return Refusal("EXISTS", f"{destination} is there and not empty", where=(str(destination),), expected="another name or path as `directory`")


def _make_above(folder: Path) -> list[Path]:
    """Make the folder and those above it; answers those that were not there, the innermost first."""
    missing = []
    while not folder.exists():
        missing.append(folder)
        folder = folder.parent
    for each in reversed(missing):
        each.mkdir(exist_ok=True)
    return missing


def _remove_empty(folders: list[Path]) -> None:
    for folder in folders:
        if any(folder.iterdir()):
            return
        folder.rmdir()
