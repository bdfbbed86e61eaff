"""Three short conversations of the contract, by their calls and what a model reads; the first two are counted where they are played for real."""

from pathlib import Path
from typing import Any

import pytest

from tests.support.counting import assert_within
from tests.support.forges import github_issue, make_forge, with_remote
from tests.support.host import Host, open_host
from tests.support.journeys import follow
from tests.support.procedure_states import WISH
from tests.support.repositories import commit
from tests.support.research_projects import HYPOTHESIS, LEVEL, make_metric_project, metric_md
from tests.support.reviews import review
from tests.support.scored_states import BETTER, EXPLOIT
from tests.support.states import States, approve

# Noise is small beside what a change does; one instance fails until the level rises.
SOLVES = """\
passed=$(test "$(cat level.txt)" -gt 1 && echo true || echo false)
rate=$(awk -v s="$REFACTORY_SEED" -v l="$(cat level.txt)" 'BEGIN { srand(s); printf "%.9f", l + 0.01 * rand() }')
echo "{\\"rate\\": $rate, \\"instances\\": [{\\"id\\": \\"p03\\", \\"passed\\": $passed, \\"stage\\": \\"synthesis\\"}]}" > out.json
"""
FAILED = {"instance": "p03", "stage": "synthesis", "category": "SYNTHESIS_OVERRIDE", "cause": "The last step replaced a right intermediate result."}
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


async def test_a_noisy_metric_is_raised_to_its_target_in_eight_calls_and_research_ends(tmp_path: Path) -> None:
    project = make_metric_project(tmp_path / "project")
    commit(project, {"run.sh": SOLVES}, "what solves")
    async with open_host(project) as host:
        await approve(host, metric_md("- runs_per_cycle: 3", run="sh run.sh").replace("target: 100", "target: 1.5"))
        said: Said = [("project_status", await host.call("project_status", request="optimise the solver"))]
        await going_on(host, said, "start_cycle")
        await waited(host, said)
        assert said[-1][1]["summary"].startswith("Cycle 1 on main, inner loop. rate 1.0"), host.text
        assert "1 instance failed" in said[-1][1]["summary"]
        await going_on(host, said, "submit_report", summary="One way of failing.", report={"role": "failure_analyst", "failures": [FAILED]})
        mends = {**HYPOTHESIS, "failure": ["SYNTHESIS_OVERRIDE"]}
        await going_on(host, said, "propose_hypotheses", hypotheses=[mends])
        await going_on(host, said, "start_experiment")
        report = review(project, host.edit({LEVEL: "2\n"}))
        await going_on(host, said, "submit_report", summary="Looked at it.", report=report)
        await going_on(host, said, "run_eval")
        await waited(host, said)
        assert said[-1][1]["data"]["verdict"] == "better"
        await going_on(host, said, "verdict", reason="It is better.")
        await waited(host, said)
        assert said[-1][1]["data"]["state"] == "landed", host.text
        assert "the target is reached" in said[-1][1]["next"]["do"], host.text
        assert said[-1][1]["next"].get("tool") is None
        ended = await host.call("start_cycle", mode="auto")
        assert ended["data"]["research"]["ended_by"] == "target"
    assert_within(said, 12, 2258)


async def waited(host: Host, said: Said) -> None:
    """Wait for the job that the last answer names, as often as it takes."""
    while said[-1][1]["next"].get("tool") == "get_job":
        await going_on(host, said, "get_job")
