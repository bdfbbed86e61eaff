"""Several measurements as one: means of values, and tests that have to pass every time."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from state.measurement import Reading, ReadingState, Sample
from tests.engine.evaluation.test_composite import contract
from tools.engine.evaluation.assessment import Measurements, measurements
from tools.engine.evaluation.composite import assess
from tools.engine.evaluation.noise import bound, bound_of_runs, noise_of, student
from tools.engine.evaluation.repeats import mean_of_runs, merged


def reading(value: float | None, dimension: str = "speed", **facts: int | float | str) -> Reading:
    if value is None:
        return Reading(dimension=dimension, state=ReadingState.ERROR, reason="it broke")
    return Reading(dimension=dimension, state=ReadingState.MEASURED, value=value, facts=facts)


def sample(*readings: Reading, part: str = "project:speed", **outcomes: str) -> Sample:
    material = {"outcomes": outcomes} if outcomes else {}
    return Sample(part=part, tree="t", instrument="i", environment="e", readings=readings, material=material, at="2026-11-20T10:00:00", seconds=1.0)


def measured_in(*runs: dict[str, str]) -> Measurements:
    shares = [sum(outcome == "passed" for outcome in run.values()) / len(run) for run in runs]
    return measurements(sample(reading(share, "tests"), part="tests", **run) for share, run in zip(shares, runs, strict=True))


def test_the_mean_of_all_samples_counts_and_not_the_best() -> None:
    found = measurements([sample(reading(0.2)), sample(reading(0.9)), sample(reading(0.4))])
    assert found.reading("speed").value == pytest.approx(0.5)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=8))
def test_a_mean_is_never_above_the_best_nor_below_the_worst(values: list[float]) -> None:
    found = merged([sample(reading(value)) for value in values]).readings[0].value
    assert found is not None
    assert min(values) - 1e-12 <= found <= max(values) + 1e-12


def test_a_run_without_a_number_is_no_zero() -> None:
    assert measurements([sample(reading(0.4)), sample(reading(None))]).reading("speed").value == 0.4


def test_what_mostly_gave_no_number_has_none() -> None:
    found = measurements([sample(reading(None)), sample(reading(0.4)), sample(reading(None))]).reading("speed")
    assert (found.state, found.reason) == (ReadingState.ERROR, "it broke")


def test_a_test_passed_only_where_it_passed_every_time() -> None:
    found = measured_in({"a": "passed", "b": "passed"}, {"a": "passed", "b": "failed"}, {"a": "passed", "b": "passed"})
    assert found.outcomes == {"a": "passed", "b": "failed"}
    assert found.flaky == {"b": pytest.approx(2 / 3)}
    assert found.reading("tests").value == pytest.approx(5 / 6)


def test_a_test_that_one_run_did_not_know_did_not_pass() -> None:
    assert measured_in({"a": "passed", "b": "passed"}, {"a": "passed"}).outcomes["b"] == "error"


def test_a_flaky_test_of_the_base_cannot_be_lost() -> None:
    base = measured_in({"a": "passed", "b": "passed"}, {"a": "passed", "b": "failed"})
    candidate = measured_in({"a": "passed", "b": "failed"})
    assessed = assess(contract("tests"), base, candidate, candidate)
    assert (assessed.tests.lost, assessed.tests.flaky) == ((), ("b",))


def test_a_test_that_a_candidate_makes_flaky_is_lost() -> None:
    candidate = measured_in({"a": "passed", "b": "passed"}, {"a": "failed", "b": "passed"})
    assessed = assess(contract("tests"), measured_in({"a": "passed", "b": "passed"}), candidate, candidate)
    assert (assessed.tests.lost, assessed.tests.flaky) == (("a",), ("a",))


def test_flaky_tests_count_by_their_share_on_both_sides() -> None:
    runs = {"a": "passed", "b": "passed"}, {"a": "passed", "b": "failed"}
    assessed = assess(contract("tests"), measured_in(*runs), measured_in(*runs), measured_in(*runs))
    assert assessed.rows[0].delta == 0.0


def test_one_broken_run_of_several_leaves_no_mean() -> None:
    found = mean_of_runs([reading(0.5), reading(None), reading(0.7)])
    assert (found.value, found.reason) == (None, "run 2 of 3: it broke")


def test_the_mean_of_runs_keeps_their_number_and_spread() -> None:
    found = mean_of_runs([reading(0.4), reading(0.6)])
    assert found.value == pytest.approx(0.5)
    assert found.facts == {"runs": 2, "spread": pytest.approx(0.1414, abs=1e-4)}


def test_students_quantiles_are_those_of_the_tables() -> None:
    assert [student(freedom) for freedom in (1, 4, 5, 9, 29, 100)] == pytest.approx([12.706, 2.776, 2.571, 2.262, 2.045, 1.984], abs=0.005)


def test_what_never_differs_has_no_noise() -> None:
    assert noise_of([sample(reading(0.1 + 0.2))] * 5) == {"speed": 0.0}


def test_the_bound_is_that_of_a_difference_of_two_single_measurements() -> None:
    assert bound([0.4, 0.5, 0.6]) == pytest.approx(4.3027 * 0.1 * 2**0.5)
    assert bound([0.4]) == 0.0
    assert bound([0.0, 1.0]) == 1.0


def test_runs_bring_their_own_bound_and_use_it_at_once() -> None:
    base, better = mean_of_runs([reading(0.5), reading(0.6), reading(0.4)]), mean_of_runs([reading(0.6), reading(0.7), reading(0.5)])
    assert bound_of_runs(base) == pytest.approx(4.3027 * 0.1 * (2 / 3) ** 0.5)
    sides = [Measurements(readings={"speed": found}) for found in (base, better)]
    assessed = assess(contract("speed"), sides[0], sides[1], sides[1])
    assert assessed.delta == pytest.approx(0.1)
    assert (assessed.progress, assessed.not_worse) == (False, True)


def test_a_candidate_that_spreads_more_makes_no_fall_invisible() -> None:
    base, wild = reading(0.5), mean_of_runs([reading(0.1), reading(0.4)])
    sides = [Measurements(readings={"speed": found}) for found in (base, wild)]
    assessed = assess(contract("speed"), sides[0], sides[1], sides[1])
    assert (assessed.progress, assessed.not_worse, [fall.name for fall in assessed.falls]) == (False, False, ["speed"])


def test_a_calibrated_bound_decides_until_a_gain_is_larger() -> None:
    sides = [Measurements(readings={"speed": reading(value)}) for value in (0.50, 0.55)]
    told = [assess(contract("speed", noise={"speed": noise}), sides[0], sides[1], sides[1]).progress for noise in (0.04, 0.06)]
    assert told == [True, False]
