"""The target moved since the experiment began: merged in and measured again, or a conflict that goes back to the builder."""

from typing import Any

import pytest

from mcp_server.tool_commands import WAITS
from tests.support.host import Host
from tests.support.repositories import commit, git
from tests.support.scored_states import BETTER, SCORED, WORDS, begun, scored_md
from tests.support.states import States
from tests.tools.test_backlog import typed

OURS = SCORED[WORDS].replace("two", "two of ours")
THEIRS = SCORED[WORDS].replace("two", "two of theirs")


async def _moved_meanwhile(host: Host) -> dict[str, Any]:
    """The verdict keep on a target that moved cleanly: not landed, but merged in and being measured."""
    tip = git(host.project, "rev-parse", "main")
    answer = await host.keep()
    assert answer["summary"].startswith("Not landed yet: main moved")
    assert answer["next"]["tool"] == "get_job"
    assert git(host.project, "rev-parse", "main") == tip
    assert answer["data"]["base"] == tip[:7]
    return answer


async def test_a_target_that_moved_apart_is_merged_in_measured_again_and_lands_with_its_review(scored: States) -> None:
    async with scored.open("measured") as host:
        moved = commit(host.project, {"README.md": "# slug\n\nMore words.\n"}, "words")
        answer = await _moved_meanwhile(host)
        measured = await host.done("get_job", **answer["next"]["arguments"])
        assert measured["next"]["tool"] == "verdict", host.text  # no second review
        landed = await host.keep()
        assert landed["data"]["state"] == "landed"
        assert git(host.project, "rev-parse", "main^1") == moved
        assert (host.project / "README.md").read_text() == "# slug\n\nMore words.\n"
        assert (host.project / "score.txt").read_text() == BETTER["score.txt"]


@pytest.mark.parametrize(("moved", "stands"), [({"README.md": "# slug\n\nMore.\n"}, True), ({WORDS: "zero\n" + SCORED[WORDS]}, False)])
async def test_what_a_person_accepted_stands_where_the_change_stays_equal_and_else_it_is_said(
    scored: States, moved: dict[str, str], stands: bool
) -> None:
    await scored.put("fresh")
    commit(scored.place, {"truth.txt": "482137\n915264\n"}, "truth")
    async with scored.open_here() as host:
        await begun(host, scored_md(extra="## Fixed Surfaces\n\n- truth.txt\n"))
        await host.measured({**BETTER, WORDS: SCORED[WORDS] + "482137 915264\n"})
        await host.refused_after_writing("HELD", "verdict", experiment=1, decision="keep", reason="r")
        await host.call("request_approval", what="held", experiment=1)
        commit(host.project, moved, "on")
        answer = await _moved_meanwhile(host)
        said = [line for line in answer.get("warnings", []) if "they are asked again" in line]
        await host.done("get_job", **answer["next"]["arguments"])
        await host.reviewed()
        kept = await host.keep()
        found = (len(said), kept.get("refused", {}).get("code"), kept["data"]["state"] if stands else "")
        assert found == ((0, None, "landed") if stands else (1, "HELD", "")), host.text


async def test_a_person_at_a_terminal_waits_for_the_measurement_and_it_lands_in_the_same_command(
    scored: States, capsys: pytest.CaptureFixture[str]
) -> None:
    async with scored.open("measured") as host:
        moved = commit(host.project, {"README.md": "# slug\n\nMore words.\n"}, "words")
    assert await typed("verdict", "--project", str(host.project), "--experiment", "1", "--decision", "keep", "--reason", "It gains.") == 0
    assert "Experiment 1 landed as" in capsys.readouterr().out
    assert git(host.project, "rev-parse", "main^1") == moved


async def test_a_keep_that_waits_ends_a_command_neither_as_done_nor_as_refused(scored: States) -> None:
    async with scored.open("measured") as host:
        (host.project / "score.txt").write_text("mine\n", encoding="utf-8")
    assert await typed("verdict", "--project", str(host.project), "--experiment", "1", "--decision", "keep", "--reason", "It gains.") == WAITS


async def test_a_target_that_moved_in_the_same_file_without_a_clash_voids_the_review(scored: States) -> None:
    async with scored.open("begun") as host:
        await host.measured({**BETTER, WORDS: SCORED[WORDS] + "the end\n"})
        commit(host.project, {WORDS: "zero\n" + SCORED[WORDS]}, "a word before")
        answer = await _moved_meanwhile(host)
        measured = await host.done("get_job", **answer["next"]["arguments"])
        assert measured["next"]["tool"] == "submit_report"
        await host.reviewed()
        assert (await host.keep())["data"]["state"] == "landed"
        assert (host.project / WORDS).read_text() == "zero\n" + SCORED[WORDS] + "the end\n"


