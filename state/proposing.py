"""Kept changes that do not land here: proposed to upstream, and landed once upstream holds them."""

from typing import TYPE_CHECKING, ClassVar

from state.decisions import ended
from state.events import Event, Payload

if TYPE_CHECKING:
    import sqlite3


class ExperimentProposed(Payload):
    """A kept change goes to its target by a pull request: nothing moves here."""

    type: ClassVar[str] = "experiment.proposed"
    experiment: int

    def apply(self, connection: "sqlite3.Connection", event: Event) -> None:
        """Decided, and not landed yet."""
        changed = connection.execute(
            "UPDATE experiments SET state = 'proposed', ended_at = ? WHERE id = ? AND state = 'kept'", (event.at, self.experiment)
        )
        if changed.rowcount > 0:
            ended(connection, self.experiment)


class ExperimentTaken(Payload):
    """Upstream's branch, as it was fetched, holds a proposed change; `commit` is the first of it that was seen to."""

    type: ClassVar[str] = "experiment.taken"
    experiment: int
    commit: str

    def apply(self, connection: "sqlite3.Connection", event: Event) -> None:
        """Landed, by somebody else's hand."""
        connection.execute(
            "UPDATE experiments SET state = 'landed', merge_commit = ? WHERE id = ? AND state = 'proposed'", (self.commit, self.experiment)
        )
