"""A project approved before it could be tested: what a cycle works with, and how the tests come in once they can run."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from mcp_server.demo_environment import make_environment
from tests.support.host import Host, changes_nothing
from tests.support.repositories import commit, git
from tests.support.scored_states import BETTER, EXPLOIT, scored_md
from tests.support.states import GAIN, GOAL, States, approve, begin

CALLS = 'discover_project {}, then request_approval {"what": "evaluation"}'


@contextmanager
def bare(project: Path) -> Iterator[None]:
    """A project without a test, and an environment in which nothing is installed, in place of its own; both come back."""
    aside, before = project.parent / "aside", git(project, "rev-parse", "HEAD")
    shutil.move(project / ".venv", aside)
    git(project, "rm", "-q", "-r", "tests")
    git(project, "commit", "-q", "-m", "no tests")
    try:
        make_environment(project / ".venv", ())
        yield
    finally:
        git(project, "checkout", "-q", before, "--", "tests")
        git(project, "commit", "-q", "-m", "tests again")
        shutil.rmtree(project / ".venv")
        shutil.move(aside, project / ".venv")


async def test_a_cycle_without_a_test_runner_says_what_it_can_measure_and_keeps_nothing_unproven(states: States) -> None:
    project = await states.put("fresh")
    with bare(project):
        async with states.open_here() as host:
            found = await host.done("discover_project", goal=GOAL)
            assert found["next"].get("tool") is None  # the person's turn: it takes tests
            approved = await host.done("request_approval", what="evaluation")
            assert "Not measured: tests" in host.shown[0]
            await host.done("get_job", job=approved["data"]["job"])
            started = await host.done("start_cycle")
            names = {row["name"] for row in started["data"]["baseline"]["dimensions"]}
            assert names == {"guard_patterns", "config_parser"}
            assert started["data"]["baseline"].get("tests", 0) == 0
            assert started["next"]["tool"] == "propose_hypotheses"
            assert not any("by now" in line for line in started.get("warnings", []))
            change = {"title": "Test shout", "category": "exploit", "dimension": "capability_surface", "what": "Test it", "why": "W1"}
            await host.done("propose_hypotheses", hypotheses=[change])
            await host.done("start_experiment", item="H1")
            measured = await host.measured(GAIN)
            assert [check["check"] for check in measured["data"]["gate"]["fail"]] == ["improved_or_proven", "scope", "guards"], host.text
            refused = await host.keep()
            assert refused["refused"]["code"] == "GATE"


async def test_an_approved_evaluation_that_can_measure_more_by_now_says_so_with_the_calls(states: States) -> None:
    project = await states.put("fresh")
    async with states.open_here() as host:
        with bare(project):
            await host.done("discover_project", goal=GOAL)
            approved = await host.done("request_approval", what="evaluation")
            await host.done("get_job", job=approved["data"]["job"])
            assert not any("by now" in line for line in (await host.done("project_status")).get("warnings", []))
        with changes_nothing(project):
            answer = await host.done("project_status")
        (warning,) = [line for line in answer["warnings"] if "by now" in line]
        assert "tests, coverage, lint" in warning
        assert warning.endswith(CALLS)
        assert (await host.done("discover_project"))["next"]["tool"] == "request_approval"
        again = await host.done("request_approval", what="evaluation")
        assert "$ pytest" in host.shown[1]
        measured = await host.done("get_job", job=again["data"]["job"])
        assert measured["data"]["tests"] == 3
        assert not any("by now" in line for line in (await host.done("project_status")).get("warnings", []))


async def test_test_files_without_a_test_are_none(states: States) -> None:
    project = await states.put("fresh")
    git(project, "rm", "-q", "-r", "tests")
    commit(project, {"tests/test_nothing.py": "import slug\n"}, "no tests yet")
    async with states.open_here() as host:
        await host.done("discover_project", goal=GOAL)
        await host.done("request_approval", what="evaluation")
        assert not any("by now" in line for line in (await host.done("project_status")).get("warnings", []))
        commit(project, {"tests/test_slug.py": "def test_it() -> None:\n    assert True\n"}, "a test")
        (warning,) = [line for line in (await host.done("project_status"))["warnings"] if "by now" in line]
        assert "tests, coverage, capability_surface." in warning
        assert warning in (await host.done("start_cycle"))["warnings"]


async def test_a_command_that_cannot_start_is_mended_before_anything_is_tried(scored: States) -> None:
    async with scored.open("fresh") as host:
        await approve(host, scored_md(evaluation="- name: score\n  command: python3 -m no_such_runner -q\n"))
        for answer in (await host.done("run_eval"), await host.done("start_cycle", mode="improve")):
            assert "Not measured, score: command cannot start: No module named no_such_runner" in answer["summary"]
            assert answer["next"]["tool"] == "discover_project"
            assert "a command that starts here" in answer["next"]["do"]


async def test_a_promised_test_that_no_runner_takes_by_its_id_is_said_and_has_to_be_there(scored: States) -> None:
    async with scored.open("approved") as host:
        await host.done("start_cycle", mode="improve")
        await host.done("propose_hypotheses", hypotheses=[{**EXPLOIT, "own_checks": ["checks.txt::more"]}])
        await begin(host)
        await host.measured(BETTER)
        assert [each["result"] for each in await _of_gain(host)] == ["fail"]
        await host.measured({**BETTER, "checks.txt": "more\n"})
        (found,) = await _of_gain(host)
        assert found["result"] == "pass"
        assert "own check checks.txt::more: cannot be run by itself here" in str(found["evidence"])


async def _of_gain(host: Host) -> list[dict[str, Any]]:
    checks: list[dict[str, Any]] = (await host.done("check_experiment", experiment=1, check="improved_or_proven"))["data"]["checks"]
    return checks
