"""An attempt is paid for before its first run, and nothing gives that back: no restart, no other name, no other instrument."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from state.campaigns import Attempt, Campaign
from state.configuration.research import InnerLoop, ResearchTarget
from state.errors import Refusal
from state.metric_calibrations import MetricCalibrated, MetricCalibration
from state.runs import Run, RunTaken
from state.store import Store
from tests.support.stores import append
from tools.engine.research.attempts import Asked, Ways, is_deterministic, ledger_of, open_attempt, open_campaign, paid, take_look
from tools.engine.research.instrument import Instrument
from tools.engine.session import Session

TARGET = ResearchTarget.model_validate(
    {"objective": "maximise the rate", "metric": "rate", "target": "1", "run_command": "run", "result_path": "out.json"}
)
WAYS = Ways(TARGET, InnerLoop())
HERE, THERE = Instrument({"machine": "one"}), Instrument({"machine": "another"})
BASE, TREE = "b" * 40, "1" * 40
ASKED = Asked(experiment=1, cycle=1, tree=TREE, base_tree=BASE)


class Workshop:
    """What attempts are written down in: a store, and no views."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.store = Store(folder)

    def write_views(self) -> None:
        """There are none."""


@pytest.fixture
def workshop(tmp_path: Path) -> Iterator[Session]:
    workshop = Workshop(tmp_path / "refactory")
    yield cast("Session", workshop)
    workshop.store.close()


def campaign(workshop: Session, ways: Ways = WAYS, instrument: Instrument = HERE) -> Campaign:
    return open_campaign(workshop, ways, ("c" * 40, BASE), instrument)


def opened(workshop: Session, number: int, ways: Ways = WAYS, instrument: Instrument = HERE, **changes: Any) -> Attempt:
    """An attempt at a tree of its own."""
    asked = replace(ASKED, experiment=number, tree=f"{number:040d}", **changes)
    return open_attempt(workshop, campaign(workshop, ways, instrument), ways, asked)


def taken(workshop: Session, attempt: Attempt, values: list[tuple[float | None, float | None]]) -> None:
    """Pairs of runs of an attempt, each as base and candidate."""
    for pair, sides in enumerate(values, 1):
        for place, (side, value) in enumerate(zip(("base", "candidate"), sides, strict=True)):
            run = Run.model_validate(
                {
                    "number": 1000 * attempt.id + 2 * pair + place, "campaign": attempt.campaign, "purpose": "pair",
                    "attempt": attempt.id if side == "candidate" else None, "serves": (attempt.id,), "pair": 100 * attempt.id + pair, "side": side,
                    "tree": TREE, "seed": 1, "status": "pass" if value is not None else "fail", "value": value, "seconds": 1.0,
                    "at": "2026-11-20T10:00:00.000Z",
                }
            )  # fmt: skip
            append(workshop.store, RunTaken(run=run))


def calibrated(workshop: Session, **changes: Any) -> None:
    found = MetricCalibration.model_validate({"campaign": 1, "tree": BASE, "pairs": 10, "deterministic": False, "mean": 1.0, **changes})
    append(workshop.store, MetricCalibrated(calibration=found))


def test_the_same_trees_are_the_same_attempt_whatever_they_are_called_and_whoever_asks(workshop: Session) -> None:
    first = opened(workshop, 1)
    again = open_attempt(workshop, campaign(workshop), WAYS, replace(ASKED, experiment=99, cycle=7, tree=f"{1:040d}"))
    assert (again.id, ledger_of(workshop, campaign(workshop)).attempts) == (first.id, 1)
    restarted = cast("Session", Workshop(cast("Any", workshop).folder))
    assert opened(restarted, 1).id == first.id
    assert opened(restarted, 2).plan.alpha == pytest.approx(0.10 * 50 / (51 * 52))
    restarted.store.close()


