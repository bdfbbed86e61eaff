"""Cycles opened twice, hypotheses proposed badly, twice or late, experiments begun side by side, and an abort."""

from typing import Any

import pytest

from tests.support.everything import events_of, refs_of
from tests.support.repositories import git
from tests.support.states import EXPLOIT, EXPLORE, GAIN, States

FIX = {"title": "Mend blanks", "category": "fix", "dimension": "tests", "what": "Mend it", "why": "W1"}
COMBINE = {"title": "Both", "category": "combine", "dimension": "observability", "what": "Both", "why": "W1"}
ABORT = {"role": "ceo", "decision": "abort", "feedback": "It leads nowhere."}
NEEDS_A_CYCLE: list[tuple[str, dict[str, Any]]] = [
    ("propose_hypotheses", {"hypotheses": [EXPLOIT]}),
    ("start_experiment", {"item": "H1"}),
    ("submit_report", {"report": ABORT, "summary": "Enough."}),
]


async def test_starting_a_cycle_twice_gives_the_open_one(states: States) -> None:
    async with states.open("approved") as host:
        first = await host.done("start_cycle", mode="improve")
        second = await host.done("start_cycle", mode="auto")
        assert (second["repeated"], second["data"]["cycle"]) == (True, first["data"]["cycle"])
        assert first["data"]["digest"] == second["data"]["digest"]
    assert events_of(host.project).count("cycle.started") == 1


async def test_without_a_cycle_nothing_can_be_proposed_started_or_aborted(states: States) -> None:
    async with states.open("approved") as host:
        for tool, arguments in NEEDS_A_CYCLE:
            answer = await host.refused("OUT_OF_ORDER", tool, **arguments)
            assert "no cycle is open" in answer["refused"]["what"]
            assert answer["next"]["tool"] == "start_cycle"


async def test_every_problem_of_every_hypothesis_comes_at_once_and_none_is_accepted(states: States) -> None:
    bad: list[dict[str, Any]] = [
        EXPLOIT,
        {"title": "No category", "dimension": "tests", "what": "x", "why": "y"},
        {**EXPLORE, "category": "hack", "score": 0.99},
        {**EXPLORE, "title": "  ", "dimension": "vibes", "own_checks": ["test_without_a_file"]},
        {**EXPLOIT, "title": "  test  SHOUT "},
        {**FIX, "title": "t" * 121, "what": "w" * 2001},
    ]
    async with states.open("approved") as host:
        await host.done("start_cycle")
        answer = await host.refused("BAD_HYPOTHESIS", "propose_hypotheses", hypotheses=bad)
        named = {problem["where"] for problem in answer["refused"]["problems"]}
        third = f"hypotheses[3] ({EXPLORE['title']})"
        expected = {
            "hypotheses[2] (No category).category", f"{third}.category", f"{third}.score", "hypotheses[4].title", "hypotheses[4].dimension",
            "hypotheses[4].own_checks", "hypotheses[5] (test SHOUT).title",
        }  # fmt: skip
        assert expected <= named
        assert not any(where.startswith("hypotheses[1]") for where in named)
        assert {where.rpartition(".")[2] for where in named if where.startswith("hypotheses[6] (ttt")} == {"title", "what"}
        dimension = next(problem for problem in answer["refused"]["problems"] if problem["where"] == "hypotheses[4].dimension")
        assert "coverage" in dimension["expected"]
        assert (answer["next"]["tool"], answer["next"]["fill"]) == ("propose_hypotheses", ["hypotheses"])


async def test_hypotheses_are_worked_off_fix_first_then_exploit_explore_combine(states: States) -> None:
    async with states.open("approved") as host:
        await host.done("start_cycle", max_new=4)
        answer = await host.done("propose_hypotheses", hypotheses=[COMBINE, EXPLORE, FIX, EXPLOIT])
        assert [(item["id"], item["category"]) for item in answer["data"]["accepted"]] == [
            ("H1", "fix"), ("H2", "exploit"), ("H3", "explore"), ("H4", "combine"),
        ]  # fmt: skip
        assert answer["next"]["arguments"] == {"item": "H1"}


async def test_the_same_proposals_again_are_the_stored_ones_and_others_replace_them_until_one_is_used(states: States) -> None:
    async with states.open("approved") as host:
        await host.done("start_cycle")
        first = await host.done("propose_hypotheses", hypotheses=[EXPLORE, EXPLOIT])
        again = await host.done("propose_hypotheses", hypotheses=[EXPLORE, EXPLOIT])
        assert (again["repeated"], again["data"]) == (True, first["data"])
        other = await host.done("propose_hypotheses", hypotheses=[FIX])
        assert [item["id"] for item in other["data"]["accepted"]] == ["H3"]
        assert other["data"]["replaced"] == ["H1", "H2"]
        assert "in place of H1, H2" in other["summary"]
        answer = await host.refused("UNKNOWN_ID", "start_experiment", item="H1")
        assert "H1" in answer["refused"]["what"]
        await host.done("start_experiment", item="H3")
        answer = await host.refused("OUT_OF_ORDER", "propose_hypotheses", hypotheses=[EXPLOIT])
        assert "H3" in answer["refused"]["what"]
        assert answer["next"]["arguments"]["experiment"] == 1
        assert (await host.done("propose_hypotheses", hypotheses=[FIX]))["repeated"] is True


