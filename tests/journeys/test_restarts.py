"""A server is killed after every call, or in the middle of one, and another goes on: the store and git hold all that matters."""

import os
import signal
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.support.approving_servers import server
from tests.support.everything import events_of, store_of
from tests.support.journeys import Answer, Call, assert_journey_ended_well, improve, make_journey_project
from tests.support.processes import eventually, processes_in

pytestmark = pytest.mark.thorough

# Every call of the journey but its first, which has nothing to go on from.
AFTER = (
    "project_status", "discover_project", "request_approval", "start_cycle", "propose_hypotheses", "start_experiment", "submit_report", "run_eval",
    "verdict", "start_cycle", "propose_hypotheses", "start_experiment", "submit_report", "run_eval", "verdict", "submit_report", "run_eval",
    "verdict", "start_experiment", "submit_report", "run_eval", "verdict", "verdict",
)  # fmt: skip


@dataclass
class Restarts:
    """A journey in which every call went to a server of its own. `seen` is what each new server said before it was asked anything else."""

    project: Path
    answers: list[tuple[str, Answer]] = field(default_factory=list)
    seen: list[Answer] = field(default_factory=list)
    lost: list[bool] = field(default_factory=list)


@pytest.fixture(scope="module")
def restarts(tmp_path_factory: pytest.TempPathFactory, template: Path) -> Restarts:
    """The journey, played once."""
    folder = tmp_path_factory.mktemp("restarts")
    found = Restarts(make_journey_project(folder, template))
    journey = improve(found.project)
    call: Call | None = next(journey)
    while call is not None:
        with server(found.project, folder) as host:
            before = store_of(found.project)
            status = host.call("project_status")
            found.lost.append(store_of(found.project) != before)
            found.seen.append(status)
            found.answers.append((call.tool, host.call(call.tool, **call.arguments)))
        call = _next(journey, found)
    return found


def _next(journey: Any, found: Restarts) -> Call | None:
    """What the model does with the last answer; after the approval, whose job died with its server, with what a new server says."""
    answer = found.answers[-1][1]
    if answer["next"].get("tool") == "get_job":
        with server(found.project, found.project.parent) as host:
            answer = host.call("project_status")
    try:
        step: Call = journey.send(answer)
    except StopIteration:
        return None
    return step


@pytest.mark.parametrize(("place", "tool"), list(enumerate(AFTER)))
def test_a_server_that_is_killed_after_a_call_is_followed_by_one_that_says_the_same_next(restarts: Restarts, place: int, tool: str) -> None:
    called, answer = restarts.answers[place]
    said, seen = answer["next"], restarts.seen[place + 1]["next"]
    assert called == tool
    match said.get("tool"):
        case "get_job":  # the job died with its server, and its work is done by the next step
            assert seen["tool"] == "start_cycle"
        case None:  # the cycle is over, and the person was told
            assert seen["tool"] == "start_cycle"
        case _:
            assert _call(seen) == _call(said)


def test_looking_at_the_project_writes_nothing_whatever_was_killed(restarts: Restarts) -> None:
    assert restarts.lost == [False] * (len(AFTER) + 1)


def test_the_whole_journey_ends_as_if_nobody_had_been_killed(restarts: Restarts) -> None:
    assert_journey_ended_well(restarts.project, restarts.answers)


def test_a_server_killed_while_it_measures_leaves_no_process_and_the_next_one_measures(tmp_path: Path, template: Path) -> None:
    project = make_journey_project(tmp_path, template)
    journey = improve(project)
    call = next(journey)
    with server(project, tmp_path) as host:
        while call.tool != "run_eval":
            call = journey.send(host.call(call.tool, **call.arguments))
        started = events_of(project).count("job.started")
        host.ask("tools/call", {"name": "run_eval", "arguments": call.arguments})
        assert eventually(lambda: events_of(project).count("job.started") > started, 30)
        os.kill(host.process.pid, signal.SIGKILL)
        host.process.wait()
    assert eventually(lambda: not processes_in(project))
    with server(project, tmp_path) as host:
        status = host.call("project_status")
        assert status["next"]["tool"] == "run_eval"
        measured = host.call("run_eval", **status["next"]["arguments"])
        assert measured["data"]["gate"]["pass"] == measured["data"]["gate"]["of"]
        landed = host.call("verdict", **measured["next"]["arguments"], reason="More is tested.")
    assert landed["data"]["state"] == "landed"


def _call(step: dict[str, Any]) -> dict[str, Any]:
    """The call of a step. Who makes it and why may differ: a builder who was sent to mend has done so when the new server looks."""
    return {name: value for name, value in step.items() if name not in ("do", "role")}
