"""Several keeps one after the other: each is brought up to date on what landed, or waits to land, before it, and measured again as it will land."""

import pytest

from tests.support.arms import OURS, THEIRS, kept, opened, raised, scores, state_of
from tests.support.everything import events_of
from tests.support.host import Host
from tests.support.repositories import commit, git
from tests.support.scored_states import SCORED, WORDS
from tests.support.states import States


def in_the_way(host: Host) -> None:
    """The person edits a file that the first experiment changes."""
    (host.project / "1.txt").write_text("mine\n", encoding="utf-8")


def out_of_the_way(host: Host) -> None:
    """They take their edit back."""
    git(host.project, "checkout", "-q", "--", "1.txt")


async def test_each_of_three_is_measured_again_as_it_lands_and_all_three_are_there(parallel: States) -> None:
    async with parallel.open("side by side") as host:
        for number in (1, 2, 3):
            await raised(host, number, (1 + number) / 10)
        assert (await host.keep(1))["data"]["state"] == "landed"
        for number in (2, 3):
            before = git(host.project, "rev-parse", "main")
            answer = await host.keep(number)
            assert answer["summary"].startswith("Not landed yet: main moved"), host.text
            measured = await host.done("get_job", **answer["next"]["arguments"])
            assert measured["next"]["tool"] == "verdict", "the review stands: the patch is the same"
            assert (await host.keep(number))["data"]["state"] == "landed"
            assert git(host.project, "rev-parse", "main^1") == before
        assert scores(host.project) == ("0.2", "0.3", "0.4")
        assert git(host.project, "status", "--porcelain") == ""


async def test_the_last_change_is_the_one_that_landed_last_whatever_its_number(parallel: States) -> None:
    async with parallel.open("side by side") as host:
        for number in (1, 2):
            await raised(host, number, 0.3)
        await host.keep(2)
        assert (await kept(host, 1))["data"]["state"] == "landed", host.text
        undo = await host.done("project_status", request="undo the last change")
        assert undo["next"]["arguments"] == {"experiment": 1, "decision": "undo"}
        assert undo["next"]["do"].startswith("Take experiment 1 (Score more; landed "), host.text
        preview = await host.done("clean_pr", action="preview")
        assert preview["summary"].startswith("Experiment 1 "), host.text


@pytest.mark.thorough
async def test_a_clash_with_what_landed_first_goes_back_to_the_builder_and_lands_resolved(parallel: States) -> None:
    async with parallel.open("side by side") as host:
        await raised(host, 1, 0.3, words=OURS)
        await raised(host, 2, 0.3, words=THEIRS)
        await host.keep(1)
        clash = await host.refused_after_writing("CONFLICT", "verdict", experiment=2, decision="keep", reason="r")
        assert clash["refused"]["where"] == [f"{host.project}/.factory/worktrees/002/{WORDS}"]
        assert scores(host.project) == ("0.3", "0.1", "0.1")
        host.edit({WORDS: OURS.replace("ours", "both")}, 2)
        await host.reviewed(2)
        await host.done("run_eval", experiment=2)
        assert (await kept(host, 2))["data"]["state"] == "landed", host.text
        assert scores(host.project) == ("0.3", "0.3", "0.1")


@pytest.mark.thorough
async def test_the_second_that_falls_after_the_merge_is_refused_and_can_be_reverted(parallel: States) -> None:
    async with parallel.open("side by side") as host:
        await raised(host, 1, 0.3, "3.txt")
        await host.measured({"3.txt": "0.2\n"}, 2)
        await host.keep(1)
        await host.refused_after_writing("CONFLICT", "verdict", experiment=2, decision="keep", reason="r")
        host.edit({"3.txt": "0.3\n", WORDS: OURS}, 2)  # resolved for what is there already
        await host.reviewed(2)
        await host.done("run_eval", experiment=2)
        refused = await host.refused_after_writing("GATE", "verdict", experiment=2, decision="keep", reason="r")
        assert any("improved_or_proven" in line for line in refused["refused"]["where"])
        await host.revert(2)
        assert scores(host.project) == ("0.1", "0.1", "0.3")


async def test_what_begins_while_a_kept_change_waits_stands_on_it_and_lands_behind_it(parallel: States) -> None:
    async with parallel.open("proposed") as host:
        await opened(host, "H1")
        await raised(host, 1, 0.3)
        in_the_way(host)
        assert (await host.keep(1))["data"]["state"] == "kept"
        await opened(host, "H2")
        assert git(host.project, "rev-parse", "factory/002") == git(host.project, "rev-parse", "refs/factory/kept/001")
        status = await host.done("project_status")
        assert "experiment 2 is begun; experiment 1 is kept, and not landed yet." in status["summary"]
        assert (status["data"]["history"]["kept"], status["data"]["history"]["kept_not_landed"]) == (1, 1)
        assert (await host.done("experiment_history"))["summary"].startswith("1 kept (1 of them not landed yet), 0 reverted, 0 abandoned.")
        measured = await raised(host, 2, 0.4)
        assert measured["data"]["composite"]["delta"] > 0
        waits = await host.keep(2)
        assert waits["data"]["state"] == "kept"
        assert "experiment 1 was kept before it" in waits["summary"]
        assert git(host.project, "rev-parse", "main") == git(host.project, "rev-parse", "refs/factory/kept/001^1")
        await opened(host, "H3")
        assert git(host.project, "rev-parse", "factory/003") == git(host.project, "rev-parse", "refs/factory/kept/002")
        out_of_the_way(host)
        landed = await host.keep(2)
        assert landed["data"]["state"] == "landed", host.text
        assert "experiment 1, which was kept before, landed first" in landed["warnings"]
        assert await state_of(host, 1) == "landed"
        assert scores(host.project) == ("0.3", "0.4", "0.1")
        assert git(host.project, "log", "--first-parent", "--format=%s", "-2").splitlines() == ["Try another thing", "Score more"]
        assert events_of(host.project).count("experiment.measured") == 2, "nothing had to be measured again"


