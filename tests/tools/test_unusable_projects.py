"""Projects that cannot be worked on: every tool that meets one says what is wrong, where, and the command that mends it."""

import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.support.everything import everything
from tests.support.host import Host, assert_same, open_host
from tests.support.originals import results_tsv, row
from tests.support.repositories import PERSON, commit, git, git_process, make_repository
from tests.support.states import EXPLOIT, States
from tools.engine.repository.location import locate
from tools.engine.upkeep.examining import examined, store_of

STATUS: tuple[str, dict[str, Any]] = ("project_status", {})
WRITES: list[tuple[str, dict[str, Any]]] = [
    ("discover_project", {"goal": "Slugs."}),
    ("start_cycle", {}),
    ("propose_hypotheses", {"hypotheses": [EXPLOIT]}),
    ("start_experiment", {"item": "H1"}),
    ("request_approval", {"what": "evaluation"}),
]
WITH_A_PROJECT = [("experiment_history", {}), *WRITES]  # project_status answers where a project can be made, too
ALL = [STATUS, *WITH_A_PROJECT]


async def _refused_by_all(host: Host, code: str, calls: list[tuple[str, dict[str, Any]]]) -> list[dict[str, Any]]:
    """What every tool said; all of them refuse with the same code, leave the rest to the person, and write nothing anywhere."""
    answers = [await host.refused(code, tool, **arguments) for tool, arguments in calls]
    for answer in answers:
        assert answer["refused"]["kind"] == "person"
        assert "tool" not in answer["next"]
        assert answer["refused"]["what"] in answer["next"]["do"]
        assert answer["refused"]["expected"] in answer["next"]["do"]
    return answers


