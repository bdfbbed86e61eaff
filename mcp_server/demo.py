"""`refactory demo`: a scripted host improves a small real project through the real server; one change lands, one is refused and reverted."""

import argparse
import shutil
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError
from pathlib import Path
from typing import Final

import anyio

from mcp_server.demo_host import Host, Unexpected, connection, expect
from mcp_server.demo_scratch import BRANCH, FEW_TOOLS, TOOLS, Scratch, build, make_scratch, quotes
from mcp_server.demo_screen import Screen, measured_lines, open_screen
from mcp_server.demo_story import Story, Try, read_story
from mcp_server.registration import registering

EXAMPLE: Final = Path(__file__).resolve().parents[1] / "examples" / "improve_a_library"
WAIT_SECONDS: Final = "4"  # how long a call waits for long work here: short, so that the demo shows how a host waits on with get_job


@dataclass(frozen=True)
class Stage:
    """Where the story plays: its words, the scratch repository, the host, and the screen that shows it."""

    story: Story
    scratch: Scratch
    host: Host
    screen: Screen
    before: dict[str, bytes]


def main(arguments: Sequence[str]) -> int:
    """Play the demo; 0 when everything was as it should be, 1 when not, 2 for wrong usage."""
    parser = argparse.ArgumentParser(prog="refactory demo", description="Watch one experiment land and one be reverted, in a scratch repository.")
    parser.add_argument("--keep", action="store_true", help="leave the scratch repository where it is, to look around in it")
    parser.add_argument("--quick", action="store_true", help="measure tests and coverage only, without lint and types")
    given = parser.parse_args(arguments)
    return play(EXAMPLE, keep=given.keep, tools=FEW_TOOLS if given.quick else TOOLS)


def play(example: Path, *, keep: bool = False, tools: tuple[str, ...] = TOOLS) -> int:
    """Play the story of an example's folder in a scratch folder, with the project measured by `tools`; 0 when all was as it should be, else 1."""
    screen = open_screen(sys.stdout)
    if not (example / "story.toml").is_file():
        screen.plain(f"refactory demo: {example} is not there; the demo needs a checkout of this repository with its examples")
        return 1
    folder = Path(tempfile.mkdtemp(prefix="refactory-demo-")).resolve()
    try:
        problem = anyio.run(_play, screen, read_story(example), folder, tools)
    except PackageNotFoundError as missing:
        problem = Unexpected("what the project is measured with", expected="pip install -e '.[test]'", seen=f"{missing.name} is not installed here")
    finally:
        if not keep:
            shutil.rmtree(folder, ignore_errors=True)
    _farewell(screen, folder if keep else None, problem)
    return 1 if problem else 0


async def _play(screen: Screen, story: Story, folder: Path, tools: tuple[str, ...]) -> Unexpected | None:
    """Set the stage, connect, and tell the story; answers what was not as it should be."""
    screen.heading(f"A person asks: {story.request}")
    screen.progress("copying the project into a scratch repository, with a virtual environment of its own (no network)")
    scratch = await anyio.to_thread.run_sync(make_scratch, folder, story.project, story.person, tools)
    screen.say("person", f"has a small project at {scratch.root}, with unfinished work in {', '.join(scratch.local_work())}")
    host = Host(screen)
    command = [sys.executable, "-I", "-m", "mcp_server", "serve"]
    environment = {"HOME": str(folder), "FACTORY_WAIT_SECONDS": WAIT_SECONDS, "FACTORY_AUTO_APPROVE": ""}
    async with connection(host, command, scratch.root, environment) as host.client:
        screen.say("server", f"is started as a host starts it: {' '.join(command)}")
        try:
            await _tell(Stage(story, scratch, host, screen, scratch.local_work()))
        except Unexpected as problem:
            return problem
    return None


async def _tell(stage: Stage) -> None:
    """The whole conversation. Raises Unexpected."""
    await _agree(stage)
    await _propose(stage)
    for number, attempt in enumerate(stage.story.tries, 1):
        stage.screen.heading(f"Experiment {number}: {attempt.hypothesis.title} ({attempt.hypothesis.category})")
        await _experiment(stage, attempt)
        await (_keep if attempt.decision == "keep" else _revert)(stage, attempt)
    stage.screen.heading("What is remembered")
    await _remember(stage)


async def _agree(stage: Stage) -> None:
    """From the person's words to an approved evaluation: the server looks, drafts, and asks the person."""
    host = stage.host
    await host.ask("project_status", request=stage.story.request)
    await host.follow("discover_project", goal=stage.story.goal)
    stage.screen.say("server", "drafts factory.md:", [line for line in str(host.data["draft"]).splitlines() if line])
    approved = await host.follow("request_approval")
    expect("the person's approval", expected=("approved", "elicitation"), seen=(approved["status"], approved["by"]))
    _untouched(stage)


async def _propose(stage: Stage) -> None:
    """Open a cycle, wait for the baseline, and propose what to try."""
    host = stage.host
    await host.finish_job()
    stage.screen.heading("A cycle begins")
    await host.follow("start_cycle")
    await host.finish_job()
    if "digest" in host.data:
        stage.screen.say("server", "says where it hurts:", host.data["digest"])
    proposals = [attempt.hypothesis.model_dump(mode="json", exclude_defaults=True) for attempt in stage.story.tries]
    accepted = (await host.follow("propose_hypotheses", hypotheses=proposals))["accepted"]
    expect("the hypotheses accepted", expected=[attempt.hypothesis.title for attempt in stage.story.tries], seen=[item["title"] for item in accepted])


