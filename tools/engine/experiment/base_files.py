"""What is said of a file of the base's that a candidate changed: what was done to it, and where."""

from collections.abc import Sequence
from typing import Final

from state.answers import quoted
from tools.engine.languages.changes import BaseOwnedChange
from tools.engine.repository.changes import ChangedLines, Hunk

GONE_OR_CHANGED: Final = "gone or changed"  # how a language says that something of the base does not stand in a file
PLACES_SHOWN: Final = 3


def what_changed(change: BaseOwnedChange, lines: ChangedLines | None) -> str:
    """What was done, and the lines at the base and now. Where nothing was added, what does not stand there any more is gone."""
    hunks = lines.hunks if lines is not None else ()
    detail = change.detail
    if hunks and not any(hunk.added for hunk in hunks):
        detail = detail.replace(GONE_OR_CHANGED, "gone", 1)
    if change.kind != "changed" or not detail:
        detail = f"{change.kind.replace('_', ' ')}: {detail}" if detail else change.kind
    return f"{quoted(detail)}{_where(hunks)}"


def _where(hunks: Sequence[Hunk]) -> str:
    """The first places that lost something, else the first."""
    shown = ([hunk for hunk in hunks if hunk.removed] or list(hunks))[:PLACES_SHOWN]
    return f" ({', '.join(map(_place, shown))})" if shown else ""


def _place(hunk: Hunk) -> str:
    """Where a place begins, on each side that has lines of it."""
    base = f"line {_telling(hunk.old_start, hunk.removed)} of the base" if hunk.removed else ""
    now = f"{'' if base else 'line '}{_telling(hunk.new_start, hunk.added)} now" if hunk.added else ""
    return ", ".join(filter(None, (base, now)))


def _telling(start: int, texts: Sequence[str]) -> int:
    """The first line that is not blank: git counts the blank lines before a function to it."""
    return start + next((offset for offset, text in enumerate(texts) if text.strip()), 0)
