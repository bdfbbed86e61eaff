"""`refactory doctor` and the registry of projects: a broken one is said, put aside, and begun anew without losing a project."""

from pathlib import Path

import pytest

from mcp_server.command_line import main
from state.registry import Progress
from state.registry_folder import Registry
from tests.support.repositories import make_repository

DAMAGES = {"garbage": lambda path: path.write_bytes(b"no database" * 500), "cut off": lambda path: path.write_bytes(path.read_bytes()[:5000])}


@pytest.fixture
def registry_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A registry that knows one project, which is the working directory."""
    project = make_repository(tmp_path / "project", {"a.py": "a = 1\n"})
    folder = tmp_path / "home" / ".factory"
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.chdir(project)
    registry = Registry(folder)
    registry.note(project, Progress())
    registry.close()
    return folder


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_broken_registry_is_named_by_the_doctor_and_by_the_list(registry_folder: Path, damage: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor"]) == 0
    DAMAGES[damage](registry_folder / "factory.db")
    assert main(["doctor"]) == 1
    assert str(registry_folder / "factory.db") in capsys.readouterr().out
    assert main(["projects"]) == 1
    said = capsys.readouterr().err
    assert str(registry_folder / "factory.db") in said
    assert "refactory doctor --repair" in said


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_repair_puts_a_broken_registry_aside_and_the_list_comes_back_from_its_readable_copy(
    registry_folder: Path, damage: str, capsys: pytest.CaptureFixture[str]
) -> None:
    DAMAGES[damage](registry_folder / "factory.db")
    assert main(["doctor", "--repair"]) == 0
    assert len(list(registry_folder.glob("factory.db.broken-*"))) >= 1
    other = make_repository(registry_folder.parent / "other", {"b.py": "b = 1\n"})
    registry = Registry(registry_folder)
    registry.note(other, Progress())
    assert {Path(project.path).name for project in registry.projects()} == {"project", "other"}
    registry.close()
    assert "put aside" in capsys.readouterr().out
