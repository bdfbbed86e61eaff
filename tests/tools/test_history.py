"""What the history tells: lists that say why, one experiment with its gate and review, two side by side, and filters that find nothing."""

import json

import pytest

from tests.support.host import Host, changes_nothing
from tests.support.states import GAIN, States

WORSE: dict[str, str | None] = {"tests/test_slug.py": "from slug import slug\n\n\ndef test_lower() -> None:\n    assert slug('A') == 'b'\n"}


async def decide_two(host: Host) -> None:
    """Experiment 1 lost tests and is reverted, experiment 2 lands."""
    await host.measured(WORSE)
    assert "refused" not in await host.revert()
    await host.done("start_experiment", item="H2")
    await host.measured(GAIN, 2)
    assert (await host.keep(2))["data"]["state"] == "landed"


async def test_a_full_list_says_why_each_was_decided_so(states: States) -> None:
    await states.reach("two", "begun", decide_two)
    async with states.open("two") as host:
        with changes_nothing(host.project):
            brief = (await host.done("experiment_history"))["data"]["experiments"]
            full = (await host.done("experiment_history", detail="full"))["data"]["experiments"]
        assert [line["state"] for line in brief] == ["landed", "reverted"]
        assert not {"reason", "composite"} & brief[0].keys()
        landed, reverted = full
        assert (reverted["reason"], reverted["lesson"]) == ("It is worse.", "Look first.")
        assert "tests_kept" in reverted["failed_checks"]
        assert "failed_checks" not in landed
        assert landed["review"] == "pass"
        assert landed["composite"]["candidate"] > landed["composite"]["base"]
        assert landed["composite"]["threshold"] == 0.8
        assert landed["archive_note"].endswith(".factory/archive/experiments/002.md")


async def test_one_experiment_is_told_with_its_gate_its_review_and_its_note(states: States) -> None:
    await states.reach("two", "begun", decide_two)
    async with states.open("two") as host:
        with changes_nothing(host.project):
            reverted = (await host.done("experiment_history", experiment=1))["data"]
            landed = (await host.done("experiment_history", experiment=2))["data"]
        failing = {item["check"]: item["evidence"] for item in reverted["gate"]["others"] if item["result"] == "fail"}
        assert any("test_lower" in line for line in failing["tests_kept"])
        assert "scope" in reverted["gate"]["pass"]
        assert "others" not in landed["gate"]
        assert len(landed["gate"]["pass"]) == 20
        assert landed["review"]["decision"] == "pass"
        assert landed["review"]["summary"] == "Looked at it."
        assert landed["archive_note"].endswith("002.md")


async def test_two_are_compared_with_what_they_were_and_how_they_ended(states: States) -> None:
    await states.reach("two", "begun", decide_two)
    async with states.open("two") as host:
        answer = await host.done("experiment_history", experiment=1, compare_with=2)
        one, other = answer["data"]["experiments"]
        assert (one["title"], one["state"], one["composite"]["threshold"]) == ("Test shout", "reverted", 0.8)
        assert (other["state"], other["reason"]) == ("landed", "It is better.")
        assert "1 (reverted) and 2 (landed)" in answer["summary"]
        assert {"name", "delta_1", "delta_2"} <= answer["data"]["dimensions"][0].keys()
        assert "on the same base" in answer["summary"]


async def test_two_are_compared_test_by_test(states: States) -> None:
    await states.reach("two", "begun", decide_two)
    async with states.open("two") as host:
        with changes_nothing(host.project):
            tests = (await host.done("experiment_history", experiment=1, compare_with=2))["data"]["tests"]
        lost, new = "tests/test_slug.py::test_lower", "tests/test_shout.py::test_shout"
        assert lost in tests["of_1"]["lost"]["first"]
        assert tests["of_2"]["new"] == {"count": 1, "first": [new]}
        rows = {row["test"]: row for row in tests["differ"]}
        assert rows[lost]["candidate_1"] == "failed"
        assert rows[lost]["candidate_2"] == rows[lost]["base_1"] == "passed"
        assert (rows[new]["candidate_1"], rows[new]["candidate_2"]) == ("absent", "passed")
        assert len(tests["differ"]) + tests.get("alike", 0) == 4, "every test of base and candidates is told"


