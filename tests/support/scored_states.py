"""Ready-made states of a project that is measured in a tenth of a second: its one evaluation prints the number in a file.

The same states as of the project with tests, for what is not about tests: how experiments are opened, measured, decided and landed.
"""

from pathlib import Path
from typing import Any

from tests.support.host import Host
from tests.support.repositories import make_repository
from tests.support.states import GOAL, Recipes, States, approve, begin, land

SCORE = "score.txt"
WORDS = "words.txt"
SCORED = {"README.md": "# slug\n", WORDS: "one\ntwo\nthree\nfour\nfive\nsix\n", SCORE: "0.5\n", ".gitignore": "*.log\n"}
EVALUATION = f"- name: score\n  command: cat {SCORE}\n"
# A change that every check of the gate passes.
BETTER: dict[str, str | None] = {SCORE: "0.6\n"}
EXPLOIT = {"title": "Score more", "category": "exploit", "dimension": "score", "what": "Score more", "why": "F1"}
EXPLORE = {"title": "Try another thing", "category": "explore", "dimension": "score", "what": "Try it", "why": "F1"}


def scored_md(extra: str = "", evaluation: str = EVALUATION, threshold: float | None = 0.1) -> str:
    """A factory.md for the project; `extra` are further sections, `evaluation` the entries of `## Project Eval`."""
    least = "" if threshold is None else f"## Eval\n\n### Threshold\n\n{threshold}\n\n"
    text = (
        f'# Factory\n\n## Goal\n\n{GOAL}\n\n## Scope\n\n### Modifiable\n\n- "*.txt"\n\n## Guards\n\n- Do not delete the words\n\n'
        f"{least}## Project Eval\n\n{evaluation}\n{extra}"
    )
    return text.rstrip() + "\n"


def make_scored_states(folder: Path) -> States:
    """The project as a person has it before the factory comes: state `fresh`."""
    states = States(folder / "project", folder / "states", RECIPES)
    make_repository(states.place, SCORED)
    states.save("fresh")
    return states


async def begun(host: Host, text: str = "") -> dict[str, Any]:
    """Approved with this factory.md, and an experiment begun; answers what start_cycle said."""
    await approve(host, text or scored_md())
    return await opened(host)


async def opened(host: Host) -> dict[str, Any]:
    """An experiment begun where the evaluation is approved; answers what start_cycle said."""
    started = await host.done("start_cycle", mode="improve")
    await host.done("propose_hypotheses", hypotheses=[EXPLOIT])
    await begin(host)
    return started


async def _approve(host: Host) -> None:
    await approve(host, scored_md())


async def _propose(host: Host) -> None:
    await host.done("start_cycle", mode="improve")
    await host.done("propose_hypotheses", hypotheses=[EXPLOIT, EXPLORE])


async def _measure(host: Host) -> None:
    answer = await host.measured(BETTER)
    assert answer["next"]["tool"] == "verdict", host.text


RECIPES: Recipes = {
    "approved": ("fresh", _approve),
    "proposed": ("approved", _propose),
    "begun": ("proposed", begin),
    "measured": ("begun", _measure),
    "landed": ("measured", land),
}
