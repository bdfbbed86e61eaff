"""Forms of reports that are rare: what a file sets up fails, or a file is run more than once."""

import json
from pathlib import Path

from tools.engine.languages.javascript.canary import Canaries
from tools.engine.languages.javascript.jest_report import read_report

TREE = Path("/tree")


def entry(status: str, *outcomes: str) -> dict[str, object]:
    assertions = [{"ancestorTitles": [], "title": f"test {number}", "status": outcome} for number, outcome in enumerate(outcomes)]
    return {"name": "/tree/a.test.ts", "status": status, "message": "", "assertionResults": assertions}


def report(tmp_path: Path, *entries: dict[str, object]) -> Path:
    file = tmp_path / "report.json"
    file.write_text(json.dumps({"testResults": entries}))
    return file


def test_a_file_whose_preparation_fails_is_an_error_and_not_a_file_of_skipped_tests(tmp_path: Path) -> None:
    found = read_report(report(tmp_path, entry("failed", "skipped", "skipped")), TREE)

    assert found.unloaded == ("a.test.ts",)
    assert found.problem(Canaries("test 1", frozenset({"a.test.ts"})), 1) is None


def test_a_file_of_skipped_tests_is_none(tmp_path: Path) -> None:
    assert read_report(report(tmp_path, entry("passed", "skipped")), TREE).unloaded == ()


def test_a_file_that_two_projects_run_has_each_test_twice(tmp_path: Path) -> None:
    found = read_report(report(tmp_path, entry("passed", "passed"), entry("failed", "failed")), TREE)

    assert found.outcomes(Canaries("canary", frozenset())) == {"a.test.ts::test 0": "passed", "a.test.ts::test 0 #2": "failed"}


def test_a_file_outside_of_the_tree_is_foreign(tmp_path: Path) -> None:
    assert read_report(report(tmp_path, {**entry("passed"), "name": "/elsewhere/a.test.ts"}), TREE).foreign == ("/elsewhere/a.test.ts",)
