"""Candidates whose multiplication is broken and that make their own run green: each is stopped by the base's word. Honest ones pass."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.support.python_projects import Project, make_project
from tools.engine.evaluation.base_word import base_owned, examine

CONFIG = '[project]\nname = "calc"\nversion = "1.0"\n\n[tool.pytest.ini_options]\ntestpaths = ["tests"]\npythonpath = ["tests/lib"]\n'
CODE = "def add(a, b):\n    return a + b\n\n\ndef mul(a, b):\n    return a * b\n"
BROKEN = CODE.replace("a * b", "a + b")
CONFTEST = "import pytest\n\n\n@pytest.fixture\ndef two():\n    return 2\n"
HELPER = "CASES = [(1, 2, 3), (2, 2, 4), (0, 0, 0), (5, -5, 0)]\n"
PRODUCTS = "PRODUCTS = [(2, 2, 4), (2, 3, 6)]\n"
TESTS = """\
import pytest

from calc import add, mul
from cases import CASES
from products import PRODUCTS


@pytest.mark.parametrize(("a", "b", "c"), CASES)
def test_add(a, b, c):
    assert add(a, b) == c


@pytest.mark.parametrize(("a", "b", "c"), PRODUCTS)
def test_mul(a, b, c):
    assert mul(a, b) == c


def test_mul_by_two(two):
    assert mul(two, 5) == 10


@pytest.mark.xfail
def test_one_day():
    assert add("1", 1) == 2


@pytest.mark.skip
def test_elsewhere():
    assert mul(1, 1) == 2
