"""The story of this folder, played by a scripted host against the real server; exits with 0 only if everything was as it should be.

`--short` plays fewer arms in the last cycle, `--first` the first cycle alone; `--keep` leaves the scratch repository where it is.
"""

import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import anyio

from examples.raise_a_metric.story import Arm, ResearchStory, Step, read_research_story, typed
from mcp_server.demo_host import Host, Unexpected, connection, expect
from mcp_server.demo_scratch import BRANCH, FEW_TOOLS, Scratch, build, make_scratch, quotes
from mcp_server.demo_screen import Screen, open_screen
from mcp_server.demo_story import Person

HERE: Final = Path(__file__).resolve().parent
SHORT: Final = 3  # arms of a cycle, where the story is told in short: the best, one that is good and one that is not
WAIT_SECONDS: Final = "20"


@dataclass(frozen=True)
class Stage:
    """Where the story plays."""

    story: ResearchStory
    scratch: Scratch
    host: Host
    screen: Screen


def main(arguments: list[str]) -> int:
    """Play the story in a scratch folder; 0 when everything was as it should be, else 1."""
    screen = open_screen(sys.stdout)
    folder = Path(tempfile.mkdtemp(prefix="refactory-research-")).resolve()
    story = read_research_story(HERE)
    try:
        problem = anyio.run(_play, screen, asked_for(story, arguments), folder)
    finally:
        if "--keep" not in arguments:
            shutil.rmtree(folder, ignore_errors=True)
    screen.heading("NOT as it should be." if problem else "Everything was as it should be.")
    for line in (problem.about, f"expected: {problem.expected}", f"seen:     {problem.seen}") if problem else ():
        screen.plain(f"  {line}")
    screen.plain(f"The scratch folder is {folder}." if "--keep" in arguments else "The scratch folder is removed.")
    return 1 if problem else 0


def asked_for(story: ResearchStory, arguments: list[str]) -> ResearchStory:
    """As much of the story as is to be played."""
    if "--first" in arguments:
        return story.model_copy(update={"cycles": story.cycles[:1], "ends": False})
    if "--short" in arguments:
        return story.model_copy(update={"cycles": tuple(_with_few_arms(step) for step in story.cycles)})
    return story


def _with_few_arms(step: Step) -> Step:
    """A cycle with its first arms and its last one."""
    arms = step.arms if len(step.arms) <= SHORT else (*step.arms[: SHORT - 1], step.arms[-1])
    return step.model_copy(update={"arms": arms})


async def _play(screen: Screen, story: ResearchStory, folder: Path) -> Unexpected | None:
    """Set the stage, connect, and tell the story; answers what was not as it should be."""
    screen.heading(f"A person asks: {story.request}")
    scratch = await anyio.to_thread.run_sync(make_scratch, folder, HERE / "project", Person(), FEW_TOOLS)
    host = Host(screen)
    command = [sys.executable, "-I", "-m", "mcp_server", "serve"]
    environment = {"HOME": str(folder), "FACTORY_WAIT_SECONDS": WAIT_SECONDS, "FACTORY_AUTO_APPROVE": ""}
    async with connection(host, command, scratch.root, environment) as host.client:
        try:
            await _tell(Stage(story, scratch, host, screen))
        except Unexpected as problem:
            return problem
    return None


async def _tell(stage: Stage) -> None:
    """The whole conversation. Raises Unexpected."""
    await stage.host.ask("project_status", request=stage.story.request)
    await stage.host.follow("request_approval")
    await stage.host.finish_job()
    for step in stage.story.cycles:
        stage.screen.heading(step.about)
        await _cycle(stage, step)
    if stage.story.ends:
        stage.screen.heading("The end")
        await _end(stage)


async def _cycle(stage: Stage, step: Step) -> None:
    """One cycle: what fails, one idea, its arms, and what becomes of them."""
    host = stage.host
    await (host.follow if host.next.get("tool") else host.take_option)("start_cycle")
    await host.finish_job()
    await _explain_failures(stage, step)
    if step.research is not None:
        await host.follow("submit_report", **_research_report(step))
    (idea,) = (await host.follow("propose_hypotheses", hypotheses=[step.hypothesis]))["accepted"]
    items = [idea["id"], *(f"{idea['id']}.{arm}" for arm in range(2, len(step.arms) + 1))]
    numbers = [await _try(stage, arm, item) for arm, item in zip(step.arms, items, strict=True)]
    await _run(stage, step, numbers)
    await _decide(stage, step, numbers)


async def _explain_failures(stage: Stage, step: Step) -> None:
    """The failure analyst's report: every instance that failed, as the server tells of it, with the cause that the story gives its category."""
    failures = []
    listed = await _pages(stage.host, "study_project", "items", topic="failures", detail="full")
    for item in (each for each in listed if each["id"].startswith("X")):
        where, _, causes = item["text"]["untrusted"]["text"].partition("; ")
        category = causes.split(", ")[0]
        stage_of = where.removeprefix("stage ").split(", ")[0]
        failures.append({"instance": item["at"], "stage": stage_of, "category": category, "cause": step.causes[category]})
    await stage.host.follow("submit_report", summary=step.plays, report={"failures": failures})


