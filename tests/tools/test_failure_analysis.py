"""Failure analysis in a research cycle: what failed in the head's runs is explained whole, and what is proposed names what it mends."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from tests.support.host import Host
from tests.support.repositories import commit
from tests.support.scored_states import EXPLOIT, scored_md
from tests.support.states import States, approve

TARGET = """## Research Target

- objective: Maximise what is solved
- metric: rate
- target: 0.9
- run_command: cp outcome.txt result.json; echo copied
- result_path: result.json

## Mutable Surfaces

- "*.txt"

## Fixed Surfaces

- README.md
"""
FAILING = "a research cycle with failed instances"
OUTCOME = (
    '{"rate": 0.5, "instances": [{"id": "p01", "passed": true}, {"id": "p03", "passed": false, "stage": "parsing", "category": "EMPTY"}, '
    '{"id": "p07", "passed": false}]}'
)


def explained(*instances: str, category: str = "EMPTY") -> dict[str, Any]:
    failures = [{"instance": name, "stage": "parsing", "category": category, "cause": "The output was cut."} for name in instances]
    return {"role": "failure_analyst", "failures": failures, "interventions": [{"category": category, "idea": "Print the answer first."}]}


@asynccontextmanager
async def opened(scored: States) -> AsyncIterator[Host]:
    """A research cycle that has just begun, from a head of whose instances two failed."""
    if FAILING not in scored.saved:
        await scored.put("fresh")
        commit(scored.place, {"outcome.txt": OUTCOME}, "outcome")
        async with scored.open_here() as host:
            await approve(host, scored_md(TARGET))
            await host.done("start_cycle", mode="research")
        scored.save(FAILING)
    async with scored.open(FAILING) as host:
        yield host


async def test_the_step_names_what_failed_and_the_brief_says_what_the_runs_tell_of_it(scored: States) -> None:
    async with opened(scored) as host:
        status = await host.done("project_status")
        assert status["at"]["step"] == "failure analysis"
        assert status["next"]["role"] == "failure_analyst"
        assert "They are p03, p07." in status["next"]["do"]
        brief = (await host.done("get_role", role="failure_analyst"))["data"]["failed"]
        lines = brief["failed"]["untrusted"]["text"].splitlines()
        assert lines[0].startswith("p03 failed in ")
        assert lines[0].endswith("runs, stage parsing: EMPTY")
        assert len(lines) == brief["instances"] == 2


async def test_each_failed_instance_is_found_with_the_output_of_the_run_in_which_it_failed_last(scored: States) -> None:
    async with opened(scored) as host:
        listed = await host.done("study_project", topic="failures")
        assert [(item["id"], item["at"]) for item in listed["data"]["items"]] == [("X1", "p03"), ("X2", "p07")]
        whole = (await host.done("study_project", query="X2"))["data"]["item"]
        assert whole["instance"] == "p07"
        assert whole["output"]["untrusted"]["text"].strip() == "copied"
        await host.refused("UNKNOWN_ID", "study_project", query="X3")


async def test_an_analysis_that_leaves_out_or_makes_up_an_instance_is_sent_back_with_the_names(scored: States) -> None:
    async with opened(scored) as host:
        refused = await host.refused("BAD_REPORT", "submit_report", summary="Read.", report=explained("p03", "p30"))
        assert [problem["where"] for problem in refused["refused"]["problems"]] == ["failures[2].instance", "failures"]
        assert "p07" in refused["refused"]["problems"][1]["found"]
        taken = await host.done("submit_report", summary="Read.", report=explained("p07", "p03"))
        assert taken["data"]["distribution"] == {"EMPTY": 2}
        assert taken["next"]["tool"] == "propose_hypotheses"


async def test_a_proposal_names_the_failure_that_it_is_to_mend(scored: States) -> None:
    async with opened(scored) as host:
        await host.done("submit_report", summary="Read.", report=explained("p07", "p03"))
        for failure in ([], ["SLOW"]):
            refused = await host.refused("BAD_HYPOTHESIS", "propose_hypotheses", hypotheses=[{**EXPLOIT, "failure": failure}])
            assert any("EMPTY" in problem["expected"] for problem in refused["refused"]["problems"])
        await host.done("propose_hypotheses", hypotheses=[{**EXPLOIT, "failure": ["EMPTY"]}])


async def test_an_analysis_is_held_against_that_of_the_last_cycle(scored: States) -> None:
    async with opened(scored) as host:
        await host.done("submit_report", summary="Read.", report=explained("p07", "p03"))
        await host.done("submit_report", summary="Enough.", report={"role": "ceo", "decision": "abort"})
        await host.done("start_cycle", mode="research")
        brief = await host.done("get_role", role="failure_analyst")
        assert brief["data"]["failed"]["known_categories"] == ["EMPTY"]
        taken = await host.done("submit_report", summary="Read.", report=explained("p07", "p03", category="SLOW"))
        assert taken["data"]["since"] == {"cycle": 1, "changed": "EMPTY gone (was 2), new: SLOW 2"}
        assert "EMPTY gone" in taken["summary"]


async def test_a_head_that_nobody_ran_yet_is_run_so_that_it_is_known_what_fails_in_it(scored: States) -> None:
    async with opened(scored) as host:
        await host.done("submit_report", summary="Enough.", report={"role": "ceo", "decision": "abort"})
        commit(host.project, {"outcome.txt": OUTCOME.replace('"p01", "passed": true', '"p01", "passed": false')}, "worse")
        await host.done("start_cycle", mode="research")
        status = await host.done("project_status")
        assert "They are p01, p03, p07." in status["next"]["do"]


async def test_where_only_scores_are_told_nothing_counts_as_failed_and_no_analysis_is_offered(scored: States) -> None:
    await scored.put("fresh")
    outcome = '{"rate": 0.1, "instances": [{"id": "p01", "score": 0.1}, {"id": "p02", "score": 0.0}]}'
    commit(scored.place, {"outcome.txt": outcome}, "outcome")
    async with scored.open_here() as host:
        await approve(host, scored_md(TARGET))
        started = await host.done("start_cycle", mode="research")
        assert "no instances failed" in started["data"]["research"]["failures"]
        assert "2 tell a score alone" in started["data"]["research"]["failures"]
        assert not any("failure" in step for step in started["data"]["steps"])
        assert (started["next"]["tool"], started["next"]["role"]) == ("propose_hypotheses", "strategist")
        assert "failure_analyst" not in str(started.get("options"))
        assert "X1" not in str((await host.done("get_role", role="failure_analyst"))["data"].get("failed"))
        tries: list[Any] = [[], explained("p01")["failures"]]
        for failures in tries:
            refused = await host.refused("OUT_OF_ORDER", "submit_report", summary="None.", report={"role": "failure_analyst", "failures": failures})
            assert "there is nothing to explain" in refused["refused"]["what"]
            assert refused["next"]["tool"] == "propose_hypotheses"
