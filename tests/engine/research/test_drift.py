"""The metric and what is held out, side by side over kept experiments: when they part it is said, and one unlucky number does not say it."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from tools.engine.research.drift import OVER, Drift, KeptGain, drift

GAINS = some.lists(some.tuples(some.none() | some.floats(-1, 1), some.none() | some.floats(-1, 1)), max_size=8)


def gains(*pairs: tuple[float | None, float | None]) -> list[KeptGain]:
    return [KeptGain(number, visible, held_out) for number, (visible, held_out) in enumerate(pairs, 1)]


def test_a_metric_that_rises_while_what_is_held_out_does_not_has_parted_from_it() -> None:
    found = drift(gains((0.05, -0.01), (0.04, 0.0), (0.03, 0.01)))
    assert found is not None
    assert found.over == 3
    assert found.visible == pytest.approx(0.12)
    assert found.held_out == pytest.approx(0.0)
    assert found.parted


def test_earlier_gains_that_held_do_not_hide_later_ones_that_did_not() -> None:
    found = drift(gains((0.2, 0.2), (0.05, -0.01), (0.04, -0.01), (0.03, 0.0)))
    assert found is not None
    assert found.parted


def test_two_experiments_are_too_few_to_say_so() -> None:
    found = drift(gains((0.05, -0.2), (0.04, -0.2)))
    assert found is not None
    assert not found.parted


def test_a_change_whose_gain_was_not_measured_on_both_sides_counts_on_neither() -> None:
    assert drift(gains((0.05, None), (None, 0.1))) is None
    found = drift(gains((0.05, 0.1), (0.5, None), (None, -1.0)))
    assert found == Drift(0.05, 0.1, 1)


@given(GAINS)
def test_only_a_rising_metric_over_enough_changes_is_ever_said_to_part(pairs: list[tuple[float | None, float | None]]) -> None:
    found = drift(gains(*pairs))
    if found is not None and found.parted:
        assert found.over == OVER
        assert found.visible > 0
        assert found.held_out <= 0
