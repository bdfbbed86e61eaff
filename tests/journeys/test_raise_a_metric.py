"""The example of research: its project is sound, its story types what fits, and each arm does to the metric what the story says."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from examples.raise_a_metric.story import read_research_story, typed
from mcp_server.demo_scratch import build
from mcp_server.demo_story import Edit
from tests.support.processes import plain_environment
from tests.support.repositories import make_repository
from tests.support.sources import CHECKOUT

EXAMPLE = CHECKOUT / "examples" / "raise_a_metric"
STORY = read_research_story(EXAMPLE)
FIRST = STORY.cycles[0].arms[0]  # what lands first, so that the others begin on it


def run(folder: Path, *argv: str, seed: int = 5) -> str:
    """Run a command of the project; what it prints."""
    environment = {**os.environ, "REFACTORY_SEED": str(seed), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run([sys.executable, *argv], cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def rate(folder: Path) -> float:
    """The solve rate of one run."""
    run(folder, "eval/run.py")
    return float(json.loads((folder / "results" / "latest.json").read_text(encoding="utf-8"))["solve_rate"])


def told(tmp_path: Path, *arguments: str) -> str:
    """What the script shows, its blanks made one, of a story that has to end well."""
    command = [sys.executable, str(EXAMPLE / "run.py"), *arguments]
    environment = {**plain_environment(tmp_path), "PATH": os.environ["PATH"]}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False, timeout=600)
    assert done.returncode == 0, done.stdout + done.stderr
    return " ".join(done.stdout.split())


@pytest.mark.thorough
def test_the_first_cycle_raises_the_metric_and_measures_the_gain_afresh(tmp_path: Path) -> None:
    shown = told(tmp_path, "--first")
    for line in ("The failure analysis is taken as r1: NO_ANSWER", "20 of 20 checks pass", "Measured afresh on 5 pairs the metric gained +0."):
        assert line in shown, f"{line!r} is missing in:\n{shown}"


@pytest.mark.thorough
def test_the_whole_loop_goes_from_prompts_over_a_plateau_to_the_best_of_several_strategies_and_ends_at_the_target(tmp_path: Path) -> None:
    shown = told(tmp_path, "--short")
    for line in (
        "ratchet: not better", "Since cycle 1: ", "The researcher's report is taken",
        "best_of_arms: experiment 3 (H3) raised the metric more", "the target is reached", "Everything was as it should be.",
    ):  # fmt: skip
        assert line in shown, f"{line!r} is missing in:\n{shown}"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy in a repository of its own."""
    files = {
        str(file.relative_to(EXAMPLE / "project")): file.read_text(encoding="utf-8")
        for file in (EXAMPLE / "project").rglob("*")
        if file.is_file() and "__pycache__" not in file.parts and file.suffix != ".pyc" and "results" not in file.parts
    }
    return make_repository(tmp_path / "project", files)


def test_the_projects_own_tests_pass(project: Path) -> None:
    assert "passed" in run(project, "-m", "pytest", "-q", "-p", "no:cacheprovider")


def test_a_run_says_of_every_courtyard_where_it_was_lost_and_tells_no_truth(project: Path) -> None:
    run(project, "eval/run.py")
    first = (project / "results" / "latest.json").read_bytes()
    run(project, "eval/run.py")
    assert (project / "results" / "latest.json").read_bytes() == first  # the same seed, the same run
    result = json.loads(first)
    assert len(result["instances"]) == 40
    assert result["cost_usd"] > 0
    lost = [instance for instance in result["instances"] if not instance["passed"]]
    assert {instance["category"] for instance in lost} >= {"NO_ANSWER", "RIGHT_ANSWER_CORRECTED"}
    assert all(set(instance) <= {"id", "passed", "stage", "category"} for instance in result["instances"])


def test_every_arm_does_to_the_metric_what_the_story_says(project: Path) -> None:
    at_first = rate(project)
    build(project, typed(FIRST, project))
    before = rate(project)
    assert before > at_first + 0.1
    seen = {}
    for arm in (arm for step in STORY.cycles[1:] for arm in step.arms):
        edits = typed(arm, project)
        build(project, edits)
        seen[arm.name] = "better" if rate(project) > before + 0.1 else "not_better"
        build(project, tuple(Edit(path=edit.path, old=edit.new, new=edit.old) for edit in edits))
    assert seen == {arm.name: arm.expected for step in STORY.cycles[1:] for arm in step.arms}
