"""The factory's own folder in a checkout, which must not be git's: what is written there would be changes of the person's files."""

from state.errors import Refusal
from tools.engine.repository.location import OWN_FOLDER, Repository, require_branch


def tracked_files(repository: Repository) -> int:
    """How many files of the factory's folder git tracks in the main checkout."""
    return repository.git.bytes_("ls-files", "-z", "--", OWN_FOLDER).count(b"\0")


def require_usable(repository: Repository) -> str:
    """The branch of the main checkout. Raises Refusal UNSUPPORTED_REPO when HEAD is detached, or git tracks files of the factory's folder."""
    branch = require_branch(repository)
    if count := tracked_files(repository):
        what = f"git tracks {count} file{'s' * (count != 1)} of {OWN_FOLDER}, which the factory writes anew all the time"
        ignored = f"echo {OWN_FOLDER}/ >> .gitignore && git add .gitignore && git commit -m 'Untrack {OWN_FOLDER}'"
        mended = f"git rm -r -q --cached {OWN_FOLDER} && {ignored}"
        raise Refusal("UNSUPPORTED_REPO", what, where=(str(repository.factory_folder),), expected=f"an untracked folder (its files stay): {mended}")
    return branch


def why_unusable(repository: Repository) -> Refusal | None:
    """What keeps new work from being begun in the main checkout, as whoever begins it is refused; None where nothing does."""
    try:
        require_usable(repository)
    except Refusal as refusal:
        return refusal
    return None
