"""Opening a project's store: held against what git and the log know of it, so that a store that was lost never begins anew in silence."""

from state.integrity.evidence import witness
from state.store import Store
from tools.engine.repository.anchors import last_anchor
from tools.engine.repository.location import Repository


def open_store(repository: Repository) -> Store:
    """The project's store. It looks once each time its database is opened: one ref, and where there is no event, the last line of the log.

    Everything asked of it raises Refusal STORE_BROKEN when an event that was anchored is not in it, or when it is empty beside a log of events.
    """
    log = repository.factory_folder / "events.jsonl"
    return Store(repository.store_folder, witness=witness(log, lambda: last_anchor(repository)))
