"""Which folders are projects of their own, and that one below the top is measured right."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.support.python_projects import SLUG, give_environment, make_project, site_packages
from tools.engine.languages.python.roots import apart, covered_members, roots
from tools.engine.languages.python.survey import survey
from tools.engine.languages.survey import Project

PACKAGED = '[project]\nname = "it"\nversion = "1"\n'


def project_of(files: Mapping[str, str], root: Path = Path("/nowhere")) -> Project:
    return Project(root, tuple(files), lambda path: files[path].encode() if path in files else None)


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"a.py": ""}, ("",)),
        ({"pyproject.toml": PACKAGED}, ("",)),
        ({"README.md": ""}, ()),
        ({"web/package.json": "{}", "api/pyproject.toml": PACKAGED, "api/src/api/__init__.py": ""}, ("api",)),
        ({"a.py": "", "pyproject.toml": PACKAGED, "api/setup.py": "", "api/api/__init__.py": ""}, ("", "api")),
        ({"scripts/x.py": "", "api/requirements.txt": "", "api/main.py": ""}, ("api",)),
        ({"tests/test_all.py": "", "api/requirements.txt": "", "api/main.py": ""}, ("", "api")),
        ({"a.py": "", "docs/requirements.txt": "", "docs/conf.py": ""}, ("",)),
        ({"a.py": "", "tests/fixtures/p/pyproject.toml": PACKAGED, "tests/fixtures/p/p.py": ""}, ("",)),
        ({"a.py": "", "examples/p/pyproject.toml": PACKAGED, "examples/p/p.py": ""}, ("",)),
        ({"a.py": "", "{{cookiecutter.name}}/pyproject.toml": PACKAGED, "{{cookiecutter.name}}/p.py": ""}, ("",)),
        ({"a.py": "", ".hidden/pyproject.toml": PACKAGED, ".hidden/p.py": ""}, ("",)),
        ({"a.py": "", "lint/pyproject.toml": "[tool.ruff]\n", "lint/p.py": ""}, ("",)),
        ({"a.py": "", "empty/requirements.txt": ""}, ("",)),
        ({"x/y/setup.cfg": "", "x/y/y.py": "", "b/setup.py": "", "b/b.py": ""}, ("b", "x/y")),
    ],
)
def test_a_project_is_a_folder_with_a_manifest_and_python_beside_it(files: dict[str, str], expected: tuple[str, ...]) -> None:
    assert roots(project_of(files)) == expected


WORKSPACE = {
    "pyproject.toml": PACKAGED + '[tool.uv.workspace]\nmembers = ["packages/*"]\nexclude = ["packages/old"]\n',
    "packages/one/pyproject.toml": PACKAGED,
    "packages/one/src/one/__init__.py": "",
    "packages/one/tests/test_one.py": "",
    "packages/old/pyproject.toml": PACKAGED,
    "packages/old/src/old/__init__.py": "",
}
POETRY = PACKAGED + '[tool.poetry.dependencies]\none = {path = "./packages/one", develop = true}\n'
TESTED = {"tests/test_it.py": "from one import it\n\n\ndef test_it():\n    assert it()\n", "tests/test_old.py": "import old\n"}


def test_members_of_a_workspace_are_roots_where_no_test_of_the_top_imports_them() -> None:
    assert roots(project_of(WORKSPACE)) == ("", "packages/old", "packages/one")
    assert roots(project_of({**WORKSPACE, **TESTED})) == ("", "packages/old")
    assert covered_members(project_of({**WORKSPACE, **TESTED, "pyproject.toml": POETRY})) == ("packages/one",)


def test_a_member_that_the_top_tests_is_the_tops_source(tmp_path: Path, template: Path) -> None:
    give_environment(template, tmp_path)
    seen = survey(project_of({**WORKSPACE, **TESTED}, tmp_path), None)

    assert seen.root.source_paths == ("packages/one/src/one",)
    assert seen.root.apart == ("packages/old",)
    assert seen.root.test_arguments == ("--ignore=packages/old",)
    assert seen.kind == "monorepo"


def test_roots_within_a_root_are_apart_from_it() -> None:
    files = {"a/pyproject.toml": PACKAGED, "a/a.py": "", "a/plugins/b/pyproject.toml": PACKAGED, "a/plugins/b/b.py": ""}

    assert roots(project_of(files)) == ("a", "a/plugins/b")
    assert apart(project_of(files).within("a")) == ("plugins/b",)


UNUSED = "import os\n\n\n"
API = {
    "pyproject.toml": PACKAGED,
    "top.py": UNUSED + "def one() -> int:\n    return 1\n",
    "tests/test_top.py": "from top import one\n\n\ndef test_one():\n    assert one() == 1\n",
    ".gitignore": ".venv/\n__pycache__/\n",
    "services/api/pyproject.toml": SLUG["pyproject.toml"],
    "services/api/src/slug/__init__.py": UNUSED + SLUG["src/slug/__init__.py"] + "\n\nNUMBER: int = shout('a')\n",
    "services/api/tests/test_slug.py": SLUG["tests/test_slug.py"],
}


async def test_a_root_in_a_folder_measures_its_own_code_under_the_projects_paths(tmp_path: Path, template: Path) -> None:
    project = make_project(tmp_path / "many", template, API)
    (site_packages(project.root / ".venv") / "_slug.pth").write_text(f"{project.root}/services/api/src\n")
    inner = "@python:services/api"

    samples = {sample.part: sample for sample in await project.measure(project.base)}

    top, api = samples["tests"], samples[f"tests{inner}"]
    assert set(top.material["outcomes"]) == {"tests/test_top.py::test_one"}
    assert {test.split("[")[0] for test in api.material["outcomes"]} == {
        "services/api/tests/test_slug.py::test_lower",
        "services/api/tests/test_slug.py::test_blanks",
    }
    coverage = {reading.dimension: reading for reading in api.readings}["coverage"]
    assert coverage.facts["executable"] == 6
    assert {finding[1] for finding in samples["lint"].material["findings"]} == {"top.py"}
    assert {finding[1] for finding in samples[f"lint{inner}"].material["findings"]} == {"services/api/src/slug/__init__.py"}
    assert {finding[1] for finding in samples[f"types{inner}"].material["findings"]} == {"services/api/src/slug/__init__.py"}
    tree = project.candidate({"services/api/src/slug/__init__.py": SLUG["src/slug/__init__.py"].replace('"-".join', '"_".join')})
    (changed,) = await project.measure(tree, [f"tests{inner}"], "base")
    assert changed.readings[0].facts["failed"] == 3, "the tree's code ran, not the main checkout's"
