"""What a run of the metric says of its instances, kept as an object beside the run."""

import json
from typing import Any

from state.errors import Refusal
from state.model import Model, canonical
from state.runs import Run
from state.store import Store


class Instance(Model):
    """One instance of a run's own: whether it passed, its `score` where there is one, and of one that failed at which stage and why."""

    name: str
    passed: bool | None = None
    score: float | None = None
    stage: str = ""
    cause: str = ""


def kept_instances(store: Store, run: Run) -> tuple[Instance, ...]:
    """What a run said of its instances; none where it said nothing, or where that is lost."""
    if not run.instances:
        return ()
    try:
        found = json.loads(store.read_object(run.instances))
    except Refusal:
        return ()
    return tuple(Instance.model_validate(each) for each in found)


def keep_instances(store: Store, instances: tuple[Instance, ...]) -> str:
    """Keep what a run said of its instances; answers the object's name, empty for none."""
    plain: list[Any] = [each.plain() for each in instances]
    return store.keep_object(canonical(plain).encode()) if plain else ""
