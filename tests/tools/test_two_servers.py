"""Two servers, in two processes, asked the same at the same moment: one of them does it, the other finds it done."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.support import stdio
from tests.support.everything import events_of
from tests.support.repositories import git
from tests.support.scored_states import EXPLOIT, EXPLORE, scored_md
from tests.support.states import States
from tests.support.stdio import Host, Message, running_server

Both = tuple[Host, Host]


def _approves(message: Message) -> Message:
    """The person's answer to whatever a server asks."""
    assert message["method"] == "elicitation/create"
    return {"action": "accept", "content": {"answer": "approve"}}


@pytest.fixture
def homes(tmp_path: Path) -> list[Path]:
    found = [tmp_path / name for name in ("one", "two")]
    for home in found:
        home.mkdir()
    return found


@contextmanager
def _servers(project: Path, homes: list[Path]) -> Iterator[Both]:
    with ExitStack() as stack:
        one, two = (stack.enter_context(running_server(project, home, stdio.MODULE, {"FACTORY_WAIT_SECONDS": "60"})) for home in homes)
        for host in (one, two):
            host.capabilities = {"elicitation": {}}
            host.on_request = _approves
            host.greet()
        yield one, two


def _at_once(both: Both, tool: str, **arguments: Any) -> list[Message]:
    """The same call to both, sent before either answered."""
    numbers = [host.ask("tools/call", {"name": tool, "arguments": arguments}) for host in both]
    found: list[Message] = [host.answer(number)["result"]["structuredContent"] for host, number in zip(both, numbers, strict=True)]
    return found


async def test_one_cycle_one_set_and_one_experiment_come_of_the_same_calls_at_once(scored: States, homes: list[Path]) -> None:
    place = await scored.put("approved")
    with _servers(place, homes) as both:
        cycles = _at_once(both, "start_cycle", mode="improve")
        assert {answer["data"]["cycle"] for answer in cycles} == {1}
        sets = _at_once(both, "propose_hypotheses", hypotheses=[EXPLOIT, EXPLORE])
        assert sets[0]["data"] == sets[1]["data"]
        begun = _at_once(both, "start_experiment", item="H1")
        assert {answer.get("data", {}).get("experiment") for answer in begun} == {1}, begun
        assert {answer["data"]["worktree"] for answer in begun} == {str(place / ".factory/worktrees/001")}
        assert sorted(answer.get("repeated", False) for answer in begun) == [False, True]
    counts = {kind: events_of(place).count(kind) for kind in ("cycle.started", "hypotheses.proposed", "experiment.started")}
    assert counts == {"cycle.started": 1, "hypotheses.proposed": 1, "experiment.started": 1}
    assert len(git(place, "worktree", "list").splitlines()) == 2


async def test_different_sets_proposed_at_once_leave_exactly_one(scored: States, homes: list[Path]) -> None:
    place = await scored.put("approved")
    with _servers(place, homes) as (one, two):
        _at_once((one, two), "start_cycle")
        numbers = [
            host.ask("tools/call", {"name": "propose_hypotheses", "arguments": {"hypotheses": [item]}})
            for host, item in ((one, EXPLOIT), (two, EXPLORE))
        ]
        first, second = (host.answer(number)["result"]["structuredContent"] for host, number in zip((one, two), numbers, strict=True))
        named = {answer["data"]["accepted"][0]["id"] for answer in (first, second) if "refused" not in answer}
        open_ones = one.call("project_status")["data"]["open"]["hypotheses"]
        assert len(open_ones) == 1
        assert open_ones[0].split()[0] in named
        for host in (one, two):
            assert host.call("project_status")["next"]["arguments"] == {"item": open_ones[0].split()[0]}


@pytest.mark.parametrize("decisions", [("keep", "keep"), ("keep", "revert"), ("revert", "revert")])
async def test_verdicts_at_once_decide_once(scored: States, homes: list[Path], decisions: tuple[str, str]) -> None:
    place = await scored.put("measured")
    tip = git(place, "rev-parse", "main")
    with _servers(place, homes) as both:
        numbers = [
            host.ask("tools/call", {"name": "verdict", "arguments": {"experiment": 1, "decision": decision, "reason": "r", "lesson": "l"}})
            for host, decision in zip(both, decisions, strict=True)
        ]
        answers = [host.answer(number)["result"]["structuredContent"] for host, number in zip(both, numbers, strict=True)]
        done = [answer["data"]["state"] for answer in answers if "refused" not in answer]
        assert done, answers
        assert all(answer["refused"]["code"] in ("ALREADY_DECIDED", "BUSY", "OUT_OF_ORDER") for answer in answers if "refused" in answer), answers
        final = both[0].call("experiment_history", experiment=1)["data"]["state"]
        assert set(done) <= {final, "kept"}, answers
        assert final == decisions[0].replace("keep", "landed").replace("revert", "reverted") or final == "reverted"
    assert events_of(place).count("verdict.given") == 1
    assert (git(place, "rev-parse", "main") != tip) == (final == "landed")
    assert git(place, "status", "--porcelain") == ""


async def test_approvals_at_once_land_factory_md_once(scored: States, homes: list[Path]) -> None:
    place = await scored.put("fresh")
    with _servers(place, homes) as both:
        _at_once(both, "discover_project", factory_md=scored_md())
        answers = _at_once(both, "request_approval", what="evaluation")
        assert {answer.get("data", {}).get("status") for answer in answers} == {"approved"}, answers
        both[0].call("start_cycle")
    assert git(place, "log", "--format=%s", "main").splitlines().count("Add factory.md as approved") == 1
    assert events_of(place).count("approval.answered") == 1
