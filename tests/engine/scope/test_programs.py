"""A command whose file no commit holds is an error of factory.md, by line, before anybody approves it."""

import pytest

from tools.engine.scope.beginnings import Beginning, beginning_of
from tools.engine.scope.files import TreeFiles
from tools.engine.scope.protecting import read_as_far

FILES = TreeFiles(("bench/index.js", "eval/score.py", "run.sh", "src/a.py", "start.sh", "tool/__main__.py"), frozenset({"start.sh"}))


def problems(command: str, more: str = "") -> list[str]:
    text = f"## Goal\nSlugs.\n\n## Scope\n- src/**\n\n## Guards\n- Keep it\n\n{more}## Project Eval\n- name: own\n  command: {command}\n"
    return [str(each) for each in read_as_far(text, lambda: FILES)[1]]


@pytest.mark.parametrize(
    ("command", "beginning"),
    [
        ("python eval/a.py --fast", Beginning("python", "eval/a.py")),
        ("LEVEL=1 python3 -u eval/a.py | tail -1", Beginning("python3", "eval/a.py")),
        ("env python3.12 a.py > out", Beginning("python3.12", "a.py")),
        ("uv run python eval/a.py", Beginning("uv", "eval/a.py")),
        ("uv run a.py", Beginning("uv", "a.py")),
        ("poetry run pytest -q", Beginning("poetry")),
        ("python -m pytest", Beginning("python")),
        ("sh -c 'python a.py'", Beginning("sh")),
        ("set -e\n\n# score it\nnode bench", Beginning("node", "bench")),
        ("! grep -rn breakpoint src", Beginning("grep")),
        ("./run.sh && python a.py", Beginning("./run.sh")),
    ],
)
def test_a_command_begins_with_its_program_and_the_script_it_hands_on(command: str, beginning: Beginning) -> None:
    assert beginning_of(command) == beginning


@pytest.mark.parametrize("command", ["cd eval && python a.py", "if true; then x; fi", "$HOME/run", "python 'a\nb'", "(cd eval; ./a)", "# nothing"])
def test_what_cannot_be_told_from_the_text_is_not_guessed(command: str) -> None:
    assert beginning_of(command) is None


@pytest.mark.parametrize(
    "command",
    [
        "python eval/score.py", "python ./eval/score.py", "node bench", "node bench/index", "python tool", "./start.sh", "sh run.sh",
        ".venv/bin/python eval/score.py", "node_modules/.bin/vitest", "/usr/bin/env true", "python ../other.py",
    ],
)  # fmt: skip
def test_what_is_there_or_lies_outside_the_commit_is_no_problem(command: str) -> None:
    assert problems(command) == []


def test_a_script_that_no_commit_holds_is_named_by_line_with_the_nearest_that_is_there() -> None:
    (problem,) = problems("python eval/scores.py")
    assert problem == (
        "factory.md:12: found 'python eval/scores.py': no committed file is at eval/scores.py; expected a file that is committed, "
        "as only committed files are measured: git add and commit it, or name another; did you mean eval/score.py?"
    )


def test_a_program_that_is_not_there_or_may_not_be_executed_is_named() -> None:
    assert "no committed file is at measure" in problems("./measure")[0]
    (problem,) = problems("./run.sh --fast")
    assert "'./run.sh --fast': run.sh is committed, and may not be executed" in problem
    assert "git update-index --chmod=+x run.sh" in problem


def test_what_setup_makes_or_links_cannot_be_missed_beforehand() -> None:
    assert problems("./build/measure", "## Setup\n- command: make\n\n") == []
    assert problems("./data/measure", "## Setup\n- link: data/**\n\n") == []
    assert problems("./build/measure", "## Setup\n- link: data/**\n\n") != []
    assert "prepare.sh" in problems("./build/measure", "## Setup\n- command: sh prepare.sh\n\n")[0]


def test_a_tree_without_files_tells_nothing() -> None:
    text = "## Goal\nSlugs.\n\n## Scope\n- src/**\n\n## Guards\n- Keep it\n\n## Smoke Test\n./run.sh\n"
    assert read_as_far(text, lambda: TreeFiles(()))[1] == ()
