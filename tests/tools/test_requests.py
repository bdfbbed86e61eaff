"""What a person asks for, and the exact next call that it leads to, wherever their project stands."""

from pathlib import Path
from typing import Any

import pytest

from tests.support.host import Host, changes_nothing, open_host
from tests.support.repositories import git, make_repository
from tests.support.scored_states import scored_md
from tests.support.states import States, approve

TARGET = """
## Research Target

- objective: maximize what is solved
- metric: solve_rate ([0-9.]+)
- target: 0.9
- run_command: cat score.txt
- result_parser: regex
"""
HISTORY = "experiment_history"
START = "start_cycle"


async def asked(host: Host, request: str) -> tuple[str | None, dict[str, Any]]:
    """The next call that a request leads to; asking changes nothing."""
    with changes_nothing(host.project):
        answer = await host.done("project_status", request=request)
    return answer["next"].get("tool"), answer["next"].get("arguments", {})


def options(answer: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return [(option["tool"], option.get("arguments", {})) for option in answer.get("options", ())]


async def test_in_a_project_that_is_ready_each_request_leads_to_its_mode(scored: States) -> None:
    async with scored.open("approved") as host:
        assert await asked(host, "improve this project") == (START, {"mode": "improve"})
        assert await asked(host, "only add dark mode") == (START, {"mode": "focus", "focus": ["only add dark mode"]})
        assert await asked(host, "fix the typo in the header") == (START, {"mode": "refine", "focus": ["fix the typo in the header"]})
        assert await asked(host, "let's think about this idea first") == (
            START, {"mode": "interactive", "focus": ["let's think about this idea first"]},
        )  # fmt: skip
        assert await asked(host, "improve the factory itself") == (START, {"mode": "meta"})
        assert await asked(host, "set up the factory here again") == ("discover_project", {})
        assert await asked(host, "fix issues 42 and 7") == ("import_issues", {"issues": ["42", "7"]})
        assert await asked(host, "build me a weather app") == ("create_project", {"source": "build me a weather app"})
        assert await asked(host, "https://github.com/octo/app") == ("create_project", {"source": "https://github.com/octo/app"})
        assert await asked(host, "go on") == (START, {"mode": "improve"})
        assert await asked(host, "add a backlog item: dark mode") == ("add_backlog_item", {"text": "dark mode"})
        assert await asked(host, "remove B3 from the backlog") == ("update_backlog_item", {"id": "B3", "state": "removed"})
        assert await asked(host, "what is on the backlog?") == ("list_backlog", {})
        assert await asked(host, "work on the backlog") == (START, {"mode": "improve"})
        assert await asked(host, "stop") == (None, {})
        assert await asked(host, "undo the last change") == (None, {}), "nothing landed"
        assert await asked(host, "undo experiment 3") == ("verdict", {"experiment": 3, "decision": "undo"})
        assert await asked(host, "what did you try last?") == ("study_project", {})


async def test_what_was_taken_for_what_is_said_and_the_other_reading_is_an_option(scored: States) -> None:
    async with scored.open("approved") as host:
        answer = await host.done("project_status", request="create a settings page")
        assert answer["data"]["intent"] == {"kind": "wish", "mode": "focus", "focus": ["create a settings page"], "or": "build"}
        assert options(answer) == [("create_project", {"source": "create a settings page"})]
        metric = await host.done("project_status", request="reduce the latency")
        assert (metric["data"]["intent"]["kind"], metric["data"]["intent"]["or"]) == ("metric", "research")


async def test_before_anything_is_approved_discovery_comes_first_and_the_wish_is_carried_on(scored: States) -> None:
    async with scored.open("fresh") as host:
        answer = await host.done("project_status", request="only add dark mode")
        assert (answer["next"]["tool"], answer["next"]["fill"]) == ("discover_project", ["goal"])
        again = options(answer)[0]
        assert again == ("project_status", {"request": "only add dark mode"})
        assert await asked(host, "let's think about this first") == (START, {"mode": "interactive", "focus": ["let's think about this first"]})
        await host.done("discover_project", factory_md=scored_md())
        assert (await asked(host, "only add dark mode"))[0] == "request_approval"
        await approve(host, scored_md())
        assert await asked(host, again[1]["request"]) == (START, {"mode": "focus", "focus": ["only add dark mode"]})


async def test_an_open_cycle_goes_on_and_the_wish_can_be_kept(scored: States) -> None:
    async with scored.open("proposed") as host:
        due = (await host.done("project_status"))["next"]
        answer = await host.done("project_status", request="add dark mode")
        assert answer["next"] == due
        assert options(answer)[0] == ("add_backlog_item", {"text": "add dark mode"})
        question = await host.done("project_status", request="what are you doing?")
        assert options(question)[0] == (due["tool"], due["arguments"])


async def test_what_is_asked_after_a_cycle_is_a_refinement_of_what_it_did(scored: States) -> None:
    async with scored.open("measured") as host:
        await host.done("start_experiment", item="H2")
        await host.keep(1)
        await host.revert(2)
        assert await asked(host, "rename that") == (START, {"mode": "refine", "focus": ["rename that"]})
        assert await asked(host, "make the header smaller") == (START, {"mode": "refine", "focus": ["make the header smaller"]})
        assert await asked(host, "improve this project") == (START, {"mode": "improve"})
        assert (await asked(host, "what did you try last?"))[0] == "experiment_history"


async def test_what_is_asked_about_experiments_is_looked_up_by_their_numbers(scored: States) -> None:
    async with scored.open("measured") as host:
        assert await asked(host, "why was experiment 1 reverted?") == (HISTORY, {"experiment": 1})
        assert await asked(host, "compare experiments 1 and 2") == (HISTORY, {"experiment": 1, "compare_with": 2})
        assert await asked(host, "what is better in experiment 2 than in experiment 1?") == (HISTORY, {"experiment": 2, "compare_with": 1})
        assert await asked(host, "what became of experiments 1, 2 and 3?") == (HISTORY, {})


async def test_a_research_target_makes_a_metric_a_matter_of_research(scored: States) -> None:
    async with scored.open("fresh") as host:
        await approve(host, scored_md(TARGET))
        assert await asked(host, "make this metric better") == (START, {"mode": "research"})
        assert await asked(host, "push the solve_rate") == (START, {"mode": "research"})
        assert (await host.done("project_status"))["next"]["arguments"] == {"mode": "research"}


async def test_a_spec_within_the_project_is_built_there_and_one_elsewhere_becomes_a_project(scored: States, tmp_path: Path) -> None:
    async with scored.open("approved") as host:
        (host.project / "spec.md").write_text("# More\n")
        (tmp_path / "spec.md").write_text("# Another\n")
        assert await asked(host, "build what spec.md says") == (START, {"mode": "build", "spec": str(host.project / "spec.md")})
        assert await asked(host, str(tmp_path / "spec.md")) == ("create_project", {"source": str(tmp_path / "spec.md")})
        assert await asked(host, str(tmp_path)) == ("project_status", {"project": str(tmp_path), "request": "improve this project"})


@pytest.mark.parametrize("where", ["nothing", "an empty folder"])
async def test_where_nothing_is_an_idea_an_address_or_a_spec_makes_a_project(tmp_path: Path, where: str) -> None:
    (tmp_path / "spec.md").write_text("# Plan\n")
    place = tmp_path / "here"
    if where != "nothing":
        place.mkdir()
    async with open_host(place) as host:
        answer = await host.done("project_status", request="a recipe site with tags")
        assert (answer["data"]["project_state"], answer["data"]["here"], answer["at"]["state"]) == ("no_repo", where, "no_repo")
        assert (answer["next"]["tool"], answer["next"]["arguments"]) == ("create_project", {"source": "a recipe site with tags"})
        assert (await asked(host, "https://github.com/octo/app"))[1] == {"source": "https://github.com/octo/app"}
        assert (await asked(host, str(tmp_path / "spec.md")))[1] == {"source": str(tmp_path / "spec.md")}
        assert (await asked(host, "fix octo/app#5"))[1] == {"source": "https://github.com/octo/app"}
        assert await asked(host, "improve this project") == (None, {})
        assert await asked(host, "what can you do?") == (None, {})
        assert (await host.done("project_status"))["next"] == {
            "do": "Ask the person what they want to build, or which project they mean; then give their words as request.", "tool": "project_status",
            "fill": ["request"], "role": "ceo",
        }  # fmt: skip
        long = await host.done("project_status", request="a site " + "with recipes " * 100)
        assert (long["next"].get("arguments"), long["next"]["fill"]) == (None, ["source"])
    assert place.exists() is (where != "nothing")


@pytest.mark.parametrize("with_git", [False, True])
async def test_files_without_a_commit_are_left_to_the_person_with_the_lines_to_type(tmp_path: Path, with_git: bool) -> None:
    (tmp_path / "module.py").write_text("x = 1\n")
    if with_git:
        git(tmp_path, "init", "-q")
    async with open_host(tmp_path) as host:
        answer = await host.done("project_status", request="improve this project")
        assert "tool" not in answer["next"]
        assert f"git -C {tmp_path} commit" in answer["next"]["do"]
        assert options(answer)[0][0] == "create_project"
        assert (await asked(host, "build me a weather app"))[0] == "create_project"


async def test_a_whole_spec_given_as_words_goes_on_in_the_callers_hands(tmp_path: Path) -> None:
    make_repository(tmp_path / "project", dict.fromkeys(("a.txt",), "a\n"))
    async with open_host(tmp_path / "project") as host:
        answer = await host.done("project_status", request="build me an app that " + "does this and that " * 100)
        assert (answer["next"]["tool"], answer["next"]["fill"]) == ("create_project", ["source"])
