"""The verdict that counts on an experiment, as it was given."""

from typing import TYPE_CHECKING

from state.decisions import verdict_seq
from state.events import Event
from state.experiments import VerdictGiven
from state.store import event_at

if TYPE_CHECKING:
    import sqlite3


def verdict_event(connection: "sqlite3.Connection", experiment: int) -> Event | None:
    """The event that holds it; None while there is none that counts."""
    seq = verdict_seq(connection, experiment)
    return event_at(connection, seq) if seq else None


def verdict_on(connection: "sqlite3.Connection", experiment: int) -> VerdictGiven | None:
    """What was decided, and on what; None while nothing that counts was."""
    event = verdict_event(connection, experiment)
    return VerdictGiven.model_validate(event.payload) if event else None
