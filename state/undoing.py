"""Undoing: a landed change taken back by a new commit, which an experiment remembers beside its verdict."""

from typing import TYPE_CHECKING, ClassVar

from state.events import Event, Payload
from state.totals import count

if TYPE_CHECKING:
    import sqlite3


class ExperimentUndone(Payload):
    """A landed change was taken back by `commit`; without one nothing of it was left on the target. What it taught stands, and `lesson` besides."""

    type: ClassVar[str] = "experiment.undone"
    experiment: int
    reason: str
    lesson: str = ""
    commit: str = ""

    def apply(self, connection: "sqlite3.Connection", event: Event) -> None:
        """Counted as undone instead of kept; one that neither landed nor was proposed is not changed."""
        changed = connection.execute(
            "UPDATE experiments SET state = 'undone', undo_commit = ?, undo_reason = ?, lesson = TRIM(COALESCE(lesson, '') || ' ' || ?) "
            "WHERE id = ? AND state IN ('landed', 'proposed')",
            (self.commit, self.reason, self.lesson, self.experiment),
        )
        if changed.rowcount > 0:
            count(connection, "keep", -1)
            count(connection, "undo")
