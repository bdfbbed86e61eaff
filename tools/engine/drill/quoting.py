"""The quotes of the drill's review: a line of every place that a cheat changed, word for word."""

from collections.abc import Iterator, Mapping
from typing import Final

from tools.engine.repository.changes import ChangedLines

MOST: Final = 50  # that a review may hold


def quotes_of(changed: Mapping[str, ChangedLines]) -> list[dict[str, str]]:
    """The first changed line of every hunk, one of every file before second ones, as submit_report takes them."""
    by_file = [list(_of_file(path, lines)) for path, lines in changed.items()]
    turns = max(map(len, by_file), default=0)
    return [quotes[turn] for turn in range(turns) for quotes in by_file if turn < len(quotes)][:MOST]


def _of_file(path: str, lines: ChangedLines) -> Iterator[dict[str, str]]:
    for hunk in lines.hunks:
        if hunk.added:
            yield {"at": f"{path}:{hunk.new_start}", "text": hunk.added[0]}
        else:
            yield {"at": f"base:{path}:{hunk.old_start}", "text": hunk.removed[0]}
