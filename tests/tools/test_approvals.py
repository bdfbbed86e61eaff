"""A person's word: asked for where the host can ask, waited for where it cannot, and never given by anybody else."""

import pytest
from mcp.types import ElicitResult

from tests.support.everything import events_of, refs_of
from tests.support.host import Says, answers
from tests.support.repositories import git
from tests.support.states import GAIN, GOAL, PROJECT, States, factory_md

WEAK: dict[str, str | None] = {**GAIN, "tests/test_slug.py": PROJECT["tests/test_slug.py"].replace('assert slug("A") == "a"', "assert True")}
NOBODY: list[tuple[str, Says | None]] = [
    ("no elicitation", None),
    ("declined", lambda: ElicitResult(action="decline")),
    ("cancelled", lambda: ElicitResult(action="cancel")),
    ("accepted without an answer", lambda: ElicitResult(action="accept", content={})),
    ("accepted with another word", lambda: ElicitResult(action="accept", content={"answer": "yes"})),
    ("declined with an answer", lambda: ElicitResult(action="decline", content={"answer": "approve"})),
]


@pytest.mark.parametrize("mode", ["legacy", "auto"])
@pytest.mark.parametrize("says", [says for _, says in NOBODY], ids=[name for name, _ in NOBODY])
async def test_where_nobody_answered_the_approval_waits_with_words_and_a_command(states: States, says: Says | None, mode: str) -> None:
    async with states.open("fresh", says, mode) as host:
        drafted = await host.done("discover_project", goal=GOAL)
        before = refs_of(host.project)
        answer = await host.call("request_approval", what="evaluation")
        data = answer["data"]
        assert (data["status"], data["shown_hash"]) == ("waiting", drafted["data"]["draft_hash"])
        assert "$ pytest" in data["ask"]["words"]
        code = data["shown_hash"][: data["ask"]["code_length"]].upper()
        assert f" approve {code} " in data["ask"]["command"]
        assert data["ask"]["command"] in answer["next"]["do"]
        assert "tool" not in answer["next"]
        assert answer["at"]["waiting_for"] == "person: evaluation"
        assert refs_of(host.project) == before
        assert "approval.answered" not in events_of(host.project)
        refused = await host.refused("NEEDS_APPROVAL", "start_cycle")
        assert refused["next"]["arguments"] == {"what": "evaluation"}


@pytest.mark.parametrize(("answer", "tool"), [("reject", None), ("changes", "discover_project")])
async def test_a_no_of_the_person_is_recorded_with_their_words_and_lands_nothing(states: States, answer: str, tool: str | None) -> None:
    async with states.open("fresh", answers(answer, "Not these commands.")) as host:
        await host.done("discover_project", goal=GOAL)
        before = git(host.project, "for-each-ref", "refs/heads")
        said = await host.call("request_approval", what="evaluation")
        assert said["data"]["status"] == {"reject": "rejected", "changes": "changes"}[answer]
        assert said["data"]["comment"] == "Not these commands."
        assert said["next"].get("tool") == tool
        assert git(host.project, "for-each-ref", "refs/heads") == before
        await host.refused("NEEDS_APPROVAL", "start_cycle")
    async with states.open_here() as host:
        assert (await host.call("request_approval", what="evaluation"))["data"]["status"] == "approved"


async def test_an_order_of_the_registration_approves_the_evaluation_and_says_so(states: States, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FACTORY_AUTO_APPROVE", " evaluation , held,publish")
    async with states.open("fresh", None) as host:
        await host.done("discover_project", goal=GOAL)
        answer = await host.call("request_approval", what="evaluation")
        assert (answer["data"]["status"], answer["data"]["by"]) == ("approved", "standing_order")
        assert "standing_order" in answer["summary"]


async def test_no_order_of_the_registration_approves_what_was_held(states: States, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FACTORY_AUTO_APPROVE", "evaluation,held")
    async with states.open("begun", None) as host:
        await host.measured(WEAK)
        await host.refused_after_writing("HELD", "verdict", experiment=1, decision="keep", reason="r")
        answer = await host.call("request_approval", what="held", experiment=1)
        assert answer["data"]["status"] == "waiting"
        assert "--experiment 1" in answer["data"]["ask"]["command"]
        assert answer["at"]["waiting_for"] == "person: held experiment 1"
        await host.refused_after_writing("HELD", "verdict", experiment=1, decision="keep", reason="r")


async def test_what_is_not_held_cannot_be_approved(states: States) -> None:
    async with states.open("measured") as host:
        answer = await host.refused("NOTHING_TO_APPROVE", "request_approval", what="held", experiment=1)
        assert "measured, not held" in answer["refused"]["what"]
        answer = await host.refused("BAD_ARGUMENTS", "request_approval", what="held")
        assert answer["next"]["fill"] == ["experiment"]
        assert not host.shown


async def test_a_draft_changed_between_two_questions_is_shown_anew(states: States) -> None:
    async with states.open("fresh", lambda: ElicitResult(action="decline")) as host:
        await host.done("discover_project", goal=GOAL)
        first = await host.call("request_approval", what="evaluation")
        await host.done("discover_project", factory_md=factory_md(threshold=0.9))
        second = await host.call("request_approval", what="evaluation")
        assert first["data"]["shown_hash"] != second["data"]["shown_hash"]
        assert first["data"]["ask"]["command"] != second["data"]["ask"]["command"]
        assert "Threshold: 0.9" in host.shown[1]


async def test_a_long_contract_is_cut_for_the_person_but_its_commands_stand_first(states: States) -> None:
    many = "".join(f"- name: eval_{number}\n  command: measure_{number} --with-a-long-name {'x' * 60}\n" for number in range(20))
    async with states.open("fresh") as host:
        await host.done("discover_project", factory_md=factory_md("## Project Eval\n\n" + many + "\n## Constraints\n\n" + "- words\n" * 200))
        await host.call("request_approval", what="evaluation")
        assert len(host.shown[0]) <= 3000
        assert all(f"measure_{number}" in host.shown[0] for number in range(20))


async def test_commands_too_many_to_be_shown_whole_are_not_approved_unseen(states: States) -> None:
    many = "".join(f"- name: eval_{number}\n  command: measure_{number} {'x' * 150}\n" for number in range(60))
    async with states.open("fresh") as host:
        await host.done("discover_project", factory_md=factory_md("## Project Eval\n\n" + many))
        answer = await host.refused("BAD_CONFIG", "request_approval", what="evaluation")
        assert (answer["next"]["tool"], answer["next"]["fill"]) == ("discover_project", ["factory_md"])
        assert not host.shown
