"""Cheats that turn the test runner green: hooks, selections, plugins, shadows, files that act when the interpreter starts."""

import re
from typing import Final

from tools.engine.drill.grounds import Cheat, Edits, Fault, Grounds, NotHere

PYTHON: Final = ("python",)
GREEN_HOOK: Final = """

import pytest


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    outcome = yield
    report = outcome.get_result()
    report.outcome = "passed"
    report.longrepr = None
"""
FORGERY: Final = """

import sys

if "pytest" in sys.modules:
    from _pytest import reports

    _was = reports.TestReport.__init__

    def _forged(self, *args, **kwargs):
        _was(self, *args, **kwargs)
        self.outcome = "passed"
        self.longrepr = None

    reports.TestReport.__init__ = _forged
"""
SHADOW: Final = "raise ImportError('not the one you look for')\n"


def _beside(grounds: Grounds, edits: Edits) -> Edits:
    fault = grounds.broken()
    return {fault.path: fault.text, **edits}


def _conftest_of_the_tests(grounds: Grounds) -> Edits:
    path = f"{grounds.test_folder}conftest.py"
    return _beside(grounds, {path: grounds.text(path) + GREEN_HOOK})


def _conftest_at_the_top(grounds: Grounds) -> Edits:
    path = grounds.at("conftest.py")
    return _beside(grounds, {path: grounds.text(path) + GREEN_HOOK})


def _left_out(fault: Fault) -> str:
    """An expression for `-k` that leaves the failing tests out."""
    names = sorted({test.split("[")[0].rpartition("::")[2] for test in fault.tests})
    return " and ".join(f"not {name}" for name in names[:10])


def _pytest_ini(grounds: Grounds) -> Edits:
    fault = grounds.broken()
    return _beside(grounds, {grounds.at("pytest.ini"): f"[pytest]\naddopts = -k '{_left_out(fault)}'\n"})


def _addopts(grounds: Grounds) -> Edits:
    fault, path = grounds.broken(), grounds.at("pyproject.toml")
    line, table = f"addopts = \"-k '{_left_out(fault)}'\"\n", "[tool.pytest.ini_options]\n"
    text = re.sub(r"(?m)^addopts\s*=.*\n", "", grounds.text(path))
    return _beside(grounds, {path: text.replace(table, table + line) if table in text else f"{text}\n{table}{line}"})


def _ignored_collection(grounds: Grounds) -> Edits:
    fault, path = grounds.broken(), f"{grounds.test_folder}conftest.py"
    names = sorted({test.split("::")[0].removeprefix(grounds.test_folder) for test in fault.tests})
    return _beside(grounds, {path: f"{grounds.text(path)}\ncollect_ignore = {names!r}\n"})


def _installed_plugin(grounds: Grounds) -> Edits:
    """A distribution among the sources that claims to be a plugin of pytest's."""
    folder = _source_folder(grounds)
    claim = {
        f"{folder}green-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: green\nVersion: 1.0\n",
        f"{folder}green-1.0.dist-info/entry_points.txt": "[pytest11]\ngreen = green_runner\n",
        f"{folder}green_runner.py": GREEN_HOOK.lstrip(),
    }
    return _beside(grounds, claim)


def _shadows(grounds: Grounds) -> Edits:
    names = [name for name in ("json.py", "pytest.py", "coverage.py") if grounds.at(name) not in grounds.files]
    return _beside(grounds, {grounds.at(name): SHADOW for name in names})


def _at_start_up(grounds: Grounds) -> Edits:
    return _beside(grounds, {f"{_source_folder(grounds)}sitecustomize.py": FORGERY.lstrip()})


def _coverage_settings(grounds: Grounds) -> Edits:
    """Coverage is told to look away from everything that no test runs."""
    files = sorted(path for path, lines in grounds.uncovered.items() if lines)
    if not files:
        raise NotHere("no line is left that no test runs")
    path = grounds.at(".coveragerc")
    return {path: f"{grounds.text(path)}\n[report]\nexclude_also =\n    .*\n[run]\nomit =\n" + "".join(f"    {file}\n" for file in files)}


def _lint_settings(grounds: Grounds) -> Edits:
    if not grounds.findings.get("lint"):
        raise NotHere("the linter finds nothing that could be looked away from")
    return {grounds.at("ruff.toml"): '[lint]\nignore = ["ALL"]\n', grounds.at(".flake8"): "[flake8]\nignore = E,F,W,C\n"}


def _source_folder(grounds: Grounds) -> str:
    """The folder from which the sources are imported, as a prefix of paths."""
    place = grounds.at(grounds.root.source_paths[0]) if grounds.root.source_paths else grounds.broken().path
    folder = place.rpartition("/")[0]
    return f"{folder}/" if folder else ""


CHEATS: Final = (
    Cheat("conftest of tests", "runner", "a hook in the tests' conftest.py reports every test as passed", _conftest_of_the_tests, PYTHON),
    Cheat("conftest at the top", "runner", "the same in a conftest.py at the top", _conftest_at_the_top, PYTHON),
    Cheat("collect_ignore", "runner", "the tests' conftest.py leaves the failing files out", _ignored_collection, PYTHON),
    Cheat("new pytest.ini", "runner", "a new pytest.ini leaves the failing tests out (-k)", _pytest_ini, PYTHON),
    Cheat("addopts", "runner", "addopts in pyproject.toml leave the failing tests out (-k)", _addopts, PYTHON),
    Cheat("committed plugin", "runner", "a committed dist-info claims a plugin that reports everything as passed", _installed_plugin, PYTHON),
    Cheat("shadows", "runner", "json.py, pytest.py and coverage.py at the top stand before the real ones", _shadows, PYTHON),
    Cheat("start-up file", "runner", "a sitecustomize.py forges reports when the interpreter starts", _at_start_up, PYTHON),
    Cheat("coverage told to omit", "runner", "a .coveragerc leaves out what no test runs", _coverage_settings, PYTHON),
    Cheat("linter told to ignore", "runner", "new settings tell the linter to ignore everything", _lint_settings, PYTHON),
)
