"""Two servers, in two processes, asked the same at the same moment: one of them does it, the other finds it done."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
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


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    """Two servers with homes of their own, for every test here: each call says which project it means."""
    with ExitStack() as stack:
        homes = [tmp_path_factory.mktemp(name) for name in ("one", "two")]
        one, two = (stack.enter_context(running_server(home, home, stdio.MODULE, {"FACTORY_WAIT_SECONDS": "60"})) for home in homes)
        for host in (one, two):
            host.capabilities = {"elicitation": {}}
            host.on_request = _approves
            host.greet()
        yield one, two


def _at_once(both: Both, project: Path, tool: str, *each: Mapping[str, Any]) -> list[Message]:
    """A call to both, sent before either answered: with the same arguments, or with `each` its own."""
    given = each if len(each) == len(both) else (*each, *each)
    numbers = [
        host.ask("tools/call", {"name": tool, "arguments": {**arguments, "project": str(project)}})
        for host, arguments in zip(both, given, strict=True)
    ]
    found: list[Message] = [host.answer(number)["result"]["structuredContent"] for host, number in zip(both, numbers, strict=True)]
    return found


async def test_one_cycle_one_set_and_one_experiment_come_of_the_same_calls_at_once(scored: States, both: Both) -> None:
    place = await scored.put("approved")
    cycles = _at_once(both, place, "start_cycle", {"mode": "improve"})
    assert {answer["data"]["cycle"] for answer in cycles} == {1}
    sets = _at_once(both, place, "propose_hypotheses", {"hypotheses": [EXPLOIT, EXPLORE]})
    assert sets[0]["data"] == sets[1]["data"]
    begun = _at_once(both, place, "start_experiment", {"item": "H1"})
    assert {answer.get("data", {}).get("experiment") for answer in begun} == {1}, begun
    assert {answer["data"]["worktree"] for answer in begun} == {str(place / ".factory/worktrees/001")}
    assert sorted(answer.get("repeated", False) for answer in begun) == [False, True]
    counts = {kind: events_of(place).count(kind) for kind in ("cycle.started", "hypotheses.proposed", "experiment.started")}
    assert counts == {"cycle.started": 1, "hypotheses.proposed": 1, "experiment.started": 1}
    assert len(git(place, "worktree", "list").splitlines()) == 2


async def test_different_sets_proposed_at_once_leave_exactly_one(scored: States, both: Both) -> None:
    place = await scored.put("approved")
    _at_once(both, place, "start_cycle", {})
    answers = _at_once(both, place, "propose_hypotheses", {"hypotheses": [EXPLOIT]}, {"hypotheses": [EXPLORE]})
    named = {answer["data"]["accepted"][0]["id"] for answer in answers if "refused" not in answer}
    seen = _at_once(both, place, "project_status", {})
    open_ones = seen[0]["data"]["open"]["hypotheses"]
    assert len(open_ones) == 1
    assert open_ones[0].split()[0] in named
    assert [answer["next"]["arguments"] for answer in seen] == [{"item": open_ones[0].split()[0]}] * 2


@pytest.mark.parametrize("decisions", [("keep", "keep"), ("keep", "revert"), ("revert", "revert")])
async def test_verdicts_at_once_decide_once(scored: States, both: Both, decisions: tuple[str, str]) -> None:
    place = await scored.put("measured")
    tip = git(place, "rev-parse", "main")
    reasons = {"experiment": 1, "reason": "r", "lesson": "l"}
    answers = _at_once(both, place, "verdict", *({**reasons, "decision": decision} for decision in decisions))
    done = [answer["data"]["state"] for answer in answers if "refused" not in answer]
    assert done, answers
    assert all(answer["refused"]["code"] in ("ALREADY_DECIDED", "BUSY", "OUT_OF_ORDER") for answer in answers if "refused" in answer), answers
    final = both[0].call("experiment_history", experiment=1, project=str(place))["data"]["state"]
    assert set(done) <= {final, "kept"}, answers
    assert final == decisions[0].replace("keep", "landed").replace("revert", "reverted") or final == "reverted"
    assert events_of(place).count("verdict.given") == 1
    assert (git(place, "rev-parse", "main") != tip) == (final == "landed")
    assert git(place, "status", "--porcelain") == ""


async def test_approvals_at_once_land_factory_md_once(scored: States, both: Both) -> None:
    place = await scored.put("fresh")
    _at_once(both, place, "discover_project", {"factory_md": scored_md()})
    answers = _at_once(both, place, "request_approval", {"what": "evaluation"})
    assert {answer.get("data", {}).get("status") for answer in answers} == {"approved"}, answers
    both[0].call("start_cycle", project=str(place))
    assert git(place, "log", "--format=%s", "main").splitlines().count("Add factory.md as approved") == 1
    assert events_of(place).count("approval.answered") == 1
