"""The dimensions that the project's own history yields: one snapshot, the same on both sides of a comparison."""

from collections.abc import Mapping
from dataclasses import replace

from state.measurement import Reading
from state.sources import archived_sources
from state.totals import totals
from state.track_record import history_facts
from tools.engine.evaluation.assessment import Measurements
from tools.engine.evaluation.history import OF_HISTORY
from tools.engine.session import Session


def snapshot(session: Session) -> dict[str, Reading]:
    """What the history comes to now, by dimension."""
    with session.store.reading() as connection:
        archived = frozenset(each.address for each in archived_sources(connection))
        facts = history_facts(connection, archived=archived, other_projects=session.other_projects())
    return {name: read(facts) for name, read in OF_HISTORY.items()}


def with_history(found: Measurements, history: Mapping[str, Reading]) -> Measurements:
    """What was measured, and beside it the snapshot."""
    return replace(found, readings={**found.readings, **history})


def decided(session: Session) -> int:
    """How many experiments of the project were decided."""
    with session.store.reading() as connection:
        return sum(totals(connection).values())
