"""Several experiments open at once: of several hypotheses, and several arms of one, of which the best measured wins."""

import pytest

from tests.support.arms import kept, opened, raised, scores, state_of
from tests.support.everything import events_of
from tests.support.repositories import git
from tests.support.states import States

DOZEN = 12


async def test_a_dozen_arms_of_one_idea_have_each_a_worktree_and_every_answer_names_them_in_brief(parallel: States) -> None:
    async with parallel.open("proposed") as host:
        numbers = await opened(host, "H1", *(f"H1.{arm}" for arm in range(2, DOZEN + 1)))
        assert numbers == list(range(1, DOZEN + 1))
        for number in numbers:
            host.edit({"1.txt": f"0.{number:02d}\n"}, number)
        status = await host.done("project_status")
        assert status["at"]["experiment"] == 1
        assert len(status["data"]["open"]["besides"]) == DOZEN - 1
        named = status["options"][-1]["why"]
        assert all(f"{number} (H1.{number}) begun" in named for number in numbers[1:])
        assert named in "; ".join(option["why"] for option in (await host.done("check_experiment", experiment=1))["options"])
        assert "12 (H1.12)" in status["data"]["handover"]
        arms = (await host.done("check_experiment", experiment=7))["data"]["arms"]
        assert [arm["item"] for arm in arms] == ["H1", *(f"H1.{arm}" for arm in range(2, DOZEN + 1))]
        assert len(git(host.project, "worktree", "list").splitlines()) == DOZEN + 1


async def test_an_arm_that_is_asked_for_again_is_the_same_one(parallel: States) -> None:
    async with parallel.open("proposed") as host:
        await opened(host, "H1", "H1.2")
        for item, number in (("H1", 1), ("H1.1", 1), ("H1.2", 2)):
            again = await host.done("start_experiment", item=item)
            assert (again["data"]["experiment"], again["repeated"]) == (number, True)
        assert events_of(host.project).count("experiment.started") == 2


async def test_an_arm_that_is_not_the_next_one_is_refused(parallel: States) -> None:
    async with parallel.open("proposed") as host:
        await opened(host, "H1")
        for item, code in (("H1.3", "OUT_OF_ORDER"), ("H2.2", "OUT_OF_ORDER"), ("H1.0", "BAD_ARGUMENTS"), ("H9.2", "UNKNOWN_ID")):
            await host.refused(code, "start_experiment", item=item)


async def test_of_several_arms_the_best_measured_wins_and_the_worse_are_superseded_with_a_lesson_from_facts(parallel: States) -> None:
    async with parallel.open("three arms") as host:
        for number, score in ((1, 0.2), (2, 0.4)):
            await raised(host, number, score, "1.txt")
        host.edit({"1.txt": "0.9\n"}, 3)  # never measured
        refused = await host.refused_after_writing("GATE", "verdict", experiment=1, decision="keep", reason="r")
        assert "experiment 2 (H1.2) measured better: delta" in refused["refused"]["where"][0]
        due = (await host.done("project_status"))["next"]
        assert (due["tool"], due["arguments"]) == ("check_experiment", {"experiment": 2})
        answer = await host.keep(2)
        assert (answer["data"]["state"], answer["data"]["superseded"]) == ("landed", [1])
        assert answer["data"]["cycle"]["superseded"] == 1
        assert [await state_of(host, number) for number in (1, 2, 3)] == ["superseded", "landed", "begun"]
        told = (await host.done("experiment_history", experiment=1))["data"]
        assert "score 0.4000 against 0.6000" in told["lesson"]
        assert git(host.project, "show", "refs/factory/backup/001:1.txt") == "0.2"
        assert not (host.project / ".factory/worktrees/001").exists()
        note = (host.project / ".factory/archive/experiments/001.md").read_text(encoding="utf-8")
        assert "state: superseded" in note
        await host.refused("ALREADY_DECIDED", "verdict", experiment=1, decision="keep", reason="r")
        await host.refused("ALREADY_DECIDED", "start_experiment", item="H1.4")


