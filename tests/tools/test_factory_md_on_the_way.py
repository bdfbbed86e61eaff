"""factory.md missing, broken, the person's own, and changed after approval: what the tools make of each."""

import pytest

from tests.support.everything import events_of
from tests.support.repositories import commit, git
from tests.support.states import EXPLOIT, GOAL, States, factory_md

BROKEN = factory_md().replace("## Guards", "## Gards").replace("0.5\n", "1.5\n").replace("- tests/**", "- tests/**\n\n### Modifiabel\n\n- x")


async def test_without_factory_md_nothing_is_started_or_measured_and_discovery_is_next(states: States) -> None:
    async with states.open("fresh") as host:
        for tool, arguments in [("start_cycle", {}), ("run_eval", {}), ("propose_hypotheses", {"hypotheses": [EXPLOIT]})]:
            answer = await host.refused("NEEDS_APPROVAL", tool, **arguments)
            assert "factory.md" in answer["refused"]["what"]
            assert answer["next"]["tool"] == "discover_project"
        answer = await host.refused("OUT_OF_ORDER", "start_experiment", item="H1")
        assert answer["next"]["tool"] == "discover_project"
        answer = await host.refused("NOTHING_TO_APPROVE", "request_approval", what="evaluation")
        assert answer["next"]["tool"] == "discover_project"
        assert not host.shown


async def test_discovery_without_a_goal_asks_for_one_and_drafts_nothing(states: States) -> None:
    async with states.open("fresh") as host:
        answer = await host.refused("BAD_ARGUMENTS", "discover_project")
        assert answer["refused"]["where"] == ["goal"]
        assert (answer["next"]["tool"], answer["next"]["fill"]) == ("discover_project", ["goal"])


async def test_a_goal_that_factory_md_cannot_hold_is_refused_by_name(states: States) -> None:
    async with states.open("fresh") as host:
        for goal in ("two\n\n## Scope\n\nlines", "a \x07 bell", "<!-- nothing -->"):
            answer = await host.call("discover_project", goal=goal)
            if "refused" in answer:
                assert answer["refused"]["code"] in ("BAD_ARGUMENTS", "BAD_CONFIG"), host.text
                assert "goal" in str(answer["refused"]).lower()


async def test_every_problem_of_a_draft_comes_at_once_with_its_line_and_the_nearest_name(states: States) -> None:
    async with states.open("fresh") as host:
        answer = await host.refused("BAD_CONFIG", "discover_project", factory_md=BROKEN)
        problems = answer["refused"]["problems"]
        lines = BROKEN.splitlines()
        for word, nearest in (("Gards", "Guards"), ("Modifiabel", "Modifiable"), ("1.5", "")):
            number = next(number for number, line in enumerate(lines, 1) if word in line)
            problem = next(problem for problem in problems if problem["where"] == f"factory.md:{number}")
            assert word in problem["found"]
            assert nearest in problem.get("nearest", "")
        assert (answer["next"]["tool"], answer["next"]["fill"]) == ("discover_project", ["factory_md"])


@pytest.mark.parametrize("text", ["#", "\x00", "# Factory\n\n```sh\nopen fence", "x" * 32_000, "- " * 5_000])
async def test_text_that_is_no_factory_md_is_refused_with_what_is_missing(states: States, text: str) -> None:
    async with states.open("fresh") as host:
        answer = await host.refused("BAD_CONFIG", "discover_project", factory_md=text)
        assert answer["refused"]["problems"]


async def test_a_factory_md_above_its_limit_is_refused_before_it_is_read(states: States) -> None:
    async with states.open("fresh") as host:
        answer = await host.refused("BAD_ARGUMENTS", "discover_project", factory_md="x" * 33_000)
        assert answer["refused"]["problems"][0]["where"] == "factory_md"


