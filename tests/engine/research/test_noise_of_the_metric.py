"""What the head against itself shows, what can be told under it, and metrics that are the same each time."""

from random import Random

import pytest

from tools.engine.research.deterministic import decide_deterministic
from tools.engine.research.gains import gain_of
from tools.engine.research.instances import Dispersion
from tools.engine.research.ledger import Ledger
from tools.engine.research.noise_of_the_metric import (
    HeadRun,
    Noise,
    fewest_pairs,
    is_deterministic,
    noise_of,
    pairs_needed,
    smallest_difference,
)

SIGMA = Noise(
    deterministic=False, runs=20, lost=0, sigma=1.0, sigma_d=2**0.5, freedom=9, lag=0.0, drift=0.0, outliers=0, dispersion=Dispersion(), seconds=1.0
)


def head(*values: float | None) -> list[HeadRun]:
    return [HeadRun(value, 2.0) for value in values]


@pytest.mark.parametrize(
    ("attempt", "expected"),
    [(1, (1.53, 1.18, 1.00, 0.80)), (25, (1.65, 1.26, 1.06, 0.85)), (50, (1.74, 1.32, 1.11, 0.88)), (200, (2.05, 1.51, 1.25, 0.98))],
)
def test_the_smallest_difference_at_caps_of_20_30_40_and_60(attempt: int, expected: tuple[float, ...]) -> None:
    alpha = Ledger(attempts=attempt - 1).next_alpha()
    found = [smallest_difference(SIGMA, cap, alpha) for cap in (20, 30, 40, 60)]
    assert found == [pytest.approx(each, abs=0.006) for each in expected]


@pytest.mark.parametrize("pairs", [20, 31, 60])
def test_the_pairs_that_a_difference_needs_are_those_that_tell_it(pairs: int) -> None:
    difference = smallest_difference(SIGMA, pairs, 0.001)
    assert difference is not None
    assert pairs_needed(SIGMA, difference * 1.0001, 0.001) == pairs


def test_too_few_pairs_tell_nothing() -> None:
    assert [fewest_pairs(Ledger(attempts=attempt - 1).next_alpha()) for attempt in (1, 25, 50, 200)] == [9, 11, 11, 14]
    assert smallest_difference(SIGMA, 8, Ledger().next_alpha()) is None
    assert pairs_needed(SIGMA, 100.0, Ledger().next_alpha()) == 9
    assert pairs_needed(SIGMA, 0.0, 0.001) is None


def test_calibration_finds_the_noise_that_is_there() -> None:
    random = Random(3)
    noise = noise_of(head(*(random.gauss(5, 2) for _ in range(2000))))
    assert noise.sigma == pytest.approx(2, rel=0.1)
    assert noise.sigma_d == pytest.approx(2 * 2**0.5, rel=0.1)
    assert noise.lag == pytest.approx(0, abs=0.1)
    assert noise.drift == pytest.approx(0, abs=0.001)
    assert (noise.runs, noise.lost, noise.freedom, noise.seconds) == (2000, 0, 999, 2.0)


def test_drift_and_what_runs_remember_are_seen() -> None:
    drifting = noise_of(head(*(0.5 * run for run in range(20))))
    assert drifting.drift == pytest.approx(0.5)
    assert drifting.sigma_d == pytest.approx(0)
    assert drifting.lag is not None
    assert drifting.lag > 0.8


def test_a_run_far_off_is_an_outlier_unless_nothing_says_what_is_far() -> None:
    assert noise_of(head(1.0, 1.1, 0.9, 1.05, 0.95, 9.0)).outliers == 1
    assert noise_of(head(1.0, 1.0, 1.0, 1.0, 2.0, 1.0)).outliers == 0


def test_lost_runs_are_left_out_and_counted() -> None:
    noise = noise_of(head(1.0, None, 2.0, 4.0, 3.0, 1.0))
    assert (noise.lost, noise.freedom, noise.deterministic) == (1, 1, False)
    assert noise.sigma_d == pytest.approx(8**0.5)


def test_what_was_hardly_measured_is_no_number() -> None:
    noise = noise_of(head(1.0, None))
    assert (noise.sigma, noise.sigma_d, noise.lag, noise.drift, noise.steady) == (None,) * 5
    assert smallest_difference(noise, 30, 0.001) is None
    with pytest.raises(ValueError, match="runs"):
        noise_of([])


def test_noise_is_known_well_enough_for_large_effects_after_ten_pairs() -> None:
    assert SIGMA.steady == SIGMA.sigma_d
    assert noise_of(head(1.0, 2.0, 1.5, 1.0)).steady is None


@pytest.mark.parametrize(
    ("runs", "expected"),
    [
        (head(), None),
        (head(*[1.0] * 4), None),
        (head(*[1.0] * 5), True),
        (head(1.0, 1.0, 1.1), False),
        (head(1.0, None), False),
        ([HeadRun(1.0, 1.0, (1.0,), "same")] * 2, None),
        ([HeadRun(1.0, 1.0, (1.0,), "same")] * 3, True),
        ([HeadRun(0.5, 1.0, (1.0, 0.0), "one"), HeadRun(0.5, 1.0, (0.0, 1.0), "other")], False),
    ],
)
def test_a_metric_is_deterministic_when_enough_runs_are_the_same(runs: list[HeadRun], expected: bool | None) -> None:
    assert is_deterministic(runs) is expected


def test_a_deterministic_metric_tells_everything_with_one_run() -> None:
    noise = noise_of(head(*[1.0] * 5))
    assert (noise.deterministic, smallest_difference(noise, 1, 0.001), pairs_needed(noise, 0.1, 0.001), noise.steady) == (True, 0.0, 1, None)


@pytest.mark.parametrize(
    ("candidates", "least", "outcome"),
    [
        ([], 0.0, "more"), ([0.5], 0.0, "not_better"), ([0.4], 0.0, "not_better"), ([0.6], 0.0, "more"), ([0.6, 0.6], 0.0, "better"),
        ([0.6, 0.7], 0.0, "noisy"), ([0.6], 0.2, "not_better"), ([0.8, 0.8], 0.2, "better"), ([0.6], -1.0, "more"),
    ],
)  # fmt: skip
def test_one_run_decides_and_a_gain_has_to_repeat_itself(candidates: list[float], least: float, outcome: str) -> None:
    assert decide_deterministic(0.5, candidates, least) == outcome


def test_a_gain_is_the_mean_of_fresh_pairs_with_its_error() -> None:
    gain = gain_of([0.025, 0.114, 0.102, 0.012, 0.031])
    assert gain is not None
    assert (round(gain.mean, 3), round(gain.error or 0, 3), gain.pairs, gain.suspect) == (0.057, 0.021, 5, False)


def test_a_gain_that_was_not_measured_is_no_number_and_one_that_fell_is_suspect() -> None:
    assert gain_of([]) is None
    one = gain_of([-0.1])
    assert one is not None
    assert (one.error, one.suspect) == (None, True)
