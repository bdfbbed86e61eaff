"""Files of a worktree that are kept out of it: git goes on to hold them as they are, and whoever edits there does not see them."""

import os
from collections.abc import Callable
from pathlib import Path

from tools.engine.repository.git import decode, encode
from tools.engine.repository.location import Repository
from tools.engine.repository.worktrees import find


def hide(repository: Repository, path: Path, is_hidden: Callable[[str], bool]) -> tuple[str, ...]:
    """Take the tracked files that `is_hidden` names out of the worktree at `path`, again where a merge brought them back; answers them.

    Only the worktree's own index changes (its skip-worktree marks), no configuration of the repository: captures neither miss nor change them.
    What somebody put in the place of such a file goes too.
    Raises Refusal UNKNOWN_ID where there is no such worktree, GitFailed while its index is locked, OSError from the disk.
    """
    worktree = find(repository, path)
    paths = tuple(each for each in decode(worktree.git.bytes_("ls-files", "-z", "--cached")).split("\0")[:-1] if is_hidden(each))
    if paths:
        worktree.git.bytes_("update-index", "--skip-worktree", "-z", "--stdin", standard_input=encode("".join(f"{each}\0" for each in paths)))
    top = worktree.path.resolve()
    for each in paths:
        _take_away(top, top / each)
    return paths


def _take_away(top: Path, file: Path) -> None:
    """Remove a file and the folders that it leaves empty; nothing that a link inside the worktree leads to."""
    if os.path.realpath(file.parent) != str(file.parent) or not file.parent.is_dir():
        return
    file.unlink(missing_ok=True)
    for folder in file.parents:
        if folder == top or any(folder.iterdir()):
            return
        folder.rmdir()