def test_another_instrument_goes_on_with_the_count_and_shares_never_exceed_the_budget(workshop: Session) -> None:
    shares = [opened(workshop, number, instrument=(HERE, THERE)[number % 2]).plan.alpha for number in range(1, 60)]
    assert shares == sorted(shares, reverse=True)
    assert sum(shares) == pytest.approx(0.10 * 59 / 109)
    assert paid(workshop, campaign(workshop)) == pytest.approx(sum(shares))


def test_attempts_that_are_declared_later_get_no_more_than_is_left_and_then_it_is_over(workshop: Session) -> None:
    declared = Ways(TARGET, InnerLoop.model_validate({"attempts": "4"}))
    for number in (1, 2):
        opened(workshop, number)
    for number in (3, 4):
        opened(workshop, number, declared)
    assert paid(workshop, campaign(workshop)) <= 0.10
    with pytest.raises(Refusal, match="error budget of this campaign is spent") as caught:
        opened(workshop, 5, declared)
    assert caught.value.code == "BUDGET_SPENT"


def test_pruning_pays_from_a_budget_of_its_own(workshop: Session) -> None:
    opened(workshop, 1)
    pruned = opened(workshop, 2, question="prune", margin=0.1)
    assert (pruned.number, pruned.plan.spent, pruned.plan.margin) == (1, 0.0, 0.1)


def test_an_attempt_is_looked_at_as_its_pairs_come_and_its_end_stands(workshop: Session) -> None:
    attempt = opened(workshop, 1)
    taken(workshop, attempt, [(1.0, 2.0 + pair / 100) for pair in range(12)])
    ended = take_look(workshop, attempt, TARGET.target)
    assert ([look.n for look in ended.looks], ended.outcome) == ([3, 6, 12], "better")
    assert take_look(workshop, ended, TARGET.target) == ended
    assert opened(workshop, 1) == ended


def test_a_lost_run_is_no_value_and_three_of_the_candidate_end_it_without_a_verdict(workshop: Session) -> None:
    attempt = opened(workshop, 1)
    taken(workshop, attempt, [(1.0, 2.0), (1.0, None), (1.0, None), (1.0, None)])
    ended = take_look(workshop, attempt, TARGET.target)
    assert ended.ending is not None
    assert (ended.outcome, ended.ending.only_candidate, ended.looks) == ("error", 3, ())


def test_what_ended_because_nothing_ran_may_be_tried_again_and_pays_again(workshop: Session) -> None:
    attempt = opened(workshop, 1)
    taken(workshop, attempt, [(None, None), (None, None)])
    assert take_look(workshop, attempt, TARGET.target).outcome == "environment"
    again = opened(workshop, 1)
    assert (again.id, again.number, again.looks) == (2, 2, ())


def test_a_metric_that_is_the_same_each_time_pays_nothing_until_two_runs_of_a_tree_differ(workshop: Session) -> None:
    campaign(workshop)
    calibrated(workshop, deterministic=True)
    free = opened(workshop, 1)
    assert (free.number, free.plan.alpha, free.plan.looks) == (0, 0.0, (1,))
    taken(workshop, free, [(None, 2.0), (None, 3.0)])
    assert not is_deterministic(workshop, 1)
    assert take_look(workshop, free, TARGET.target, 1.0).outcome == "environment"
    paying = opened(workshop, 1)
    assert (paying.number, paying.plan.kind) == (1, "noisy")


def test_the_lane_of_large_effects_is_open_only_where_calibration_knows_the_noise(workshop: Session) -> None:
    assert opened(workshop, 1).plan.steady is None
    calibrated(workshop, sigma_d=0.05, freedom=8)
    assert opened(workshop, 2).plan.steady is None
    calibrated(workshop, sigma_d=0.05, freedom=9)
    attempt = opened(workshop, 3)
    taken(workshop, attempt, [(1.0, 2.0), (1.0, 2.1), (1.0, 1.9)])
    ended = take_look(workshop, attempt, TARGET.target)
    assert ended.ending is not None
    assert (ended.outcome, ended.looks[-1].lane) == ("better", True)
    assert "Gaussian" in ended.ending.reason
