"""Where a call is made that needs no project: what lies there, where new projects go, and how one is opened once it is made."""

import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from state.errors import Refusal
from tools.engine.creating.clones import Clones
from tools.engine.repository.location import has_no_commit, locate
from tools.engine.session import Host, Session, silent

Lies = Literal["nothing", "an empty folder", "files without git", "git without a commit"]


@dataclass
class Site:
    """A call without a project. `folder` is what it means, `host_folder` where the host may edit, `projects` where new projects go.

    `opened` gives the session of a project that is there; `clones` are those that this process is making; `command` is how a person starts this
    program.
    """

    folder: Path
    host: Host
    opened: Callable[[Path], Session]
    clones: Clones
    projects: Path | None = None
    host_folder: Path | None = None
    progress: Callable[[str], Awaitable[None]] = silent
    command: str = "refactory"
    warnings: list[str] = field(default_factory=list)


def what_lies_there(folder: Path) -> Lies:
    """What a folder that is no project holds. Raises the Refusal of `locate` where it is something else: a file, a bare repository, a broken one."""
    if not os.path.lexists(folder):
        return "nothing"
    try:
        locate(folder)
    except Refusal as refusal:
        if not folder.is_dir():
            raise
        if refusal.code == "NO_PROJECT":
            return "files without git" if any(folder.iterdir()) else "an empty folder"
        if has_no_commit(folder):
            return "git without a commit"
        raise
    raise Refusal("BUSY", f"{folder} became a project meanwhile", expected="the same call again")
