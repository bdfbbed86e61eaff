"""A clone of a repository to try things in: its own refs, index and checkout; of the original nothing is written."""

from pathlib import Path

from tools.engine.repository.git import LONG, Git
from tools.engine.repository.location import Repository, locate


def clone(repository: Repository, branch: str, folder: Path) -> Repository:
    """A clone with this one branch, checked out in `folder`, which must not exist. It reads the original's objects, and knows no remote.

    Raises GitFailed.
    """
    source = Git(folder.parent)
    options = ("--quiet", "--shared", "--no-tags", "--single-branch", "--branch", branch)
    source.bytes_("clone", *options, "--", str(repository.root), str(folder), timeout=LONG)
    Git(folder).bytes_("remote", "remove", "origin")
    return locate(folder)
