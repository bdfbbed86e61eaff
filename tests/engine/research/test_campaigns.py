"""Whole campaigns of 50 candidates through the code that decides real ones; more of them: benchmarks/research.py."""

from functools import partial

from tests.support.campaigns import Kind, campaign, drifting


def test_the_base_against_itself_is_kept_in_none_of_fifty_attempts() -> None:
    assert campaign(Kind("base against itself"), 1).false == 0


def test_the_base_against_itself_is_hardly_ever_kept_in_many_campaigns() -> None:
    assert sum(campaign(Kind("base against itself"), number).false for number in range(60)) <= 6


def test_real_gains_are_found_and_reported_as_they_are() -> None:
    outcomes = [campaign(Kind("five real", effect=1.5), number) for number in range(10)]
    errors = [error for outcome in outcomes for error in outcome.errors]
    assert sum(outcome.found for outcome in outcomes) >= 40
    assert sum(outcome.runs for outcome in outcomes) <= 8000
    assert abs(sum(errors) / len(errors)) < 0.3


def test_drift_is_no_gain_where_a_coin_decides_who_goes_first() -> None:
    assert sum(campaign(Kind("drift", partial(drifting, 0.5)), number).false for number in range(10)) <= 2


def test_drift_is_taken_for_gains_where_the_base_always_goes_first() -> None:
    found = sum(campaign(Kind("drift, base first", partial(drifting, 0.5), base_first=True), number).false for number in range(4))
    assert found > 4, "these simulations can fail"
