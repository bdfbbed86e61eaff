"""Which folder counts: one order for tools and commands, also where the folder that somebody stands in was deleted."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from mcp_server.meant_folder import from_the_terminal, meant_folder
from state.errors import Refusal
from state.registry import Progress
from state.registry_folder import Registry
from state.settings import Given, SettingsSource
from tests.support.commands import run_here
from tests.support.processes import plain_environment
from tests.support.quick_projects import make_quick_project
from tests.support.settings_files import write_settings
from tests.support.stdio import CONSOLE_SCRIPT

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def here(tmp_path: Path) -> Path:
    return make_quick_project(tmp_path / "here")


@pytest.fixture
def other(tmp_path: Path) -> Path:
    return make_quick_project(tmp_path / "other")


@pytest.fixture
def from_nowhere(home: Path, tmp_path: Path) -> Run:
    """Runs the command in a folder that is deleted before it starts."""

    def run(*words: str, **variables: str) -> subprocess.CompletedProcess[str]:
        gone = tmp_path / "gone"
        gone.mkdir()
        return run_here(words, gone, {**plain_environment(home), **variables}, gone=True)

    return run


def source(home: Path, folder: Path | None, **variables: str) -> SettingsSource:
    return SettingsSource(Given({"FACTORY_REGISTRY_DIR": str(home / ".factory"), **variables}, folder))


@pytest.mark.parametrize("command", [("doctor",), ("verify",), ("project-status",)])
def test_the_project_of_the_settings_file_counts_for_every_command_and_the_flag_before_it(
    command: tuple[str], home: Path, here: Path, other: Path
) -> None:
    write_settings(home / ".factory", f'[defaults]\nproject = "{other}"\n')
    for words, expected in (((), other), (("--project", str(here)), here)):
        done = run_here((*command, "--json", *words), here, plain_environment(home))
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["project"] == str(expected)


def test_the_order_is_name_variable_the_host_s_folder_file_and_where_this_was_started(home: Path) -> None:
    folder = Path("/started")
    assert meant_folder(source(home, folder), "") == folder
    write_settings(home / ".factory", '[defaults]\nproject = "/of-the-file"\n')
    assert meant_folder(source(home, folder), "") == Path("/of-the-file")
    assert meant_folder(source(home, folder, CLAUDE_PROJECT_DIR="/of-the-host"), "") == Path("/of-the-host")
    both = source(home, folder, CLAUDE_PROJECT_DIR="/of-the-host", FACTORY_PROJECT="/of-the-variable")
    assert meant_folder(both, "") == Path("/of-the-variable")
    assert meant_folder(both, "/named") == Path("/named")


@pytest.mark.parametrize(
    ("folder", "named", "words"),
    [(Path("/started"), "relative", "is not an absolute path"), (None, "", "the folder that this was started in is gone")],
)
def test_what_names_no_folder_is_refused(home: Path, folder: Path | None, named: str, words: str) -> None:
    with pytest.raises(Refusal, match=words) as refused:
        meant_folder(source(home, folder), named)
    assert refused.value.code == "NO_PROJECT"


def test_a_path_typed_at_a_terminal_is_taken_from_the_folder_there(home: Path) -> None:
    assert from_the_terminal(source(home, Path("/started")).given, "sub") == "/started/sub"
    assert from_the_terminal(source(home, None).given, "/absolute") == "/absolute"
    assert from_the_terminal(source(home, None).given, "") == ""
    with pytest.raises(Refusal, match="is gone"):
        from_the_terminal(source(home, None).given, "sub")


@pytest.mark.parametrize("words", [("projects",), ("projects", "--json"), ("config", "show"), ("config", "path"), ("config", "migrate"), ("--help",)])
def test_commands_that_need_no_project_work_in_a_folder_that_is_gone(from_nowhere: Run, words: tuple[str, ...]) -> None:
    done = from_nowhere(*words)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_process_that_starts_in_a_folder_that_is_gone_says_so(home: Path, tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    argv = ["/bin/sh", "-c", 'rmdir "$0" && exec "$@"', str(gone), *CONSOLE_SCRIPT[:1], "doctor"]
    done = subprocess.run(argv, cwd=gone, env=plain_environment(home), capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 1
    assert "the folder that this was started in is gone" in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_a_project_is_forgotten_from_a_folder_that_is_gone(from_nowhere: Run, home: Path, here: Path) -> None:
    registry = Registry(home / ".factory")
    registry.note(here, Progress())
    registry.close()
    relative = from_nowhere("projects", "forget", "here")
    assert relative.returncode == 1
    assert relative.stderr == ("refactory projects: the folder that this was started in is gone; expected: the project's absolute path\n")
    done = from_nowhere("projects", "forget", str(here))
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("command", ["doctor", "verify", "project-status", "experiment-history"])
def test_commands_that_need_a_project_say_plainly_that_the_folder_is_gone(from_nowhere: Run, here: Path, command: str) -> None:
    done = from_nowhere(command)
    assert done.returncode == 1
    assert "the folder that this was started in is gone" in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert from_nowhere(command, "--project", str(here)).returncode == 0