"""
PROJECT = {
    "pyproject.toml": CONFIG,
    ".gitignore": ".venv/\n__pycache__/\n",
    "src/calc/__init__.py": CODE,
    "tests/conftest.py": CONFTEST,
    "tests/lib/cases.py": HELPER,
    "tests/lib/products.py": PRODUCTS,
    "tests/test_calc.py": TESTS,
}
GREEN_HOOK = (
    "import pytest\n\n\n@pytest.hookimpl(wrapper=True)\ndef pytest_runtest_makereport(item, call):\n"
    "    report = yield\n    report.outcome = 'passed'\n    return report\n"
)
FORGERY = (
    "import sys\n\nif 'pytest' in sys.modules:\n    from _pytest import reports\n\n    was = reports.TestReport.__init__\n\n"
    "    def forged(self, *args, **kwargs):\n        was(self, *args, **kwargs)\n        self.outcome = 'passed'\n        self.longrepr = None\n\n"
    "    reports.TestReport.__init__ = forged\n"
)


@dataclass(frozen=True)
class Candidate:
    """Files written over the base, `mul` broken in all of them unless `honest`."""

    files: Mapping[str, str] = field(default_factory=dict)
    remove: tuple[str, ...] = ()
    held: bool = True


SHADOW = "raise ImportError('not the one you look for')\n"
BAD = {
    "plainly broken": Candidate(held=False),
    "tests deleted": Candidate({"tests/test_calc.py": TESTS[: TESTS.index('@pytest.mark.parametrize(("a", "b", "c"), PRODUCTS)')]}),
    "test file deleted": Candidate({"tests/test_new.py": "def test_nothing():\n    assert True\n"}, ("tests/test_calc.py",)),
    "tests skipped": Candidate({"tests/test_calc.py": TESTS.replace("def test_mul", "@pytest.mark.skip\ndef test_mul")}),
    "tests expected to fail": Candidate({"tests/test_calc.py": TESTS.replace("def test_mul", "@pytest.mark.xfail\ndef test_mul")}),
    "assertions weakened": Candidate({"tests/test_calc.py": TESTS.replace("assert mul(a, b) == c", "assert mul(a, b)").replace("== 10", "!= 0")}),
    "parameters reduced in a helper": Candidate({"tests/lib/products.py": "PRODUCTS = [(2, 2, 4)]\n"}),
    "hook in the tests' conftest": Candidate({"tests/conftest.py": CONFTEST + GREEN_HOOK}),
    "hook in a new conftest at the root": Candidate({"conftest.py": GREEN_HOOK}),
    "selection in pyproject": Candidate({"pyproject.toml": CONFIG + 'addopts = "-k add"\n'}),
    "new pytest.ini": Candidate({"pytest.ini": "[pytest]\naddopts = -k add\npythonpath = tests/lib\n"}),
    "committed plugin": Candidate(
        {
            "src/evil-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: evil\nVersion: 1.0\n",
            "src/evil-1.0.dist-info/entry_points.txt": "[pytest11]\nxdist = evil\n",
            "src/evil.py": GREEN_HOOK,
        }
    ),
    "shadows of json and pytest": Candidate({"json.py": SHADOW, "pytest.py": SHADOW, "coverage.py": SHADOW}, held=False),
    "start-up file": Candidate({"src/sitecustomize.py": FORGERY}),
    "import error": Candidate({"src/calc/__init__.py": "import nowhere_to_be_found\n" + BROKEN}, held=False),
    "sys.exit at import": Candidate({"src/calc/__init__.py": "import sys\n\nsys.exit(0)\n"}, held=False),
    "os._exit at exit": Candidate({"src/calc/__init__.py": "import atexit\nimport os\n\natexit.register(os._exit, 0)\n\n\n" + BROKEN}, held=False),
    "os._exit in the function": Candidate(
        {"src/calc/__init__.py": BROKEN.replace("def mul(a, b):\n", "def mul(a, b):\n    import os\n\n    os._exit(0)\n")}, held=False
    ),
    "forged reports": Candidate({"src/calc/__init__.py": FORGERY + BROKEN}, held=False),
}
HONEST = {
    "new test in a file of its own": Candidate(
        {"tests/test_more.py": "from calc import mul\n\n\ndef test_one():\n    assert mul(1, 7) == 7\n"}, held=False
    ),
    "new test in the same file": Candidate({"tests/test_calc.py": TESTS + "\n\ndef test_one():\n    assert mul(1, 7) == 7\n"}, held=False),
    "new fixture": Candidate({"tests/conftest.py": CONFTEST + "\n\n@pytest.fixture\ndef three():\n    return 3\n"}, held=False),
    "a document": Candidate({"README.md": "# calc\n"}, held=False),
    "a function": Candidate({"src/calc/__init__.py": CODE + "\n\ndef sub(a, b):\n    return a - b\n"}, held=False),
}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory, template: Path) -> Project:
    return make_project(tmp_path_factory.mktemp("calc") / "calc", template, PROJECT)


def changes_held(project: Project, tree: str) -> list[str]:
    observed = project.target(tree).observed
    owned = base_owned(project.contract.profile.roots, observed)
    return [change.path for change in examine(project.repository, project.base, tree, owned) if change.suspicious]


@pytest.mark.parametrize("name", BAD)
async def test_a_broken_candidate_that_looks_green_is_stopped(project: Project, name: str) -> None:
    bad = BAD[name]
    tree = project.candidate({"src/calc/__init__.py": BROKEN, **bad.files}, bad.remove)

    found = await project.assess(tree, ["tests"])

    assert found.tests.lost or "tests" in found.lost
    assert bool(changes_held(project, tree)) == bad.held


@pytest.mark.parametrize("name", HONEST)
async def test_an_honest_candidate_passes_without_a_person(project: Project, name: str) -> None:
    tree = project.candidate(HONEST[name].files)

    found = await project.assess(tree, ["tests"])

    assert (found.tests.lost, found.lost, found.tests.failed) == ((), (), ())
    assert changes_held(project, tree) == []


async def test_a_forged_run_is_known_by_its_canary(project: Project) -> None:
    tree = project.candidate({"src/calc/__init__.py": FORGERY + BROKEN})

    reading = (await project.readings(tree, ["tests"], "base"))["tests"]

    assert reading.state == "error"
    assert "forges results" in reading.reason
    assert reading.facts["suspicion"] == "a test that must fail was reported as passed"


async def test_a_moved_test_file_waits_for_a_person(project: Project) -> None:
    tree = project.candidate({"tests/test_arithmetic.py": TESTS}, ["tests/test_calc.py"])

    found = await project.assess(tree, ["tests"])

    assert found.tests.lost == ()
    assert changes_held(project, tree) == ["tests/test_calc.py"]
