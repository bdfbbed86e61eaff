"""A project for several experiments at once, measured in a tenth of a second: its score is the sum of three files, so that changes can be apart."""

from pathlib import Path
from typing import Any, Final

from tests.support.host import Host
from tests.support.repositories import make_repository
from tests.support.scored_states import SCORED, WORDS, scored_md
from tests.support.states import Recipes, States, approve

FILES: Final = ("1.txt", "2.txt", "3.txt")
SUMMED: Final = {**SCORED, **dict.fromkeys(FILES, "0.1\n")}
EVALUATION: Final = f"- name: score\n  command: cat {' '.join(FILES)} | awk '{{ sum += $1 }} END {{ print sum }}'\n"
TITLES: Final = ("Score more", "Try another thing", "Count the words")
SET: Final = [{"title": title, "category": "exploit", "dimension": "score", "what": title, "why": "F1"} for title in TITLES]


async def _approve(host: Host) -> None:
    await approve(host, scored_md(evaluation=EVALUATION))


async def _propose(host: Host) -> None:
    await host.done("start_cycle", mode="improve", max_new=3)
    await host.done("propose_hypotheses", hypotheses=SET)


async def _arms(host: Host) -> None:
    await opened(host, "H1", "H1.2", "H1.3")


async def _side_by_side(host: Host) -> None:
    await opened(host, "H1", "H2", "H3")


RECIPES: Recipes = {
    "approved": ("fresh", _approve),
    "proposed": ("approved", _propose),
    "three arms": ("proposed", _arms),
    "side by side": ("proposed", _side_by_side),
}


def make_parallel_states(folder: Path) -> States:
    """The project as a person has it before the factory comes: state `fresh`."""
    states = States(folder / "project", folder / "states", RECIPES)
    make_repository(states.place, SUMMED)
    states.save("fresh")
    return states


async def opened(host: Host, *items: str) -> list[int]:
    """Open these items; answers the numbers of their experiments."""
    return [int((await host.done("start_experiment", item=item))["data"]["experiment"]) for item in items]


async def raised(host: Host, number: int, score: float, file: str = "", **words: str) -> dict[str, Any]:
    """Edit, review and measure an experiment that writes a score into its own file, or into this one; answers what run_eval said."""
    texts: dict[str, str | None] = {f"{name}.txt": text for name, text in words.items()}
    return await host.measured({file or f"{number}.txt": f"{score}\n", **texts}, number)


async def kept(host: Host, number: int) -> dict[str, Any]:
    """Keep an experiment; where the target moved it is brought up to date, measured, and kept then."""
    answer = await host.keep(number)
    while answer["next"].get("tool") == "get_job":
        await host.done("get_job", **answer["next"]["arguments"])
        answer = await host.keep(number)
    return answer


async def state_of(host: Host, number: int) -> str:
    """The state of an experiment."""
    return str((await host.done("experiment_history", experiment=number))["data"]["state"])


def scores(project: Path) -> tuple[str, ...]:
    """What the checkout's files hold."""
    return tuple((project / name).read_text(encoding="utf-8").strip() for name in FILES)


OURS: Final = SCORED[WORDS].replace("two", "two of ours")
THEIRS: Final = SCORED[WORDS].replace("two", "two of theirs")
