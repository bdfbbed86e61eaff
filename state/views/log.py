"""events.jsonl: a full copy of the log, extended from its last line, which says how far the views were written."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from state.errors import Refusal
from state.events import Event
from state.files import last_line
from state.store import event_at, events_after

if TYPE_CHECKING:
    import sqlite3

NAME: Final = "events.jsonl"
CHUNK: Final = 500


def watermark(connection: "sqlite3.Connection", line: str, path: Path) -> int:
    """The sequence number of the event in the last line of the log; 0 for no line.

    Raises Refusal STORE_BROKEN for a line that is not of this store: it was edited, or the store was taken away, and then the log may be the only
    copy. Nobody but doctor touches it.
    """
    if not line:
        return 0
    event = parsed(line)
    if event is None or event_at(connection, event.seq) != event:
        raise Refusal(
            "STORE_BROKEN",
            "its last line is no event of this store",
            where=[str(path)],
            expected="a log that only the factory writes",
        )
    return event.seq


def reached(connection: "sqlite3.Connection", folder: Path) -> int:
    """Up to which event the views in `folder` were surely written; 0 where its log does not say."""
    try:
        return watermark(connection, last_line(folder / NAME)[0], folder / NAME)
    except (Refusal, OSError):
        return 0


def parsed(line: str | bytes) -> Event | None:
    """The event that a line holds, whole and with its own hash; None for anything else."""
    try:
        event = Event.model_validate_json(line)
        return event if event.expected_hash() == event.hash else None
    except ValueError:
        return None


def every_line(connection: "sqlite3.Connection") -> Iterator[str]:
    """All lines that the log should have, without their ends."""
    seq = 0
    while events := events_after(connection, seq, CHUNK):
        yield from (event.line() for event in events)
        seq = events[-1].seq
