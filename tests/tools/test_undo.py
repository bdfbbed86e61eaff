"""Undo: a landed change is taken back by a new commit, its lesson stands, and what came after it stays."""

from typing import Any

import pytest

from tests.support.arms import OURS, kept, opened, raised, scores, state_of
from tests.support.everything import events_of
from tests.support.host import Host
from tests.support.repositories import commit, git
from tests.support.scored_states import SCORED, WORDS
from tests.support.states import States
from tools.engine.repository.location import locate
from tools.engine.upkeep.examining import examined, store_of


async def _landed(host: Host, number: int = 1, **words: str) -> None:
    await raised(host, number, 0.3, **words)
    assert (await kept(host, number))["data"]["state"] == "landed", host.text


async def _undo(host: Host, number: int = 1, reason: str = "It broke the shop.") -> dict[str, Any]:
    return await host.done("verdict", experiment=number, decision="undo", reason=reason, lesson="Ask the shop first.")


def trailers(host: Host, commit_id: str) -> dict[str, str]:
    """The trailers of a commit, by name."""
    lines = git(host.project, "log", "-1", "--format=%(trailers:only)", commit_id).splitlines()
    return {name: value for line in lines if line for name, _, value in [line.partition(": ")]}


async def test_a_landed_change_is_taken_back_by_a_new_commit_with_trailers_and_the_score_falls_back(parallel: States) -> None:
    async with parallel.open("side by side") as host:
        before = (await host.done("project_status"))["data"]["scores"]["composite"]
        await _landed(host)
        landed = git(host.project, "rev-parse", "main")
        answer = await host.done("verdict", experiment=1, decision="undo", reason="It broke the shop.", lesson="Ask the shop first.")
        assert (answer["data"]["state"], answer["data"]["composite"]) == ("undone", before)
        assert git(host.project, "rev-parse", "main^") == landed
        assert git(host.project, "rev-parse", "main^{tree}") == git(host.project, "rev-parse", f"{landed}^1^{{tree}}")
        assert (scores(host.project), git(host.project, "status", "--porcelain")) == (("0.1", "0.1", "0.1"), "")
        said = trailers(host, "main")
        assert (said["Factory-Experiment"], said["Factory-Verdict"]) == ("1", "undo")
        assert said["Factory-Score"].endswith("(delta -0.1000)") or "(delta -" in said["Factory-Score"]
        assert said["Factory-Chain"]
        status = await host.done("project_status")
        assert status["data"]["scores"]["composite"] == before
        assert (status["data"]["history"]["kept"], status["data"]["history"]["undone"]) == (0, 1)
        assert events_of(host.project)[-2:] == ["landing.done", "experiment.undone"]
        note = (host.project / ".factory/archive/experiments/001.md").read_text(encoding="utf-8")
        assert "It broke the shop." in note
        assert "Ask the shop first." in (await host.done("experiment_history", experiment=1))["data"]["lesson"]


async def test_the_same_undo_again_is_the_first_answer_and_moves_nothing(parallel: States) -> None:
    async with parallel.open("side by side") as host:
        await _landed(host)
        first = await _undo(host)
        tip, events = git(host.project, "rev-parse", "main"), events_of(host.project)
        again = await _undo(host, reason="Other words.")
        assert (again["repeated"], again["data"]) == (True, first["data"])
        assert again["summary"] == first["summary"].replace("is undone", "was undone before")
        assert (git(host.project, "rev-parse", "main"), events_of(host.project)) == (tip, events)
        for decision in ("keep", "revert"):
            await host.refused("ALREADY_DECIDED", "verdict", experiment=1, decision=decision, reason="r", lesson="l")


async def test_doctor_and_verify_find_nothing_wrong_after_arms_were_superseded_and_a_change_was_undone(parallel: States) -> None:
    async with parallel.open("three arms") as host:
        for number, score in ((1, 0.2), (2, 0.4)):
            await raised(host, number, score, "1.txt")
        await host.keep(2)
        await _undo(host, 2)
        project = host.project
    repository = locate(project)
    store = store_of(repository)
    checks = examined(repository, store)
    store.close()
    assert [(check.name, str(fault)) for check in checks for fault in check.faults] == []
    assert {"chain", "tables", "refs", "worktrees"} <= {check.name for check in checks}


@pytest.mark.thorough
async def test_what_came_after_it_stays(parallel: States) -> None:
    async with parallel.open("side by side") as host:
        await _landed(host)
        await _landed(host, 2)
        commit(host.project, {"README.md": "# slug\n\nBy hand.\n"}, "by hand")
        await _undo(host)
        assert scores(host.project) == ("0.1", "0.3", "0.1")
        assert (host.project / "README.md").read_text(encoding="utf-8").endswith("By hand.\n")