async def _experiment(stage: Stage, attempt: Try) -> None:
    """Open the experiment, edit in its worktree, have it reviewed, and let the server measure it."""
    host, screen = stage.host, stage.screen
    opened = await host.follow("start_experiment")
    worktree = Path(opened["worktree"])
    screen.say("builder", "edits in the worktree only:", build(worktree, attempt.edits))
    places = quotes(worktree)
    screen.say("reviewer", attempt.review, [f"quotes {place['at']}: {place['text'].strip()}" for place in places])
    guards = [{"guard": guard, "holds": True, "evidence": f"seen at {places[0]['at']}"} for guard in opened.get("guards", ())]
    report = {"reviewer": "a scripted reviewer", "independence": "fresh_pass", "decision": "pass", "quotes": places, "guards": guards}
    await host.follow("submit_report", summary=attempt.review, report=report)
    await host.follow("run_eval")
    await host.finish_job()
    expect("a measurement", expected=True, seen="gate" in host.data)
    screen.say("server", f"measured in {host.data['seconds']:.1f} s, tree {host.data['tree']}:", measured_lines(host.data))


async def _keep(stage: Stage, attempt: Try) -> None:
    """Keep: the gate lets it through, and exactly the measured tree lands."""
    scratch, measured = stage.scratch, stage.host.data
    before = scratch.commit()
    expect("checks that stop the keep", expected=[], seen=[name for name in ("fail", "suspect", "not_yet") if measured["gate"].get(name)])
    landed = await stage.host.follow("verdict", reason=attempt.reason)
    expect(f"the tree of {BRANCH}, which must be the measured one", expected=measured["tree"], seen=scratch.tree()[:7])
    expect("the state of the experiment", expected="landed", seen=landed["state"])
    expect(f"the first parent of {BRANCH}", expected=before, seen=scratch.git.text("rev-parse", f"{BRANCH}^1"))
    expect(f"the checkout's branch moved with {BRANCH}", expected=scratch.commit(), seen=scratch.git.text("rev-parse", "HEAD"))
    stage.screen.say("check", f"{BRANCH} is {landed['commit']}; its tree {landed['tree']} is the tree that was measured")
    _untouched(stage)


async def _revert(stage: Stage, attempt: Try) -> None:
    """Keep is refused with its reasons, whatever the host wants; revert leaves the target alone and loses nothing."""
    scratch, host, measured = stage.scratch, stage.host, dict(stage.host.answer)
    before, number = scratch.commit(), measured["at"]["experiment"]
    worktree = Path(measured["project"]) / ".factory" / "worktrees" / f"{number:03d}"
    stage.screen.say("host", "wants to keep it all the same:")
    refused = await host.insist("verdict", "GATE", experiment=number, decision="keep", reason="Dots are nicer.")
    expect("tests_kept among the reasons", expected=True, seen=any(line.startswith("tests_kept: ") for line in refused["where"]))
    expect(f"{BRANCH} after the refusal", expected=before, seen=scratch.commit())
    host.answer = measured  # the refusal changed nothing: what was offered before it still stands
    given_up = await host.take_option("verdict", reason=attempt.reason, lesson=attempt.lesson)
    expect("the state of the experiment", expected="reverted", seen=given_up["state"])
    expect(f"{BRANCH} after the revert", expected=before, seen=scratch.commit())
    expect("a backup ref", expected=True, seen=bool(scratch.commit(given_up["backup"])))
    expect("the worktree is gone", expected=False, seen=worktree.exists())
    stage.screen.say("check", f"{BRANCH} is still {before[:7]}; the attempt is kept as {given_up['backup']}; its worktree is gone")
    _untouched(stage)


async def _remember(stage: Stage) -> None:
    """The history, as any later session will read it; and where the project stands now."""
    history = await stage.host.ask("experiment_history")
    expect("the history", expected=["reverted", "landed"], seen=[line["state"] for line in history["experiments"]])
    stage.screen.say("server", "remembers:", [f"{line['experiment']} {line['state']}: {line['title']}" for line in history["experiments"]])
    status = await stage.host.ask("project_status")
    expect("the state of the project", expected="has_factory", seen=status["project_state"])
    _untouched(stage)


def _untouched(stage: Stage) -> None:
    """The person's unfinished work is there byte for byte, uncommitted, and `git status` shows nothing else."""
    expect("the person's unfinished work", expected=stage.before, seen=stage.scratch.local_work())
    expect("git status in the checkout", expected=stage.scratch.expected_status(), seen=stage.scratch.status())
    stage.screen.say("check", f"unfinished work as it was: {', '.join(stage.scratch.status())}")


def _farewell(screen: Screen, folder: Path | None, problem: Unexpected | None) -> None:
    """How it went, where things are, and how to go on."""
    screen.heading("NOT as it should be." if problem else "Everything was as it should be.")
    if problem:
        for line in (problem.about, f"expected: {problem.expected}", f"seen:     {problem.seen}"):
            screen.plain(f"  {line}")
    screen.plain(f"The scratch folder is {folder}: see .factory/ in the project there, and git log." if folder else "The scratch folder is removed.")
    if not problem:
        screen.plain("To have the server in your own projects:")
        for line in registering():
            screen.plain(f"  {line}")
