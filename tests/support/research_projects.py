"""A project with a metric: what its command gives is a level in a file, with noise that the seed decides, or without any."""

from pathlib import Path
from typing import Any

from state.runs import Purpose, Run, runs_for
from state.store import Store
from tests.support.host import Host
from tests.support.repositories import make_repository
from tests.support.states import approve

LEVEL = "level.txt"
NOISE = "noise.txt"
HYPOTHESIS: dict[str, Any] = {"title": "Raise the level", "category": "explore", "dimension": "metric", "what": "Raise it", "why": "F1"}
# Uniform noise between -0.5 and 0.5, times what noise.txt says: the same for the same seed.
RUN = (
    "awk -v s=$REFACTORY_SEED -v n=$(cat noise.txt) -v l=$(cat level.txt) "
    """'BEGIN{srand(s); printf "{\\"rate\\": %.9f, \\"cost_usd\\": 0.01}", l + n * (rand() - 0.5)}' > out.json"""
)


def metric_md(loop: str = "", run: str = RUN, extra: str = "") -> str:
    """A factory.md for the project: `loop` are the entries of ## Inner Loop, `extra` further sections."""
    inner = f"## Inner Loop\n\n{loop}\n" if loop else ""
    return (
        "# Factory\n\n## Goal\n\nRaise the rate.\n\n## Scope\n\n### Modifiable\n\n- level.txt\n- noise.txt\n- notes.txt\n\n"
        "## Guards\n\n- Do not delete the level\n\n## Eval\n\n### Threshold\n\n0.1\n\n"
        "## Project Eval\n\n- name: score\n  command: cat score.txt\n\n## Research Target\n\n- objective: maximize the rate\n- metric: rate\n"
        f"- target: 100\n- run_command: {run}\n- result_path: out.json\n\n## Fixed Surfaces\n\n- score.txt\n\n{inner}{extra}"
    ).rstrip() + "\n"


def make_metric_project(folder: Path, noise: str = "0") -> Path:
    """The project as a person has it before the factory comes."""
    files = {"README.md": "# rate\n", LEVEL: "1\n", NOISE: f"{noise}\n", "notes.txt": "none\n", "score.txt": "0.5\n", ".gitignore": "out.json\n"}
    return make_repository(folder, files)


def store_of(project: Path) -> Store:
    """The store of a project, to be asked."""
    return Store(project / ".git" / "refactory")


def runs_of(project: Path) -> list[Run]:
    """Every run of the first campaign, in order."""
    store = store_of(project)
    with store.reading() as connection:
        purposes: tuple[Purpose, ...] = ("calibrate", "pair", "confirm", "baseline")
        found = [run for purpose in purposes for run in runs_for(connection, 1, purpose)]
    store.close()
    return sorted(found, key=lambda run: run.number)


async def begun(host: Host, text: str) -> dict[str, Any]:
    """Approved with this factory.md, and an experiment of a research cycle begun; answers what start_cycle said."""
    await approve(host, text)
    started = await host.done("start_cycle", mode="research")
    await host.done("propose_hypotheses", hypotheses=[HYPOTHESIS])
    await host.done("start_experiment", item="H1")
    return started
