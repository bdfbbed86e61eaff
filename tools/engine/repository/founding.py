"""A repository's beginning: one commit with its first files."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from tools.engine.repository.git import Git
from tools.engine.repository.location import Repository, locate

BRANCH: Final = "main"


def found(folder: Path, files: Mapping[str, str], message: str) -> Repository:
    """A repository in `folder`, which must not exist, whose one commit on `main` holds `files` (names in the folder itself).

    Raises GitFailed, and OSError where the files cannot be written.
    """
    folder.mkdir()
    git = Git(folder)
    git.bytes_("init", "--quiet", "--template=", f"--initial-branch={BRANCH}")
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    git.bytes_("add", "--", *files)
    git.bytes_("commit", "--quiet", "--message", message)
    return locate(folder)
