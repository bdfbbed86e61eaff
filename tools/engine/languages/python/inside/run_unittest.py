"""Run a project's tests as unittest itself loads them, with the report lines and the canary of our pytest plugin, and tell whose code ran.

usage: run_unittest.py PLAN, as run_tests takes it; `arguments` are {start, top, pattern, names}: folders to discover tests in, the folder that
imports begin at (or null), the pattern of file names, and the names of modules, classes or tests. Standard library (and coverage, where it is asked
for) only, Python 3.9 or later.
"""

from __future__ import annotations

import importlib
import json
import os
import secrets
import sys
import unittest
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

TESTS_FAILED, NO_TESTS = 1, 5  # as pytest ends
NOT_LOADED = {"_FailedTest": "collection_error", "ModuleSkipped": "module_skipped"}  # what unittest puts in the place of such a module


def main() -> int:
    """Run the tests; returns 0 where all passed, 1 where one failed, 5 where there was none."""
    with open(sys.argv[1], encoding="utf-8") as file:  # noqa: PTH123 - this is all that is needed of pathlib here
        plan = json.load(file)
    sys.argv[:] = ["python -m unittest"]
    sys.path.append(plan["folder"])
    starting = importlib.import_module("run_tests")  # stand beside this script
    reporting = importlib.import_module("refactory_unittest")
    measuring = starting.start_coverage(plan["coverage"]) if plan["coverage"] else None
    sorter = sorter_of(measuring, plan)
    sys.path.remove(os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120 - this script's own folder, as Python wrote it
    writer = reporting.Writer(os.open(plan["report"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600))
    canary, result = reporting.Canary(), reporting.Result(writer, sorter)
    code = run(load(plan["arguments"], plan["folder"]), result, canary, plan["folder"])
    if measuring is not None:
        measuring.stop()
        if sorter is not None:
            sorter.put_back()
            sorter.write(plan["coverage"]["executed"])
        measuring.save()
    writer.write(event="provenance", exit=code, **starting.provenance(plan["tree"], plan["main"], plan["kept"]))
    return code


def sorter_of(measuring: Any, plan: dict[str, Any]) -> Any:
    """What keeps apart the lines that asserting tests execute; None without coverage, or without the pytest that its plugin needs."""
    try:
        sorting = importlib.import_module("refactory_executed")
    except ImportError:
        return None
    return next(iter(sorting.executed_in(measuring, plan["coverage"], plan["folder"])), None)


def load(wanted: dict[str, Any], folder: str) -> unittest.TestSuite:
    """The tests as unittest finds them, `load_tests` obeyed."""
    suite = unittest.TestSuite()
    for name in wanted["names"]:
        suite.addTests(unittest.TestLoader().loadTestsFromName(name))
    for start in wanted["start"]:
        top = os.path.join(folder, wanted["top"]) if wanted["top"] else None  # noqa: PTH118 - likewise
        place = os.path.normpath(os.path.join(folder, start))  # noqa: PTH118 - likewise
        suite.addTests(unittest.TestLoader().discover(place, wanted["pattern"], top and os.path.normpath(top)))
    return suite


def run(suite: unittest.TestSuite, result: Any, canary: unittest.TestCase, folder: str) -> int:
    """Run them with the canary among them, and report."""
    writer, ids = result.writer, result.ids
    files: set[str] = set()
    tests = list(cases(suite))
    for test in tests:
        name, file = named(test, folder)
        if told := NOT_LOADED.get(type(test).__name__):
            writer.write(event=told, id=name, message=str(getattr(test, "_exception", ""))[-2000:])
        else:
            ids[id(test)] = unique(name, ids)
            files.add(file)
    ids[id(canary)] = f"test_{secrets.token_hex(6)}"
    suite = planted(suite, tests, canary)
    writer.write(event="canary", id=ids[id(canary)])
    writer.write(event="collected", ids=list(ids.values()) if tests else [], files=sorted(files))
    if tests:
        suite.run(result)
    stopped(result, tests)
    code = NO_TESTS if not tests else 0 if result.wasSuccessful() else TESTS_FAILED
    writer.write(event="end", exit=code)
    return code


def cases(suite: Any) -> Iterator[Any]:
    """Every test of a suite."""
    for each in suite:
        if isinstance(each, unittest.TestSuite):
            yield from cases(each)
        else:
            yield each


def named(test: Any, folder: str) -> tuple[str, str]:
    """The id of a test, path::Class::method as pytest would call it, and its file; of a module that did not load, its path alone."""
    if type(test).__name__ in NOT_LOADED:
        module_name = test.id().partition(f".{type(test).__name__}.")[2]
        path = os.path.join(folder, module_name.replace(".", os.sep) + ".py")  # noqa: PTH118 - likewise
        return (os.path.relpath(path, folder) if os.path.isfile(path) else module_name), path  # noqa: PTH113 - likewise
    module = sys.modules.get(type(test).__module__)
    file, top = os.path.realpath(getattr(module, "__file__", None) or folder), os.path.realpath(folder)
    if not file.startswith(top + os.sep):
        return str(test.id()), file  # of a kind that another library brings, such as doctest
    inner = [part for part in type(test).__qualname__.split(".") if part != "<locals>"]
    return "::".join((os.path.relpath(file, top), *inner, test.id().rpartition(".")[2])), file


def unique(name: str, ids: dict[int, str]) -> str:
    """The name, with an ordinal where a test of that name was seen before."""
    seen = set(ids.values())
    return next(each for number in range(1, len(seen) + 2) if (each := name if number == 1 else f"{name} #{number}") not in seen)


def planted(suite: unittest.TestSuite, tests: list[Any], canary: unittest.TestCase) -> unittest.TestSuite:
    """The suite with the canary between two classes, so that no class is set up twice; at its end where the project has suites of its own kind."""
    if not plain(suite):
        suite.addTest(canary)
        return suite
    places = [index for index in range(len(tests) + 1) if index in {0, len(tests)} or type(tests[index]) is not type(tests[index - 1])]
    index = secrets.choice(places)
    return unittest.TestSuite([*tests[:index], canary, *tests[index:]])


def plain(suite: Any) -> bool:
    """Whether the suite and all in it are unittest's own."""
    return type(suite) is unittest.TestSuite and all(plain(each) for each in suite if isinstance(each, unittest.TestSuite))


def stopped(result: Any, tests: list[Any]) -> None:
    """Tests that never began, because what is set up for their class or module failed or was skipped."""
    for test in tests:
        name = result.ids.get(id(test))
        scope = f"{type(test).__module__}.{type(test).__qualname__}"
        outcome = result.scopes.get(scope) or result.scopes.get(type(test).__module__)
        if name and name not in result.told and outcome:
            result.told.add(name)
            result.writer.write(event="phase", id=name, when="setup", outcome=outcome, xfail=False, seconds=0.0)


if __name__ == "__main__":
    sys.exit(main())