async def test_what_builds_on_it_is_named_and_nothing_changes(parallel: States) -> None:
    async with parallel.open("side by side") as host:
        await _landed(host, words=OURS)
        commit(host.project, {WORDS: OURS.replace("of ours", "of ours and more")}, "on top of it")
        refused = await host.refused_after_writing("CONFLICT", "verdict", experiment=1, decision="undo", reason="r")
        assert refused["refused"]["where"] == [WORDS]
        assert await state_of(host, 1) == "landed"
        assert (scores(host.project), git(host.project, "status", "--porcelain")) == (("0.3", "0.1", "0.1"), "")


async def test_what_is_in_the_way_is_named_and_the_undo_is_taken_up_once_it_is_gone(parallel: States) -> None:
    async with parallel.open("side by side") as host:
        await _landed(host)
        tip = git(host.project, "rev-parse", "main")
        (host.project / "1.txt").write_text("mine\n", encoding="utf-8")
        waits = await _undo(host)
        assert waits["data"]["checkout"]["paths"] == ["1.txt"]
        assert "Nothing has moved." in waits["summary"]
        assert (git(host.project, "rev-parse", "main"), await state_of(host, 1)) == (tip, "landed")
        status = await host.call("project_status")
        undone_later = "experiment 1: an undo was asked for, and is not done yet: local work is in the way of the landing: 1.txt"
        assert status["data"]["waits"] == [undone_later]
        git(host.project, "checkout", "-q", "--", "1.txt")
        assert (await _undo(host))["data"]["state"] == "undone"
        assert scores(host.project) == ("0.1", "0.1", "0.1")


@pytest.mark.thorough
async def test_a_change_that_was_taken_back_by_hand_is_undone_without_a_commit(parallel: States) -> None:
    async with parallel.open("side by side") as host:
        await _landed(host)
        tip = commit(host.project, {"1.txt": "0.1\n"}, "back by hand")
        answer = await _undo(host)
        assert (answer["data"]["state"], answer["data"].get("commit")) == ("undone", None)
        assert "nothing of it was left" in answer["summary"]
        assert git(host.project, "rev-parse", "main") == tip


async def test_an_experiment_that_stands_on_it_is_brought_up_to_date_later(parallel: States) -> None:
    async with parallel.open("proposed") as host:
        await opened(host, "H1")
        await _landed(host)
        await opened(host, "H2")
        await raised(host, 2, 0.4)
        await _undo(host)
        assert (await kept(host, 2))["data"]["state"] == "landed", host.text
        assert scores(host.project) == ("0.1", "0.4", "0.1")


async def test_a_backlog_item_that_it_had_done_is_open_again(parallel: States) -> None:
    async with parallel.open("approved") as host:
        await host.done("add_backlog_item", text="Raise the first score")
        await host.done("start_cycle", mode="improve")
        proposal = {"title": "Raise it", "category": "exploit", "dimension": "score", "what": "Raise it", "why": "B1", "backlog": "B1"}
        await host.done("propose_hypotheses", hypotheses=[proposal])
        await opened(host, "H1")
        await _landed(host)
        assert (await _undo(host))["data"]["backlog"] == {"id": "B1", "state": "open"}


async def test_what_has_not_landed_cannot_be_undone(parallel: States) -> None:
    async with parallel.open("side by side") as host:
        asked = {"experiment": 1, "decision": "undo", "reason": "r"}
        await host.refused("OUT_OF_ORDER", "verdict", **asked)
        await raised(host, 1, 0.3)
        await host.refused("OUT_OF_ORDER", "verdict", **asked)
        (host.project / "1.txt").write_text("mine\n", encoding="utf-8")
        assert (await host.keep(1))["data"]["state"] == "kept"
        await host.refused("OUT_OF_ORDER", "verdict", **asked)
        await host.revert(2)
        await host.refused("ALREADY_DECIDED", "verdict", **{**asked, "experiment": 2})


@pytest.mark.thorough
async def test_a_target_that_no_checkout_holds_is_taken_back_alone(parallel: States) -> None:
    async with parallel.open("side by side") as host:
        await _landed(host)
        git(host.project, "switch", "-q", "-c", "elsewhere")
        await _undo(host)
        assert git(host.project, "show", "main:1.txt") == "0.1"
        assert git(host.project, "show", f"main:{WORDS}") == SCORED[WORDS].strip()
