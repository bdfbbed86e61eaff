"""Runs of a metric as a server writes them down, put straight into a project's store: for what reads them and cares for no process."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from state.instances import Instance, keep_instances
from state.runs import Run, RunTaken, Side, next_run
from state.store import Store
from tests.support.repositories import git

AT = "2026-11-20T10:00:00.000Z"
TARGET = """## Research Target

- objective: Maximise what is solved
- metric: rate
- target: 0.9
- run_command: cp outcome.txt result.json
- result_path: result.json

## Mutable Surfaces

- "*.txt"

## Fixed Surfaces

- README.md
"""


def store_of(project: Path) -> Store:
    """The store of a project, as another process would open it."""
    return Store(project / ".git" / "refactory")


def tell_run(project: Path, failed: Mapping[str, Mapping[str, str]], passed: tuple[str, ...] = (), **more: Any) -> int:
    """A run of the target branch's tree in which some instances failed, with what is told of each, and others passed; answers its number.

    `printed` is the end of its output; everything else of `more` is a field of the run.
    """
    store = store_of(project)
    fell = [Instance(name=name, passed=False, stage=told.get("stage", ""), cause=told.get("cause", "")) for name, told in failed.items()]
    instances = fell + [Instance(name=name, passed=True) for name in passed]
    output = store.keep_object(str(more.pop("printed", "done")).encode())
    side: Side = more.pop("side", "base")
    with store.writing() as connection:
        number = next_run(connection)
        taken: dict[str, Any] = {"campaign": 1, "purpose": "calibrate", "pair": number, "tree": git(project, "rev-parse", "main^{tree}"), "seed": 7}
        taken |= {"status": "pass", "value": 0.5, "seconds": 0.1, "at": AT, "output": output, "instances": keep_instances(store, tuple(instances))}
        run = Run(**{**taken, **more, "number": number, "side": side})
        store.append(RunTaken(run=run), actor="server", channel="server")
    store.close()
    return number
