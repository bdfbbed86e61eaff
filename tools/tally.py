"""What became of a cycle and of a backlog item by a verdict, as its answer tells it."""

from typing import Any

from state.cycles import cycle as cycle_of
from state.cycles import hypotheses_of
from state.experiments import Experiment, experiments_of_cycle
from tools.engine.experiment.taken_up import taken_up
from tools.engine.session import Session


def item_after(session: Session, found: Experiment) -> dict[str, str] | None:
    """What became of the item that the experiment took up."""
    item = taken_up(session, found)
    return {"id": item.name, "state": item.state} if item else None


def cycle_counts(session: Session, found: Experiment) -> dict[str, Any]:
    with session.store.reading() as connection:
        cycle = cycle_of(connection, found.cycle)
        items = hypotheses_of(connection, found.cycle)
        made = experiments_of_cycle(connection, found.cycle)
    left = sum(item.state == "open" for item in items) + sum(experiment.is_open for experiment in made)
    kept = sum(experiment.state in ("kept", "proposed", "landed") for experiment in made)
    reverted = sum(experiment.state == "reverted" for experiment in made)
    seldom = {state: number for state in ("superseded", "undone") if (number := sum(experiment.state == state for experiment in made))}
    return {"cycle": found.cycle, "state": cycle.state if cycle else "", "kept": kept, "reverted": reverted, **seldom, "left": left}


def cycle_line(session: Session, found: Experiment) -> str:
    counts = cycle_counts(session, found)
    return f"Cycle {found.cycle} is {counts['state']}: {counts['kept']} kept, {counts['reverted']} reverted, {counts['left']} left."
