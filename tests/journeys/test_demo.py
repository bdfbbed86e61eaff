"""The demo as a person runs it: the whole story on a real project through the real server, and its word when something is wrong."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from mcp_server.demo import EXAMPLE, play
from tests.support.processes import plain_environment

TIMEOUT = 300.0  # seconds until a demo that hangs is given up


def run(tmp_path: Path, *argv: str) -> subprocess.CompletedProcess[str]:
    """Run a command as a person would from elsewhere; what it prints is no terminal."""
    environment = {**plain_environment(tmp_path), "PATH": os.environ["PATH"]}
    return subprocess.run(argv, cwd=tmp_path, env=environment, capture_output=True, text=True, encoding="utf-8", check=False, timeout=TIMEOUT)


def test_the_example_tells_the_whole_story_and_ends_well(tmp_path: Path) -> None:
    done = run(tmp_path, sys.executable, str(EXAMPLE / "run.py"))
    assert done.returncode == 0, done.stdout + done.stderr
    shown = " ".join(done.stdout.split())
    for line in (
        "A person asks: improve this project",
        "person approve",
        "3 new, 0 lost",
        "base failed, candidate passed",
        "gate: 20 of 20 checks pass",
        "is the tree that was measured",
        "REFUSED GATE: experiment 2 may not be kept",
        "tests_kept: tests/test_filename.py::test_dots_within_the_name_are_replaced passes on the base and does not pass here",
        "Experiment 2 is reverted; the target is untouched",
        "unfinished work as it was: M README.md, ?? notes.txt",
        "1 kept, 1 reverted, 0 abandoned.",
        "Everything was as it should be.",
        "The scratch folder is removed.",
        "claude mcp add --scope user refactory -- ",
        "codex mcp add refactory -- ",
    ):
        assert line in shown, f"{line!r} is missing in:\n{done.stdout}"
    assert max(map(len, done.stdout.splitlines()[:-3])) <= 100
    assert "\033" not in done.stdout
    assert done.stderr == ""
    assert list(tmp_path.glob("refactory-demo-*")) == []


@pytest.mark.thorough
def test_the_quick_demo_leaves_its_scratch_repository_where_it_is_asked_to(tmp_path: Path) -> None:
    done = run(tmp_path, str(Path(sys.executable).parent / "refactory"), "demo", "--quick", "--keep")
    assert done.returncode == 0, done.stdout + done.stderr
    project = next(tmp_path.glob("refactory-demo-*")) / EXAMPLE.name
    assert str(project.parent) in done.stdout
    assert "test_a_cut_slug_does_not_end_with_another_separator" in (project / "tests" / "test_core.py").read_text(encoding="utf-8")
    assert len((project / ".factory" / "results.tsv").read_text(encoding="utf-8").splitlines()) == 3
    assert "ruff" not in "".join(path.name for path in (project / ".venv" / "bin").iterdir())


def test_a_demo_in_which_something_is_wrong_says_what_and_fails(tmp_path: Path) -> None:
    """The story's host gives no goal, so that the server refuses its second call."""
    example = tmp_path / "example"
    shutil.copytree(EXAMPLE, example)
    words = (example / "story.toml").read_text(encoding="utf-8")
    start = words.index("goal = ")
    (example / "story.toml").write_text(words[:start] + 'goal = ""' + words[words.index("\n", start) :], encoding="utf-8")
    done = run(tmp_path, sys.executable, str(example / "run.py"))
    assert done.returncode == 1, done.stdout + done.stderr
    assert "NOT as it should be." in done.stdout
    assert "a refusal of discover_project\n  expected: None\n  seen:     {'code': 'BAD_ARGUMENTS'" in done.stdout
    assert "The scratch folder is removed." in done.stdout
    assert list(tmp_path.glob("refactory-demo-*")) == []


def test_a_demo_without_its_example_says_where_it_looked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert play(tmp_path) == 1
    assert str(tmp_path) in capsys.readouterr().out
