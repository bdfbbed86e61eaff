"""A wish about a metric in a project that has a benchmark: what research takes is said before the person is asked."""

from pathlib import Path

from tests.support.host import open_host
from tests.support.repositories import make_repository
from tests.support.research_projects import make_metric_project, metric_md

FILES = {"Makefile": "test:\n\ttrue\n", "bench.sh": "echo score: 0.5\n", "climb.txt": "1\n", "climb.sh": "cat climb.txt\n"}


async def test_the_sections_of_research_are_handed_in_before_the_person_is_asked(tmp_path: Path) -> None:
    project = make_repository(tmp_path / "climb", FILES)
    async with open_host(project) as host:
        drafted = await host.done("discover_project", goal="make the score of bench.sh reach 0.8")
        assert "/bench.sh" in drafted["data"]["draft"].split("### Read-only")[1]
        assert (drafted["next"]["tool"], drafted["next"]["fill"]) == ("discover_project", ["factory_md"])
        assert "## Research Target" in drafted["next"]["do"]

        whole = await host.done("discover_project", factory_md=f"{drafted['data']['draft']}\n{drafted['data']['research_sections']}")
        assert whole["next"]["tool"] == "request_approval"
        assert "research_sections" not in whole["data"]


async def test_a_wish_about_anything_else_is_asked_for_at_once(tmp_path: Path) -> None:
    project = make_repository(tmp_path / "climb", FILES)
    async with open_host(project) as host:
        drafted = await host.done("discover_project", goal="Climb hills.")
        assert drafted["next"]["tool"] == "request_approval"
        assert "research_sections" not in drafted["data"]


async def test_research_before_any_approval_is_told_the_section_that_it_takes(tmp_path: Path) -> None:
    project = make_repository(tmp_path / "climb", FILES)
    async with open_host(project) as host:
        refused = await host.call("start_cycle", mode="research")
        assert refused["refused"]["code"] == "NEEDS_APPROVAL"
        assert "- run_command: " in refused["refused"]["expected"]
        assert "- run_command: " not in (await host.call("start_cycle", mode="improve"))["refused"]["expected"]


async def test_a_target_without_fixed_surfaces_is_warned_of(tmp_path: Path) -> None:
    async with open_host(make_metric_project(tmp_path / "project")) as host:
        assert not any("Fixed Surfaces" in each for each in (await host.done("discover_project", factory_md=metric_md())).get("warnings", ()))
        without = metric_md().replace("## Fixed Surfaces\n\n- score.txt\n", "")
        assert any("without ## Fixed Surfaces" in each for each in (await host.done("discover_project", factory_md=without))["warnings"])