async def test_a_broken_committed_factory_md_stops_the_work_and_shows_every_problem(states: States) -> None:
    project = await states.put("approved")
    commit(project, {"factory.md": BROKEN}, "break it")
    async with states.open_here() as host:
        for tool, arguments in [("start_cycle", {}), ("run_eval", {}), ("propose_hypotheses", {"hypotheses": [EXPLOIT]})]:
            answer = await host.refused("BAD_CONFIG", tool, **arguments)
            assert len(answer["refused"]["problems"]) >= 3
            assert (answer["next"]["tool"], answer["next"]["fill"]) == ("discover_project", ["factory_md"])
        shown = await host.call("project_status")
        assert len(shown["data"]["config"]["problems"]) >= 3
        assert shown["at"]["state"] == "evals_pending_review"
        await host.refused("BAD_CONFIG", "discover_project", goal=GOAL)
        await host.done("discover_project", factory_md=factory_md())
        assert "refused" not in await host.call("request_approval", what="evaluation")
        assert git(project, "show", "main:factory.md") + "\n" == factory_md()


async def test_a_factory_md_that_the_person_wrote_and_did_not_commit_is_taken_as_it_is(states: States) -> None:
    own = factory_md("## Constraints\n\n- Prefer   small changes\n").replace("# Factory\n", "# Factory\n\n<!-- mine -->\n")
    project = await states.put("fresh")
    (project / "factory.md").write_bytes(own.encode())
    async with states.open_here() as host:
        answer = await host.done("discover_project", goal="Something else.")
        assert answer["data"]["draft"]["untrusted"]["text"] == own
        approved = await host.done("request_approval", what="evaluation")
        assert approved["data"]["status"] == "approved"
    assert (project / "factory.md").read_bytes() == own.encode()
    assert git(project, "show", "main:factory.md") + "\n" == own
    assert git(project, "status", "--porcelain") == ""


async def test_another_file_of_that_name_in_the_way_of_the_approved_one_is_left_and_named(states: States) -> None:
    project = await states.put("fresh")
    async with states.open_here() as host:
        await host.done("discover_project", goal=GOAL)
        (project / "factory.md").write_text("my own notes\n")
        tip = git(project, "rev-parse", "main")
        answer = await host.call("request_approval", what="evaluation")
        assert (answer["data"]["status"], "commit" in answer["data"]) == ("approved", False)
        assert "factory.md" in str(answer["warnings"])
        assert answer["next"]["tool"] == "request_approval"
        assert (project / "factory.md").read_text() == "my own notes\n"
        assert git(project, "rev-parse", "main") == tip
        (project / "factory.md").unlink()
        again = await host.call("request_approval", what="evaluation")
        assert again["data"]["commit"] == git(project, "rev-parse", "--short=7", "main")
    assert len(host.shown) == 1  # the approval stood


async def test_commands_changed_after_approval_need_another_approval(states: States) -> None:
    project = await states.put("approved")
    text = git(project, "show", "main:factory.md") + "\n"
    commit(project, {"factory.md": text.replace("\npytest\n", "\npytest tests\n")}, "other commands")
    async with states.open_here() as host:
        for tool in ("start_cycle", "run_eval"):
            answer = await host.refused("NEEDS_APPROVAL", tool)
            assert answer["next"]["tool"] == "request_approval"
        answer = await host.done("request_approval", what="evaluation")
        assert "pytest tests" in host.shown[0]
        assert answer["data"]["status"] == "approved"
        assert "refused" not in await host.call("start_cycle")


async def test_prose_changed_after_approval_goes_on_as_approved(states: States) -> None:
    project = await states.put("approved")
    text = git(project, "show", "main:factory.md") + "\n"
    commit(project, {"factory.md": text.replace(GOAL, "Turn text into very good slugs.") + "\n## Constraints\n\n- Small changes\n"}, "other words")
    async with states.open_here() as host:
        answer = await host.done("start_cycle")
        assert answer["data"]["cycle"] == 1
        assert answer["next"]["tool"] == "propose_hypotheses"


async def test_a_draft_of_other_content_is_asked_for_again_and_the_same_is_not(states: States) -> None:
    async with states.open("approved") as host:
        again = await host.call("request_approval", what="evaluation")
        assert again["repeated"] is True
        assert not host.shown
        await host.done("discover_project", factory_md=factory_md(threshold=0.6))
        await host.call("request_approval", what="evaluation")
        assert len(host.shown) == 1
        assert "Threshold: 0.6" in host.shown[0]
    assert events_of(host.project).count("approval.answered") == 2
