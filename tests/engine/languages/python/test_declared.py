"""What a Python project asks for and what of that is not installed: without it tests may fail to be imported, and discovery says so."""

from pathlib import Path

import pytest

from tools.engine.languages.python.declared import absent, is_installable, said
from tools.engine.languages.survey import Project


def project(files: dict[str, str]) -> Project:
    return Project(Path("/nowhere"), tuple(files), lambda path: files[path].encode() if path in files else None)


@pytest.mark.parametrize(
    ("files", "names"),
    [
        ({"pyproject.toml": '[project]\nname = "x"\ndependencies = ["Click>=8", "attrs", "tomli; python_version < \'3.11\'"]\n'}, ("attrs", "click")),
        ({"pyproject.toml": '[project]\nname = "x"\ndependencies = ["x[extra]"]\n'}, ()),
        (
            {"requirements.txt": "# all\n-r other.txt\n--pre\nflask==3.0  # web\n\n./local\nzope.interface\n"},
            ("flask", "zope-interface"),
        ),
        (
            {"pyproject.toml": '[tool.poetry.dependencies]\npython = "^3.9"\nfastapi = "*"\nextra = {version = "1", optional = true}\n'},
            ("fastapi",),
        ),
        ({"pyproject.toml": "not toml ["}, ()),
        ({"pyproject.toml": 'project = "x"\n[tool]\npoetry = 1\n'}, ()),
    ],
)
def test_what_is_always_needed_and_not_installed_is_named(files: dict[str, str], names: tuple[str, ...]) -> None:
    assert absent(project(files), lambda name: name == "installed") == names


def test_what_is_installed_is_not_named() -> None:
    assert absent(project({"requirements.txt": "Flask\nclick\n"}), lambda name: name == "flask") == ("click",)


def test_a_long_list_is_cut_and_counted() -> None:
    assert said(("a", "b")) == "a, b"
    assert said(tuple("abcdefg")) == "a, b, c, d, e and 2 more"


@pytest.mark.parametrize(
    ("files", "is_one"), [({"requirements.txt": "x"}, False), ({"setup.py": ""}, True), ({"pyproject.toml": "[project]\n"}, True)]
)
def test_a_list_of_requirements_is_no_project_to_install(files: dict[str, str], *, is_one: bool) -> None:
    assert is_installable(project(files)) is is_one
