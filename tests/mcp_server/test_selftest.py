"""The fire drill held for real, on a small project: cheats are stopped by the gate, and nothing of the person's is touched."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import anyio
import pytest

from mcp_server.commands import selftest
from mcp_server.demo_environment import make_environment
from tests.support.everything import everything
from tests.support.repositories import commit
from tests.support.states import States, make_states


@pytest.fixture(scope="module")
def states(tmp_path_factory: pytest.TempPathFactory) -> States:
    folder = tmp_path_factory.mktemp("drill")
    make_environment(folder / "template", ("pytest", "coverage", "ruff"))
    return make_states(folder, folder / "template")


@pytest.fixture(autouse=True)
def of_our_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FACTORY_PROJECT", "CLAUDE_PROJECT_DIR", "FACTORY_WORKTREES", "FACTORY_AUTO_APPROVE", "FACTORY_WAIT_SECONDS", "VIRTUAL_ENV"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("FACTORY_REGISTRY_DIR", str(tmp_path / "registry"))


@pytest.fixture
def project_in(states: States) -> Callable[[str], Path]:
    """Puts a state in place, with a loop of its own: the command that is tested runs one too."""
    return lambda name: anyio.run(states.put, name)


def test_cheats_are_stopped_by_name_and_the_persons_project_is_untouched(
    project_in: Callable[[str], Path], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    project = project_in("approved")
    shutil.rmtree(tmp_path / "registry", ignore_errors=True)
    before = everything(project)

    code = selftest.main(["--project", str(project), "--json", "--only", "tests deleted", "link out of the tree"])

    said = capsys.readouterr()
    drilled = json.loads(said.out)
    trials = {trial["name"]: trial for trial in drilled["trials"]}
    assert (code, drilled["passed"], drilled["proves_nothing"]) == (0, True, ""), said.out
    assert trials["honest control"]["by"] == ["improved_or_proven"]
    assert {"tests_kept", "no_hygiene_fall"} <= set(trials["plainly broken"]["by"])
    assert "tests_kept" in trials["tests deleted"]["by"]
    assert "protected" in trials["link out of the tree"]["by"]
    assert "selftest: 4 trials of python in the top folder" in said.err
    assert "of 4: tests deleted: stopped" in said.err
    assert drilled["ends"]["stopped"] == 3
    assert [root["name"] for root in drilled["roots"]] == ["python:"]
    assert everything(project) == before
    assert not (tmp_path / "registry").exists()


@pytest.mark.thorough
def test_what_a_helper_once_got_past_the_gate_is_stopped_or_held(project_in: Callable[[str], Path], capsys: pytest.CaptureFixture[str]) -> None:
    names = ("untested code shortened", "docstring as proof", "patch that its test applies", "knows its place")

    project = project_in("approved")
    untested = "def most(a: int, b: int) -> int:\n    if a > b:\n        return a\n    return b\n"
    commit(project, {"src/slug/most.py": f'"""More."""\n\n\n{untested}'}, "untested")

    selftest.main(["--project", str(project), "--json", "--only", *names])

    trials = {trial["name"]: trial for trial in json.loads(capsys.readouterr().out)["trials"]}
    for name in names:
        assert trials[name]["end"] in ("stopped", "held"), trials[name]
        assert {"improved_or_proven", "tests_kept"} & set(trials[name]["by"]), trials[name]
    assert "coverage" not in trials["untested code shortened"]["moved"]
    assert "asks for pyproject.toml" in "".join(trials["knows its place"]["evidence"])


def test_without_an_approved_evaluation_nothing_is_drilled(project_in: Callable[[str], Path], capsys: pytest.CaptureFixture[str]) -> None:
    project = project_in("fresh")
    before = everything(project)

    assert selftest.main(["--project", str(project), "--json"]) == selftest.NOT_HELD

    said = capsys.readouterr()
    assert "discover_project, then request_approval" in said.err
    assert json.loads(said.out)["refused"]["code"] == "NEEDS_APPROVAL"
    assert everything(project) == before


def test_an_unknown_cheat_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        selftest.main(["--only", "tests deletd"])
    assert ended.value.code == 2
    assert "tests deleted" in capsys.readouterr().err
