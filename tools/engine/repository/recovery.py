"""Taking up a landing whose process died, at whatever point: what it left is told apart from other people's, and the landing is finished."""

from collections.abc import Callable

from tools.engine.repository.index_lock import clear_leftovers
from tools.engine.repository.landing import Attempt, attempt, nothing
from tools.engine.repository.location import Repository
from tools.engine.repository.outcome import Landing, Outcome, Waiting
from tools.engine.repository.worktrees import listing


def recover(repository: Repository, landing: Landing, fail: Callable[[str], None] = nothing) -> Outcome:
    """Finish a landing that was intended and has no end yet; safe when nothing is left to do.

    Files that already are as the landing wants them are no obstacle; all else that may be a person's work is, as in `land`.
    """
    for worktree in listing(repository):
        if worktree.git_dir.is_dir() and not clear_leftovers(worktree.git_dir):
            return Waiting("another process of the factory is landing there right now", (str(worktree.path),))
    return attempt(Attempt(repository, landing, recovering=True, fail=fail))