async def test_where_the_outcomes_are_lost_the_accounts_still_tell(states: States) -> None:
    await states.reach("two", "begun", decide_two)
    async with states.open("two") as host:
        objects = host.project / ".git" / "refactory" / "objects"
        for path in objects.rglob("*"):
            if path.is_file() and b"outcomes" in path.read_bytes():
                path.unlink()
        tests = (await host.done("experiment_history", experiment=1, compare_with=2))["data"]["tests"]
        assert "differ" not in tests
        assert tests["of_1"]["lost"]["count"] >= 1


async def test_an_explained_verdict_says_what_decided_it_and_what_would_have_changed_it(states: States) -> None:
    await states.reach("two", "begun", decide_two)
    async with states.open("two") as host:
        reverted = (await host.done("experiment_history", experiment=1))["data"]
        assert reverted["decided_by"].startswith("Given up; keep would have been stopped by: ")
        asked = {each["check"]: each["asks"] for each in reverted["would_change"]}
        assert asked["tests_kept"].startswith("Every test that passed at the base")
        landed = (await host.done("experiment_history", experiment=2))["data"]
        assert landed["decided_by"].startswith("Kept: 20 of 20 checks passed")
        assert "would_change" not in landed
        assert landed["gate"]["shown_by"]["threshold"][0].startswith("composite at least")


async def test_a_verdict_keeps_what_every_check_said_when_it_was_given(states: States) -> None:
    await states.reach("two", "begun", decide_two)
    async with states.open("two") as host:
        folder = host.project / ".factory" / "experiments"
        for number, said in ((1, "fail"), (2, "pass")):
            checks = {each["check"]: each for each in json.loads((folder / f"{number:03d}" / "checks.json").read_text())}
            assert checks["tests_kept"]["result"] == said
            assert "pass by " in checks["reviewed"]["evidence"][0]
            assert "Looked at it." in (folder / f"{number:03d}" / "review.md").read_text()
            whole = json.loads((folder / f"{number:03d}" / "evaluation.json").read_text())
            assert whole["assessment"]["tests"]["base_total"] == 3


async def test_a_query_finds_by_words_by_category_and_by_cycle(states: States) -> None:
    await states.reach("two", "begun", decide_two)
    async with states.open("two") as host:

        async def found(query: str) -> list[int]:
            answer = await host.done("experiment_history", query=query)
            return [line["experiment"] for line in answer.get("data", {}).get("experiments", [])]

        assert await found("SHOUT") == [1]
        assert await found("explore") == [2]
        assert await found("look first") == [1]
        assert await found("cycle 1 better") == [2]
        assert await found("cycle 2") == []
        assert "No experiment answers to this query." in host.text
        assert await found("100%_'") == []


async def test_an_experiment_is_not_compared_with_itself(states: States) -> None:
    async with states.open("begun") as host:
        answer = await host.refused("BAD_ARGUMENTS", "experiment_history", experiment=1, compare_with=1)
        assert answer["refused"]["where"] == ["compare_with"]


@pytest.mark.parametrize(
    ("name", "said"), [("approved", "There is no experiment yet."), ("begun", "No experiment is held; state has some for: open.")]
)
async def test_a_filter_that_finds_nothing_says_so_and_which_would(states: States, name: str, said: str) -> None:
    async with states.open(name) as host:
        answer = await host.done("experiment_history", state="held")
        assert answer["summary"].startswith(said)
        assert "data" not in answer


async def test_what_was_abandoned_is_called_so_everywhere(states: States) -> None:
    async with states.open("begun") as host:
        given = await host.done("verdict", experiment=1, decision="abandon", reason="Cannot be built.")
        assert given["data"]["state"] == "abandoned"
        listed = await host.done("experiment_history", state="abandoned")
        assert [line["state"] for line in listed["data"]["experiments"]] == ["abandoned"]
        explained = await host.done("experiment_history", experiment=1)
        assert explained["summary"].startswith("Experiment 1, abandoned: ")
        assert explained["data"]["state"] == "abandoned"
        status = await host.done("project_status")
        assert status["data"]["history"]["last"][0]["state"] == "abandoned"
        assert "(abandoned)" in status["data"]["open"]["hypotheses"][0]
        for tool in ("run_eval", "start_experiment"):
            arguments = {"item": "H1"} if tool == "start_experiment" else {"experiment": 1}
            assert "abandoned" in (await host.refused("ALREADY_DECIDED", tool, **arguments))["refused"]["what"]
