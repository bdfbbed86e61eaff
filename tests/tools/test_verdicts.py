"""Verdicts: given twice, given too early, given on a worktree that went on, and reviews that do not hold."""

from typing import Any

import pytest

from tests.support.everything import events_of, everything
from tests.support.host import Host, assert_same
from tests.support.repositories import git
from tests.support.reviews import review
from tests.support.scored_states import BETTER, SCORE, WORDS
from tests.support.states import EXPLOIT, GAIN, States

LOOSE: dict[str, str | None] = {"src/slug/__init__.py": "def slug(text: str) -> str:\n    return text\n"}


async def _nothing_moved(host: Host, code: str, tool: str, **arguments: Any) -> dict[str, Any]:
    """A refusal that is written down as history: refs and files stay, and no table but that of the events."""
    before, tip = everything(host.project), git(host.project, "rev-parse", "main")
    answer = await host.refused_after_writing(code, tool, **arguments)
    after = everything(host.project)
    assert git(host.project, "rev-parse", "main") == tip
    assert {name: content for name, content in before.files.items() if not name.startswith(".factory/events")} == {
        name: content for name, content in after.files.items() if not name.startswith(".factory/events")
    }
    assert _tables(before.store) == _tables(after.store)
    return answer


def _tables(store: str) -> list[str]:
    return [line for line in store.splitlines() if not line.startswith('INSERT INTO "events"')]


@pytest.mark.parametrize(("first", "second"), [("keep", "revert"), ("keep", "abandon"), ("revert", "keep"), ("revert", "abandon")])
async def test_another_verdict_on_a_decided_experiment_is_refused(states: States, first: str, second: str) -> None:
    async with states.open("measured") as host:
        arguments = {"experiment": 1, "reason": "Because it is so.", "lesson": "It taught."}
        assert "refused" not in await host.call("verdict", decision=first, **arguments)
        answer = await host.refused("ALREADY_DECIDED", "verdict", decision=second, **arguments)
        assert first in answer["refused"]["what"]
        assert answer["refused"]["where"] == ["Because it is so."]
        assert answer["next"]["arguments"] == {"item": "H2"}


@pytest.mark.parametrize("decision", ["keep", "revert"])
async def test_the_same_verdict_again_is_the_first_answer(states: States, decision: str) -> None:
    async with states.open("measured") as host:
        arguments = {"experiment": 1, "decision": decision, "reason": "Because.", "lesson": "It taught."}
        first = await host.call("verdict", **arguments)
        before = everything(host.project)
        again = await host.call("verdict", **{**arguments, "reason": "Said otherwise.", "lesson": ""})
        assert again["repeated"] is True
        assert again["data"]["state"] == first["data"]["state"]
        assert again["data"].get("commit") == first["data"].get("commit")
        assert_same(before, everything(host.project))


async def test_keep_without_a_measurement_is_refused_and_names_what_is_missing(states: States) -> None:
    async with states.open("begun") as host:
        answer = await host.refused("NOT_MEASURED", "verdict", experiment=1, decision="keep", reason="r")
        assert any(line.startswith("measured: ") for line in answer["refused"]["where"])
        host.edit(GAIN)
        await host.reviewed()
        answer = await host.refused("NOT_MEASURED", "verdict", experiment=1, decision="keep", reason="r")
        assert (answer["next"]["tool"], answer["next"]["arguments"]) == ("run_eval", {"experiment": 1})


async def test_keep_after_an_edit_since_the_measurement_is_refused_and_the_new_tree_must_pass(states: States) -> None:
    async with states.open("measured") as host:
        host.edit({"src/slug/__init__.py": "def slug(text: str) -> str:\n    return 'always'\n"})
        answer = await host.refused("NOT_MEASURED", "verdict", experiment=1, decision="keep", reason="r")
        assert answer["next"]["tool"] == "submit_report"
        host.edit({"src/slug/__init__.py": git(host.project, "show", "main:src/slug/__init__.py") + "\n"})
        assert (await host.keep())["data"]["state"] == "landed"


