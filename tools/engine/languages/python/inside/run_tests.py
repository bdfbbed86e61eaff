"""Start pytest with our reporter, under coverage where that is asked for, and tell whose code ran.

usage: run_tests.py PLAN, a JSON file: report (where lines go), tree, folder (in which tests run), main, kept (the environments' folders),
arguments (of pytest) and coverage: null, or {data, config, source, asserting (the tests that assert), executed (where the lines that these
execute go)}. Standard library, pytest and coverage only, Python 3.9 or later.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
from typing import Any


def main() -> int:
    """Run the tests; returns pytest's exit code."""
    with open(sys.argv[1], encoding="utf-8") as file:  # noqa: PTH123 - this is all that is needed of pathlib here
        plan = json.load(file)
    sys.argv[:] = ["pytest", *plan["arguments"]]
    # After the standard library and site-packages, as far as `python -m pytest` would put it in front.
    sys.path.append(plan["folder"])
    measuring = start_coverage(plan["coverage"]) if plan["coverage"] else None
    import pytest  # noqa: PLC0415 - coverage has to be at work before anything of the project can be imported

    reporting = importlib.import_module("refactory_reporter")  # stand beside this script
    sorting = importlib.import_module("refactory_executed")
    sys.path.remove(os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120 - this script's own folder, as Python wrote it
    descriptor = os.open(plan["report"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    reporter = reporting.Reporter(descriptor)
    executed = sorting.executed_in(measuring, plan["coverage"], plan["folder"])
    if measuring is not None:
        leave_rewriting_untraced()
    code = int(pytest.main(plan["arguments"], plugins=[reporter, *executed]))
    if measuring is not None:
        measuring.stop()
        for each in executed:
            each.put_back()
            each.write(plan["coverage"]["executed"])
        measuring.save()
    reporter.write(event="provenance", exit=code, **provenance(plan["tree"], plan["main"], plan["kept"]))
    os.close(descriptor)
    return code


def start_coverage(wanted: dict[str, Any]) -> Any:
    """Coverage at work, on files under the given folders only. Its settings come from the given file alone."""
    import sqlite3  # noqa: F401, PLC0415 - before the project's tree can put another one in its place

    import coverage  # noqa: PLC0415 - only where it is asked for

    measuring = coverage.Coverage(
        data_file=wanted["data"], data_suffix=False, config_file=wanted["config"] or False, source=wanted["source"], messages=False
    )
    if coverage.version_info >= (7,):
        # Folders without __init__.py hold code too; their files count as not covered where nothing imports them.
        measuring.set_option("report:include_namespace_packages", True)  # noqa: FBT003 - coverage's own signature
    measuring.set_option("run:dynamic_context", None)  # lines are sorted by refactory_executed, which a context's switch would empty
    measuring.start()
    return measuring


def leave_rewriting_untraced() -> None:
    """Keep the tracer away from pytest's rewriting of assertions: no code of the project runs in it, and it takes half as long without.

    A pytest that names it otherwise is measured all the same.
    """
    rewrite: Any = importlib.import_module("_pytest.assertion.rewrite")
    original = getattr(rewrite, "_rewrite_test", None)
    if original is None:
        return

    def untraced(*arguments: Any) -> Any:
        tracer = sys.gettrace()
        sys.settrace(None)
        try:
            return original(*arguments)
        finally:
            sys.settrace(tracer)

    rewrite._rewrite_test = untraced  # noqa: SLF001 - pytest has no public word for it


def provenance(tree: str, main_checkout: str, kept: list[str]) -> dict[str, Any]:
    """The modules that came from the main checkout, those that came from the tree, and the import path's entries under the main checkout."""
    foreign: list[str] = []
    own: list[str] = []
    names: dict[str, str] = {}
    for name, module in list(sys.modules.items()):
        place = getattr(module, "__file__", None)
        if not isinstance(place, str):
            continue
        real = os.path.realpath(place)
        names[name.split(".")[0]] = names.get(name.split(".")[0]) or place
        if below(place, tree) or below(real, os.path.realpath(tree)):
            own.append(os.path.relpath(place, tree))
        elif below(real, main_checkout) and not any(below(real, each) for each in kept):
            foreign.append(place)
    path = [entry for entry in sys.path if below(os.path.realpath(entry), main_checkout)]
    return {
        "foreign": sorted(foreign),
        "own": sorted(own),
        "path": [entry for entry in path if not any(below(os.path.realpath(entry), each) for each in kept)],
        "packages": names,
    }


def below(path: str, folder: str) -> bool:
    """Whether a path is the folder or lies in it."""
    return path == folder or path.startswith(folder.rstrip("/") + "/")


if __name__ == "__main__":
    sys.exit(main())
