"""The person commits another factory.md while an experiment is open: nothing deadlocks, they are asked, and work goes on."""

from typing import Any

import pytest

from tests.support.everything import events_of
from tests.support.host import Host, answers
from tests.support.repositories import commit, git
from tests.support.scored_states import BETTER, EXPLOIT, SCORE, scored_md
from tests.support.states import States

READING: tuple[tuple[str, dict[str, Any]], ...] = (
    ("project_status", {}),
    ("experiment_history", {}),
    ("get_role", {"role": "reviewer"}),
    ("check_experiment", {"experiment": 1}),
)


async def _refused_keep(host: Host) -> None:
    """A keep while the target's factory.md waits for approval: refused before anything is merged, with the call that leads on."""
    tip = git(host.project / ".factory/worktrees/001", "rev-parse", "HEAD")
    answer = await host.refused("NEEDS_APPROVAL", "verdict", experiment=1, decision="keep", reason="It is better.")
    assert (answer["next"]["tool"], answer["next"]["arguments"]) == ("request_approval", {"what": "evaluation"}), host.text
    assert "verdict" not in [option["tool"] for option in answer["options"] if option["arguments"].get("decision") == "keep"]
    assert git(host.project / ".factory/worktrees/001", "rev-parse", "HEAD") == tip


async def test_a_changed_contract_is_asked_for_within_the_cycle_and_the_experiment_still_lands(scored: States) -> None:
    async with scored.open("measured") as host:
        commit(host.project, {"factory.md": scored_md(threshold=0.05)}, "a lower threshold")
        for tool, arguments in READING:
            assert "refused" not in await host.call(tool, **arguments), host.text
        status = await host.done("project_status")
        assert (status["next"]["tool"], status["at"]["waiting_for"]) == ("request_approval", "person: evaluation")
        assert "factory.md changed" in status["next"]["do"]
        assert status["options"][0]["tool"] == "verdict"
        await _refused_keep(host)
        approved = await host.call("request_approval", what="evaluation")
        assert approved["data"]["status"] == "approved", host.text
        assert approved["next"]["tool"] == "verdict", "the open experiment goes on"
        answer = await host.keep()
        assert answer["summary"].startswith("Not landed yet: main moved"), host.text
        await host.done("get_job", **answer["next"]["arguments"])
        assert (await host.keep())["data"]["state"] == "landed", host.text


@pytest.mark.parametrize("decision", ["revert", "abandon"])
async def test_an_experiment_is_given_up_while_a_changed_contract_waits(scored: States, decision: str) -> None:
    async with scored.open("begun") as host:
        host.edit(BETTER)
        commit(host.project, {"factory.md": scored_md(threshold=0.05)}, "a lower threshold")
        answer = await host.call("verdict", experiment=1, decision=decision, reason="No.", lesson="Ask first.")
        assert answer["data"]["state"] in ("reverted", "abandoned"), host.text
        assert git(host.project, "show", f"refs/factory/backup/001:{SCORE}") == "0.6"


async def test_a_broken_factory_md_on_the_target_is_named_and_merged_nowhere(scored: States) -> None:
    async with scored.open("measured") as host:
        commit(host.project, {"factory.md": scored_md().replace("## Guards", "## Gards")}, "a typo")
        answer = await host.refused("BAD_CONFIG", "verdict", experiment=1, decision="keep", reason="It is better.")
        assert "Gards" in host.text
        assert (answer["next"]["tool"], answer["next"]["fill"]) == ("discover_project", ["factory_md"])
        assert "experiment.updated" not in events_of(host.project)


async def test_an_experiment_that_follows_the_old_contract_may_still_be_built_while_the_person_is_asked(scored: States) -> None:
    async with scored.open("begun", answers("reject")) as host:
        commit(host.project, {"factory.md": scored_md(threshold=0.05)}, "a lower threshold")
        status = await host.done("project_status")
        assert status["options"][0]["tool"] == "submit_report"
        measured = await host.measured(BETTER)
        assert measured["data"]["composite"]["delta"] > 0, host.text


async def test_proposing_waits_for_the_changed_contract_and_says_which_call_leads_on(scored: States) -> None:
    async with scored.open("approved") as host:
        await host.done("start_cycle")
        commit(host.project, {"factory.md": scored_md(threshold=0.05)}, "a lower threshold")
        answer = await host.refused("NEEDS_APPROVAL", "propose_hypotheses", hypotheses=[EXPLOIT])
        assert answer["next"]["tool"] == "request_approval"


async def test_a_failing_gate_sends_to_the_builder_and_a_role_s_brief_to_the_call_that_ends_it(scored: States) -> None:
    async with scored.open("begun") as host:
        await host.measured({"README.md": "# Out of scope\n", **BETTER})
        status = await host.done("project_status")
        assert (status["next"]["role"], "scope" in status["next"]["do"]) == ("builder", True)
        brief = await host.done("get_role", role="reviewer", experiment=1)
        assert (brief["next"]["tool"], brief["next"]["role"]) == ("submit_report", "reviewer")


async def test_a_question_is_answered_and_begins_nothing(scored: States) -> None:
    async with scored.open("approved") as host:
        status = await host.done("project_status", request="What happened here so far?")
        assert status["data"]["intent"]["kind"] == "question"
        assert status["next"]["tool"] == "study_project"
        assert {option["tool"] for option in status["options"]} == {"start_cycle"}