async def test_a_revert_without_a_lesson_is_refused_with_the_field(states: States) -> None:
    async with states.open("measured") as host:
        for lesson in ({}, {"lesson": "  "}, {"lesson": "None."}, {"lesson": "-"}, {"lesson": "N/A"}, {"lesson": "no lesson"}):
            answer = await host.refused("BAD_ARGUMENTS", "verdict", experiment=1, decision="revert", reason="r", **lesson)
            assert answer["refused"]["where"] == ["lesson"]
            assert (answer["next"]["fill"], answer["next"]["arguments"]["decision"]) == (["lesson"], "revert")


async def test_a_measured_result_cannot_be_abandoned_but_what_was_not_built_can(states: States) -> None:
    async with states.open("measured") as host:
        answer = await host.refused("OUT_OF_ORDER", "verdict", experiment=1, decision="abandon", reason="r")
        assert "measured" in answer["refused"]["what"]
        await host.done("start_experiment", item="H2")
        answer = await host.call("verdict", experiment=2, decision="abandon", reason="Could not be built.")
        assert answer["data"]["state"] == "abandoned"


async def test_a_revert_keeps_every_edit_in_the_backup_and_leaves_the_target(states: States) -> None:
    async with states.open("measured") as host:
        host.edit({"src/slug/late.py": "late = True\n", "notes.log": "ignored\n"})
        tip = git(host.project, "rev-parse", "main")
        answer = await host.revert()
        assert answer["data"]["backup"] == "refs/factory/backup/001"
        assert git(host.project, "show", "refs/factory/backup/001:src/slug/late.py") == "late = True"
        assert git(host.project, "rev-parse", "main") == tip
        assert git(host.project, "status", "--porcelain") == ""


async def test_without_a_change_since_the_base_there_is_no_candidate(states: States) -> None:
    async with states.open("begun") as host:
        for tool, arguments in [("run_eval", {}), ("submit_report", {"summary": "s", "report": review(host.project, host.edit({}))})]:
            answer = await host.refused("NO_CANDIDATE", tool, experiment=1, **arguments)
            assert answer["refused"]["where"] == [str(host.project / ".factory/worktrees/001")]
            assert answer["next"]["role"] == "builder"


async def test_ignored_files_alone_are_no_candidate_and_are_named(states: States) -> None:
    async with states.open("begun") as host:
        host.edit({"debug.log": "x\n"})
        answer = await host.refused("NO_CANDIDATE", "run_eval", experiment=1)
        assert "debug.log" in answer["refused"]["expected"]


async def test_a_keep_that_the_gate_refuses_is_history_and_moves_nothing(states: States) -> None:
    async with states.open("begun") as host:
        answer = await host.measured({**LOOSE, **GAIN})
        assert answer["data"]["tests"]["lost"]
        refused = await _nothing_moved(host, "GATE", "verdict", experiment=1, decision="keep", reason="r")
        assert "Nothing changed." in host.text
        assert any("tests_kept" in line and "test_lower" in line for line in refused["refused"]["where"])
        assert refused["next"]["tool"] == "submit_report"
    assert events_of(host.project)[-1] == "keep.refused"


async def test_a_candidate_without_any_gain_is_refused_as_not_improved(scored: States) -> None:
    async with scored.open("begun") as host:
        await host.measured({WORDS: "one\ntwo\n"})
        answer = await _nothing_moved(host, "GATE", "verdict", experiment=1, decision="keep", reason="r")
        assert [line.split(":")[0] for line in answer["refused"]["where"]] == ["improved_or_proven"]


async def test_keep_without_a_review_is_refused_though_every_number_is_good(scored: States) -> None:
    async with scored.open("begun") as host:
        host.edit(BETTER)
        await host.done("run_eval", experiment=1)
        answer = await _nothing_moved(host, "GATE", "verdict", experiment=1, decision="keep", reason="r")
        assert {line.split(":")[0] for line in answer["refused"]["where"]} == {"reviewed", "guards"}
        assert answer["next"]["tool"] == "submit_report"


async def test_a_review_of_an_older_candidate_does_not_count(scored: States) -> None:
    async with scored.open("begun") as host:
        await host.measured(BETTER)
        host.edit({SCORE: "0.7\n"})
        answer = await host.done("run_eval", experiment=1)
        assert answer["next"]["tool"] == "submit_report"
        await _nothing_moved(host, "GATE", "verdict", experiment=1, decision="keep", reason="r")
        await host.reviewed()
        assert (await host.keep())["data"]["state"] == "landed"