async def _pages(host: Host, tool: str, rows: str, **arguments: str) -> list[dict[str, Any]]:
    """All rows of a list, page by page."""
    found: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    while True:
        found += (await host.ask(tool, **arguments, **cursor))[rows]
        if not host.answer.get("more"):
            return found
        cursor = {"cursor": host.answer["more"]}


def _research_report(step: Step) -> dict[str, Any]:
    assert step.research is not None
    return {"summary": step.research.summary, "report": {"findings": [finding.model_dump() for finding in step.research.findings]}}


async def _try(stage: Stage, arm: Arm, item: str) -> int:
    """Open an arm, edit in its worktree, and have it reviewed; answers the experiment's number."""
    host, screen = stage.host, stage.screen
    opened = await host.ask("start_experiment", item=item)
    worktree = Path(opened["worktree"])
    expect("the withheld truth in the builder's worktree", expected=False, seen=(worktree / "truth" / "answers.json").exists())
    screen.say("builder", f"types {arm.name!r}:", build(worktree, typed(arm, worktree)))
    places = quotes(worktree)
    report = {
        "role": "reviewer", "reviewer": "a scripted reviewer", "independence": "fresh_pass", "decision": "pass", "quotes": places,
        "guards": [{"guard": guard, "holds": True, "evidence": f"seen at {places[0]['at']}"} for guard in opened.get("guards", ())],
    }  # fmt: skip
    await host.ask("submit_report", experiment=opened["experiment"], summary=arm.review, report=report)
    return int(opened["experiment"])


async def _run(stage: Stage, step: Step, numbers: list[int]) -> None:
    """Measure every arm until it is told, and hold the outcomes against the story."""
    for arm, number in zip(step.arms, numbers, strict=True):
        await stage.host.ask("run_eval", experiment=number)
        await stage.host.finish_job()
        seen = stage.host.data
        stage.screen.say("server", f"{arm.name}, told by {seen.get('pairs', 0)} pairs:", raised_lines(seen))
        expect(f"the outcome of {arm.name!r}", expected=arm.expected, seen=seen["verdict"])


def raised_lines(data: dict[str, Any]) -> list[str]:
    """The figures of an attempt: each look, and what was paid."""
    looks = [f"after {look['pairs']} pairs {look['mean']:+.3f}: p {look['p']}, limit {look['limit']}: {look['outcome']}" for look in data["looks"]]
    return [*looks, f"reason: {data['reason']}", data["error_spent"]]


async def _decide(stage: Stage, step: Step, numbers: list[int]) -> None:
    """Keep the best arm, or revert the only one."""
    host, scratch = stage.host, stage.scratch
    arm, number, before = step.arms[0], numbers[0], scratch.commit()
    if arm.expected != "better":
        refused = await host.insist("verdict", "GATE", experiment=number, decision="keep", reason="It sounds right.")
        expect("ratchet among the reasons", expected=True, seen=any(line.startswith("ratchet: ") for line in refused["where"]))
        await host.ask("verdict", experiment=number, decision="revert", reason=arm.reason, lesson=arm.lesson)
        expect(f"{BRANCH} after the revert", expected=before, seen=scratch.commit())
        return
    others = [number for arm, number in zip(step.arms[1:], numbers[1:], strict=True) if arm.expected == "better"]
    for other in others[:1]:
        refused = await host.insist("verdict", "GATE", experiment=other, decision="keep", reason="It is better than the base.")
        expect("best_of_arms among the reasons", expected=True, seen=any(line.startswith("best_of_arms: ") for line in refused["where"]))
    landed = await host.ask("verdict", experiment=number, decision="keep", reason=arm.reason)
    await host.finish_job()
    gain = {**landed, **host.data}["metric"]
    stage.screen.say("server", "measured it afresh:", [f"{name}: {value}" for name, value in gain.items()])
    expect("a gain that was measured afresh", expected=True, seen=gain["gain"] > 0)
    expect(f"{BRANCH} after the keep", expected=False, seen=before == scratch.commit())
    states = {line["experiment"]: line["state"] for line in await _pages(host, "experiment_history", "experiments")}
    expect("the states of the arms", expected=["landed", *["superseded"] * (len(numbers) - 1)], seen=[states[each] for each in numbers])
    await host.ask("project_status")


async def _end(stage: Stage) -> None:
    """No further cycle begins: the target is reached."""
    await stage.host.ask("start_cycle", mode="research")
    expect("an open cycle", expected=None, seen=stage.host.answer["at"].get("cycle"))
    expect("why research ends", expected="target", seen=stage.host.data["research"]["ended_by"])
    status = await stage.host.ask("project_status")
    stage.screen.say("server", "remembers:", [f"{name}: {value}" for name, value in status["research"].items()])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
