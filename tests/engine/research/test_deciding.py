"""One attempt: better, not better, untold or more; what lost runs and few large differences come to; and that a replay says the same."""

import json
from dataclasses import asdict, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.engine.research.deciding import Pair, Rule, decide
from tools.engine.research.ledger import Ledger
from tools.engine.research.looks import looks_for

RULE = Rule(looks_for(3, 30), Ledger().next_alpha())
pairs_in_order = st.lists(st.one_of(st.integers(-9, 20).map(lambda value: value / 10), st.sampled_from(("candidate", "base", "both"))), max_size=40)


@pytest.mark.parametrize(
    ("pairs", "outcome"),
    [
        ([], "more"),
        ([0.1] * 6, "more"),
        ([-0.1] * 3, "not_better"),
        ([0.1] * 12, "better"),
        ([0.1, 0.0, 0.0], "more"),
        ([0.0] * 3, "more"),
        ([0.0] * 6, "not_better"),
        ([0.1, *[0.0] * 5], "more"),
        ([-0.1, *[0.0] * 5], "not_better"),
        ([0.1, -0.1, 0.1, 0.1, -0.1, -0.1], "not_better"),
    ],
    ids=str,
)
def test_what_pairs_come_to(pairs: list[Pair], outcome: str) -> None:
    assert decide(pairs, RULE).outcome == outcome


def test_while_there_is_more_to_run_it_says_how_many_pairs_the_next_look_takes() -> None:
    assert [decide([0.1] * pairs, RULE).next for pairs in (0, 2, 3, 5, 6, 11, 12)] == [3, 3, 6, 6, 12, 12, None]


def test_at_the_cap_what_is_not_refuted_cannot_be_told() -> None:
    rule = Rule((6,), RULE.alpha)
    assert decide([0.1] * 6, rule).outcome == "cannot_tell"
    assert decide([0.1] * 4 + [-0.1] * 2, rule).outcome == "not_better"


def test_a_gain_below_the_least_that_counts_is_never_kept() -> None:
    assert decide([0.1] * 30, replace(RULE, min_effect=0.2)).outcome == "cannot_tell"
    assert decide([0.3] * 12, replace(RULE, min_effect=0.2)).outcome == "better"


def test_no_error_left_keeps_nothing() -> None:
    assert decide([0.1] * 30, replace(RULE, alpha=0.0)).outcome == "cannot_tell"


def test_one_wild_pair_does_not_undo_a_median() -> None:
    pairs = [0.1] * 7 + [-20.0] + [0.1 + number / 100 for number in range(22)]
    by_median = decide(pairs, replace(RULE, aggregate="median"))
    assert (by_median.outcome, decide(pairs, RULE).outcome) == ("better", "not_better")
    assert by_median.looks[-1].estimate > 0 > by_median.looks[-1].mean


def test_an_estimate_is_the_median_where_that_is_what_counts() -> None:
    looks = [decide([0.1, 0.2, 0.9], replace(RULE, aggregate=aggregate)).looks[0].estimate for aggregate in ("mean", "median")]
    assert looks == [pytest.approx(0.4), 0.2]


def test_lines_that_hold_for_an_attempt_are_its_own() -> None:
    pairs = [0.3, -0.2, 0.1]
    assert decide(pairs, RULE).outcome == "more"
    assert decide(pairs, replace(RULE, futility=((2, 0.2),))).outcome == "not_better"


def test_groups_that_all_passed_are_won_lost_or_even() -> None:
    rule = replace(RULE, looks=looks_for(3, 12), aggregate="all_pass")
    look = decide([1.0, 0.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.0, 1.0, 1.0, 1.0, 1.0], rule).looks[-1]
    assert (look.even, look.units, look.p, look.outcome) == (2, 10, 0.5**10, "better")


def test_few_pairs_that_are_large_beyond_noise_are_kept_only_where_noise_is_known() -> None:
    large = [5.0, 5.2, 4.9]
    assert decide(large, RULE).outcome == "more"
    decision = decide(large, replace(RULE, steady=1.0))
    assert (decision.outcome, decision.looks[0].lane) == ("better", True)
    assert decide(large, replace(RULE, steady=1.1)).outcome == "more", "not large against the noise that was seen"
    assert decide([9.0, 1.0, 5.0], replace(RULE, steady=0.1)).outcome == "more", "not large against its own"
    assert decide([5.0, 5.2, -0.1], replace(RULE, steady=0.01)).outcome == "more", "not every pair is won"
    assert decide(large, replace(RULE, steady=1.0, min_effect=6.0)).outcome == "more", "not as large as counts"
    assert decide(["candidate", *large], replace(RULE, steady=1.0)).outcome == "more", "a run was lost"


