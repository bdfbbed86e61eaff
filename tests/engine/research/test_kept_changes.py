"""The changes that a campaign kept and that stand: their gains beside what is held out, when a total is due, and what a removal may lose."""

from pathlib import Path

import pytest

from state.campaign_totals import Total
from state.campaigns import AttemptPlan, Ending
from state.store import Store
from state.undoing import ExperimentUndone
from tests.support.attempts import attempt
from tests.support.kept_by_metric import CAMPAIGN, keep_by_metric, make_campaign
from tests.support.stores import append
from tools.engine.research.drift import KeptGain
from tools.engine.research.kept_changes import kept_changes, kept_gain, kept_gains
from tools.engine.research.pruning import SHARE, margin_of, removal_of
from tools.engine.research.totals import EVERY, is_due
from tools.gained import drift_warning

WORSE = {"base": 0.6, "candidate": 0.5}


@pytest.fixture
def store(tmp_path: Path) -> Store:
    found = Store(tmp_path / "store")
    make_campaign(found)
    return found


def test_each_kept_change_has_its_gain_and_what_that_was_on_what_is_held_out(store: Store) -> None:
    keep_by_metric(store, 1, gain=0.05, holdout={"base": 0.25, "candidate": 0.75})
    keep_by_metric(store, 2)
    assert kept_gains(store, CAMPAIGN) == [KeptGain(1, 0.05, 0.5), KeptGain(2, None, None)]
    assert kept_gain(store, 1) == KeptGain(1, 0.05, 0.5)


def test_a_change_that_was_taken_back_is_none_of_them(store: Store) -> None:
    keep_by_metric(store, 1, gain=0.05)
    append(store, ExperimentUndone(experiment=1, reason="No longer wanted."))
    assert kept_changes(store, CAMPAIGN) == ()


def test_a_change_whose_removal_was_asked_about_is_counted_once(store: Store) -> None:
    keep_by_metric(store, 1, gain=-0.01)
    keep_by_metric(store, 2, gain=0.1, question="prune")
    (kept,) = kept_changes(store, CAMPAIGN)
    assert kept.is_suspect


def test_that_the_metric_and_what_is_held_out_part_is_said_in_words(store: Store) -> None:
    for number in (1, 2):
        keep_by_metric(store, number, gain=0.05, holdout=WORSE)
    assert drift_warning(store, CAMPAIGN) == []
    keep_by_metric(store, 3, gain=0.05, holdout=WORSE)
    (said,) = drift_warning(store, CAMPAIGN)
    assert "the last 3 kept changes raised the metric by 0.15 and what is held out by -0.3" in said


def test_a_total_is_due_after_so_many_keeps_since_the_last_one() -> None:
    last = Total(campaign=1, base_tree="b", head_tree="h", pairs=10, gain=0.2, base_mean=0.3, head_mean=0.5, keeps=12)
    assert not is_due(EVERY - 1, [])
    assert is_due(EVERY, [])
    assert not is_due(EVERY + 2, [last])
    assert is_due(12 + EVERY, [last])


def test_a_removal_may_lose_half_of_the_confirmed_gain_and_never_less_than_counts(store: Store) -> None:
    keep_by_metric(store, 1, gain=0.08)
    keep_by_metric(store, 2, gain=-0.02)
    keep_by_metric(store, 3, gain=0.08, min_effect=0.06)
    margins = [margin_of(kept.attempt, kept.confirmed) for kept in kept_changes(store, CAMPAIGN)]
    assert margins == [pytest.approx(0.04), pytest.approx(SHARE * 0.3), pytest.approx(0.06)]


PRUNING = AttemptPlan(question="prune", margin=0.04, kind="noisy", alpha=0.001, spent=0.0, looks=(3, 6), direction="maximise")


def test_a_loss_is_told_without_the_margin_that_the_test_added() -> None:
    asked = attempt("better").model_copy(update={"plan": PRUNING})
    found = removal_of(asked, "Raise it")
    assert (found.matters, found.margin) == ("does_not_matter", 0.04)
    assert found.loss == pytest.approx(-0.01)
    assert not found.is_open


def test_a_removal_that_is_not_told_yet_or_lost_its_runs_is_no_word_on_the_change() -> None:
    open_yet = removal_of(attempt(None).model_copy(update={"plan": PRUNING}), "Raise it")
    assert (open_yet.matters, open_yet.is_open) == ("under_way", True)
    lost = attempt("better").model_copy(
        update={"plan": PRUNING, "ending": Ending(outcome="error", reason="the candidate lost too many of its runs", pairs=2)}
    )
    assert (removal_of(lost, "Raise it").matters, removal_of(lost, "Raise it").why) == ("not_measured", "the candidate lost too many of its runs")


@pytest.mark.parametrize(("outcome", "word"), [("not_better", "matters"), ("cannot_tell", "cannot_tell")])
def test_what_is_not_told_to_be_harmless_stays(outcome: str, word: str) -> None:
    ending = Ending.model_validate({"outcome": outcome, "reason": "r", "pairs": 6, "estimate": -0.03})
    assert removal_of(attempt("better").model_copy(update={"plan": PRUNING, "ending": ending}), "Raise it").matters == word
