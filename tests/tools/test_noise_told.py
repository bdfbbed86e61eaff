"""What start_cycle says of a noisy metric before anything is tried: what can be told, or that nothing can."""

from dataclasses import replace

import pytest

from state.configuration.research import InnerLoop
from tools.engine.research.instances import Dispersion
from tools.engine.research.ledger import Ledger
from tools.engine.research.noise_of_the_metric import Noise
from tools.researched import tells

ALPHA = Ledger().next_alpha()
NOISE = Noise(
    deterministic=False, runs=20, lost=0, sigma=1.0, sigma_d=2**0.5, freedom=9, lag=0.0, drift=0.0, outliers=0, dispersion=Dispersion(), seconds=1.0
)  # fmt: skip


def test_the_smallest_difference_is_said_with_its_runs_and_what_half_of_it_takes() -> None:
    assert tells(NOISE, InnerLoop(), ALPHA) == {"tells": "from 1.183 on, four times in five, within 30 pairs (60 runs); half of that takes 106 pairs"}


@pytest.mark.parametrize(
    ("loop", "said"),
    [
        (InnerLoop(max_inner_runs_per_cycle=8, aggregate="median"), "8 runs of a candidate can keep nothing of a noisy metric"),
        (InnerLoop(runs_per_cycle=5, aggregate="max"), "30 runs of a candidate can keep nothing of a noisy metric"),
    ],
    ids=["pairs", "groups"],
)
def test_a_cap_at_which_nothing_can_be_kept_is_said(loop: InnerLoop, said: str) -> None:
    assert tells(NOISE, loop, ALPHA)["tells_nothing"].startswith(said)


def test_a_cap_that_only_large_gains_pass_is_said_with_how_large_they_are() -> None:
    loop = InnerLoop(max_inner_runs_per_cycle=8)
    assert (
        tells(NOISE, loop, ALPHA)["tells"] == "only from 4.619 on; of less 8 pairs can keep nothing, it takes at least 9 (max_inner_runs_per_cycle)"
    )
    assert "tells_nothing" in tells(replace(NOISE, freedom=3), loop, ALPHA)


def test_few_pairs_tell_by_instances_where_these_are_known() -> None:
    assert list(tells(replace(NOISE, dispersion=Dispersion(1.1, 19)), InnerLoop(max_inner_runs_per_cycle=6), ALPHA)) == ["told_by"]


def test_what_is_not_known_is_not_said() -> None:
    assert tells(NOISE, InnerLoop(), 0.0) == {}, "no error is left"
    assert tells(NOISE, InnerLoop(runs_per_cycle=3, aggregate="max", max_inner_runs_per_cycle=90), ALPHA) == {}, "groups were not calibrated"
    assert tells(replace(NOISE, sigma_d=None), InnerLoop(), ALPHA) == {}