@pytest.mark.parametrize("name", ["missing", "file.txt", "empty"])
async def test_a_path_that_is_no_project_is_refused_with_the_path_and_the_way_to_a_repository(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "file.txt").write_text("text")
    async with open_host(tmp_path / name) as host:
        for answer in await _refused_by_all(host, "NO_PROJECT", ALL if name == "file.txt" else WITH_A_PROJECT):
            assert str(tmp_path / name) in answer["refused"]["where"][0]
            assert "git init" in answer["refused"]["expected"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["empty", "file.txt"]


async def test_a_relative_path_is_refused_whatever_lies_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_repository(tmp_path / "here", {"a.txt": "a\n"})
    monkeypatch.chdir(tmp_path)
    async with open_host(Path("here")) as host:
        for answer in await _refused_by_all(host, "NO_PROJECT", ALL):
            assert "absolute" in answer["refused"]["what"]
            assert answer["refused"]["where"] == ["project"]
    assert not (tmp_path / "here" / ".git" / "refactory").exists()


@pytest.mark.parametrize("path", ["/nul\0byte", "/surrogate\ud800", "~nobody-of-this-name/x", "x" * 5000])
async def test_a_path_that_no_system_takes_is_an_answer_and_no_crash(tmp_path: Path, path: str) -> None:
    async with open_host(tmp_path) as host:
        answer = await host.call("project_status", project=path)
        assert answer["refused"]["code"] in ("NO_PROJECT", "BAD_ARGUMENTS"), host.text


async def test_files_without_git_are_not_a_project_and_nothing_is_initialised(tmp_path: Path) -> None:
    (tmp_path / "module.py").write_text("x = 1\n")
    async with open_host(tmp_path) as host:
        await _refused_by_all(host, "NO_PROJECT", WITH_A_PROJECT)
    assert [path.name for path in tmp_path.iterdir()] == ["module.py"]


async def test_a_repository_without_a_commit_names_the_command_that_makes_the_first(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "-b", "main")
    (tmp_path / "module.py").write_text("x = 1\n")
    async with open_host(tmp_path) as host:
        for answer in await _refused_by_all(host, "UNSUPPORTED_REPO", WITH_A_PROJECT):
            assert "git commit" in answer["refused"]["expected"]
            assert answer["refused"]["where"] == [str(tmp_path)]


async def test_a_bare_repository_is_refused_with_the_command_that_clones_it(tmp_path: Path) -> None:
    make_repository(tmp_path / "made", {"a.py": "a = 1\n"})
    git(tmp_path, "clone", "-q", "--bare", str(tmp_path / "made"), str(tmp_path / "bare.git"))
    async with open_host(tmp_path / "bare.git") as host:
        for answer in await _refused_by_all(host, "UNSUPPORTED_REPO", ALL):
            assert f"git clone {tmp_path / 'bare.git'}" in answer["refused"]["expected"]


async def test_a_detached_head_stops_what_needs_a_branch_and_names_the_command(states: States) -> None:
    project = await states.put("approved")
    git(project, "checkout", "-q", "--detach")
    async with open_host(project) as host:
        for tool, arguments in [("discover_project", {}), ("start_cycle", {}), ("start_experiment", {"item": "H1"})]:
            answer = await host.refused("UNSUPPORTED_REPO", tool, **arguments)
            assert "detached" in answer["refused"]["what"]
            assert "git switch" in answer["next"]["do"]
        status = await host.call("project_status")
        assert status["summary"].startswith(f"Not ready: HEAD of {project} is detached"), host.text
        assert "git switch" in status["next"]["do"]
        repository = locate(project)
        found = [check for check in examined(repository, store_of(repository)) if not check.passed]
        assert [(check.name, "git switch" in check.faults[0].mend) for check in found] == [("checkout", True)]


async def test_a_detached_head_without_any_branch_to_land_on_is_refused_by_every_tool(tmp_path: Path) -> None:
    make_repository(tmp_path, {"a.py": "a = 1\n"}, branch="trunk")
    git(tmp_path, "checkout", "-q", "--detach")
    git(tmp_path, "branch", "-D", "trunk")
    async with open_host(tmp_path) as host:
        for answer in await _refused_by_all(host, "UNSUPPORTED_REPO", [call for call in ALL if call[0] != "experiment_history"]):
            assert "detached" in answer["refused"]["what"]
            assert "git switch" in answer["refused"]["expected"]


async def test_a_merge_in_progress_keeps_experiments_from_starting_until_it_is_finished(states: States) -> None:
    project = await states.put("proposed")
    git(project, "checkout", "-q", "-b", "side", "main~1")
    commit(project, {"README.md": "# side\n"}, "side")
    git(project, "checkout", "-q", "main")
    commit(project, {"README.md": "# main\n"}, "main")
    assert git_process(project, "merge", "side").returncode == 1
    async with open_host(project) as host:
        answer = await host.refused("TARGET_BUSY", "start_experiment", item="H1")
        assert "merge" in answer["refused"]["what"]
        assert "git merge --abort" in answer["refused"]["expected"].replace("--continue, or ", "")
        assert any("merge" in line for line in (await host.call("project_status"))["warnings"])
        git(project, "merge", "--abort")
        assert (await host.done("start_experiment", item="H1"))["data"]["experiment"] == 1


async def test_the_project_is_found_from_a_subfolder_and_from_inside_a_worktree(states: States) -> None:
    project = await states.put("begun")
    before = everything(project)
    for inside in ("src/slug", ".factory/worktrees/001", ".factory/worktrees/001/tests"):
        async with open_host(project / inside) as host:
            assert (await host.call("project_status"))["project"] == str(project)
    assert_same(before, everything(project))


async def test_a_project_whose_git_tracks_the_folder_of_the_factory_is_refused_with_the_commands_that_mend_it(tmp_path: Path) -> None:
    results = results_tsv([row(1)]).decode()
    make_repository(tmp_path / "project", {"a.py": "a = 1\n", ".factory/results.tsv": results, ".factory/strategy/backlog.md": "- One\n"})
    starting = [call for call in WRITES if call[0] in ("discover_project", "start_cycle")]
    async with open_host(tmp_path / "project") as host:
        (said, _) = await _refused_by_all(host, "UNSUPPORTED_REPO", starting)
        assert "git tracks 2 files" in said["refused"]["what"]
        mended = said["refused"]["expected"].split(": ", 1)[1]
        subprocess.run(["sh", "-c", mended], cwd=tmp_path / "project", check=True, env={**os.environ, **PERSON})
        answer = await host.done("discover_project", goal="Slugs.")
    assert any("imported 1 experiment" in warning for warning in answer["warnings"])
    assert git(tmp_path / "project", "status", "--porcelain") == ""
