"""A draft, or a factory.md, that a person edited: it can be asked for as it stands, and is surveyed then and there."""

import pytest

from tests.support.everything import events_of
from tests.support.host import answers
from tests.support.repositories import commit, git
from tests.support.states import GOAL, States, factory_md

DRAFT = ".factory/draft/factory.md"


async def test_a_draft_edited_by_hand_is_asked_for_as_it_stands_without_another_discovery(states: States) -> None:
    async with states.open("fresh") as host:
        await host.done("discover_project", goal=GOAL)
        draft = host.project / DRAFT
        edited = draft.read_text().replace("0.8", "0.4")
        draft.write_text(edited)
        answer = await host.done("request_approval", what="evaluation")
        assert answer["data"]["status"] == "approved"
        assert "Threshold: 0.4" in host.shown[0]
    assert git(host.project, "show", "main:factory.md") + "\n" == edited
    assert draft.read_text() == edited


async def test_an_edit_that_is_taken_back_is_asked_for_as_it_was_before(states: States) -> None:
    async with states.open("fresh", answers("changes")) as host:
        await host.done("discover_project", goal=GOAL)
        draft = host.project / DRAFT
        first = draft.read_text()
        for text in (first.replace("0.8", "0.1"), first):
            draft.write_text(text)
            await host.done("request_approval", what="evaluation")
        assert ["Threshold: 0.1" in shown for shown in host.shown] == [True, False]
        assert "Threshold: 0.8" in host.shown[1]
        assert draft.read_text() == first


async def test_an_edited_draft_of_an_approved_evaluation_is_asked_for_with_what_it_changes(states: States) -> None:
    async with states.open("approved") as host:
        draft = host.project / DRAFT
        draft.write_text(draft.read_text().replace("0.8", "0.4"))
        await host.done("request_approval", what="evaluation")
        assert "Threshold: 0.8 -> 0.4" in host.shown[0]
        assert (await host.call("request_approval", what="evaluation"))["repeated"] is True


async def test_discovery_takes_an_edited_draft_and_says_so(states: States) -> None:
    async with states.open("fresh") as host:
        await host.done("discover_project", goal=GOAL)
        draft = host.project / DRAFT
        draft.write_text(draft.read_text().replace(GOAL, "Turn text into slugs, quickly."))
        answer = await host.done("discover_project")
        assert "as it was edited" in answer["summary"]
        assert "quickly" in str(answer["data"]["draft"])


async def test_a_fault_in_an_edited_draft_is_named_by_line_and_nothing_is_asked(states: States) -> None:
    async with states.open("fresh") as host:
        await host.done("discover_project", goal=GOAL)
        draft = host.project / DRAFT
        draft.write_text(draft.read_text().replace("0.8", "8"))
        answer = await host.refused("BAD_CONFIG", "request_approval", what="evaluation")
        line = draft.read_text().splitlines().index("8") + 1
        assert answer["refused"]["where"] == [f".factory/draft/factory.md:{line}"]
        assert not host.shown


@pytest.mark.parametrize("is_committed", [True, False])
async def test_a_factory_md_that_nobody_discovered_is_surveyed_when_it_is_asked_for(states: States, *, is_committed: bool) -> None:
    project = await states.put("fresh")
    if is_committed:
        commit(project, {"factory.md": factory_md()}, "ours")
    else:
        (project / "factory.md").write_text(factory_md())
    async with states.open_here() as host:
        answer = await host.done("request_approval", what="evaluation")
        assert answer["data"]["status"] == "approved"
        assert "$ pytest (under coverage)" in host.shown[0]
    assert git(project, "show", "main:factory.md") + "\n" == factory_md()


async def test_a_commit_that_changes_the_commands_is_asked_for_at_once(states: States) -> None:
    project = await states.put("approved")
    text = git(project, "show", "main:factory.md") + "\n"
    commit(project, {"factory.md": text.replace("\npytest\n", "\npytest tests\n")}, "other commands")
    async with states.open_here() as host:
        await host.done("request_approval", what="evaluation")
        assert "pytest tests" in host.shown[0]
        assert "refused" not in await host.call("start_cycle")
    assert events_of(project).count("approval.answered") == 2


async def test_an_edit_that_is_not_committed_is_said_not_to_count_where_approval_is_asked_for(states: States) -> None:
    project = await states.put("approved")
    (project / "factory.md").write_text((project / "factory.md").read_text().replace("0.8", "8"))
    async with states.open_here() as host:
        answer = await host.call("request_approval", what="evaluation")
        assert answer["repeated"] is True
        assert any("commit this one" in warning for warning in answer["warnings"])
        status = await host.done("project_status")
        (problem,) = status["data"]["config"]["differs"]["problems"]
        assert problem.startswith("factory.md:")
        assert "'8'" in problem


async def test_the_status_names_what_is_wrong_with_a_factory_md_before_it_is_committed(states: States) -> None:
    project = await states.put("fresh")
    (project / "factory.md").write_text(factory_md().replace("0.5", "5"))
    async with states.open_here() as host:
        status = await host.done("project_status")
        assert "'5'" in status["data"]["config"]["problems"][0]
