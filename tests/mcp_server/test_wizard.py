"""`refactory` alone: a person at a terminal says what they want, and is told what to do next, or has it done."""

import subprocess
from io import StringIO
from pathlib import Path

import pytest

from mcp_server.commands.wizard import EXAMPLES, main, understood
from tests.support.everything import everything
from tests.support.processes import plain_environment
from tests.support.stdio import CONSOLE_SCRIPT
from tests.support.terminals import at_a_terminal

REFACTORY = CONSOLE_SCRIPT[:1]
QUESTION = "What do you want to do?"


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    (tmp_path / "desk").mkdir()
    return tmp_path / "desk"


def test_an_idea_becomes_a_project_with_two_lines_typed(home: Path, desk: Path) -> None:
    with at_a_terminal(REFACTORY, desk, plain_environment(home)) as terminal:
        assert terminal.shows(QUESTION)
        terminal.type("a recipe site with tags")
        assert terminal.shows("Enter for yes")
        terminal.type("")
        assert terminal.end() == 0
    made = home / "factory-projects" / "recipe-site-tags"
    assert "Understood: build something new." in terminal.shown
    assert f"    cd {made}\n" in terminal.shown
    assert (made / "README.md").is_file()


def test_a_wish_for_a_project_says_what_to_type_where_and_changes_nothing(home: Path, project: Path) -> None:
    before = everything(project)
    with at_a_terminal(REFACTORY, project, plain_environment(home)) as terminal:
        assert terminal.shows(QUESTION)
        terminal.type("")
        assert terminal.shows(EXAMPLES[-1])
        terminal.type("only add dark mode")
        assert terminal.end() == 0
    assert "Understood: do one thing in this project." in terminal.shown
    assert f"Open it in {project} and" in " ".join(terminal.shown.split())
    assert "    only add dark mode\n" in terminal.shown
    assert everything(project) == before


def test_who_wants_nothing_or_presses_ctrl_c_is_let_go(home: Path, desk: Path) -> None:
    with at_a_terminal(REFACTORY, desk, plain_environment(home)) as terminal:
        assert terminal.shows(QUESTION)
        terminal.press(b"\x03")
        assert terminal.end() == 130
    with at_a_terminal(REFACTORY, desk, plain_environment(home)) as terminal:
        assert terminal.shows(QUESTION)
        terminal.press(b"\x04")
        assert terminal.end() == 0
    assert list(desk.iterdir()) == []


def test_without_a_terminal_the_help_is_printed(home: Path, desk: Path) -> None:
    done = subprocess.run(REFACTORY, cwd=desk, env=plain_environment(home), stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    assert (done.returncode, "usage: refactory" in done.stdout) == (2, True)


def test_what_was_understood_is_said_with_the_other_reading() -> None:
    status = {
        "summary": "Ready.", "project": "/p", "next": {"do": "Begin.", "tool": "start_cycle"},
        "data": {"intent": {"kind": "metric", "mode": "focus", "or": "research"}},
    }  # fmt: skip
    lines = understood(status, "make it faster")
    assert lines[0] == "Understood: do one thing in this project."
    assert lines[-1].startswith("If you meant something else (raise a metric")
    told = understood({**status, "next": {"do": "Tell the person: commit first."}}, "improve")
    assert "Commit first." in told


@pytest.mark.parametrize("word", ["quit", "No.", "exit", "nothing"])
def test_who_says_that_they_want_nothing_is_let_go(word: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.stdin", StringIO(f"{word}\n"))
    assert main([]) == 0
    assert "Understood" not in capsys.readouterr().out


def test_who_asks_for_help_sees_what_one_may_say_and_is_asked_again(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.stdin", StringIO("help\nquit\n"))
    assert main([]) == 0
    shown = capsys.readouterr().out
    assert EXAMPLES[0] in shown
    assert shown.count(QUESTION) == 2


def test_a_path_where_nothing_is_becomes_no_project(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.stdin", StringIO("/nowhere/spec.md\n"))
    assert main([]) == 1
    assert "There is nothing at /nowhere/spec.md." in capsys.readouterr().out


def test_in_a_folder_without_a_project_it_is_said_where_to_go() -> None:
    status = {
        "summary": "No project yet.", "project": "/p", "data": {"here": "an empty folder", "intent": {"kind": "question"}},
        "next": {"do": "Answer the person; there is no project here to look at."},
    }  # fmt: skip
    assert any("Go to yours and call refactory there" in line for line in understood(status, "what now?"))
