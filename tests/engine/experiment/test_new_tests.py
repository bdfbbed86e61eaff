"""New tests that pass on the base too: which of them a hypothesis has announced, by the ids of each language, and what the gate says of the rest."""

import pytest

from tests.support.gates import account, assessed, facts
from tests.support.histories import hypothesis_of
from tools.engine.evaluation.assessment import Measurements
from tools.engine.experiment.proving import Proofs, with_new_tests
from tools.engine.gate.checks import run_gate

TESTS = (
    "tests/test_a.py::test_one", "tests/test_a.py::TestMore::test_two[1-2]", "src/sum.test.ts::sum > adds", "src/sum.test.ts::sum > adds #2",
    "src/sum.test.ts::summary > is short", "calc_test.go::TestAdd/small", "src/lib.rs::tests::adds",
)  # fmt: skip


def undeclared(*characterises: str) -> set[str]:
    """The new tests that a hypothesis with these announcements does not announce."""
    outcomes = dict.fromkeys(TESTS, "passed")
    hypothesis = hypothesis_of().model_copy(update={"dimension": "none", "characterises": characterises})
    return set(with_new_tests(account(new=TESTS), Proofs((), outcomes), Measurements(outcomes=outcomes), hypothesis).undeclared)


@pytest.mark.parametrize(
    ("named", "announced"),
    [
        ("tests/test_a.py", {TESTS[0], TESTS[1]}), ("tests/test_a.py::TestMore", {TESTS[1]}), ("tests/test_a.py::TestMore::test_two", {TESTS[1]}),
        ("src/sum.test.ts", {TESTS[2], TESTS[3], TESTS[4]}), ("src/sum.test.ts::sum", {TESTS[2], TESTS[3]}),
        ("src/sum.test.ts::sum > adds", {TESTS[2], TESTS[3]}), ("calc_test.go::TestAdd", {TESTS[5]}), ("src/lib.rs::tests", {TESTS[6]}),
        ("tests/test_a", set()), ("tests", set()), ("src/sum.test.ts::su", set()),
    ],
)  # fmt: skip
def test_a_test_is_announced_by_its_file_its_suite_or_its_own_id(named: str, announced: set[str]) -> None:
    assert set(TESTS) - undeclared(named) == announced


def test_every_file_with_unannounced_tests_is_named_with_as_many_of_them_as_a_line_holds() -> None:
    many = tuple(f"tests/test_b.py::test_{number}" for number in range(200))
    told = account(undeclared=(*many, TESTS[0]), totals={"undeclared": 250})
    (found,) = (check for check in run_gate(facts(comparison=assessed(tests=told))) if check.name == "tests_kept")
    assert found.result == "pass"
    several, one, more = found.evidence
    assert several.startswith(
        "tests/test_b.py: 200 new tests pass on the base too, which the hypothesis does not announce: they prove nothing: test_0,"
    )
    assert (one, more) == (
        f"{TESTS[0]} passes on the base too, which the hypothesis does not announce: it proves nothing", "and 49 more new tests pass on the base too",
    )  # fmt: skip
