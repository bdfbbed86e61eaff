"""What is held out: in no worktree and no measured tree, and one number for a change that everything else lets through."""

import json
from pathlib import Path

from tests.support.answering_projects import DOUBLES, HOLDOUT, KNOWN, KNOWS_THE_CASES, begun, factory_md, make_answering_project
from tests.support.host import open_host
from tests.support.repositories import commit, git

SEES = "- name: sees\n  command: test ! -e hidden\n  parse: exit_code\n"
TEXT = factory_md(KNOWN + SEES, HOLDOUT)


async def test_what_is_held_out_is_in_no_worktree_and_lands_unchanged(tmp_path: Path) -> None:
    project = make_answering_project(tmp_path)
    async with open_host(project) as host:
        await begun(host, TEXT)
        worktree = host.edit({})
        assert not (worktree / "hidden").exists()
        assert git(worktree, "status", "--porcelain") == ""
        measured = await host.measured({"answer.sh": DOUBLES})
        rows = {row["name"]: row for row in measured["data"]["changed"]}
        assert (rows["known"]["base"], rows["known"]["candidate"]) == (0.0, 1.0)
        assert "sees" not in rows, "the measured trees of both sides are without it"
        kept = await host.done("verdict", experiment=1, decision="keep", reason="It doubles.")
        assert kept["data"].get("state") == "landed" or (await host.keep())["data"]["state"] == "landed"
    assert git(project, "diff", "--name-only", "main~1", "main") == "answer.sh"
    assert git(project, "show", "main:hidden/deep/notes.txt") == "nobody sees this"


async def test_a_kept_change_has_one_number_of_what_is_held_out_and_its_base_has_one(tmp_path: Path) -> None:
    project = make_answering_project(tmp_path)
    async with open_host(project) as host:
        await begun(host, TEXT)
        await host.measured({"answer.sh": DOUBLES})
        kept = await host.keep()
        while kept["data"].get("state") != "landed":
            await host.done("get_job", job=kept["data"]["job"])
            kept = await host.keep()
        assert kept["data"]["held_out"] == {"base": 0.5, "candidate": 1.0}
        log = [json.loads(line) for line in (project / ".factory" / "events.jsonl").read_text(encoding="utf-8").splitlines()]
        (given,) = [event["payload"]["holdout"] for event in log if event["type"] == "verdict.given"]
        assert given == {"base": 0.5, "candidate": 1.0}
        shown = json.loads((project / ".factory" / "experiments" / "001" / "verdict.json").read_text(encoding="utf-8"))
        assert shown["holdout"] == {"base": 0.5, "candidate": 1.0}
        taken = [event["payload"]["sample"] for event in log if event["type"] == "sample.taken" and event["payload"]["sample"]["part"] == "holdout"]
        assert [(sample.get("output", ""), sample["readings"][0].get("facts", {})) for sample in taken] == [("", {}), ("", {})]


async def test_a_change_that_only_knows_the_cases_is_held_for_a_person(tmp_path: Path) -> None:
    async with open_host(make_answering_project(tmp_path)) as host:
        await begun(host, TEXT)
        measured = await host.measured({"answer.sh": KNOWS_THE_CASES})
        assert "fail" not in measured["data"]["gate"], host.text
        held = await host.keep()
        while "refused" not in held:
            await host.done("get_job", job=held["data"]["job"])
            held = await host.keep()
        assert (held["refused"]["code"], held["refused"]["where"]) == ("HELD", ["holdout: 0.0000 on what is held out, 0.5000 at the base"])
        asked = await host.done("request_approval", what="held", experiment=1)
        assert "0.0000 on what is held out" in host.shown[-1]
        assert asked["at"]["experiment_state"] == "measured"


async def test_what_is_held_out_cannot_be_changed_or_added_to(tmp_path: Path) -> None:
    async with open_host(make_answering_project(tmp_path)) as host:
        await begun(host, TEXT)
        measured = await host.measured({"answer.sh": DOUBLES, "hidden/more.txt": "1\n", "hidden/score.sh": "echo 1\n"})
        (protected,) = [check for check in measured["data"]["gate"]["fail"] if check["check"] == "protected"]
        assert protected["evidence"] == ["hidden/more.txt is held out"]


async def test_what_is_held_out_stays_out_when_the_target_moves(tmp_path: Path) -> None:
    project = make_answering_project(tmp_path)
    async with open_host(project) as host:
        await begun(host, TEXT)
        await host.measured({"answer.sh": DOUBLES})
        commit(project, {"hidden/later.txt": "nor this\n", "hidden/score.sh": "echo 0.25\n", "README.md": "Answers.\n"}, "more is held out")
        moved = await host.keep()
        worktree = host.edit({})
        assert (worktree / "README.md").exists()
        assert not (worktree / "hidden").exists()
        await host.done("get_job", job=moved["data"]["job"])
        kept = await host.keep()
        while kept["data"].get("state") != "landed":
            await host.done("get_job", job=kept["data"]["job"])
            kept = await host.keep()
        assert kept["data"]["held_out"] == {"base": 0.25, "candidate": 0.25}
    assert git(project, "show", "main:hidden/later.txt") == "nor this"
