"""The target moved since the experiment began: merged in and measured again, or a conflict that goes back to the builder."""

from typing import Any

from tests.support.host import Host
from tests.support.repositories import commit, git
from tests.support.states import GAIN, States

SOURCE = "src/slug/__init__.py"
BODY = 'def slug(text: str) -> str:\n    return "-".join(text.lower().split())\n'
CLASH = 'def slug(text: str) -> str:\n    words = text.lower().split()\n    return "-".join(words)\n'


def _source(host: Host, slug: str) -> str:
    return git(host.project, "show", "main:" + SOURCE).replace(BODY.rstrip(), slug.rstrip()) + "\n"


async def _moved_meanwhile(host: Host) -> dict[str, Any]:
    """The verdict keep on a target that moved cleanly: not landed, but merged in and being measured."""
    tip = git(host.project, "rev-parse", "main")
    answer = await host.keep()
    assert answer["summary"].startswith("Not landed yet: main moved")
    assert answer["next"]["tool"] == "get_job"
    assert git(host.project, "rev-parse", "main") == tip
    assert answer["data"]["base"] == tip[:7]
    return answer


async def test_a_target_that_moved_apart_is_merged_in_measured_again_and_lands_with_its_review(states: States) -> None:
    async with states.open("measured") as host:
        moved = commit(host.project, {"README.md": "# slug\n\nMore words.\n"}, "words")
        answer = await _moved_meanwhile(host)
        measured = await host.done("get_job", **answer["next"]["arguments"])
        assert measured["next"]["tool"] == "verdict", host.text  # no second review
        landed = await host.keep()
        assert landed["data"]["state"] == "landed"
        assert git(host.project, "rev-parse", "main^1") == moved
        assert (host.project / "README.md").read_text() == "# slug\n\nMore words.\n"
        assert (host.project / "tests/test_shout.py").is_file()


async def test_a_target_that_moved_in_the_same_file_without_a_clash_voids_the_review(states: States) -> None:
    async with states.open("begun") as host:
        await host.measured({**GAIN, SOURCE: _source(host, BODY) + "\n# the end\n"})
        commit(host.project, {SOURCE: '"""Slugs."""\n\n' + _source(host, BODY)}, "a docstring")
        answer = await _moved_meanwhile(host)
        measured = await host.done("get_job", **answer["next"]["arguments"])
        assert measured["next"]["tool"] == "submit_report"
        await host.reviewed()
        assert (await host.keep())["data"]["state"] == "landed"
        assert (host.project / SOURCE).read_text().startswith('"""Slugs."""')
        assert (host.project / SOURCE).read_text().endswith("# the end\n")


async def test_a_clash_is_written_into_the_worktree_resolved_there_and_lands_as_a_merge(states: States) -> None:
    async with states.open("begun") as host:
        ours = _source(host, CLASH)
        await host.measured({**GAIN, SOURCE: ours})
        commit(host.project, {SOURCE: _source(host, BODY.replace("text.lower()", "text.casefold()"))}, "casefold")
        tip = git(host.project, "rev-parse", "main")
        answer = await host.refused_after_writing("CONFLICT", "verdict", experiment=1, decision="keep", reason="r")
        assert "Nothing changed." not in host.text
        worktree = host.project / ".factory/worktrees/001"
        assert answer["refused"]["where"] == [f"{worktree}/{SOURCE}"]
        assert "<<<<<<<" in (worktree / SOURCE).read_text()
        assert (git(host.project, "rev-parse", "main"), git(host.project, "status", "--porcelain")) == (tip, "")
        for tool in ("run_eval", "submit_report"):
            more = {"summary": "s", "report": _any_review()} if tool == "submit_report" else {}
            again = await host.call(tool, experiment=1, **more)
            assert again["refused"]["code"] == "CONFLICT", host.text
        assert (await host.keep())["refused"]["kind"] in ("fix", "order")
        host.edit({SOURCE: ours.replace("lower", "casefold")})
        answer = await host.reviewed()
        assert "refused" not in answer, host.text
        await host.done("run_eval", experiment=1)
        assert (await host.keep())["data"]["state"] == "landed", host.text
        assert git(host.project, "rev-parse", "main^1") == tip
        assert git(host.project, "merge-base", "main^2", tip) == tip
        assert "casefold" in (host.project / SOURCE).read_text()
        assert "words = " in (host.project / SOURCE).read_text()


async def test_a_file_that_the_target_deleted_and_the_candidate_changed_is_a_clash_by_name(states: States) -> None:
    async with states.open("begun") as host:
        await host.measured({**GAIN, SOURCE: _source(host, CLASH)})
        (host.project / SOURCE).unlink()
        commit(host.project, {"src/slug/core.py": BODY}, "moved away")
        answer = await host.refused_after_writing("CONFLICT", "verdict", experiment=1, decision="keep", reason="r")
        assert any(SOURCE in line for line in answer["refused"]["where"])
        assert (await host.revert())["data"]["state"] == "reverted"
        assert not (host.project / SOURCE).exists()


async def test_a_clash_can_be_reverted_and_the_target_keeps_what_it_has(states: States) -> None:
    async with states.open("begun") as host:
        await host.measured({**GAIN, SOURCE: _source(host, CLASH)})
        tip = commit(host.project, {SOURCE: _source(host, BODY.replace("text.lower()", "text.casefold()"))}, "casefold")
        await host.refused_after_writing("CONFLICT", "verdict", experiment=1, decision="keep", reason="r")
        answer = await host.revert()
        assert answer["data"]["state"] == "reverted"
        assert git(host.project, "rev-parse", "main") == tip
        assert git(host.project, "status", "--porcelain") == ""


async def test_a_target_that_already_holds_the_change_leaves_nothing_to_land(states: States) -> None:
    async with states.open("measured") as host:
        commit(host.project, {name: text or "" for name, text in GAIN.items()}, "the same by hand")
        answer = await host.call("verdict", experiment=1, decision="keep", reason="r")
        if answer["next"].get("tool") == "get_job":
            await host.done("get_job", **answer["next"]["arguments"])
            answer = await host.keep()
        assert answer["refused"]["code"] in ("GATE", "NO_CANDIDATE"), host.text
        assert (await host.revert())["data"]["state"] == "reverted"


async def test_a_target_that_was_rewound_is_measured_against_what_it_is_now(states: States) -> None:
    project = await states.put("proposed")
    commit(project, {"README.md": "# slug\n\nTo be taken back.\n"}, "to be taken back")
    async with states.open_here() as host:
        await host.done("start_experiment", item="H1")
        await host.measured(GAIN)
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
