"""What sort of project it is, what it is built with, and which of several tools measures it."""

import pytest

from tests.engine.languages.python.test_roots import project_of
from tools.engine.languages.python.choosing import LINTERS, TYPE_CHECKERS, chosen, configured, wanted
from tools.engine.languages.python.frameworks import frameworks_of


def needing(*names: str, more: str = "") -> dict[str, str]:
    return {"pyproject.toml": f'[project]\nname = "it"\nversion = "1"\ndependencies = {list(names)}\n{more}', "src/it/__init__.py": ""}


@pytest.mark.parametrize(
    ("files", "frameworks", "kind"),
    [
        (needing(), (), "library"),
        (needing("Django>=5", "celery"), ("Django", "Celery"), "web application"),
        (needing("fastapi[standard]", "pydantic"), ("FastAPI", "Pydantic"), "web service"),
        (needing("flask"), ("Flask",), "web application"),
        (needing("click", more='[project.scripts]\nit = "it:main"\n'), ("Click",), "command line"),
        (needing("typer"), ("Typer",), "command line"),
        (needing("click"), ("Click",), "library"),
        (needing("pytest", more='[project.entry-points.pytest11]\nit = "it"\n'), (), "plugin"),
        (needing("pandas"), ("pandas",), "data"),
        (needing("PySide6"), ("Qt",), "desktop"),
        ({"manage.py": "", "requirements.txt": "django==5\n-r more.txt\n", "site/urls.py": ""}, ("Django",), "web application"),
        ({"explore.ipynb": "{}", "load.py": "import pandas\n"}, ("pandas",), "data"),
        ({"app.py": "from fastapi import FastAPI\n"}, ("FastAPI",), "web service"),
        ({"Pipfile": '[packages]\nflask = "*"\n', "app.py": ""}, ("Flask",), "web application"),
        ({"setup.cfg": "[options]\ninstall_requires =\n    aiohttp>=3\n", "it/__init__.py": ""}, ("aiohttp",), "library"),
        ({"pyproject.toml": '[tool.poetry]\nname = "it"\n[tool.poetry.dependencies]\npython = "^3.11"\nstreamlit = "^1"\n', "it.py": ""},
         ("Streamlit",), "web application"),
        ({"one.py": "print(1)\n"}, (), ""),
    ],
)  # fmt: skip
def test_kind_and_frameworks_follow_from_what_is_needed_or_imported(files: dict[str, str], frameworks: tuple[str, ...], kind: str) -> None:
    sources = tuple(name for name in files if name.endswith(".py") and "/" not in name) or ("src/it", "it", "site")

    assert frameworks_of(project_of(files), sources) == (frameworks, kind)


@pytest.mark.parametrize(
    ("files", "installed", "linter"),
    [
        ({"a.py": ""}, {"pylint", "flake8", "ruff"}, "ruff"),
        ({".flake8": ""}, {"flake8", "ruff"}, "flake8"),
        ({"tox.ini": "[flake8]\nmax-line-length = 100\n"}, {"flake8", "ruff"}, "flake8"),
        ({"pyproject.toml": "[tool.pylint.main]\n"}, {"pylint", "ruff"}, "pylint"),
        ({"pyproject.toml": "[tool.pylint.main]\n[tool.ruff]\n"}, {"pylint", "ruff"}, "ruff"),
        ({".pylintrc": ""}, {"ruff"}, "ruff"),
        ({".flake8": ""}, {"mypy"}, ""),
    ],
)
def test_the_linter_that_is_configured_and_installed_measures(files: dict[str, str], installed: set[str], linter: str) -> None:
    assert chosen(LINTERS, project_of(files), installed.__contains__) == linter


def test_what_is_configured_and_missing_is_what_to_install() -> None:
    assert wanted(LINTERS, project_of({".flake8": ""})) == "flake8"
    assert wanted(TYPE_CHECKERS, project_of({"pyproject.toml": "[tool.pyright]\n"})) == "pyright"
    assert wanted(TYPE_CHECKERS, project_of({})) == "mypy"
    assert configured("mypy", project_of({"setup.cfg": "[mypy-somewhere.*]\nignore_errors = true\n"}))
