"""Approving in a terminal: bound to a code of what is shown, typed again by somebody who sits there."""

import json
import os
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Any

import anyio
import pytest

from mcp_server.terminal_approval import ask, main
from mcp_server.this_process import MARKS_OF_HOSTS
from tests.support.host import open_host
from tests.support.processes import plain_environment
from tests.support.quick_projects import factory_md, make_quick_project
from tests.support.recorded import approvals, events
from tests.support.repositories import git, git_process
from tests.support.stdio import CONSOLE_SCRIPT
from tests.support.terminals import Terminal, at_a_terminal
from tools.engine.session import Question, Reply

COMMAND = CONSOLE_SCRIPT[0]
CTRL_C = b"\x03"
HASH = "abcd1234567890"
SHOWN = "refactory approve {} --experiment 4 --project /p"


@pytest.fixture
def environment(home: Path) -> dict[str, str]:
    return plain_environment(home)


def tool(project: Path, environment: dict[str, str], *arguments: str) -> dict[str, Any]:
    """A tool as a subcommand, without a terminal; its answer."""
    done = subprocess.run([COMMAND, *arguments, "--json"], cwd=project, env=environment, capture_output=True, check=False, stdin=subprocess.DEVNULL)
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


async def waiting(project: Path, goal: str = "Slugs.") -> str:
    """Draft an evaluation and ask for it in a host that cannot ask; the code of what was shown."""
    async with open_host(project, says=None) as host:
        await host.done("discover_project", factory_md=factory_md(goal))
        data = (await host.call("request_approval", what="evaluation"))["data"]
    assert data["status"] == "waiting"
    command = shlex.split(data["ask"]["command"])
    return command[command.index("approve") + 1]