async def test_an_arm_that_was_not_measured_by_then_stays_open_and_can_still_win(parallel: States) -> None:
    async with parallel.open("three arms") as host:
        await raised(host, 1, 0.2, "1.txt")
        assert (await host.keep(1))["data"].get("superseded") is None
        await raised(host, 2, 0.15, "2.txt")
        assert await state_of(host, 2) == "measured", "measured later, and worse: it is judged by what it adds"
        answer = await kept(host, 2)
        assert answer["data"]["state"] == "landed", host.text
        assert scores(host.project) == ("0.2", "0.15", "0.1")


async def test_the_status_shows_the_target_as_it_landed_and_no_number_of_an_arm_that_was_given_up(parallel: States) -> None:
    async with parallel.open("three arms") as host:
        for number, score in ((1, 0.4), (2, 0.2)):
            await raised(host, number, score, "1.txt")
        landed = (await host.keep(1))["data"]
        assert landed["superseded"] == [2]
        gate = (await host.done("experiment_history", experiment=2))["data"]["gate"]
        assert ("best_of_arms", "fail") in [(each["check"], each["result"]) for each in gate["others"]]
        status = (await host.done("project_status"))["data"]
        assert status["scores"]["of"] == f"main at {landed['commit']}, as experiment 1 landed"
        assert (status["history"]["reverted"], status["history"]["superseded"]) == (0, 1)
        assert (await host.done("experiment_history"))["summary"].startswith("1 kept, 0 reverted, 1 superseded, 0 abandoned.")


async def test_a_better_arm_that_fails_the_gate_stands_in_nobodys_way_and_stays_open(parallel: States) -> None:
    async with parallel.open("three arms") as host:
        await raised(host, 1, 0.2, "1.txt")
        await host.measured({"1.txt": "0.5\n", "README.md": "# out of scope\n"}, 2)
        answer = await host.keep(1)
        assert (answer["data"]["state"], answer["data"].get("superseded")) == ("landed", None)
        assert await state_of(host, 2) == "measured"


@pytest.mark.thorough
async def test_an_arm_that_was_edited_since_it_was_measured_is_work_in_progress_and_not_superseded(parallel: States) -> None:
    async with parallel.open("three arms") as host:
        await raised(host, 1, 0.2, "1.txt")
        await raised(host, 2, 0.4, "1.txt")
        host.edit({"1.txt": "0.8\n"}, 1)
        await host.keep(2)
        assert await state_of(host, 1) == "measured"
        assert (host.project / ".factory/worktrees/001/1.txt").read_text() == "0.8\n"


@pytest.mark.thorough
async def test_the_cycle_ends_with_the_last_of_its_arms(parallel: States) -> None:
    async with parallel.open("three arms") as host:
        await raised(host, 1, 0.2, "1.txt")
        for number in (2, 3):
            assert (await host.revert(number))["data"]["cycle"]["state"] == "open"
        await opened(host, "H2", "H3")
        for number in (4, 5):
            await host.revert(number)
        answer = await host.keep(1)
        assert answer["data"]["cycle"] == {"cycle": 1, "state": "done", "kept": 1, "reverted": 4, "left": 0}


@pytest.mark.thorough
async def test_what_a_builder_did_is_sent_back_by_the_number_of_its_experiment(parallel: States) -> None:
    async with parallel.open("side by side") as host:
        for number in (1, 2):
            host.edit({f"{number}.txt": "0.3\n"}, number)
            await host.reviewed(number)
        back = {"role": "ceo", "decision": "redirect", "about": "builder", "feedback": "Smaller."}
        refused = await host.refused("BAD_ARGUMENTS", "submit_report", report=back, summary="Smaller.")
        assert refused["refused"]["expected"] == "one of [1, 2, 3]"
        await host.done("submit_report", report=back, summary="Smaller.", experiment=2)
        waits = {number: (await host.done("check_experiment", experiment=number))["next"]["tool"] for number in (1, 2)}
        assert waits == {1: "run_eval", 2: "submit_report"}


async def test_work_goes_on_with_the_experiments_that_wait_for_nobody(parallel: States) -> None:
    async with parallel.open("side by side") as host:
        await raised(host, 1, 0.2)
        (host.project / "1.txt").write_text("mine\n", encoding="utf-8")  # in the way of the landing
        assert (await host.keep(1))["data"]["state"] == "kept"
        status = await host.done("project_status")
        assert (status["at"]["experiment"], status["next"]["tool"]) == (2, "submit_report")
        assert "1 (H1) kept" in status["options"][-1]["why"]
