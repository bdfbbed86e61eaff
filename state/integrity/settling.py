"""Looking at files that another server may be writing at this moment: what only seems to differ settles."""

import time
from collections.abc import Callable
from typing import Final, TypeVar

from state.errors import Refusal
from state.locks import views_locked
from state.store import Store

PATIENCE: Final = 0.5  # seconds in which a server that has just written an event writes the files too
_POLL: Final = 0.05
Found = TypeVar("Found")


def settled(store: Store, look: Callable[[], Found], is_well: Callable[[Found], bool]) -> Found:
    """Look; where that is not well, look while nobody writes the readable files, and again for as long as one who waits for that may need.

    Where the lock cannot be had, what is seen without it. Raises as `look` does.
    """
    found, deadline = look(), time.monotonic() + PATIENCE
    while not is_well(found):
        try:
            with views_locked(store, "comparing the readable files"):
                found = look()
        except (Refusal, OSError):
            return look()
        if time.monotonic() >= deadline:
            break
        time.sleep(_POLL)
    return found
