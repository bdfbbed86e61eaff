"""The factory's own folder in a checkout, which must not be git's: what is written there would be changes of the person's files."""

from typing import Final

from state.errors import Refusal
from tools.engine.repository.location import Repository, require_branch

FOLDER: Final = ".factory"


def tracked_files(repository: Repository) -> int:
    """How many files of the factory's folder git tracks in the main checkout."""
    return repository.git.bytes_("ls-files", "-z", "--", FOLDER).count(b"\0")


def require_usable(repository: Repository) -> str:
    """The branch of the main checkout. Raises Refusal UNSUPPORTED_REPO when HEAD is detached, or git tracks files of the factory's folder."""
    branch = require_branch(repository)
    if count := tracked_files(repository):
        what = f"git tracks {count} file{'s' * (count != 1)} of {FOLDER}, which the factory writes anew all the time"
        mended = f"git rm -r -q --cached {FOLDER} && echo {FOLDER}/ >> .gitignore && git add .gitignore && git commit -m 'Untrack {FOLDER}'"
        raise Refusal("UNSUPPORTED_REPO", what, where=(str(repository.root / FOLDER),), expected=f"an untracked folder (its files stay): {mended}")
    return branch
