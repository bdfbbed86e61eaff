"""A server with settings: it starts with any file, says in every answer what is wrong, gives no secret away, and keeps the list of projects."""

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.support import stdio
from tests.support.commands import run_here, server_here
from tests.support.processes import plain_environment
from tests.support.quick_projects import factory_md
from tests.support.repositories import git
from tests.support.settings_files import write_settings
from tests.support.stdio import greeted, running_server

CANARY = "sk-c4n4ry-0123456789012345678901234567"
CREDENTIALS = f'[credentials.bob]\nBOBSHELL_API_KEY = "{CANARY}"\nLOGIN = "c4n4ry"\n'
BROKEN = f'[defaults]\nlog = "loud"\n{CREDENTIALS}'
UNREADABLE = f"{CREDENTIALS}x = {CANARY}\n"


def settings(home: Path, text: str, mode: int = 0o600) -> Path:
    return write_settings(home / ".factory", text, mode)


def warnings(answer: dict[str, Any]) -> list[str]:
    return [line for line in answer.get("warnings", []) if line.startswith("settings:") or "0600" in line]


def listed(home: Path) -> list[dict[str, Any]]:
    """What `refactory projects --json` says."""
    done = run_here(("projects", "--json"), home, plain_environment(home))
    assert done.returncode == 0, done.stderr
    rows: list[dict[str, Any]] = json.loads(done.stdout)["projects"]
    return rows


def everything_below(*folders: Path) -> str:
    """All files of these folders as one text, and what every text in their databases says."""
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    texts = [path.read_bytes().decode("utf-8", "replace") for path in files if path.name != "config.toml"]
    for path in (path for path in files if path.suffix == ".db"):
        with closing(sqlite3.connect(path)) as connection:
            texts += list(connection.iterdump())
    return "\n".join(texts)


async def test_a_broken_file_stops_nobody_and_every_answer_says_so_in_one_line(home: Path, project: Path) -> None:
    settings(home, BROKEN)
    async with server_here(project, plain_environment(home)) as ask:
        answers = [
            await ask("project_status"), await ask("project_status", project="/nowhere"), await ask("verdict", experiment=1),
            await ask("discover_project", factory_md=factory_md()), await ask("no_such_tool"),
        ]  # fmt: skip
    for answer in answers:
        (line,) = warnings(answer)
        assert line == (
            "settings: config.toml is not used: config.toml:2: found log = loud; expected one of debug, info, warning, error; "
            "see: refactory config show"
        )
    assert "refused" not in answers[0]


@pytest.mark.thorough
def test_nothing_is_said_where_nothing_is_wrong(home: Path, project: Path) -> None:
    settings(home, CREDENTIALS)
    with running_server(project, home, (*stdio.MODULE, "--profile", "bob")) as host:
        assert warnings(greeted(host).call("project_status")) == []


@pytest.mark.parametrize("words", [pytest.param(("serve", "--profile", "bobb"), marks=pytest.mark.thorough), ("--profile=bobb", "serve")])
def test_a_server_with_a_profile_that_is_not_there_starts_and_says_so(home: Path, project: Path, words: tuple[str, ...]) -> None:
    settings(home, CREDENTIALS)
    with running_server(project, home, (*stdio.MODULE[:-1], *words)) as host:
        (line,) = warnings(greeted(host).call("project_status"))
        assert line == "settings: --profile: found the profile bobb; expected one of bob; see: refactory config show"


async def test_an_edit_counts_from_the_next_call(home: Path, project: Path) -> None:
    async with server_here(project, plain_environment(home)) as ask:
        assert warnings(await ask("project_status")) == []
        settings(home, BROKEN)
        assert len(warnings(await ask("project_status"))) == 1
        settings(home, CREDENTIALS, 0o644)
        (line,) = warnings(await ask("project_status"))
        assert "is private now (0600)" in line
        assert warnings(await ask("project_status")) == []


@pytest.mark.thorough
def test_a_log_level_that_is_none_is_a_warning_and_no_crash(home: Path, project: Path) -> None:
    with running_server(project, home, stdio.MODULE, {"FACTORY_LOG": "loud"}) as host:
        (line,) = warnings(greeted(host).call("project_status"))
        assert "FACTORY_LOG: found loud" in line


@pytest.mark.thorough
def test_the_log_level_of_the_file_counts(home: Path, project: Path) -> None:
    settings(home, '[defaults]\nlog = "info"\n')
    with running_server(project, home, stdio.MODULE) as host:
        greeted(host).call("project_status")
        assert "tool=project_status outcome=ok" in host.log.read_text(encoding="utf-8")


