"""What a real run shows of the functions that asserting tests execute."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from state.measurement import ReadingState, Root
from tools.engine.languages.growth import capability_surface
from tools.engine.languages.python.growing import asserting_in, count_root, executed_functions, source_functions
from tools.engine.languages.python.inside.refactory_executed import lines_of

RUN_TESTS = Path(__file__).parents[4] / "tools/engine/languages/python/inside/run_tests.py"
ROOT = Root(path="web", language="python", source_paths=("pkg",), apart=("pkg/vendored",))
SOURCE = """\
import threading


def fixture_used(value):
    parts = value.split(",")
    return [part.strip() for part in parts if part]


def asserted(value, other=1):
    parts = value.split(";")
    return [part.upper() for part in parts if part]


def only_called(value):
    parts = value.split(":")
    return [part.lower() for part in parts if part]


def in_a_thread(value):
    def work():
        found.extend(value.split("-")[0].strip())
    found = []
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    return found


def of_a_class(value):
    parts = value.split("/")
    return [part.title() for part in parts if part]


def never(value):
    try:
        return open(value).read().strip()
    except OSError:
        return ""
"""
TESTS = """\
import unittest
import pytest
from pkg.module import asserted, fixture_used, in_a_thread, of_a_class, only_called
from tests.helping import Shared


@pytest.fixture
def prepared():
    return fixture_used("a,b")


@pytest.mark.parametrize("value", ["a;b", "c"])
def test_asserted(value, prepared):
    assert asserted(value)


def test_called():
    only_called("a:b")


def test_in_a_thread():
    assert in_a_thread("ab-c")


def test_called_again():
    only_called("a:b")
    assert True


class TestShared(Shared):
    pass


class TestOld(unittest.TestCase):
    def test_old(self):
        of_a_class("a/b")
"""
HELPING = """\
from pkg.module import of_a_class


class Shared:
    def test_of_a_class(self):
        assert of_a_class("a/b") == ["A", "B"]
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project whose folder `web` is a root."""
    web = tmp_path_factory.mktemp("project") / "web"
    files = {
        "pkg/__init__.py": "", "pkg/module.py": SOURCE, "pkg/vendored/other.py": "def other(): ...\n", "tests/__init__.py": "",
        "tests/test_it.py": TESTS, "tests/helping.py": HELPING,
    }  # fmt: skip
    for name, text in files.items():
        (web / name).parent.mkdir(parents=True, exist_ok=True)
        (web / name).write_text(text, encoding="utf-8")
    return web


def run(folder: Path, out: Path, *, branch: bool) -> dict[str, Any]:
    """Run the tests as a measurement does; answers coverage's own report."""
    out.mkdir()
    (out / "settings.ini").write_text(f"[run]\nbranch = {branch}\ndynamic_context = test_function\n", encoding="utf-8")
    coverage: dict[str, Any] = {
        "data": str(out / "data"), "config": str(out / "settings.ini"), "source": [str(folder / "pkg")],
        "asserting": asserting_in(folder, ROOT), "executed": str(out / "executed.json"),
    }  # fmt: skip
    arguments = ["-q", "-c", str(out / "settings.ini"), "--rootdir", str(folder), "-p", "no:cacheprovider", "-W", "error", str(folder / "tests")]
    plan = {
        "report": str(out / "report"), "tree": str(folder.parent), "folder": str(folder), "main": str(out / "main"), "kept": [],
        "coverage": coverage, "arguments": arguments,
    }  # fmt: skip
    (out / "plan.json").write_text(json.dumps(plan), encoding="utf-8")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "COV", "PYTHON"))}
    done = subprocess.run([sys.executable, RUN_TESTS, out / "plan.json"], cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert "7 passed" in done.stdout, done.stdout + done.stderr
    report = [
        sys.executable,
        str(RUN_TESTS.with_name("coverage_report.py")),
        str(out / "data"),
        str(out / "settings.ini"),
        str(out / "coverage.json"),
    ]
    subprocess.run(report, cwd=folder, env=environment, check=True, capture_output=True)
    found: dict[str, Any] = json.loads((out / "coverage.json").read_text(encoding="utf-8"))
    return found


@pytest.mark.parametrize("branch", [False, True])
def test_only_what_asserting_tests_execute_counts_and_coverage_sees_the_whole_run(folder: Path, tmp_path: Path, branch: bool) -> None:
    report = run(folder, tmp_path / "out", branch=branch)
    source = source_functions(folder, ROOT)

    executed = executed_functions(source, tmp_path / "out" / "executed.json", folder, ROOT)

    assert executed is not None
    assert {function.name for function in executed} == {"fixture_used", "asserted", "in_a_thread", "in_a_thread.work", "of_a_class"}
    assert {function.path for function in executed} == {"web/pkg/module.py"}
    reading = capability_surface(source, executed)
    assert (reading.facts["tested"], reading.facts["nobody tests"]) == (4, "web/pkg/module.py:14 only_called, web/pkg/module.py:34 never")
    (module,) = (facts for name, facts in report["files"].items() if name.endswith("module.py"))
    assert module["missing_lines"] == [35, 36, 37, 38]


def test_a_run_that_wrote_nothing_says_nothing(folder: Path, tmp_path: Path) -> None:
    source = source_functions(folder, ROOT)

    assert executed_functions(source, tmp_path / "nowhere.json", folder, ROOT) is None
    assert capability_surface(source, None).state is ReadingState.UNAVAILABLE


def test_a_root_is_counted_without_the_roots_inside_it(folder: Path) -> None:
    taken = count_root(lambda: source_functions(folder, ROOT))

    assert (taken.readings[0].dimension, taken.readings[0].value) == ("observability", 0.0)
    assert taken.material["silent"] == [["web/pkg/module.py", 37, "never"]]
    assert {function.path for function in source_functions(folder, ROOT).functions} == {"web/pkg/module.py"}


def test_lines_are_read_from_lines_from_pairs_and_from_packed_pairs() -> None:
    assert lines_of({3, 4}) == {3, 4}
    assert lines_of({(-1, 3), (3, 4)}) == {3, 4}
    assert lines_of({5 | 6 << 28, 7 | 8 << 28 | 1 << 56, 9 | 10 << 28 | 1 << 57}) == {5, 6, 8, 9}
