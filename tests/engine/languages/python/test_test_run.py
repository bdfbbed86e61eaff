"""Real test runs of projects with settings of their own."""

from pathlib import Path

import pytest

from tests.support.python_projects import SLUG, make_project
from tools.engine.languages.python.test_run import of_failures

EVERY_OUTCOME = """\
import pytest


@pytest.fixture
def broken():
    raise OSError


def test_passed():
    pass


def test_failed():
    assert 0


def test_error(broken):
    pass


def test_skipped():
    pytest.skip("no")


@pytest.mark.xfail
def test_xfailed():
    assert 0


@pytest.mark.xfail
def test_xpassed():
    pass
"""
ALL_ERRORS = '\nfilterwarnings = ["error"]\n'


async def test_our_plugin_disturbs_no_project_that_turns_warnings_into_errors(tmp_path: Path, template: Path) -> None:
    project = make_project(tmp_path / "slug", template, {**SLUG, "pyproject.toml": SLUG["pyproject.toml"] + ALL_ERRORS})

    assert (await project.readings(project.base, ["tests"]))["tests"].facts["passed"] == 4


async def test_a_project_that_spreads_its_tests_over_processes_is_counted_once(tmp_path: Path, template: Path) -> None:
    project = make_project(tmp_path / "slug", template, {**SLUG, "pyproject.toml": SLUG["pyproject.toml"] + 'addopts = "-n 2 --dist load"\n'})

    readings = await project.readings(project.base, ["tests"])

    assert (readings["tests"].facts["passed"], readings["tests"].facts["total"]) == (4, 4)
    assert readings["coverage"].value == 0.75


async def test_options_of_plugins_that_are_left_out_do_not_stop_the_run(tmp_path: Path, template: Path) -> None:
    options = "addopts = \"--cov=slug --cov-report=term-missing --cov-fail-under=100 -ra -q -x --strict-markers -k 'lower or blanks'\"\n"
    project = make_project(tmp_path / "slug", template, {**SLUG, "pyproject.toml": SLUG["pyproject.toml"] + options})

    assert (await project.readings(project.base, ["tests"]))["tests"].facts["passed"] == 4


async def test_native_settings_of_pytest_9_are_read_too(tmp_path: Path, template: Path) -> None:
    settings = SLUG["pyproject.toml"].replace("[tool.pytest.ini_options]", "[tool.pytest]") + 'addopts = ["-n", "2", "-k", "lower"]\n'
    project = make_project(tmp_path / "slug", template, {**SLUG, "pyproject.toml": settings})

    reading = (await project.readings(project.base, ["tests"]))["tests"]

    assert (reading.facts["passed"], reading.facts["deselected"]) == (1, 3)


async def test_all_outcomes_are_told_apart_by_id(tmp_path: Path, template: Path) -> None:
    files = {**SLUG, "tests/test_all.py": EVERY_OUTCOME, "tests/test_broken.py": "import nowhere\n"}
    project = make_project(tmp_path / "slug", template, files)

    (sample,) = await project.measure(project.base, ["tests"])

    outcomes = sample.material["outcomes"]
    assert {name: outcomes[f"tests/test_all.py::test_{name}"] for name in ("passed", "failed", "error", "skipped", "xfailed", "xpassed")} == {
        name: name for name in ("passed", "failed", "error", "skipped", "xfailed", "xpassed")
    }
    assert outcomes["tests/test_broken.py"] == "collection_error"
    assert outcomes["tests/test_slug.py::test_lower"] == "passed"


async def test_a_flat_project_that_nobody_installed_is_measured_as_python_m_pytest_would(tmp_path: Path, template: Path) -> None:
    files = {"slug.py": SLUG["src/slug/__init__.py"], "tests/test_slug.py": SLUG["tests/test_slug.py"]}
    project = make_project(tmp_path / "slug", template, files, modifiable=["/slug.py", "tests/**"])

    readings = await project.readings(project.base, ["tests"])

    assert (readings["tests"].value, readings["coverage"].value) == (1.0, 0.75)


async def test_tests_that_need_the_selection_of_the_evaluation_command_run_with_it(tmp_path: Path, template: Path) -> None:
    project = make_project(tmp_path / "slug", template, eval_command="python -m pytest -q --tb=short -k lower tests")

    assert (await project.readings(project.base, ["tests"]))["tests"].facts["total"] == 1


async def test_a_configuration_above_the_tree_has_no_say(tmp_path: Path, template: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = --no-such-option\n")
    (tmp_path / "conftest.py").write_text("raise AssertionError\n")
    monkeypatch.setattr("tools.engine.evaluation.room.parent_folder", lambda: tmp_path)
    monkeypatch.setenv("PYTEST_ADDOPTS", "--no-such-option")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    files = {name: text for name, text in SLUG.items() if name != "pyproject.toml"}
    project = make_project(tmp_path / "slug", template, files)

    assert (await project.readings(project.base, ["tests"]))["tests"].value == 1.0


async def test_a_project_whose_tests_all_stand_in_classes_is_believed(tmp_path: Path, template: Path) -> None:
    files = {
        **SLUG,
        "tests/test_slug.py": "import unittest\n\n\nclass TestIt(unittest.TestCase):\n    def test_one(self):\n        self.assertTrue(True)\n",
    }
    project = make_project(tmp_path / "slug", template, files)

    assert (await project.readings(project.base, ["tests"]))["tests"].facts["passed"] == 1


async def test_lines_that_run_after_a_test_module_was_rewritten_still_count(tmp_path: Path, template: Path) -> None:
    files = {
        "src/slug/loading.py": "def load() -> int:\n    import test_later\n\n    found = test_later.ANSWER\n    return found\n",
        "tests/test_first.py": "from slug.loading import load\n\nFOUND = load()\n\n\ndef test_found() -> None:\n    assert FOUND == 42\n",
        "tests/test_later.py": "ANSWER = 42\n\n\ndef test_answer() -> None:\n    assert ANSWER == 42\n",
    }
    project = make_project(tmp_path / "slug", template, {**SLUG, **files})

    (sample,) = await project.measure(project.base, ["tests"])

    assert sample.readings[0].value == 1.0
    assert list(sample.material["uncovered"]) == ["src/slug/__init__.py"]


def test_of_a_failing_run_what_the_runner_said_of_the_failures_is_kept() -> None:
    said = "=== test session starts ===\nplatform linux\ntests/test_a.py F\n\n=== FAILURES ===\n___ test_a ___\nE  assert 1 == 2\n=== 1 failed ==="
    assert of_failures(said) == said[said.index("=== FAILURES") :]


def test_of_a_run_without_failures_everything_is_kept() -> None:
    assert of_failures("=== test session starts ===\n=== 1 passed ===") == "=== test session starts ===\n=== 1 passed ==="