def test_a_lost_run_is_no_value() -> None:
    decision = decide([0.1, "candidate", 0.1, "base", 0.1], RULE)
    assert (decision.looks[0].n, decision.losses.started) == (3, 5)
    assert decision.looks[0].mean == pytest.approx(0.1)


@pytest.mark.parametrize(
    ("pairs", "outcome"),
    [
        (["candidate"] * 3, "error"),
        (["candidate"] * 2, "more"),
        ([0.1, "candidate", 0.1, "candidate", 0.2, 0.1, 0.1, 0.1, 0.1, "candidate"], "error"),
        ([0.1, "base", 0.1, "base", 0.2, 0.1, 0.1, 0.1, 0.1, "base"], "unstable"),
        (["both", "both"], "environment"),
        (["both", 0.1, "both"], "more"),
    ],
    ids=str,
)
def test_lost_runs_end_an_attempt_without_a_verdict(pairs: list[Pair], outcome: str) -> None:
    assert decide(pairs, RULE).outcome == outcome


def test_what_was_lost_is_counted_by_who_lost_it() -> None:
    losses = decide(["both", 0.1, "base", "candidate", "base", "both"], RULE).losses
    assert (losses.both, losses.both_in_a_row, losses.only_base, losses.only_candidate, losses.started) == (2, 1, 2, 1, 6)


def test_three_lost_runs_among_many_do_not_end_an_attempt() -> None:
    pairs: list[Pair] = [0.1, 0.2, 0.1, -0.1, 0.2, 0.1, 0.2, "candidate", 0.1, -0.1, 0.1, "candidate", 0.1, 0.2, "candidate"]
    assert decide(pairs, RULE).outcome == "more"


def test_a_keep_has_to_survive_what_lost_runs_may_have_hidden() -> None:
    won: list[Pair] = [0.1] * 12
    assert decide(["base", *won], RULE).outcome == "better"
    assert decide(["candidate", *won], RULE).outcome == "more"
    assert decide(["candidate", "base", *won], RULE).outcome == "better", "the base lost as many"
    at_the_cap = decide(["candidate", *won], replace(RULE, looks=(12,), alpha=0.0005))
    assert at_the_cap.outcome == "cannot_tell"


def test_losses_after_a_look_do_not_change_what_it_said() -> None:
    won: list[Pair] = ["candidate", *[0.1] * 12]
    before = decide(won, RULE)
    assert decide([*won, "base"], RULE).looks == before.looks


def test_instances_decide_where_pairs_are_too_few() -> None:
    rule = Rule(looks_for(3, 5), RULE.alpha, unit="instance")
    instances = [[1.0] * 6 + [0.0] * 14] * 5
    assert decide([0.3] * 5, replace(rule, unit="pair")).outcome == "cannot_tell"
    assert decide([0.3] * 5, rule, instances).outcome == "better"
    shared = decide([0.3] * 5, replace(rule, inflation=4.0), instances)
    assert (shared.outcome, shared.looks[-1].units) == ("cannot_tell", 30)


def test_a_keep_by_instances_survives_lost_runs_only_if_all_of_theirs_may_be_lost() -> None:
    rule = Rule((5,), RULE.alpha, unit="instance")
    instances = [[1.0] * 6 + [0.0] * 14] * 5
    assert decide(["candidate", *[0.3] * 5], rule, instances).outcome == "cannot_tell"


@given(pairs_in_order, st.sampled_from(("mean", "median")), st.integers(1, 60))
def test_what_is_stored_replays_to_the_same_verdict(pairs: list[Pair], aggregate: str, attempt: int) -> None:
    rule = Rule(RULE.looks, Ledger(attempts=attempt - 1).next_alpha(), "median" if aggregate == "median" else "mean")
    stored = json.loads(json.dumps({"rule": asdict(rule), "pairs": pairs}))
    again = Rule(**{**stored["rule"], "looks": tuple(stored["rule"]["looks"])})
    assert decide(stored["pairs"], again) == decide(pairs, rule)


@given(pairs_in_order)
def test_asked_after_each_pair_it_says_what_it_says_of_all_of_them(pairs: list[Pair]) -> None:
    whole = decide(pairs, RULE)
    steps = [decide(pairs[:taken], RULE) for taken in range(len(pairs) + 1)]
    ended = next((number for number, step in enumerate(steps) if step.outcome != "more"), len(pairs))
    assert {step.outcome for step in steps[:ended]} <= {"more"}
    assert all(step == whole for step in steps[ended:])
    assert all(step.looks == whole.looks[: len(step.looks)] for step in steps)
