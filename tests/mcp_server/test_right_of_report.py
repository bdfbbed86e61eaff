"""What was right of a refused report is said again, and what was wrong is not."""

from typing import Any

import pytest
from hypothesis import given, strategies

from mcp_server.right_of_report import LIMIT, right_of_report
from state.errors import Problem

QUOTES = [{"at": "a.py:1", "text": "one"}, {"at": "b.py:2", "text": "two"}]
GUARDS = [{"guard": "Keep the tests", "holds": True}, {"guard": "Be kind", "holds": True}]
REPORT: dict[str, Any] = {"role": "reviewer", "decision": "great", "quotes": QUOTES, "guards": GUARDS, "score": 1}


@pytest.mark.parametrize(
    ("problem", "changed"),
    [
        (Problem("report.decision", "great", "pass"), {"decision": None}),
        (Problem("decision", "great", "pass"), {"decision": None}),
        (Problem("report.score", "a field that it does not take", "role"), {"score": None}),
        (Problem("quotes[2]", "two", "zwei"), {"quotes": QUOTES[:1]}),
        (Problem("report.quotes[1].at", "nothing", "text"), {"quotes": QUOTES[1:]}),
        (Problem("quotes", "none", "a changed line of c.py"), {}),
        (Problem("guards", "Be kind", "one of the guards"), {"guards": GUARDS[:1]}),
        (Problem("guards", "no answer", "an answer to 'Be quick'"), {}),
        (Problem("report.independence", "nothing", "subagent"), {}),
    ],
)
def test_fields_and_items_that_a_problem_names_are_left_out(problem: Problem, changed: dict[str, Any]) -> None:
    assert right_of_report(REPORT, [problem]) == {name: value for name, value in {**REPORT, **changed}.items() if value is not None}


def test_a_long_report_is_said_again_without_its_longest_fields() -> None:
    long = {**REPORT, "quotes": [{"at": "a.py:1", "text": "x" * LIMIT}]}
    assert right_of_report(long, []) == {name: value for name, value in REPORT.items() if name != "quotes"}


WORDS = strategies.sampled_from(["decision", "quotes[1]", "report.guards[1].holds", "report.", "[2]", "", "quotes[99]"])
NAMES = strategies.sampled_from(["decision", "quotes", "guards", "guard", "role"])
LEAVES = strategies.none() | strategies.integers() | NAMES
ANYTHING = strategies.recursive(
    LEAVES, lambda inner: strategies.lists(inner, max_size=3) | strategies.dictionaries(NAMES, inner, max_size=3), max_leaves=8
)


@given(ANYTHING, strategies.lists(WORDS, max_size=4))
def test_whatever_was_handed_in_is_looked_at_without_harm(report: Any, places: list[str]) -> None:
    right = right_of_report(report, [Problem(place, "that", "this") for place in places])
    assert right.keys() <= (report.keys() if isinstance(report, dict) else set())
