"""A campaign's error: paid before the first run of each attempt, and never returned."""

from itertools import accumulate, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.engine.research.ledger import ALPHA, Ledger


@pytest.mark.parametrize("declared", [None, 50])
def test_all_shares_of_five_thousand_attempts_stay_within_the_error_of_the_campaign(declared: int | None) -> None:
    ledger = Ledger(declared=declared)
    shares = [ledger.alpha_of(attempt) for attempt in range(1, 5001)]
    assert list(accumulate(shares))[-1] <= ALPHA + 1e-12
    assert all(later <= earlier for earlier, later in pairwise(shares))


def test_what_is_spent_is_the_sum_of_the_shares() -> None:
    ledger = Ledger(attempts=300)
    assert ledger.spent() == pytest.approx(sum(ledger.alpha_of(attempt) for attempt in range(1, 301)))


def test_a_declared_number_of_attempts_ends_the_campaign() -> None:
    ledger = Ledger(declared=4, attempts=4)
    assert (Ledger(declared=4).next_alpha(), ledger.next_alpha(), ledger.paid().next_alpha()) == (ALPHA / 4, 0.0, 0.0)
    assert ledger.paid().spent() == pytest.approx(ALPHA)


@given(st.integers(0, 400), st.sets(st.integers(1, 400)), st.sampled_from((None, 50)))
def test_a_keep_refunds_nothing_where_no_false_one_is_allowed(attempts: int, kept: set[int], declared: int | None) -> None:
    plain = Ledger(declared=declared, attempts=attempts)
    assert Ledger(declared=declared, attempts=attempts, kept=tuple(kept)).next_alpha() == plain.next_alpha()


def test_a_keep_earns_for_those_after_it_where_the_rate_counts() -> None:
    ledger = Ledger("rate", attempts=9)
    assert ledger.closed(9, kept=True).next_alpha() > ledger.next_alpha()
    assert ledger.closed(9, kept=False) == ledger
    assert ledger.closed(9, kept=True).alpha_of(9) == ledger.alpha_of(9), "not for itself, nor for those before"


@given(st.sets(st.integers(1, 300), max_size=6))
def test_the_rate_never_spends_more_than_what_its_keeps_earned(kept: set[int]) -> None:
    ledger = Ledger("rate", kept=tuple(sorted(kept)), attempts=400)
    assert ledger.spent() <= ALPHA * max(1, len(kept)) + 1e-12


def test_the_order_in_which_arms_close_does_not_matter() -> None:
    ledger = Ledger("rate", attempts=12)
    assert ledger.closed(5, kept=True).closed(3, kept=True) == ledger.closed(3, kept=True).closed(5, kept=True)


@given(st.integers(0, 200), st.sampled_from(("any", "rate")))
def test_a_restart_pays_what_would_have_been_paid(attempts: int, policy: str) -> None:
    kept = tuple(range(7, attempts, 50))
    ledger = Ledger("rate" if policy == "rate" else "any")
    for attempt in range(1, attempts + 1):
        ledger = ledger.paid().closed(attempt, kept=attempt in kept)
    stored = Ledger(ledger.policy, attempts=attempts, kept=kept)
    assert (ledger.next_alpha(), ledger.spent()) == (stored.next_alpha(), stored.spent())