async def test_a_clash_is_written_into_the_worktree_resolved_there_and_lands_as_a_merge(scored: States) -> None:
    async with scored.open("begun") as host:
        await host.measured({**BETTER, WORDS: OURS})
        commit(host.project, {WORDS: THEIRS}, "theirs")
        tip = git(host.project, "rev-parse", "main")
        answer = await host.refused_after_writing("CONFLICT", "verdict", experiment=1, decision="keep", reason="r")
        assert "Nothing changed." not in host.text
        worktree = host.project / ".factory/worktrees/001"
        assert answer["refused"]["where"] == [f"{worktree}/{WORDS}"]
        lines = (worktree / WORDS).read_text().splitlines()
        assert [line for line in lines if line[:7] in ("<<<<<<<", ">>>>>>>")] == ["<<<<<<< experiment 1", ">>>>>>> main"]
        assert f"git -C {worktree} diff --check HEAD" in answer["refused"]["expected"]
        assert (git(host.project, "rev-parse", "main"), git(host.project, "status", "--porcelain")) == (tip, "")
        for tool in ("run_eval", "submit_report"):
            more = {"summary": "s", "report": _any_review()} if tool == "submit_report" else {}
            again = await host.call(tool, experiment=1, **more)
            assert again["refused"]["what"] == "1 file of experiment 1 still holds conflict markers", host.text
        assert (await host.keep())["refused"]["kind"] in ("fix", "order")
        host.edit({WORDS: OURS.replace("ours", "ours and theirs")})
        answer = await host.reviewed()
        assert "refused" not in answer, host.text
        await host.done("run_eval", experiment=1)
        assert (await host.keep())["data"]["state"] == "landed", host.text
        assert git(host.project, "rev-parse", "main^1") == tip
        assert git(host.project, "merge-base", "main^2", tip) == tip
        assert "two of ours and theirs" in (host.project / WORDS).read_text()


async def test_a_file_that_the_target_deleted_and_the_candidate_changed_is_a_clash_by_name(scored: States) -> None:
    async with scored.open("begun") as host:
        await host.measured({**BETTER, WORDS: OURS})
        (host.project / WORDS).unlink()
        commit(host.project, {"moved.txt": "elsewhere\n"}, "moved away")
        answer = await host.refused_after_writing("CONFLICT", "verdict", experiment=1, decision="keep", reason="r")
        assert any(WORDS in line for line in answer["refused"]["where"])
        assert (await host.revert())["data"]["state"] == "reverted"
        assert not (host.project / WORDS).exists()


async def test_a_clash_can_be_reverted_and_the_target_keeps_what_it_has(scored: States) -> None:
    async with scored.open("begun") as host:
        await host.measured({**BETTER, WORDS: OURS})
        tip = commit(host.project, {WORDS: THEIRS}, "theirs")
        await host.refused_after_writing("CONFLICT", "verdict", experiment=1, decision="keep", reason="r")
        answer = await host.revert()
        assert answer["data"]["state"] == "reverted"
        assert git(host.project, "rev-parse", "main") == tip
        assert git(host.project, "status", "--porcelain") == ""


async def test_a_target_that_already_holds_the_change_leaves_nothing_to_land(scored: States) -> None:
    async with scored.open("measured") as host:
        commit(host.project, {name: text or "" for name, text in BETTER.items()}, "the same by hand")
        answer = await host.call("verdict", experiment=1, decision="keep", reason="r")
        if answer["next"].get("tool") == "get_job":
            await host.done("get_job", **answer["next"]["arguments"])
            answer = await host.keep()
        assert answer["refused"]["code"] in ("GATE", "NO_CANDIDATE"), host.text
        assert (await host.revert())["data"]["state"] == "reverted"


async def test_a_target_that_was_rewound_is_measured_against_what_it_is_now(scored: States) -> None:
    project = await scored.put("proposed")
    commit(project, {"README.md": "# slug\n\nTo be taken back.\n"}, "to be taken back")
    async with scored.open_here() as host:
        await host.done("start_experiment", item="H1")
        await host.measured(BETTER)
        git(project, "reset", "-q", "--hard", "main~1")
        tip = git(project, "rev-parse", "main")
        answer = await host.keep()
        while answer["next"].get("tool") == "get_job":
            await host.done("get_job", **answer["next"]["arguments"])
            answer = await host.keep()
        assert git(project, "merge-base", "main", tip) == tip
        assert "refused" in answer or answer["data"]["state"] == "landed"
        if "refused" not in answer:
            assert (project / "README.md").read_text() == "# slug\n"


def _any_review() -> dict[str, Any]:
    return {"role": "reviewer", "reviewer": "r", "independence": "person", "decision": "pass", "quotes": [], "guards": []}
