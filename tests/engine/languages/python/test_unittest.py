"""Projects whose tests only unittest can load: run by unittest itself, with the same report, canary and proofs as under pytest."""

from pathlib import Path
from typing import Any

import pytest

from tests.engine.languages.python.test_lending import PYTEST, UNITTEST_PROJECT, take_away
from tests.support.python_projects import Project, make_project
from tools.engine.languages.python.arguments import unittest_words_of
from tools.engine.languages.python.unittest_arguments import Loading, for_pytest, loading

EVERY_OUTCOME = """\
import unittest

from slug import slug


class Usual(unittest.TestCase):
    def test_passed(self):
        self.assertEqual(slug("A b"), "a-b")

    def test_failed(self):
        self.assertEqual(slug("A"), "A")

    def test_error(self):
        raise OSError

    @unittest.skip("no")
    def test_skipped(self):
        pass

    @unittest.expectedFailure
    def test_xfailed(self):
        self.fail()

    @unittest.expectedFailure
    def test_xpassed(self):
        pass

    def test_parts(self):
        for number in (1, 2):
            with self.subTest(number):
                self.assertEqual(number, 1)


class Broken(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        raise OSError

    def test_never(self):
        pass


class LeftOut(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        raise unittest.SkipTest("no")

    def test_never(self):
        pass


def load_tests(loader, standard, pattern):
    return unittest.TestSuite([standard, loader.loadTestsFromTestCase(Usual)])
"""
FILES = {
    **UNITTEST_PROJECT,
    "tests/test_slug.py": EVERY_OUTCOME,
    "tests/test_broken.py": "import nowhere\n",
    "tests/test_elsewhere.py": "import unittest\n\nraise unittest.SkipTest('no')\n",
}
USUAL = "tests/test_slug.py::Usual::test_"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory, template: Path) -> Project:
    made = make_project(tmp_path_factory.mktemp("slug") / "slug", template, FILES, modifiable=["src/**", "tests/**"])
    return take_away(made, (*PYTEST, "coverage*"))


async def outcomes_of(project: Project, tree: str) -> dict[str, Any]:
    (sample,) = await project.measure(tree, ["tests"])
    assert sample.readings[0].state == "measured", (sample.readings[0], sample.output)
    return dict(sample.material["outcomes"])


async def test_every_outcome_is_told_by_id_as_load_tests_says(project: Project) -> None:
    outcomes = await outcomes_of(project, project.base)

    assert project.contract.profile.roots[0].test_runner == "unittest"
    assert project.contract.profile.commands[0] == "python -m unittest -s tests -t . (under coverage)"
    same = {name: outcomes[f"{USUAL}{name}"] for name in ("passed", "failed", "skipped", "xfailed", "xpassed")}
    assert same == {name: name for name in same}
    assert {outcomes[f"{USUAL}{name}"] for name in ("error", "parts")} == {"failed"}, "as under pytest"
    assert outcomes[f"{USUAL}passed #2"] == "passed", "load_tests gave the class twice"
    assert outcomes["tests/test_slug.py::Broken::test_never"] == "error"
    assert outcomes["tests/test_slug.py::LeftOut::test_never"] == "skipped"
    assert outcomes["tests/test_broken.py"] == "collection_error"
    assert outcomes["tests/test_elsewhere.py"] == "skipped"


async def test_coverage_is_measured_in_the_same_run(project: Project) -> None:
    readings = await project.readings(project.base, ["tests"])

    assert (readings["coverage"].facts["covered"], readings["coverage"].facts["executable"]) == (3, 4)


async def test_a_candidate_that_ends_the_process_or_forges_results_is_not_believed(project: Project) -> None:
    source = UNITTEST_PROJECT["src/slug/__init__.py"]
    ending = project.candidate({"src/slug/__init__.py": source.replace("    return", "    import os\n\n    os._exit(0)\n    return", 1)})
    forgery = "import unittest\n\nunittest.TestCase.run = lambda self, result: result.addSuccess(self)\n"
    forging = project.candidate({"src/slug/__init__.py": forgery + source})

    (ended,) = await project.measure(ending, ["tests"])
    (forged,) = await project.measure(forging, ["tests"])

    assert {reading.state for reading in (*ended.readings, *forged.readings)} == {"error"}
    assert "no end was reported" in ended.readings[0].reason
    assert "forges results" in forged.readings[0].reason


@pytest.mark.parametrize(
    ("command", "expected", "pytests"),
    [
        ("python -m unittest", Loading(("." ,)), ()),
        ("python -m unittest discover -s tests -v", Loading(("tests",)), ("tests",)),
        ("uv run python -m unittest discover tests 'check_*.py' .", Loading(("tests",), ".", "check_*.py"),
         ("tests", "-o", "python_files=check_*.py")),
        ("python3 -m unittest discover --start-directory=tests -t .", Loading(("tests",), "."), ("tests",)),
        ("python -m unittest tests.test_a tests.test_a.It.test_one", Loading(names=("tests.test_a", "tests.test_a.It.test_one")),
         ("tests/test_a.py", "tests/test_a.py::It::test_one")),
        ("python -m unittest -v tests", Loading(names=("tests",)), ("tests",)),
    ],
)  # fmt: skip
def test_the_arguments_of_unittest_select_the_same_under_pytest(command: str, expected: Loading, pytests: tuple[str, ...]) -> None:
    words = unittest_words_of(command)
    assert words is not None

    assert loading(words) == expected
    assert for_pytest(loading(words), ["tests/test_a.py", "tests/__init__.py"]) == pytests