async def test_a_review_that_asks_for_changes_stops_the_keep(states: States) -> None:
    async with states.open("measured") as host:
        await host.reviewed(decision="changes")
        answer = await _nothing_moved(host, "GATE", "verdict", experiment=1, decision="keep", reason="r")
        assert any(line.startswith("reviewed: changes by") for line in answer["refused"]["where"])
        assert "review" in answer["next"]["do"]


async def test_the_same_review_again_is_the_first_and_another_supersedes_it(states: States) -> None:
    async with states.open("measured") as host:
        again = await host.reviewed()
        assert (again["repeated"], again["data"]["report_id"]) == (True, "r1")
        other = await host.reviewed(independence="person")
        assert other["data"]["report_id"] == "r2"
    assert events_of(host.project).count("report.submitted") == 2


async def test_what_was_captured_and_taken_back_never_comes_into_the_targets_history(states: States) -> None:
    async with states.open("measured") as host:
        host.edit({"src/slug/key.py": "KEY = 'typed by mistake'\n"})
        await host.reviewed()
        await host.measured({"src/slug/key.py": None})
        assert (await host.keep())["data"]["state"] == "landed", host.text
        assert "typed by mistake" not in git(host.project, "log", "-p", "-m", "main")
        assert "typed by mistake" in git(host.project, "log", "-p", "refs/factory/backup/001")


async def test_a_review_that_says_fail_stands_until_the_candidate_changes(states: States) -> None:
    async with states.open("measured") as host:
        await host.reviewed(decision="fail")
        worktree = host.project / ".factory/worktrees/001"
        answer = await host.refused("OUT_OF_ORDER", "submit_report", experiment=1, summary="s", report=review(host.project, worktree))
        assert "r2 by reviewer-1 said fail of this very candidate" in answer["refused"]["what"]
        assert "tell the person" in answer["refused"]["expected"]
        assert (answer["next"]["tool"], answer["next"]["role"]) == ("submit_report", "builder")
        await _nothing_moved(host, "GATE", "verdict", experiment=1, decision="keep", reason="r")
        host.edit({"src/slug/more.py": "x = 1\n"})
        assert (await host.reviewed())["data"]["decision"] == "pass"
        host.edit({"src/slug/more.py": None})
        assert (await host.reviewed())["refused"]["code"] == "OUT_OF_ORDER", "the candidate that failed is back"


WRONG_REVIEWS: list[tuple[dict[str, Any], str]] = [
    ({"quotes": []}, "tests/test_shout.py"),
    ({"quotes": [{"at": "tests/test_shout.py:4", "text": "def test_else():"}]}, "def test_shout() -> None:"),
    ({"quotes": [{"at": "tests/test_shout.py:99", "text": "def test_shout() -> None:"}]}, "such as"),
    ({"quotes": [{"at": "src/slug/__init__.py:1", "text": "def slug(text: str) -> str:"}]}, "of a changed file"),
    ({"quotes": [{"at": "tests/test_shout.py", "text": "def test_shout() -> None:"}]}, "such as"),
    ({"quotes": [{"at": "../../../etc/passwd:1", "text": "root"}]}, "of a changed file"),
    ({"guards": [{"guard": "Do not delete tests", "holds": True}]}, "one of the guards of factory.md"),
    ({"issues": [{"severity": "critical", "text": "It is wrong."}]}, "changes or fail"),
    ({"decision": "great"}, "pass"),
    ({"independence": "me"}, "subagent"),
    ({"score": 1.0}, "score"),
]


