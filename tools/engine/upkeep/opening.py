"""Opening a project's store: held against what git and the log know of it, so that a store that was lost never begins anew in silence."""

from typing import TYPE_CHECKING

from state.integrity.evidence import require_anchored, require_no_log
from state.store import Store
from tools.engine.repository.anchors import last_anchor
from tools.engine.repository.location import Repository

if TYPE_CHECKING:
    import sqlite3


def open_store(repository: Repository) -> Store:
    """The project's store. It looks once each time its database is opened: one ref, and where there is no event, the last line of the log.

    Everything asked of it raises Refusal STORE_BROKEN when an event that was anchored is not in it, or when it is empty beside a log of events.
    """
    return Store(repository.common / "refactory", witness=lambda connection: _witness(repository, connection))


def _witness(repository: Repository, connection: "sqlite3.Connection") -> None:
    anchor = last_anchor(repository)  # before the store is asked: what is anchored was in it then
    require_no_log(connection, repository.root / ".factory" / "events.jsonl")
    if anchor is not None:
        require_anchored(connection, anchor)
