"""Two short conversations of the contract, by their calls and what a model reads; the first two are counted where they are played for real."""

from pathlib import Path
from typing import Any

import pytest

from tests.support.counting import assert_within
from tests.support.forges import github_issue, make_forge, with_remote
from tests.support.host import Host
from tests.support.journeys import follow
from tests.support.procedure_states import WISH
from tests.support.reviews import review
from tests.support.scored_states import BETTER, EXPLOIT
from tests.support.states import States

Said = list[tuple[str, dict[str, Any]]]


async def going_on(host: Host, said: Said, tool: str, **filled: Any) -> None:
    """The call that the last answer names; it is not refused."""
    call = follow(said[-1][1], tool, **filled)
    said.append((tool, await host.call(call.tool, **call.arguments)))
    assert "refused" not in said[-1][1], host.text


async def test_another_host_takes_a_crashed_evaluation_up_in_three_calls(procedure: States) -> None:
    async with procedure.open("reviewed") as host:
        said: Said = [("project_status", await host.call("project_status"))]
        await going_on(host, said, "run_eval")
        await going_on(host, said, "verdict", reason="It is better.")
        assert said[-1][1]["data"]["state"] == "landed"
    assert_within(said, 3, 868)


async def test_an_issue_is_fixed_in_eight_calls(procedure: States, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_forge(tmp_path / "bin", monkeypatch).github(github_issue(42, WISH))
    project = with_remote(await procedure.put("approved"))
    async with procedure.open_here() as host:
        said: Said = [("project_status", await host.call("project_status", request="fix issue 42"))]
        await going_on(host, said, "import_issues")
        await going_on(host, said, "start_cycle")
        await going_on(host, said, "propose_hypotheses", hypotheses=[{**EXPLOIT, "why": "B1", "backlog": "B1"}])
        await going_on(host, said, "start_experiment")
        report = review(project, host.edit(BETTER))
        await going_on(host, said, "submit_report", summary="Looked at it.", report=report)
        await going_on(host, said, "run_eval")
        await going_on(host, said, "verdict", reason="As the issue asks.")
        assert said[-1][1]["data"]["state"] == "landed"
        assert WISH not in str([answer["summary"] for _, answer in said[:2]])
    assert_within(said, 8, 1702)
