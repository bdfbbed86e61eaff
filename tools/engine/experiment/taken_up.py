"""The backlog items that experiments take up: done once the change has landed, open as before where it was reverted."""

from state.backlog import BacklogChanged, BacklogItem
from state.cycles import cycle, hypothesis
from state.experiments import Experiment
from tools.engine.backlog.focusing import worked_on
from tools.engine.experiment.opening import required
from tools.engine.session import Session, server_record


def taken_up(session: Session, experiment: Experiment) -> BacklogItem | None:
    """The item that an experiment's hypothesis, or the focus of its cycle, took up, as it stands now; None where it was a new idea."""
    with session.store.reading() as connection:
        found, of_cycle = hypothesis(connection, experiment.hypothesis), cycle(connection, experiment.cycle)
    return worked_on(session, of_cycle, found.content.backlog).item if found and of_cycle else None


def close_taken_up(session: Session, experiment: int) -> None:
    """What a landed experiment took up is done. Asking again changes nothing, nor does an item that somebody finished or removed meanwhile."""
    found = required(session, experiment)
    item = taken_up(session, found) if found.state == "landed" else None
    if item is not None and item.state == "open":
        server_record(session, BacklogChanged(item=item.id, state="done"), key=f"backlog:{item.id}:done:{experiment}")