@pytest.fixture(scope="module")
def drafted(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A project whose evaluation waits for a person, and the code of what was shown."""
    project = make_quick_project(tmp_path_factory.mktemp("drafted") / "project")
    return project, anyio.run(waiting, project)


@pytest.fixture
def code(drafted: tuple[Path, str], project: Path) -> str:
    """The code of what waits for a person in `project`."""
    shutil.rmtree(project)
    shutil.copytree(drafted[0], project, symlinks=True)
    return drafted[1]


def answered(typed: str, monkeypatch: pytest.MonkeyPatch, folder: Path, code: str = "abcd") -> Reply | None:
    """What comes of a line that is typed at the prompt."""
    line = folder / "typed"
    line.write_text(f"{typed}\n")
    with line.open() as stream:
        monkeypatch.setattr("sys.stdin", stream)
        return ask(Question("May it?", "ABCD", HASH), code, SHOWN)


def landed(project: Path) -> bool:
    """Whether factory.md stands on the branch."""
    return git_process(project, "cat-file", "-e", "main:factory.md").returncode == 0


def prompted(terminal: Terminal) -> bool:
    return terminal.shows("or anything else not to: ")


def test_the_command_that_is_said_and_its_code_typed_again_approve_and_factory_md_lands(
    project: Path, environment: dict[str, str], tmp_path: Path
) -> None:
    tool(project, environment, "discover-project", "--factory-md", factory_md())
    data = tool(project, environment, "request-approval", "--what", "evaluation")["data"]
    command = shlex.split(data["ask"]["command"])
    code = command[command.index("approve") + 1]
    assert data["status"] == "waiting"
    assert len(code) < len(data["shown_hash"])
    with at_a_terminal(command, tmp_path, environment) as terminal:
        assert prompted(terminal), terminal.shown
        terminal.type(code)
        assert terminal.end() == 0, terminal.shown
    assert "$ test -f slug.py" in terminal.shown
    assert f"Type {code} to approve" in terminal.shown
    assert git(project, "show", "main:factory.md") == factory_md().rstrip("\n")
    assert (project / "factory.md").read_text().rstrip("\n") == factory_md().rstrip("\n")


def test_the_approval_records_the_terminal_and_the_process_that_started_the_command(project: Path, environment: dict[str, str], code: str) -> None:
    with at_a_terminal([COMMAND, "approve", code], project, environment) as terminal:
        assert prompted(terminal), terminal.shown
        terminal.type(code.lower())
        assert terminal.end() == 0, terminal.shown
    (approval,) = approvals(project)
    assert approval["actor"] == "user"
    assert approval["channel"] == f"terminal {terminal.name}, parent process {os.getpid()}"
    assert approval["payload"]["answer"] == "approve"


def test_anything_but_the_code_approves_nothing(project: Path, environment: dict[str, str], code: str) -> None:
    before = events(project)
    with at_a_terminal([COMMAND, "approve", code], project, environment) as terminal:
        assert prompted(terminal), terminal.shown
        terminal.type("yes")
        assert terminal.end() == 1, terminal.shown
    assert events(project) == before
    assert not landed(project)


def test_ctrl_c_at_the_prompt_ends_at_once_and_approves_nothing(project: Path, environment: dict[str, str], code: str) -> None:
    before = events(project)
    with at_a_terminal([COMMAND, "approve", code], project, environment) as terminal:
        assert prompted(terminal), terminal.shown
        terminal.press(CTRL_C)
        assert terminal.end() != 0
    assert events(project) == before
    assert not landed(project)


async def test_a_code_of_other_content_approves_nothing_and_the_new_code_is_said(project: Path, environment: dict[str, str], code: str) -> None:
    new = await waiting(project, "Slugs, faster.")
    before = events(project)
    assert code != new
    with at_a_terminal([COMMAND, "approve", code], project, environment) as terminal:
        assert terminal.end() == 1
    assert "Slugs, faster." in terminal.shown
    assert f"refactory approve {new}" in terminal.shown
    assert events(project) == before
    assert not landed(project)


async def test_content_that_changes_while_the_words_are_on_the_screen_is_not_approved(project: Path, environment: dict[str, str], code: str) -> None:
    with at_a_terminal([COMMAND, "approve", code], project, environment) as terminal:
        assert prompted(terminal), terminal.shown
        new = await waiting(project, "Slugs, faster.")
        terminal.type(code)
        terminal.end()
    shown = [approval["payload"]["hash"][: len(code)].upper() for approval in approvals(project)]
    assert new not in shown
    assert not landed(project) or "Slugs, faster." not in git(project, "show", "main:factory.md")


def test_nothing_to_approve_is_said(project: Path, environment: dict[str, str]) -> None:
    with at_a_terminal([COMMAND, "approve", "K7Q2"], project, environment) as terminal:
        assert terminal.end() == 1
    assert "NOTHING_TO_APPROVE" in terminal.shown


def test_a_host_s_shell_is_refused_even_at_a_terminal(project: Path, environment: dict[str, str]) -> None:
    with at_a_terminal([COMMAND, "approve", "K7Q2"], project, {**environment, MARKS_OF_HOSTS[0]: "1"}) as terminal:
        assert terminal.end() == 1
    assert f"belongs to a host ({MARKS_OF_HOSTS[0]})" in terminal.shown


@pytest.mark.parametrize("mark", MARKS_OF_HOSTS)
def test_the_shell_of_every_host_is_known(mark: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    for other in MARKS_OF_HOSTS:
        monkeypatch.delenv(other, raising=False)
    monkeypatch.setenv(mark, "1")
    assert main(["K7Q2"]) == 1
    assert f"belongs to a host ({mark})" in capsys.readouterr().err


@pytest.mark.parametrize("typed", ["0000", "", "yes", "approve", "abc", "abcdx"])
def test_what_is_typed_at_the_prompt_approves_only_where_it_is_the_code(typed: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert answered(typed, monkeypatch, tmp_path) is None
    assert answered(" ABCD ", monkeypatch, tmp_path) == Reply("approve", "")


def test_without_a_terminal_nothing_is_approved(project: Path, environment: dict[str, str], code: str) -> None:
    before = events(project)
    done = subprocess.run([COMMAND, "approve", code], cwd=project, env=environment, input=f"{code}\n", capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "a person at a terminal" in done.stderr
    assert events(project) == before


def test_a_standing_order_does_not_answer_for_the_person_at_the_terminal(project: Path, environment: dict[str, str], code: str) -> None:
    with at_a_terminal([COMMAND, "approve", code], project, {**environment, "FACTORY_AUTO_APPROVE": "evaluation"}) as terminal:
        assert prompted(terminal), terminal.shown
        terminal.type("no")
        assert terminal.end() == 1
    assert approvals(project) == []


@pytest.mark.parametrize("typed", ["0000", "abc", "", "abcd1f", HASH + "0"])
def test_what_is_no_beginning_of_the_hash_is_told_what_it_is_not_for_and_the_right_code(typed: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert ask(Question("May it?", "ABCD", HASH), typed, SHOWN) is None
    shown = capsys.readouterr().out
    assert f"{typed.upper()} is no code for what stands above" in shown
    assert "If that is right: refactory approve ABCD --experiment 4 --project /p" in shown


@pytest.mark.parametrize("code", ["abcd", "ABCD123", HASH])
@pytest.mark.parametrize("again", ["ABCD", "abcd1", HASH.upper()])
def test_any_beginning_of_the_hash_from_the_code_on_is_right(code: str, again: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert answered(again, monkeypatch, tmp_path, code) == Reply("approve", "")


async def test_the_hash_as_the_answer_shows_it_approves(project: Path, environment: dict[str, str], code: str) -> None:
    async with open_host(project, says=None) as host:
        shown = (await host.call("request_approval", what="evaluation"))["data"]["shown_hash"]
    assert shown.upper().startswith(code)
    with at_a_terminal([COMMAND, "approve", shown], project, environment) as terminal:
        assert prompted(terminal), terminal.shown
        terminal.type(shown)
        assert terminal.end() == 0, terminal.shown
    assert landed(project)


def test_a_code_under_which_nothing_waits_approves_nothing_though_something_was_approved(
    project: Path, environment: dict[str, str], code: str
) -> None:
    with at_a_terminal([COMMAND, "approve", code], project, environment) as terminal:
        assert prompted(terminal), terminal.shown
        terminal.type(code)
        assert terminal.end() == 0, terminal.shown
    with at_a_terminal([COMMAND, "approve", "ZZZZ"], project, environment) as terminal:
        assert terminal.end() == 1, terminal.shown
    assert "nothing waits under the code ZZZZ" in terminal.shown
