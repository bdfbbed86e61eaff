"""Looking at processes: which ones work in a folder, and waiting for what another process does."""

import time
from collections.abc import Callable
from pathlib import Path

from tools.engine.process import child_environment


def processes_in(folder: Path) -> set[int]:
    """The living processes (no zombies) whose working folder is `folder` or below it, wherever they stand in the process tree."""
    found = set()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                place = (entry / "cwd").readlink()
            except (FileNotFoundError, ProcessLookupError, PermissionError):
                continue  # gone, a zombie, or another user's
            if place.is_relative_to(folder):
                found.add(int(entry.name))
    return found


def eventually(condition: Callable[[], bool], seconds: float = 10) -> bool:
    """Whether `condition` comes true before the deadline."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def plain_environment(folder: Path) -> dict[str, str]:
    """A child's environment whose home and temporary folder is `folder`."""
    return child_environment(home=folder, temporary=folder)
