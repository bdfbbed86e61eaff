"""Asking the person through the host, in both eras: only an accepted form with an answer counts, and only for the words that were shown."""

from pathlib import Path

import pytest
from mcp.types import CallToolResult, ElicitResult, InputRequiredResult

from mcp_server.asking import FORM, KEY, read_reply
from tests.support.host import Host, Says, approves, open_host
from tests.support.quick_projects import factory_md
from tests.support.recorded import approvals, events
from tests.support.repositories import git, git_process
from tests.support.stdio import MODERN

eras = pytest.mark.parametrize("era", ["legacy", MODERN])
APPROVAL = {"what": "evaluation"}
NO_ANSWERS = {
    "declined": ElicitResult(action="decline"),
    "cancelled": ElicitResult(action="cancel"),
    "accepted empty": ElicitResult(action="accept", content={}),
    "accepted with another word": ElicitResult(action="accept", content={"answer": "yes"}),
    "declined with an answer": ElicitResult(action="decline", content={"answer": "approve"}),
}


def says(result: ElicitResult) -> Says:
    return lambda: result


async def drafted(host: Host, goal: str = "Slugs.") -> None:
    await host.call("discover_project", factory_md=factory_md(goal))


def landed(project: Path) -> bool:
    return git_process(project, "cat-file", "-e", "main:factory.md").returncode == 0


@eras
async def test_an_accepted_approval_lands_factory_md_and_starts_the_baseline(era: str, project: Path) -> None:
    async with open_host(project, says(approves("go on")), era) as host:
        await drafted(host)
        answer = await host.call("request_approval", what="evaluation")
        done = await host.done("get_job", job=answer["data"]["job"])
    assert answer["data"]["status"] == "approved"
    assert answer["data"]["by"] == "elicitation"
    assert done["summary"].startswith("Baseline")
    assert git(project, "show", "main:factory.md") == factory_md().rstrip("\n")
    (approval,) = approvals(project)
    assert (approval["actor"], approval["channel"], approval["payload"]["comment"]) == ("user", "elicitation", "go on")


@eras
async def test_the_person_is_shown_the_commands_that_will_run(era: str, project: Path) -> None:
    async with open_host(project, approves, era) as host:
        await drafted(host)
        await host.call("request_approval", what="evaluation")
    (words,) = host.shown
    assert "$ test -f slug.py" in words
    assert "Goal: Slugs." in words


@eras
async def test_wanted_changes_come_back_with_the_person_s_comment_and_nothing_lands(era: str, project: Path) -> None:
    changes = ElicitResult(action="accept", content={"answer": "changes", "comment": "Measure the speed too."})
    async with open_host(project, says(changes), era) as host:
        await drafted(host)
        answer = await host.call("request_approval", what="evaluation")
    assert answer["data"]["status"] == "changes"
    assert answer["data"]["comment"] == "Measure the speed too."
    assert answer["next"]["tool"] == "discover_project"
    assert not landed(project)


@eras
async def test_a_rejection_lands_nothing_and_stops(era: str, project: Path) -> None:
    async with open_host(project, says(ElicitResult(action="accept", content={"answer": "reject"})), era) as host:
        await drafted(host)
        answer = await host.call("request_approval", what="evaluation")
    assert answer["data"]["status"] == "rejected"
    assert "tool" not in answer["next"]
    assert not landed(project)


@eras
@pytest.mark.parametrize("result", NO_ANSWERS.values(), ids=NO_ANSWERS.keys())
async def test_without_an_answer_the_person_is_waited_for_and_nothing_is_recorded(result: ElicitResult, era: str, project: Path) -> None:
    async with open_host(project, says(result), era) as host:
        await drafted(host)
        before = events(project)
        answer = await host.call("request_approval", what="evaluation")
    assert answer["data"]["status"] == "waiting"
    assert "$ test -f slug.py" in answer["data"]["ask"]["words"]
    assert "approve" in answer["data"]["ask"]["command"]
    assert events(project) == before
    assert not landed(project)


@eras
async def test_a_host_that_cannot_ask_gets_words_and_command_and_nothing_is_recorded(era: str, project: Path) -> None:
    async with open_host(project, None, era) as host:
        await drafted(host)
        before = events(project)
        answer = await host.call("request_approval", what="evaluation")
    assert answer["data"]["status"] == "waiting"
    assert "approve" in answer["data"]["ask"]["command"]
    assert events(project) == before
    assert not landed(project)


async def test_an_answer_to_other_words_than_are_shown_now_does_not_count(project: Path) -> None:
    async with open_host(project, approves, MODERN) as host:
        arguments = {"project": str(project), **APPROVAL}
        await drafted(host)
        first = await host.client.session.call_tool("request_approval", arguments, allow_input_required=True)
        assert isinstance(first, InputRequiredResult)
        await drafted(host, "Slugs, faster.")
        before = events(project)
        second = await host.client.session.call_tool(
            "request_approval", arguments, input_responses={KEY: approves()}, request_state=first.request_state, allow_input_required=True
        )
    assert isinstance(second, InputRequiredResult)
    assert second.request_state != first.request_state
    assert "Slugs, faster." in str(second.input_requests)
    assert events(project) == before
    assert not landed(project)


@pytest.mark.parametrize("state", [None, "", "0" * 64])
async def test_an_answer_without_the_state_that_came_with_the_question_does_not_count(state: str | None, project: Path) -> None:
    async with open_host(project, approves, MODERN) as host:
        await drafted(host)
        before = events(project)
        result = await host.client.session.call_tool(
            "request_approval",
            {"project": str(project), **APPROVAL},
            input_responses={KEY: approves()},
            request_state=state,
            allow_input_required=True,
        )
    assert isinstance(result, InputRequiredResult)
    assert events(project) == before


async def test_the_same_answer_given_twice_is_recorded_once(project: Path) -> None:
    async with open_host(project, approves, MODERN) as host:
        await drafted(host)
        arguments = {"project": str(project), **APPROVAL}
        asked = await host.client.session.call_tool("request_approval", arguments, allow_input_required=True)
        assert isinstance(asked, InputRequiredResult)
        for _ in range(2):
            result = await host.client.session.call_tool(
                "request_approval", arguments, input_responses={KEY: approves()}, request_state=asked.request_state, allow_input_required=True
            )
            assert isinstance(result, CallToolResult)
            assert result.structured_content is not None
            assert result.structured_content["data"]["status"] == "approved"
    assert len(approvals(project)) == 1


def test_the_form_has_no_words_of_its_own_that_one_host_would_cancel_unseen() -> None:
    assert FORM.keys() == {"type", "properties", "required"}


def test_a_comment_is_kept_short() -> None:
    reply = read_reply(ElicitResult(action="accept", content={"answer": "changes", "comment": "x" * 5000}))
    assert reply is not None
    assert len(reply.comment) == 2000


@pytest.mark.parametrize("result", [None, "approve", {"answer": "approve"}])
def test_what_is_no_answer_to_a_form_does_not_count(result: object) -> None:
    assert read_reply(result) is None
