"""An attempt worked through by hand, to the digit: a pass rate with noise of 0.03 and a real gain of 0.05, as the seventh attempt of its campaign."""

import pytest

from tools.engine.research.deciding import Rule, decide
from tools.engine.research.ledger import Ledger
from tools.engine.research.looks import looks_for

PAIRS = (
    0.090, -0.009, 0.021,
    0.066, 0.007, 0.047,
    0.058, 0.015, -0.006, 0.058, 0.092, 0.023,
    0.036, 0.120, 0.026, 0.028, 0.152, -0.015, 0.084, -0.035,
)  # fmt: skip
LEDGER = Ledger(attempts=6)


def test_every_look_has_the_numbers_of_the_example() -> None:
    decision = decide(PAIRS, Rule(looks_for(3, 30), LEDGER.next_alpha()))
    assert [(look.n, round(look.mean, 4), look.outcome, look.next) for look in decision.looks] == [
        (3, 0.0340, "more", 6), (6, 0.0370, "more", 12), (12, 0.0385, "more", 20), (20, 0.0429, "better", None),
    ]  # fmt: skip
    assert [look.p for look in decision.looks] == [0.25, 0.046875, pytest.approx(0.00171, abs=5e-6), pytest.approx(0.000249, abs=5e-7)]
    assert [round(look.limit, 6) for look in decision.looks] == [0, 0, 0.000463, 0.000441]
    assert [round(look.carried, 6) for look in decision.looks] == [0.000066, 0.000199, 0, 0]
    assert [look.line for look in decision.looks][:3] == [0.375, 0.25, 0.0625]
    assert (decision.outcome, decision.next) == ("better", None)


def test_the_ledger_before_and_after_it() -> None:
    assert LEDGER.next_alpha() == pytest.approx(0.001566, abs=5e-7)
    paid = LEDGER.paid()
    assert paid.spent() == pytest.approx(0.0123, abs=5e-5)
    assert paid.paid().closed(7, kept=True).spent() == pytest.approx(0.0138, abs=5e-5)