@pytest.mark.parametrize("text", [CREDENTIALS, *(pytest.param(text, marks=pytest.mark.thorough) for text in (BROKEN, UNREADABLE))])
def test_no_secret_reaches_an_answer_a_log_an_event_or_a_file(home: Path, project: Path, text: str) -> None:
    settings(home, text)
    variables = {
        "FACTORY_LOG": "debug",
        "FACTORY_PROFILE": "bob",
        "FACTORY_AUTO_APPROVE": "evaluation",
        "GH_TOKEN": CANARY,
        "FACTORY_WAIT_SECONDS": CANARY,
    }
    with running_server(project, home, stdio.MODULE, variables) as host:
        greeted(host)
        answer = host.call("discover_project", factory_md=factory_md())
        answer = host.call("request_approval", what="evaluation")
        while answer["next"].get("tool") == "get_job":
            answer = host.call("get_job", **answer["next"]["arguments"])
        host.call("start_cycle", mode="improve")
        said = b"".join(host.received).decode()
        log = host.log.read_text(encoding="utf-8")
    assert "tool=start_cycle outcome=ok" in log
    for place in (said, log, everything_below(project, home)):
        assert "c4n4ry" not in place


async def test_a_project_is_listed_at_the_first_call_that_changes_something_by_its_main_checkout(home: Path, project: Path, tmp_path: Path) -> None:
    git(project, "worktree", "add", "-q", str(tmp_path / "linked"), "-b", "side")
    async with server_here(tmp_path / "linked", plain_environment(home)) as ask:
        await ask("project_status")
        await ask("experiment_history")
        await ask("verdict", experiment=1, decision="keep", reason="r")
        assert listed(home) == []
        assert not (home / ".factory").exists()
        await ask("discover_project", factory_md=factory_md())
        (row,) = listed(home)
        assert (row["path"], row["name"], row["kept"], row["state"]) == (str(project), "project", 0, "no open cycle")
        await ask("discover_project", goal="Another goal.")
        assert len(listed(home)) == 1


@pytest.mark.parametrize("damage", ["folder", "garbage", "file"])
async def test_trouble_with_the_list_of_projects_is_one_warning_and_never_fails_a_call(home: Path, project: Path, damage: str) -> None:
    match damage:
        case "folder":
            (home / ".factory" / "factory.db").mkdir(parents=True)
        case "garbage":
            (home / ".factory").mkdir()
            (home / ".factory" / "factory.db").write_bytes(b"garbage" * 1000)
        case _:
            (home / ".factory").write_text("", encoding="utf-8")
    async with server_here(project, plain_environment(home)) as ask:
        answer = await ask("discover_project", factory_md=factory_md())
        assert "refused" not in answer
        assert len([line for line in answer["warnings"] if "the registry of projects" in line]) == 1
        assert not [line for line in (await ask("project_status")).get("warnings", []) if "the registry of projects" in line]


async def test_the_projects_that_are_gone_are_said_and_can_be_forgotten(home: Path, project: Path) -> None:
    environment = plain_environment(home)
    async with server_here(project, environment) as ask:
        await ask("discover_project", factory_md=factory_md())
    project.rename(project.with_name("moved"))
    assert [row["state"] for row in listed(home)] == ["gone"]
    done = run_here(("projects", "forget", str(project)), home, environment)
    assert done.returncode == 0
    assert "is off the list" in done.stdout
    assert listed(home) == []
    again = run_here(("projects", "forget", str(project)), home, environment)
    assert (again.returncode, "is not on the list" in again.stderr) == (1, True)
    table = run_here(("projects",), home, environment)
    assert (table.returncode, table.stdout.startswith("No project yet")) == (0, True)


def test_a_person_who_names_a_profile_that_is_not_there_is_told_before_anything_is_done(home: Path, project: Path) -> None:
    settings(home, CREDENTIALS)
    done = run_here(("project-status", "--profile", "bobb"), project, plain_environment(home))
    assert (done.returncode, done.stdout) == (2, "")
    assert "did you mean" in done.stderr or "expected one of bob" in done.stderr


@pytest.mark.parametrize(
    ("text", "variables", "expected"),
    [
        ('[defaults]\nproject = "{project}"\n', {}, "project"),
        ('[defaults]\nproject = "/nowhere"\n', {"FACTORY_PROJECT": "{project}"}, "project"),
        ('[defaults]\nproject = "/nowhere"\n', {"CLAUDE_PROJECT_DIR": "{project}"}, "project"),
        ("", {"CLAUDE_PROJECT_DIR": "/nowhere", "FACTORY_PROJECT": "{project}"}, "project"),
        ("", {"FACTORY_PROJECT": "~nobody-of-this-name/x"}, ""),
    ],
)
async def test_the_project_that_is_meant(home: Path, project: Path, text: str, variables: dict[str, str], expected: str) -> None:
    settings(home, text.format(project=project))
    given = {name: value.format(project=project) for name, value in variables.items()}
    async with server_here(home, {**plain_environment(home), **given}) as ask:
        answer = await ask("project_status")
    if expected:
        assert answer["project"] == str(project)
    else:
        assert answer["refused"]["code"] == "NO_PROJECT"


@pytest.mark.thorough
def test_a_misspelt_variable_is_a_line_of_the_server_s_log(home: Path, project: Path) -> None:
    environment = {**plain_environment(home), "FACTORY_WAIT_SECOND": "5"}
    argv = [sys.executable, "-I", "-m", "mcp_server", "serve"]
    done = subprocess.run(argv, cwd=project, env=environment, input="", capture_output=True, text=True, check=True, timeout=120)
    assert "WARNING settings: FACTORY_WAIT_SECOND is set, and nothing reads it; did you mean FACTORY_WAIT_SECONDS?" in done.stderr
