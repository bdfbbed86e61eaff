"""The CEO's decisions on a role's work: sent back with feedback, twice at most; gone on with; ended. What comes too early is told what is due."""

import pytest

from tests.support.procedure_states import PLAN, RESEARCH, SPEC, TIER, report
from tests.support.states import States


async def test_work_that_is_sent_back_comes_again_with_the_feedback_and_what_came_after_it_no_longer_counts(procedure: States) -> None:
    async with procedure.open("build drafted") as host:
        sent = {"role": "ceo", "decision": "redirect", "about": "researcher", "feedback": "Look at the words too."}
        answer = await host.done("submit_report", report=sent, summary="Too thin.")
        assert answer["data"]["redirects_left"] == 1
        assert (answer["next"]["role"], answer["at"]["step"]) == ("researcher", "research")
        assert "Look at the words too." in answer["next"]["do"]
        brief = await host.done("get_role", role="researcher")
        assert any("Look at the words too." in line for line in brief["data"]["feedback"])
        await host.refused("NOTHING_TO_APPROVE", "request_approval", what="plan")
        answer = await report(host, RESEARCH)
        assert answer["next"]["role"] == "strategist", "the plan was sent back with the research it stands on"


async def test_two_redirects_are_what_a_cycle_has_and_the_third_names_both(procedure: States) -> None:
    async with procedure.open("build planned") as host:
        for feedback in ("Smaller phases.", "Name the tests."):
            sent = {"role": "ceo", "decision": "redirect", "about": "strategist", "feedback": feedback}
            await host.done("submit_report", report=sent, summary="Again.")
            await report(host, {**PLAN, "deferred": [feedback]})
        answer = await host.refused("REDIRECT_LIMIT", "submit_report", report=sent, summary="Again.")
        assert answer["refused"]["where"] == ["strategist: Smaller phases.", "strategist: Name the tests."]


async def test_a_plan_that_is_sent_back_takes_its_phases_out(procedure: States) -> None:
    async with procedure.open("build approved") as host:
        sent = {"role": "ceo", "decision": "redirect", "about": "strategist", "feedback": "Other phases."}
        answer = await host.done("submit_report", report=sent, summary="Again.")
        assert answer["next"]["role"] == "strategist"
        await host.refused("UNKNOWN_ID", "start_experiment", item="P1")
        await report(host, {**PLAN, "deferred": []})
        await host.done("request_approval", what="plan")
        assert len(host.shown) == 1, "the evaluation landed before, the other plan alone is asked for"
        answer = await host.done("project_status")
        assert answer["next"]["arguments"] == {"item": "P3"}


async def test_going_on_twice_is_said_once(procedure: States) -> None:
    async with procedure.open("build planned") as host:
        proceed = {"role": "ceo", "decision": "proceed"}
        await host.done("submit_report", report=proceed, summary="Fine.")
        assert (await host.done("submit_report", report=proceed, summary="Fine."))["repeated"] is True


@pytest.mark.parametrize(("state", "work"), [("build planned", RESEARCH), ("interactive distilled", RESEARCH), ("build approved", PLAN)])
async def test_a_report_that_the_next_step_used_stands_until_it_is_sent_back(procedure: States, state: str, work: dict[str, object]) -> None:
    async with procedure.open(state) as host:
        same = await host.done("submit_report", report=work, summary=f"The {work['role']}'s work.")
        assert same["repeated"] is True
        answer = await host.refused("DIFFERENT_CONTENT", "submit_report", report=work, summary="Otherwise.")
        assert "redirect" in answer["refused"]["expected"]


@pytest.mark.parametrize(
    ("state", "work", "due"),
    [
        ("build open", PLAN, "research, by submit_report as researcher"),
        ("interactive open", SPEC, "research, by submit_report as researcher"),
        ("build researched", TIER, "plan, by submit_report as strategist"),
        ("refine open", RESEARCH, "classify, by submit_report as refiner"),
        ("proposed", TIER, "experiments, by start_experiment as ceo"),
    ],
)
async def test_a_report_out_of_order_names_the_open_step(procedure: States, state: str, work: dict[str, object], due: str) -> None:
    async with procedure.open(state) as host:
        answer = await host.refused("OUT_OF_ORDER", "submit_report", report=work, summary="Too early.")
        assert due in answer["refused"]["expected"]


@pytest.mark.parametrize("same", [True, False], ids=["the same plan", "another plan"])
async def test_a_build_that_is_planned_anew_after_a_phase_was_given_up_builds_the_new_plan(procedure: States, *, same: bool) -> None:
    async with procedure.open("build approved") as host:
        await host.done("start_experiment", item="P1")
        host.edit({"words.txt": "other\n"})
        given_up = await host.done("verdict", experiment=1, decision="revert", reason="It cannot be.", lesson="Words come first.")
        assert given_up["next"]["arguments"] == {"item": "P2"}
        assert any(option.get("arguments", {}).get("report", {}).get("decision") == "redirect" for option in given_up["options"])
        sent = {"role": "ceo", "decision": "redirect", "about": "strategist", "feedback": "The second phase builds on the first."}
        await report(host, sent)
        await report(host, PLAN if same else {**PLAN, "deferred": ["Nothing"]})
        answer = await host.done("request_approval", what="plan")
        assert answer["next"]["arguments"] == {"item": "P3"}
        await host.refused("OUT_OF_ORDER", "run_eval", purpose="end_to_end")
        opened = await host.done("start_experiment", item="P3")
        assert opened["data"]["experiment"] == 2
