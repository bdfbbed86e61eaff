"""Every state of every mode, on the project that is measured in a tenth of a second, each reached by playing it once."""

from pathlib import Path
from typing import Any

from tests.support.host import Host
from tests.support.repositories import make_repository
from tests.support.scored_states import BETTER, RECIPES, SCORE, SCORED, scored_md
from tests.support.states import Recipes, States

WISH = "Write the words in capitals."
WORSE: dict[str, str | None] = {SCORE: "0.4\n"}
RESEARCH: dict[str, Any] = {
    "role": "researcher",
    "findings": [
        {"claim": "The words stand in one file.", "source": "words.txt:1"},
        {"claim": "The score is a number in a file.", "source": f"{SCORE}:1"},
        {"claim": "Word lists are kept sorted.", "source": "https://example.org/words"},
    ],
}
PLAN: dict[str, Any] = {
    "role": "strategist",
    "phases": [
        {"title": "Score the words", "what": "Write the score.", "files": [SCORE], "own_checks": [f"{SCORE}::written"]},
        {"title": "More words", "what": "Add words.", "files": ["words.txt"]},
    ],
    "start": {"command": f"cat {SCORE}"},
    "deferred": ["A dark mode"],
}
SPEC: dict[str, Any] = {
    "role": "distiller",
    "spec": "\n\n".join(f"## {name}\n\nWords." for name in ("Vision", "Features", "Architecture", "Interface", "Non-goals")),
    "questions": ["How many words?"],
}
TIER: dict[str, Any] = {"role": "refiner", "tier": "T1", "task": WISH, "files": ["words.txt"]}


async def report(host: Host, content: dict[str, Any]) -> dict[str, Any]:
    """Hand in a report of a cycle."""
    return await host.done("submit_report", report=content, summary=f"The {content['role']}'s work.")


async def _build(host: Host) -> None:
    await host.done("start_cycle", mode="build")


async def _talk(host: Host) -> None:
    await host.done("start_cycle", mode="interactive")


async def _research(host: Host) -> None:
    await report(host, RESEARCH)


async def _plan(host: Host) -> None:
    await report(host, PLAN)


async def _draft(host: Host) -> None:
    await host.done("discover_project", factory_md=scored_md())


async def _approve_plan(host: Host) -> None:
    await host.done("request_approval", what="plan")


async def _distil(host: Host) -> None:
    await report(host, SPEC)


async def _focus(host: Host) -> None:
    await host.done("start_cycle", mode="focus", focus=[WISH])


async def _refine(host: Host) -> None:
    await host.done("start_cycle", mode="refine", focus=[WISH])


async def _scope(host: Host) -> None:
    await report(host, TIER)


async def _review(host: Host) -> None:
    host.edit(BETTER)
    await host.reviewed()


async def _worsen(host: Host) -> None:
    answer = await host.measured(WORSE)
    assert answer["data"]["gate"]["fail"], host.text


async def _undo(host: Host) -> None:
    await host.done("verdict", experiment=1, decision="undo", reason="It broke something.")


async def _revert(host: Host) -> None:
    await host.revert()


PROCEDURE: Recipes = {
    **RECIPES,
    "reviewed": ("begun", _review),
    "failing": ("begun", _worsen),
    "reverted": ("failing", _revert),
    "undone": ("landed", _undo),
    "focus open": ("approved", _focus),
    "refine open": ("approved", _refine),
    "refine scoped": ("refine open", _scope),
    "build open": ("fresh", _build),
    "build researched": ("build open", _research),
    "build planned": ("build researched", _plan),
    "build drafted": ("build planned", _draft),
    "build approved": ("build drafted", _approve_plan),
    "interactive open": ("fresh", _talk),
    "interactive researched": ("interactive open", _research),
    "interactive distilled": ("interactive researched", _distil),
}
EVERY_STATE = ("fresh", *PROCEDURE)


def make_procedure_states(folder: Path) -> States:
    """The project as a person has it before the factory comes: state `fresh`."""
    states = States(folder / "project", folder / "states", PROCEDURE)
    make_repository(states.place, SCORED)
    states.save("fresh")
    return states
