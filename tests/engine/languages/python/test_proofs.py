"""What shows whose code ran, and what must not come between a source and its run: old bytecode, a stopped coverage, processes of xdist."""

import importlib._bootstrap_external as bootstrap
import importlib.util
from pathlib import Path

from tests.support.python_projects import SLUG, make_project
from tests.support.repositories import git
from tools.engine.evaluation.base_word import base_owned, examine

HELPER = "CASES = [('A', 'a'), ('a b', 'a-b')]\n"
TESTS = (
    "import pytest\n\nfrom helper import CASES\nfrom slug import slug\n\n\n"
    "@pytest.mark.parametrize(('text', 'expected'), CASES)\ndef test_cases(text, expected):\n    assert slug(text) == expected\n"
)
SETTINGS = SLUG["pyproject.toml"] + 'pythonpath = ["lib"]\n'
STOPS = "import coverage\n\nmeasuring = coverage.Coverage.current()\nif measuring is not None:\n    measuring.stop()\n"
OF_XDIST = "def test_worker(worker_id, testrun_uid):\n    assert worker_id == 'master'\n    assert testrun_uid\n"


async def test_bytecode_that_a_candidate_commits_does_not_stand_for_the_bases_helpers(tmp_path: Path, template: Path) -> None:
    project = make_project(tmp_path / "slug", template, {**SLUG, "pyproject.toml": SETTINGS, "lib/helper.py": HELPER, "tests/test_slug.py": TESTS})
    await project.measure(project.base, ["tests"])
    git(project.root, "checkout", "-q", "-b", "stale", "main")
    # Bytecode that says it needs no check against its source.
    code = bootstrap._code_to_hash_pyc(compile("CASES = [('A', 'a')]", "helper.py", "exec"), importlib.util.source_hash(b""), False)  # type: ignore[attr-defined]  # the one way to write such a file
    stale = project.root / importlib.util.cache_from_source("lib/helper.py")
    stale.parent.mkdir()
    stale.write_bytes(code)
    git(project.root, "add", "-f", str(stale))
    git(project.root, "commit", "-qm", "stale")
    tree = git(project.root, "rev-parse", "HEAD^{tree}")

    own = await project.readings(tree, ["tests"])
    by_the_base = await project.readings(tree, ["tests"], "base")

    assert own["tests"].facts["total"] == 1, "the interpreter itself takes the bytecode"
    assert by_the_base["tests"].facts["total"] == 2
    owned = base_owned(project.contract.profile.roots, project.target(tree).observed)
    assert [change.path for change in examine(project.repository, project.base, tree, owned) if change.suspicious] == [
        importlib.util.cache_from_source("lib/helper.py")
    ]


async def test_a_coverage_that_saw_none_of_what_was_imported_is_not_believed(tmp_path: Path, template: Path) -> None:
    project = make_project(tmp_path / "slug", template, {**SLUG, "tests/conftest.py": STOPS})

    readings = await project.readings(project.base, ["tests"])

    assert readings["tests"].value == 1.0
    assert readings["coverage"].state == "error"
    assert "though src/slug/__init__.py was imported" in readings["coverage"].reason


async def test_a_suite_made_for_several_processes_runs_in_one(tmp_path: Path, template: Path) -> None:
    settings = SLUG["pyproject.toml"] + 'addopts = "-n auto --dist loadgroup"\n'
    project = make_project(tmp_path / "slug", template, {**SLUG, "pyproject.toml": settings, "tests/test_worker.py": OF_XDIST})

    readings = await project.readings(project.base, ["tests"])

    assert (readings["tests"].facts["passed"], readings["tests"].facts["total"]) == (5, 5)
    assert readings["coverage"].value == 0.75
