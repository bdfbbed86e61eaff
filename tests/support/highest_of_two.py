"""A project whose metric is the higher of two numbers, the same each time: a run is one shell line, and gains can vanish beside each other."""

from pathlib import Path
from typing import Any

from tests.support.host import Host
from tests.support.repositories import make_repository
from tests.support.scored_states import SCORED, scored_md
from tests.support.states import approve

FILES = {**SCORED, "one.txt": "0.5\n", "two.txt": "0.5\n"}
RESEARCH = """## Research Target

- objective: Maximise the highest number
- metric: highest
- target: 0.95
- run_command: sort -n one.txt two.txt | tail -n 1 | sed 's/.*/{"highest": &}/' > result.json
- result_path: result.json

## Mutable Surfaces

- one.txt
- two.txt

## Fixed Surfaces

- README.md
"""


def make_project(folder: Path) -> Path:
    """The project as a person has it before the factory comes."""
    return make_repository(folder / "project", FILES)


async def open_cycle(host: Host, *titles: str, extra: str = "") -> None:
    """A research cycle with a hypothesis for each title; the evaluation is approved with the first."""
    status = await host.done("project_status")
    if status["data"]["project_state"] != "ready":
        await approve(host, scored_md(RESEARCH + extra))
    await host.done("start_cycle", mode="research", min_growth=0)
    await host.done("propose_hypotheses", hypotheses=[hypothesis(title) for title in titles])


def hypothesis(title: str) -> dict[str, Any]:
    """A proposal that moves the metric."""
    return {"title": title, "category": "exploit", "dimension": "highest", "what": title, "why": "F1"}


async def kept(host: Host, item: str, number: int, files: dict[str, str | None]) -> dict[str, Any]:
    """An experiment tried, measured and kept; answers what the verdict said, its confirmation waited for."""
    await host.done("start_experiment", item=item)
    await host.measured(files, number)
    await host.done("verdict", experiment=number, decision="keep", reason="It is higher.")
    return await host.done("project_status")