@pytest.mark.parametrize(("report", "said"), WRONG_REVIEWS)
async def test_a_review_without_evidence_is_refused_with_what_stands_there(states: States, report: dict[str, Any], said: str) -> None:
    async with states.open("measured") as host:
        good = review(host.project, host.project / ".factory/worktrees/001")
        answer = await host.refused("BAD_REPORT", "submit_report", experiment=1, summary="s", report={**good, **report})
        assert said in str(answer["refused"]["problems"])
        assert answer["next"]["fill"] == ["summary", "report"] or answer["next"]["fill"] == ["report"]
        right = answer["next"]["arguments"]["report"]
        named = {problem["where"].removeprefix("report.").partition("[")[0] for problem in answer["refused"]["problems"]}
        assert {name: right.get(name) for name in good if name not in {*report, *named}} == {
            name: value for name, value in good.items() if name not in {*report, *named}
        }


@pytest.mark.parametrize("evidence", [None, "", "looked"])
async def test_a_guard_that_the_server_does_not_know_is_answered_with_a_place_of_the_change(scored: States, evidence: str | None) -> None:
    async with scored.open("measured") as host:
        opened = await host.call("start_experiment", item="H1")
        assert opened["data"]["guards"] == ["Do not delete the words"], host.text
        answers = [] if evidence is None else [{"guard": "Do not delete the words", "holds": True, "evidence": evidence}]
        good = review(host.project, host.project / ".factory/worktrees/001")
        answer = await host.refused("BAD_REPORT", "submit_report", experiment=1, summary="s", report={**good, "guards": answers})
        assert "Do not delete the words" in str(answer["refused"]["problems"])


async def test_a_guard_that_the_server_knows_is_asked_of_nobody(states: States) -> None:
    async with states.open("begun") as host:
        opened = await host.call("start_experiment", item="H1")
        assert "guards" not in opened["data"]
        assert opened["data"]["guards_by_server"] == ["Do not delete existing tests", "Do not modify files outside scope"]
        await host.measured({**GAIN, "top.py": "x = 1\n"})
        await host.reviewed(guards=[])
        answer = await host.refused_after_writing("GATE", "verdict", experiment=1, decision="keep", reason="r")
        broken = "guards: does not hold: Do not modify files outside scope: top.py is outside src/slug/**, tests/**"
        assert broken in answer["refused"]["where"], host.text


async def test_a_guard_that_does_not_hold_stops_the_keep(states: States) -> None:
    async with states.open("measured") as host:
        answers = [{**answer, "holds": False} for answer in review(host.project, host.project / ".factory/worktrees/001")["guards"]]
        await host.reviewed(guards=answers)
        answer = await _nothing_moved(host, "GATE", "verdict", experiment=1, decision="keep", reason="r")
        assert any(line.startswith("guards: does not hold: Do not delete") for line in answer["refused"]["where"])


async def test_a_decided_experiment_takes_no_review_and_no_measurement(states: States) -> None:
    async with states.open("measured") as host:
        report = review(host.project, host.project / ".factory/worktrees/001")
        await host.revert()
        assert (await host.refused("ALREADY_DECIDED", "run_eval", experiment=1))["next"]["arguments"] == {"item": "H2"}
        await host.refused("ALREADY_DECIDED", "check_experiment", experiment=1)
        await host.refused("OUT_OF_ORDER", "submit_report", experiment=1, summary="s", report=report)
        await host.refused("NOTHING_TO_APPROVE", "request_approval", what="held", experiment=1)


async def test_scores_and_diffs_are_no_arguments_of_a_verdict(states: States) -> None:
    async with states.open("begun") as host:
        for lie in ({"score": 0.99}, {"tests_passed": True}, {"diff": "..."}):
            answer = await host.refused("BAD_ARGUMENTS", "verdict", experiment=1, decision="keep", reason=EXPLOIT["why"], **lie)
            assert next(iter(lie)) in str(answer["refused"]["problems"])


async def test_a_candidate_of_which_nothing_can_be_measured_has_no_delta(scored: States) -> None:
    async with scored.open("begun") as host:
        measured = await host.measured({SCORE: None})
        assert "(no delta; not measured: score)" in measured["summary"]
        assert "delta" not in measured["data"]["composite"]
        assert (await host.done("experiment_history", experiment=1))["data"].get("delta") is None
        refused = await host.refused_after_writing("GATE", "verdict", experiment=1, decision="keep", reason="r")
        assert "improved_or_proven: no delta: nothing that could have improved was measured" in str(refused["refused"]["where"])
        assert (await host.revert())["data"]["state"] == "reverted"
