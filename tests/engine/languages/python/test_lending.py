"""Projects without pytest or coverage: the factory's own are lent, behind whatever the project has, and nothing is written in its environment."""

import os
import pwd
import shutil
from collections.abc import Iterable
from pathlib import Path

import pytest

from state.measurement import Reading, Sample
from tests.support.python_projects import SLUG, Project, discovered, editable, make_project, site_packages
from tests.support.repositories import make_repository
from tools.engine.languages.python.distributions import Distribution
from tools.engine.languages.python.interpreter import Interpreter
from tools.engine.languages.python.lending import borrow, lay_out

PYTEST = (
    "pytest",
    "_pytest",
    "py.py",
    "pytest-*",
    "pytest_*",
    "pluggy*",
    "iniconfig*",
    "packaging*",
    "pygments*",
    "Pygments*",
    "xdist",
    "execnet*",
    "anyio*",
)
UNITTEST = """\
import unittest

from slug import slug


class SlugTest(unittest.TestCase):
    def test_lower(self):
        self.assertEqual(slug("A"), "a")

    def test_blanks(self):
        for text in ("a b", "a  b"):
            with self.subTest(text):
                self.assertEqual(slug(text), "a-b")
"""
UNITTEST_PROJECT = {
    "pyproject.toml": '[project]\nname = "slug"\nversion = "1.0"\n',
    "src/slug/__init__.py": SLUG["src/slug/__init__.py"],
    "tests/__init__.py": "",
    "tests/test_slug.py": UNITTEST,
    ".gitignore": ".venv/\n",
}


def take_away(project: Project, patterns: Iterable[str]) -> Project:
    """The project with an environment that lacks these; discovered anew."""
    for pattern in patterns:
        for entry in site_packages(project.root / ".venv").glob(pattern):
            shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
    return discovered(project.root, project.contract.configuration)


def by_name(samples: Iterable[Sample]) -> dict[str, Reading]:
    return {reading.dimension: reading for sample in samples for reading in sample.readings}


async def test_a_project_with_unittest_alone_is_measured_by_id(tmp_path: Path, template: Path) -> None:
    project = take_away(make_project(tmp_path / "slug", template, UNITTEST_PROJECT), (*PYTEST, "coverage*"))
    before = {path: path.lstat().st_mtime_ns for path in (project.root / ".venv").rglob("*")}

    (sample,) = await project.measure(project.base, ["tests"])

    readings = by_name([sample])
    assert readings["tests"].value == 1.0, (readings["tests"], sample.output)
    assert {name for name in sample.material["outcomes"] if "::" in name} >= {
        "tests/test_slug.py::SlugTest::test_lower",
        "tests/test_slug.py::SlugTest::test_blanks",
    }
    assert readings["coverage"].value == pytest.approx(0.75)
    assert set(sample.tools) >= {"pytest", "coverage"}
    assert {path: path.lstat().st_mtime_ns for path in (project.root / ".venv").rglob("*")} == before


async def test_what_the_project_has_installed_itself_wins_over_what_is_lent(tmp_path: Path, template: Path) -> None:
    project = take_away(make_project(tmp_path / "slug", template), ("coverage*",))
    where = (
        "import coverage\nimport pytest\n\n\ndef test_where():\n"
        "    assert '/environment/' in pytest.__file__\n    assert '/lent-' in coverage.__file__\n"
    )
    tree = project.candidate({"tests/test_where.py": where})

    (sample,) = await project.measure(tree, ["tests"])

    assert sample.material["outcomes"]["tests/test_where.py::test_where"] == "passed", sample.output
    assert project.contract.profile.roots[0].coverage == "coverage"
    assert next(each.how for each in project.contract.profile.dimensions if each.name == "coverage").count("lent by the factory") == 1


def test_what_is_lent_is_part_of_the_environment_key(tmp_path: Path) -> None:
    nothing = borrow(interpreter("3.11.7"), {name: Distribution(name, "99.0", tmp_path) for name in ("pytest", "coverage")})
    lent = borrow(interpreter("3.11.7"), {"pytest": Distribution("pytest", "9.0", tmp_path)})

    assert (nothing.key, nothing.entries) == ("", ())
    assert set(lent.versions) == {"coverage"}
    assert lent.key not in ("", borrow(interpreter("3.11.7"), {}).key)


def test_the_loan_holds_no_line_that_runs_at_every_start_and_is_laid_out_once(tmp_path: Path) -> None:
    loan = borrow(interpreter("3.11.7"), {})

    folder = lay_out(loan, tmp_path)

    names = {entry.name for entry in folder.iterdir()}
    assert {"pytest", "_pytest", "pluggy", "iniconfig", "packaging", "pygments", "coverage"} <= names
    assert not [name for name in names if name.endswith(".pth")]
    assert lay_out(loan, tmp_path) == folder
    assert [entry.name for entry in tmp_path.iterdir()] == [f"lent-{loan.key}"]


@pytest.mark.parametrize(
    ("version", "installed", "reason"),
    [
        ("3.8.18", {}, "needs Python >=3."),
        ("3.11.7", {"pluggy": "0.13.1"}, "needs a newer pluggy than 0.13.1"),
        ("3.10.1", {}, "exceptiongroup is not installed with the factory"),
    ],
)
def test_what_cannot_serve_is_not_lent_and_says_why(version: str, installed: dict[str, str], reason: str, tmp_path: Path) -> None:
    loan = borrow(interpreter(version), {name: Distribution(name, number, tmp_path) for name, number in installed.items()})

    assert "pytest" not in loan.versions
    assert reason in loan.refused["pytest"]


def test_on_another_python_coverage_is_told_to_take_its_pure_tracer() -> None:
    assert borrow(interpreter("3.12.1"), {}).variables() == {"COVERAGE_CORE": "pytrace"}


async def test_a_project_of_another_python_is_measured_with_what_is_lent(tmp_path: Path, template: Path) -> None:
    other = next((each for each in other_pythons() if each.exists()), None)
    if other is None:
        pytest.skip("no other Python from 3.12 on is installed here")
    root = make_repository(tmp_path / "slug", UNITTEST_PROJECT)
    empty_environment(other, root / ".venv")
    editable(root)
    project = discovered(root, make_project(tmp_path / "model", template).contract.configuration)

    (sample,) = await project.measure(project.base, ["tests"])

    readings = by_name([sample])
    assert (readings["tests"].value, readings["coverage"].value) == (1.0, 0.75), (readings, sample.output)


def interpreter(version: str) -> Interpreter:
    return Interpreter(Path("/nowhere/bin/python"), version, None, Path("/nowhere/bin"), ())


def other_pythons() -> list[Path]:
    found = [Path(folder) / f"python3.{minor}" for folder in ("/usr/bin", "/usr/local/bin") for minor in (12, 13, 14)]
    return [*found, *sorted(Path(pwd.getpwuid(os.getuid()).pw_dir).glob(".pyenv/versions/3.1[234]*/bin/python"))]


def empty_environment(python: Path, folder: Path) -> None:
    """What `python -m venv --without-pip` makes, without the time that it takes."""
    version = python.resolve().name.removeprefix("python")
    (folder / "bin").mkdir(parents=True)
    (folder / "bin" / "python").symlink_to(python.resolve())
    (folder / "lib" / f"python{version}" / "site-packages").mkdir(parents=True)
    (folder / "pyvenv.cfg").write_text(f"home = {python.resolve().parent}\ninclude-system-site-packages = false\nversion = {version}.0\n")