async def test_starting_an_experiment_twice_gives_the_open_one_with_its_edits(states: States) -> None:
    async with states.open("begun") as host:
        host.edit(GAIN)
        before = refs_of(host.project)
        answer = await host.done("start_experiment", item="H1")
        assert (answer["repeated"], answer["data"]["experiment"]) == (True, 1)
        assert (host.project / ".factory/worktrees/001/tests/test_shout.py").is_file()
        assert refs_of(host.project) == before


async def test_a_second_experiment_opens_beside_the_first_and_each_is_decided_by_itself(states: States) -> None:
    async with states.open("measured") as host:
        second = await host.done("start_experiment", item="H2")
        assert second["data"]["experiment"] == 2
        host.edit({"src/slug/more.py": "x = 1\n"}, 2)
        assert (await host.keep(1))["data"]["state"] == "landed"
        answer = await host.call("project_status")
        assert (answer["at"]["experiment"], answer["data"]["open"]["cycle"]) == (2, 1)
        assert (await host.revert(2))["data"]["state"] == "reverted"
        assert (await host.call("project_status"))["at"].get("cycle") is None


async def test_a_worktree_that_somebody_removed_is_opened_again(states: States) -> None:
    async with states.open("begun") as host:
        git(host.project, "worktree", "unlock", ".factory/worktrees/001")
        git(host.project, "worktree", "remove", "--force", ".factory/worktrees/001")
        answer = await host.call("project_status")
        assert (answer["next"]["tool"], answer["next"]["arguments"]) == ("start_experiment", {"item": "H1"})
        refused = await host.refused("OUT_OF_ORDER", "run_eval", experiment=1)
        assert "worktree" in refused["refused"]["what"]
        again = await host.done("start_experiment", item="H1")
        assert (host.project / ".factory/worktrees/001/README.md").is_file()
        assert again["data"]["experiment"] == 1


@pytest.mark.parametrize("decision", ["revert", "keep"])
async def test_a_decided_hypothesis_cannot_be_started_again(states: States, decision: str) -> None:
    async with states.open("measured") as host:
        assert "refused" not in await (host.keep() if decision == "keep" else host.revert())
        answer = await host.refused("ALREADY_DECIDED", "start_experiment", item="H1")
        assert "experiment 1" in answer["refused"]["what"]
        assert (answer["next"]["tool"], answer["next"]["arguments"]) == ("start_experiment", {"item": "H2"})


async def test_an_abort_by_the_ceo_ends_the_cycle_and_loses_no_edit(states: States) -> None:
    async with states.open("measured") as host:
        await host.done("start_experiment", item="H2")
        host.edit({"src/slug/unfinished.py": "x = 1\n"}, 2)
        tip = git(host.project, "rev-parse", "main")
        answer = await host.done("submit_report", report=ABORT, summary="Enough.")
        assert answer["data"]["abandoned"] == [1, 2]
        assert "start_cycle" in {option["tool"] for option in answer.get("options", ())} | {answer["next"].get("tool")}
        assert git(host.project, "rev-parse", "main") == tip
        assert git(host.project, "show", "refs/factory/backup/002:src/slug/unfinished.py") == "x = 1"
        assert not list((host.project / ".factory/worktrees").glob("0*"))
        history = await host.call("experiment_history", state="abandoned")
        assert {item["experiment"] for item in history["data"]["experiments"]} == {1, 2}
        assert (await host.done("start_cycle"))["data"]["cycle"] == 2


async def test_an_abort_waits_for_a_landing_that_is_under_way(states: States) -> None:
    async with states.open("measured") as host:
        (host.project / "tests" / "test_shout.py").write_text("mine\n")
        assert (await host.keep())["data"]["state"] == "kept"
        answer = await host.refused("OUT_OF_ORDER", "submit_report", report=ABORT, summary="Enough.")
        assert answer["next"]["tool"] == "verdict"


@pytest.mark.parametrize("report", [{"role": "builder"}, {}, {"role": "ceo", "decision": "redirect"}, {"role": "ceo"}, {"role": "reviewer"}])
async def test_a_report_in_no_known_shape_is_refused_with_its_fields(states: States, report: dict[str, Any]) -> None:
    async with states.open("begun") as host:
        answer = await host.refused("BAD_REPORT", "submit_report", experiment=1, summary="s", report=report)
        assert answer["refused"]["problems"]
        assert (answer["next"]["tool"], answer["next"]["fill"]) == ("submit_report", ["report"])


async def test_the_budget_of_a_cycle_is_said_with_what_it_means(states: States) -> None:
    async with states.open("approved") as host:
        budget = (await host.done("start_cycle"))["data"]["budget"]
        assert (budget["min_growth"], budget["max_new"]) == (2, 2)
        assert "up to min_growth move a growth dimension" in budget["says"]
