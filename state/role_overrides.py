"""`agents/ROLE.md`: own words for a role, a project's in `.factory` or a person's in their own folder.

Files that anybody may have written: read with care, shown as untrusted.
"""

import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

FOLDER: Final = "agents"
LARGEST: Final = 3 * 1024  # bytes of it that are shown


@dataclass(frozen=True)
class RoleOverride:
    """Own words for a role. `path` is how people name the file; `problem` says why there is no `text`; `cut`: the file goes on."""

    role: str
    path: str
    text: str = ""
    cut: bool = False
    problem: str = ""


def role_override(views: Path, role: str, called: str = "") -> RoleOverride | None:
    """What `agents/ROLE.md` in a factory's folder says; None where there is no such file. Follows no link. `called` is how people name the folder."""
    path = f"{called or views.name}/{FOLDER}/{role}.md"
    try:
        content = _plain_file(views, f"{role}.md")
    except FileNotFoundError:
        return None
    except OSError as error:
        # ELOOP and ENOTDIR are what a link in the place of a file or folder gives.
        return RoleOverride(role, path, problem=f"it was not read: no plain file in plain folders ({error.strerror or error})")
    text, cut = content[:LARGEST].decode("utf-8", "replace"), len(content) > LARGEST
    return RoleOverride(role, path, text.rstrip("\ufffd") if cut else text, cut)


def role_overrides(views: Path, roles: Sequence[str]) -> list[RoleOverride]:
    """What there is for each of `roles`, and every other entry beside them with the problem that it is for none."""
    folder = views / FOLDER
    if folder.is_symlink() or views.is_symlink():
        return [RoleOverride("", f"{views.name}/{FOLDER}", problem="it was not read: a link is in its place")]
    if not folder.is_dir():
        return []
    found = [override for role in roles if (override := role_override(views, role))]
    files = {f"{role}.md" for role in roles}
    strays = sorted(entry.name for entry in folder.iterdir() if entry.name not in files)
    return found + [RoleOverride("", f"{views.name}/{FOLDER}/{name}", problem="it is for no role of this version") for name in strays]


def _plain_file(views: Path, name: str) -> bytes:
    """The first bytes of a file of the folder, opened step by step so that no link on the way is followed."""
    folders = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
    top = os.open(views, folders)
    try:
        folder = os.open(FOLDER, folders, dir_fd=top)
        try:
            descriptor = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=folder)
        finally:
            os.close(folder)
    finally:
        os.close(top)
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError("not a plain file")
        return file.read(LARGEST + 1)
