"""Which manager a project has, where its environment lies, and what a person types to install something."""

import os
import sys
from pathlib import Path

import pytest

from tools.engine.languages.python.environments import environments
from tools.engine.languages.python.interpreter import Interpreter, describe, find_interpreter, known_by_files
from tools.engine.languages.python.managers import adding, installing, manager_of
from tools.engine.languages.survey import Project

NAMED = '[project]\nname = "My.Proj"\nversion = "1"\n'


def project_at(root: Path, files: dict[str, str]) -> Project:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return Project(root, tuple(files), lambda path: files[path].encode() if path in files else None)


def make_environment(folder: Path, more: str = "") -> Path:
    """What a virtual environment's files say, without the time that making one takes."""
    minor = f"{sys.version_info.major}.{sys.version_info.minor}"
    (folder / "bin").mkdir(parents=True)
    (folder / "bin" / "python").symlink_to(Path(sys.executable).resolve())
    (folder / "lib" / f"python{minor}" / "site-packages").mkdir(parents=True)
    (folder / "pyvenv.cfg").write_text(f"home = {Path(sys.executable).resolve().parent}\nversion = {minor}.0\n{more}")
    return folder / "bin" / "python"


@pytest.mark.parametrize(
    ("files", "manager"),
    [
        ({"uv.lock": "", "pyproject.toml": NAMED}, "uv"),
        ({"pyproject.toml": NAMED + "[tool.uv]\ndev-dependencies = []\n"}, "uv"),
        ({"poetry.lock": "", "pyproject.toml": NAMED}, "poetry"),
        ({"pyproject.toml": '[tool.poetry]\nname = "x"\n'}, "poetry"),
        ({"pdm.lock": "", "pyproject.toml": NAMED}, "pdm"),
        ({"pyproject.toml": NAMED + "[tool.pdm.dev-dependencies]\ntest = []\n"}, "pdm"),
        ({"pyproject.toml": NAMED + "[tool.pdm.version]\nsource = 'scm'\n"}, "pip"),
        ({"Pipfile": ""}, "pipenv"),
        ({"requirements.txt": "pytest\n"}, "pip"),
        ({"pyproject.toml": "not toml ["}, "pip"),
    ],
)
def test_a_manager_is_known_by_its_lock_file_or_its_table(files: dict[str, str], manager: str, tmp_path: Path) -> None:
    assert manager_of(project_at(tmp_path, files)) == manager


def test_a_folder_of_a_workspace_is_managed_from_above(tmp_path: Path) -> None:
    project = project_at(tmp_path, {"uv.lock": "", "packages/a/pyproject.toml": NAMED})

    assert manager_of(project.within("packages/a")) == "uv"
    assert manager_of(project_at(tmp_path / "b", {"packages/a/setup.py": ""}).within("packages/a")) == "pip"


@pytest.mark.parametrize(
    ("manager", "add", "install"),
    [
        ("uv", "uv add --dev pytest coverage", "uv sync"),
        ("poetry", "poetry add --group dev pytest coverage", "poetry install"),
        ("pdm", "pdm add --dev pytest coverage", "pdm install"),
        ("pipenv", "pipenv install --dev pytest coverage", "pipenv install --dev"),
        ("pip", ".venv/bin/python -m pip install pytest coverage", ".venv/bin/python -m pip install -e ."),
    ],
)
def test_install_lines_are_in_the_managers_own_words(manager: str, add: str, install: str, tmp_path: Path) -> None:
    python = known_by_files(make_environment(tmp_path / ".venv"))
    assert python is not None

    assert adding(manager, python, tmp_path, ("pytest", "coverage"), has_pip=True) == add
    assert installing(manager, python, tmp_path, has_pip=True) == install


def test_without_an_environment_the_line_makes_one(tmp_path: Path) -> None:
    system = Interpreter(Path("/usr/bin/python3"), "3.11.2", None, Path("/usr/bin"), ())

    assert adding("pip", system, tmp_path, ("ruff",), has_pip=True) == "/usr/bin/python3 -m venv .venv && .venv/bin/python -m pip install ruff"
    assert adding("poetry", system, tmp_path, ("ruff",), has_pip=True) == "poetry add --group dev ruff"


def test_the_nearest_environment_of_a_folder_wins_up_to_the_top(tmp_path: Path) -> None:
    project = project_at(tmp_path / "top", {"a/b/setup.py": ""})
    make_environment(tmp_path / ".venv")
    above = make_environment(tmp_path / "top" / "venv")

    assert find_interpreter(environments(project.within("a/b")), "") == describe(above)
    near = make_environment(tmp_path / "top" / "a" / "b" / ".venv")
    assert find_interpreter(environments(project.within("a/b")), "") == describe(near)


def test_environments_of_poetry_are_found_by_its_naming_scheme(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POETRY_CACHE_DIR", str(tmp_path / "kept"))
    # Made by Poetry 2.5.1 for this name at the folder /tmp/Y-uv/my Proj.
    monkeypatch.setattr("pathlib.Path.resolve", lambda self: Path("/tmp/Y-uv/my Proj") if self == tmp_path / "p" else Path(os.path.realpath(self)))
    project = project_at(tmp_path / "p", {"pyproject.toml": NAMED})
    for minor in ("3.9", "3.11"):
        make_environment(tmp_path / "kept" / "virtualenvs" / f"my-proj-uSsuMj36-py{minor}")

    found = [path for path in environments(project) if path.exists()]

    assert [path.parents[1].name for path in found] == ["my-proj-uSsuMj36-py3.11", "my-proj-uSsuMj36-py3.9"]


def test_poetrys_own_settings_say_where_its_environments_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = project_at(tmp_path / "p", {"pyproject.toml": NAMED})
    monkeypatch.setenv("POETRY_CONFIG_DIR", str(tmp_path / "settings"))
    monkeypatch.setenv("POETRY_CACHE_DIR", str(tmp_path / "cache"))
    (tmp_path / "settings").mkdir()
    (tmp_path / "settings" / "config.toml").write_text('[virtualenvs]\npath = "{cache-dir}/elsewhere"\n')
    import base64
    import hashlib

    place = base64.urlsafe_b64encode(hashlib.sha256(str((tmp_path / "p").resolve()).encode()).digest()).decode()[:8]
    made = make_environment(tmp_path / "cache" / "elsewhere" / f"my-proj-{place}-py3.11")

    assert made in list(environments(project))


def test_environments_of_pipenv_and_pdm_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKON_HOME", str(tmp_path / "kept"))
    project = project_at(tmp_path / "p", {"Pipfile": "", ".pdm-python": f"{tmp_path}/pdm/bin/python\n"})

    found = [str(path) for path in environments(project)]

    assert f"{tmp_path}/pdm/bin/python" in found
    assert [path for path in found if path.startswith(f"{tmp_path}/kept/p-")]


def test_packages_of_the_user_are_seen_where_the_interpreter_would_see_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    minor = f"{sys.version_info.major}.{sys.version_info.minor}"
    user = tmp_path / "user" / "lib" / f"python{minor}" / "site-packages"
    user.mkdir(parents=True)
    monkeypatch.setenv("PYTHONUSERBASE", str(tmp_path / "user"))
    system = describe(Path(sys.executable).resolve())
    closed = describe(make_environment(tmp_path / "closed"))
    opened = describe(make_environment(tmp_path / "opened", "include-system-site-packages = true\n"))
    assert system is not None
    assert closed is not None
    assert opened is not None

    assert system.site_packages[0] == user
    assert user not in closed.site_packages
    assert opened.site_packages[1] == user
    assert set(system.site_packages) < set(opened.site_packages)
