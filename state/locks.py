"""The locks of a store that several places hold: who does the same thing must wait at the same file."""

from contextlib import AbstractContextManager

from state.files import locked
from state.store import Store


def views_locked(store: Store, purpose: str) -> AbstractContextManager[None]:
    """Nobody else writes the readable files meanwhile. Entering raises Refusal BUSY as `locked` does."""
    return locked(store.folder / "export.lock", purpose)


def worktrees_locked(store: Store, purpose: str) -> AbstractContextManager[None]:
    """Nobody else makes, captures, moves or removes a worktree meanwhile. Entering raises Refusal BUSY as `locked` does."""
    return locked(store.folder / "worktrees.lock", purpose)
