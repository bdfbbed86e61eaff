"""Removing folders that a run of foreign code had for itself: whatever it made of them, and nothing outside."""

import os
import shutil
from pathlib import Path
from uuid import uuid4


def remove_tree(directory: Path) -> None:
    """Remove a folder, moved aside first so that its name is free at once; nothing to do where there is none. Raises OSError."""
    if directory.is_symlink():
        directory.unlink()
        return
    aside = directory.with_name(f".gone-{uuid4().hex}")
    try:
        directory.rename(aside)
    except FileNotFoundError:
        return
    erase_tree(aside)


def erase_tree(directory: Path) -> None:
    """Remove a folder where it stands; nothing to do where there is none. Raises OSError."""
    if not directory.is_dir():
        return
    try:
        shutil.rmtree(directory)
    except PermissionError:
        _permit(directory)
        shutil.rmtree(directory)


def _permit(folder: Path) -> None:
    """Give ourselves back every folder that a test run closed to us."""
    folder.chmod(0o700)
    for place, folders, _ in os.walk(folder):
        for inner in (Path(place) / name for name in folders):
            if not inner.is_symlink():
                inner.chmod(0o700)
