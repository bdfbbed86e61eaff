"""`.factory/.gitignore` keeps the factory's folder out of git: where somebody took it away, status and doctor say so."""

import json

import pytest

from mcp_server.command_line import main
from tests.support.repositories import git
from tests.support.states import States

WARNING = ".factory/.gitignore is gone; the next call that changes something writes it, until then git add would take the worktrees"


async def test_a_cleaned_folder_that_git_would_take_is_a_warning_until_it_is_written_again(states: States) -> None:
    async with states.open("begun") as host:
        assert WARNING not in (await host.done("project_status")).get("warnings", ())
        git(host.project, "clean", "-fdxq")
        assert (host.project / ".factory" / "worktrees" / "001").is_dir()
        assert ".factory/" in git(host.project, "status", "--porcelain")
        assert WARNING in (await host.done("project_status"))["warnings"]
        await host.done("start_experiment", item="H1")
        assert WARNING not in (await host.done("project_status")).get("warnings", ())
        assert git(host.project, "status", "--porcelain") == ""


async def test_the_doctor_names_the_missing_file(states: States, capsys: pytest.CaptureFixture[str]) -> None:
    async with states.open("begun") as host:
        (host.project / ".factory" / ".gitignore").unlink()
    assert main(["doctor", "--json", "--project", str(host.project)]) == 1
    (check,) = [check for check in json.loads(capsys.readouterr().out)["checks"] if check["name"] == "readable files"]
    assert [wrong["where"] for wrong in check["wrong"]] == [".factory/.gitignore"]


async def test_a_folder_of_somebody_else_is_no_warning(states: States) -> None:
    async with states.open("fresh") as host:
        (host.project / ".factory").mkdir()
        assert not any("gitignore" in warning for warning in (await host.done("project_status")).get("warnings", ()))
