"""Whether what the reporter wrote can be believed."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.engine.languages.python.report import read_report


def phase(test: str, outcome: str, when: str = "call", xfail: bool = False) -> dict[str, Any]:
    return {"event": "phase", "id": test, "when": when, "outcome": outcome, "xfail": xfail, "seconds": 0.1}


CANARY: dict[str, Any] = {"event": "canary", "id": "c"}
COLLECTED: dict[str, Any] = {"event": "collected", "ids": ["a", "c"], "files": ["/t/a.py"]}
END: dict[str, Any] = {"event": "end", "exit": 1}
PROVENANCE: dict[str, Any] = {"event": "provenance", "exit": 1, "foreign": [], "own": [], "path": [], "packages": {}}
GOOD = [CANARY, COLLECTED, phase("a", "passed"), phase("c", "failed"), END, PROVENANCE]


def lines(records: list[dict[str, Any]]) -> list[str]:
    return [json.dumps(record) for record in records]


def test_a_whole_run_is_believed() -> None:
    report = read_report(lines(GOOD))

    assert report.problem(1) is None
    assert report.outcomes == {"a": "passed"}


@pytest.mark.parametrize(
    ("records", "exit_code", "words"),
    [
        (GOOD[:-2], 1, "broke off"),
        (GOOD[:-1], 1, "broke off"),
        ([], 0, "broke off"),
        ([record for record in GOOD if record != phase("a", "passed")], 1, "1 collected tests were not reported, first a"),
        ([CANARY, COLLECTED, phase("a", "passed"), phase("c", "passed"), END, PROVENANCE], 1, "forges"),
        ([CANARY, COLLECTED, phase("a", "passed"), phase("c", "skipped", "setup"), END, PROVENANCE], 1, "reported as skipped"),
        (GOOD, 0, "exit code 0"),
        ([*GOOD[:4], {"event": "end", "exit": 0}, {**PROVENANCE, "exit": 0}], 0, "a run in which a test failed"),
        ([{"event": "collected", "ids": [], "files": []}, {"event": "end", "exit": 5}, {**PROVENANCE, "exit": 5}], 5, "no test"),
    ],
)
def test_a_run_with_a_contradiction_says_nothing(records: list[dict[str, Any]], exit_code: int, words: str) -> None:
    assert words in (read_report(lines(records)).problem(exit_code) or "")


@pytest.mark.parametrize(
    ("phases", "outcome"),
    [
        ([phase("a", "passed")], "passed"),
        ([phase("a", "failed")], "failed"),
        ([phase("a", "failed", "setup")], "error"),
        ([phase("a", "passed"), phase("a", "failed", "teardown")], "error"),
        ([phase("a", "skipped", "setup")], "skipped"),
        ([phase("a", "skipped", "call", xfail=True)], "xfailed"),
        ([phase("a", "passed", "call", xfail=True)], "xpassed"),
        ([phase("a", "failed"), phase("a", "passed")], "failed"),
        ([phase("a", "rerun"), phase("a", "passed")], "passed"),
        ([{"event": "collection_error", "id": "a", "message": "boom"}], "collection_error"),
        ([{"event": "module_skipped", "id": "a"}], "skipped"),
    ],
)
def test_a_tests_outcome_is_the_worst_of_its_phases(phases: list[dict[str, Any]], outcome: str) -> None:
    assert read_report(lines(phases)).outcomes == {"a": outcome}


def test_halves_of_characters_in_ids_can_still_be_stored() -> None:
    report = read_report(['{"event": "phase", "id": "a[\\udcff]", "when": "call", "outcome": "passed", "xfail": false}'])

    assert report.outcomes == {"a[\\udcff]": "passed"}


@given(st.lists(st.one_of(st.text(), st.sampled_from(lines(GOOD)))))
def test_torn_and_foreign_lines_never_break_the_reading(written: list[str]) -> None:
    report = read_report(written)

    assert report.problem(0) is not None
