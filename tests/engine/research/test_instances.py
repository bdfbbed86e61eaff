"""Instances as units: as good as they are independent."""

import math
from random import Random

import pytest

from tools.engine.research.deciding import Rule, decide
from tools.engine.research.instances import Dispersion, chi_squared, deflated_p, dispersion_of, pooled, unit_for


def runs(count: int, shock: float, seed: int = 5) -> list[list[float]]:
    """Of forty instances that pass half of the time; a shock moves all of a run."""
    random = Random(seed)
    chances = [min(1.0, max(0.0, 0.5 + random.gauss(0, shock))) for _ in range(count)]
    return [[float(random.random() < chance) for _ in range(40)] for chance in chances]


def test_independent_instances_are_not_dispersed_and_those_of_a_shock_are() -> None:
    assert dispersion_of(runs(200, 0.0)).ratio == pytest.approx(1.0, abs=0.15)
    assert dispersion_of(runs(200, 0.2)).ratio > 3


def test_what_is_the_same_each_time_or_was_run_once_says_nothing() -> None:
    assert dispersion_of([[1.0, 0.0]] * 5) == Dispersion()
    assert dispersion_of([[1.0, 0.0]]) == Dispersion()
    assert Dispersion().upper() == math.inf


def test_dispersions_of_several_trees_are_weighted_by_what_is_known_of_each() -> None:
    assert pooled([Dispersion(1.0, 9), Dispersion(3.0, 3), Dispersion()]) == Dispersion(1.5, 12)
    assert pooled([]) == Dispersion()


def test_the_upper_bound_comes_closer_as_more_is_known() -> None:
    assert Dispersion(1.3, 9).upper() == pytest.approx(1.3 * 9 / 4.168, rel=0.01)
    assert 1.3 < Dispersion(1.3, 400).upper() < 1.45
    assert Dispersion(0.2, 9).upper() == 1.0


@pytest.mark.parametrize(("share", "freedom", "quantile"), [(0.10, 9, 4.168), (0.10, 19, 11.651), (0.20, 9, 5.380), (0.95, 5, 11.070)])
def test_quantiles_of_chi_squared_are_those_of_the_tables(share: float, freedom: int, quantile: float) -> None:
    assert chi_squared(share, freedom) == pytest.approx(quantile, rel=0.01)


def test_won_and_lost_instances_give_the_z_of_mcnemar() -> None:
    scores = [1.0] * 40 + [-1.0] * 15 + [0.0] * 45
    z = (40 - 15 - 1) / math.sqrt((40 + 15) * 2.0)
    assert deflated_p(scores, 2.0) == pytest.approx(math.erfc(z / math.sqrt(2)) / 2)
    assert deflated_p(scores, math.inf) == deflated_p([0.0] * 5, 1.0) == 1.0


def test_it_is_never_below_the_exact_test() -> None:
    assert deflated_p([1.0] * 9 + [-1.0], 1.0) >= 11 / 1024
    assert deflated_p([0.5, 0.25, 0.75], 1.0) >= 1 / 8


def test_more_dispersion_never_makes_it_smaller() -> None:
    scores = [0.3, 0.5, -0.1, 0.4, 0.2, 0.6, 0.1, 0.3]
    found = [deflated_p(scores, inflation) for inflation in (1.0, 1.5, 3.0, 10.0)]
    assert found == sorted(found)


def test_pairs_decide_where_enough_of_them_may_be_run() -> None:
    known = Dispersion(1.1, 9)
    assert [unit_for(cap, known) for cap in (6, 11, 12, 30)] == ["instance", "instance", "pair", "pair"]
    assert unit_for(6, Dispersion()) == "pair"


def test_what_instances_share_is_taken_for_evidence_unless_it_is_divided_out() -> None:
    inflation = dispersion_of(runs(20, 0.15)).upper()
    found = {1.0: 0, inflation: 0}
    for attempt in range(150):
        base, candidate = runs(5, 0.15, 2 * attempt), runs(5, 0.15, 2 * attempt + 1)
        instances = [[after - before for before, after in zip(*pair, strict=True)] for pair in zip(base, candidate, strict=True)]
        pairs = [sum(each) / len(each) for each in instances]
        for each in found:
            found[each] += decide(pairs, Rule((5,), 0.05, unit="instance", inflation=each), instances).outcome == "better"
    assert found[1.0] > 2 * 0.05 * 150, "these simulations can fail"
    assert found[inflation] <= 0.05 * 150