async def test_a_second_keep_is_brought_up_to_date_on_a_kept_change_that_waits(parallel: States) -> None:
    async with parallel.open("side by side") as host:
        for number in (1, 2):
            await raised(host, number, 0.4)
        in_the_way(host)
        await host.keep(1)
        checked = await host.call("check_experiment", experiment=2)
        assert "experiment 1 was kept before it, and waits to land; keep merges it in" in str(checked["data"]), host.text
        answer = await host.keep(2)
        assert answer["summary"].startswith("Not landed yet: experiment 1 was kept before it")
        await host.done("get_job", **answer["next"]["arguments"])
        assert (await kept(host, 2))["data"]["state"] == "kept"
        waits = (await host.done("project_status"))["data"]["waits"]
        assert waits[0].startswith("experiment 1: not landed yet: local work is in the way of the landing: ")
        assert waits[1] == "experiment 2: not landed yet: experiment 1 was kept before it, and waits too"
        assert (await host.done("experiment_history", experiment=1))["data"]["waits"] == waits[0].removeprefix("experiment 1: ")
        assert git(host.project, "rev-parse", "refs/factory/kept/002^1") == git(host.project, "rev-parse", "refs/factory/kept/001")
        out_of_the_way(host)
        await host.keep(1)
        assert await state_of(host, 2) == "kept"
        due = (await host.done("project_status", detail="full"))["options"]
        assert "2 (H2) kept" in due[-1]["why"]
        assert (await host.keep(2))["data"]["state"] == "landed"
        assert scores(host.project) == ("0.4", "0.4", "0.1")


async def test_a_kept_change_that_waits_can_be_given_up_and_what_stood_on_it_lands_without_it(parallel: States) -> None:
    async with parallel.open("proposed") as host:
        await opened(host, "H1")
        await raised(host, 1, 0.3)
        in_the_way(host)
        await host.keep(1)
        await opened(host, "H2")
        await raised(host, 2, 0.4)
        await host.refused("BAD_ARGUMENTS", "verdict", experiment=1, decision="revert", reason="r")
        other = await host.refused("OUT_OF_ORDER", "verdict", experiment=1, decision="abandon", reason="r")
        assert other["refused"]["expected"] == "keep once more, which takes the landing up, or revert, which gives it up"
        given_up = await host.revert()
        assert (given_up["data"]["state"], given_up["data"]["backup"]) == ("reverted", "refs/factory/backup/001"), host.text
        assert (host.project / "1.txt").read_text(encoding="utf-8") == "mine\n"
        assert (await kept(host, 2))["data"]["state"] == "landed", host.text
        assert git(host.project, "show", "main:1.txt", "main:2.txt").split() == ["0.1", "0.4"]


async def test_what_stood_on_a_kept_change_that_never_landed_lands_without_it(parallel: States) -> None:
    async with parallel.open("proposed") as host:
        await opened(host, "H1")
        await raised(host, 1, 0.3)
        in_the_way(host)
        await host.keep(1)
        await opened(host, "H2")
        await raised(host, 2, 0.4)
        assert (await host.keep(2))["data"]["state"] == "kept"
        out_of_the_way(host)
        commit(host.project, {"README.md": "# slug\n\nBy hand.\n"}, "by hand")
        answer = await kept(host, 2)
        assert answer["data"]["state"] == "landed", host.text
        assert scores(host.project) == ("0.1", "0.4", "0.1"), "of the first change, which was not kept on this target, nothing came along"
        assert "Score more" not in git(host.project, "log", "--format=%s")
        assert git(host.project, "show", "refs/factory/backup/002-before:1.txt") == "0.3"
        assert (await kept(host, 1))["data"]["state"] == "landed"
        assert scores(host.project) == ("0.3", "0.4", "0.1")


@pytest.mark.thorough
async def test_a_clash_on_the_way_to_another_base_brings_nothing_else_along_either(parallel: States) -> None:
    async with parallel.open("proposed") as host:
        await opened(host, "H1")
        await raised(host, 1, 0.3)
        in_the_way(host)
        await host.keep(1)
        await opened(host, "H2")
        await raised(host, 2, 0.4, words=OURS)
        out_of_the_way(host)
        commit(host.project, {WORDS: THEIRS}, "by hand")
        await host.refused_after_writing("CONFLICT", "verdict", experiment=2, decision="keep", reason="r")
        host.edit({WORDS: THEIRS.replace("theirs", "both")}, 2)
        await host.reviewed(2)
        await host.done("run_eval", experiment=2)
        assert (await kept(host, 2))["data"]["state"] == "landed", host.text
        assert scores(host.project) == ("0.1", "0.4", "0.1")
        assert "Score more" not in git(host.project, "log", "--format=%s")


@pytest.mark.thorough
async def test_a_target_that_was_rewound_gets_nothing_back_that_was_taken_from_it(parallel: States) -> None:
    project = await parallel.put("proposed")
    commit(project, {WORDS: SCORED[WORDS] + "to be taken back\n"}, "to be taken back")
    async with parallel.open_here() as host:
        await opened(host, "H1")
        await raised(host, 1, 0.3)
        git(project, "reset", "-q", "--hard", "main~1")
        assert (await kept(host, 1))["data"]["state"] == "landed", host.text
        assert (project / WORDS).read_text(encoding="utf-8") == SCORED[WORDS]
        assert "to be taken back" not in git(project, "log", "--format=%s")
