"""The sign-flip test: exact in its size whatever the noise, and blind to what is no evidence."""

import math
from itertools import product
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tools.engine.research import sign_flip
from tools.engine.research.sign_flip import p_value, ranks

TOLERANCE = 5e-4  # of p, for what rounding to steps may move
differences = st.lists(st.integers(-20_000, 20_000).map(lambda value: value / 100), min_size=1, max_size=7)


def sums(scores: list[float]) -> list[float]:
    """Of all patterns of signs."""
    sizes = [abs(score) for score in scores if score]
    return [math.fsum(sign * size for sign, size in zip(signs, sizes, strict=True)) for signs in product((1, -1), repeat=len(sizes))]


def rounding(scores: list[float]) -> float:
    """How far rounding sizes to steps may move a sum against the one seen, on both sides."""
    return 2 * len(scores) * max(map(abs, scores)) / sign_flip.STEPS + 1e-9


@given(st.lists(st.floats(0.001, 100), min_size=1, max_size=7), st.booleans())
@settings(max_examples=30)
def test_no_share_of_all_patterns_of_signs_is_below_itself(sizes: list[float], ranked: bool) -> None:
    patterns = ([sign * size for sign, size in zip(signs, sizes, strict=True)] for signs in product((1, -1), repeat=len(sizes)))
    found = sorted(p_value(ranks(pattern) if ranked else pattern) for pattern in patterns)
    assert all(number <= p * len(found) + 1e-9 for number, p in enumerate(found, 1))


@given(differences)
def test_it_is_the_share_of_patterns_that_reach_what_was_seen_and_never_less(scores: list[float]) -> None:
    found, seen = sums(scores), math.fsum(scores)
    exactly = sum(each >= seen - 1e-9 for each in found) / len(found)
    roughly = sum(each >= seen - rounding(scores) for each in found) / len(found)
    assert exactly <= p_value(scores) <= roughly


@given(differences, st.integers(0, 6), st.floats(0, 50))
def test_raising_a_difference_never_raises_p(scores: list[float], place: int, more: float) -> None:
    raised = list(scores)
    raised[place % len(scores)] += more
    assert p_value(raised) <= p_value(scores) + TOLERANCE


@given(st.lists(st.integers(1, 1000), min_size=2, max_size=7, unique=True), st.data())
def test_raising_a_difference_never_raises_the_p_of_ranks_without_ties(sizes: list[int], data: st.DataObject) -> None:
    scores = [float(size * data.draw(st.sampled_from((1, -1)))) for size in sizes]
    raised = list(scores)
    raised[data.draw(st.integers(0, len(scores) - 1))] += data.draw(st.integers(1, 999)) + 0.5
    assert p_value(ranks(raised)) <= p_value(ranks(scores)) + TOLERANCE


@given(differences, st.sampled_from((0.25, 8.0, 1024.0)), st.randoms(use_true_random=False))
def test_neither_scale_nor_order_nor_even_pairs_change_p(scores: list[float], scale: float, random: Random) -> None:
    shuffled = [*(score * scale for score in scores), 0.0, 0.0]
    random.shuffle(shuffled)
    assert p_value(shuffled) == p_value(scores)
    assert p_value(ranks(shuffled)) == p_value(ranks(scores))


@given(differences)
def test_with_the_sides_swapped_p_is_what_is_left_and_those_that_are_equal(scores: list[float]) -> None:
    found, seen = sums(scores), math.fsum(scores)
    equal = sum(abs(each - seen) <= rounding(scores) for each in found) / len(found)
    assert 1 - 1e-9 <= p_value(scores) + p_value([-score for score in scores]) <= 1 + equal + 1e-9


@pytest.mark.parametrize("pairs", [1, 3, 12, 40, 41, 200])
def test_all_won_is_the_smallest_p_there_is(pairs: int) -> None:
    assert p_value([1.0 + pair / 7 for pair in range(pairs)]) == 0.5**pairs
    assert p_value([0.0] * pairs) == 1


def test_nine_of_ten_discordant_are_counted_as_heads_and_tails() -> None:
    assert p_value([1.0] * 9 + [-1.0] + [0.0] * 30) == 11 / 1024
    assert p_value([1.0] * 6000 + [-1.0] * 5800) == pytest.approx(0.0335, abs=5e-4), "of thousands of instances too"
    assert p_value([0.1 * 3] * 9 + [0.1 - 0.4]) == 11 / 1024, "what differs by a last digit is equal"


@pytest.mark.parametrize("count", [13, 20, 21, 26])
def test_halves_and_digits_count_the_same(count: int) -> None:
    random = Random(count)
    sizes = [random.randint(1, sign_flip.STEPS) for _ in range(count)]
    for least in (0, sum(sizes) // 2, int(0.8 * sum(sizes)), sum(sizes), sum(sizes) + 1):
        assert sign_flip._by_halves(sizes, least) == sign_flip._by_digits(sizes, least)


@pytest.mark.parametrize("lift", [-0.3, 0.0, 0.3, 0.6, 0.9])
def test_the_saddlepoint_is_close_to_the_exact_count(lift: float) -> None:
    random = Random(7)
    sizes, seen = zip(*((max(1, round(abs(value) * 4000)), value) for value in (random.gauss(lift, 1) for _ in range(30))), strict=True)
    total = sum(size if value > 0 else -size for size, value in zip(sizes, seen, strict=True))
    assert sign_flip._saddlepoint(sizes, total) == pytest.approx(sign_flip._counted(sizes, total), rel=0.02)


@pytest.mark.parametrize("sizes", [[1, 2] * 15, [1, 1, 1, 1, 5] * 6, [2, 3] * 15], ids=str)
def test_the_saddlepoint_does_not_fall_below_the_exact_count_of_coarse_differences(sizes: list[int]) -> None:
    scaled = [size * 2048 for size in sizes]
    for won in (20, 24, 27):
        total = sum(size if number < won else -size for number, size in enumerate(scaled))
        exact = sign_flip._counted(scaled, total)
        assert 0.98 * exact <= sign_flip._saddlepoint(scaled, total) <= 1.3 * exact


@pytest.mark.parametrize("lost", [0, 3, 20, 40, 60, 77, 80])
def test_a_tail_above_the_exact_count_is_a_share(lost: int) -> None:
    scores = [(-1 if pair < lost else 1) * (1 + pair % 9) for pair in range(80)]
    assert 0.5**80 <= p_value(scores) <= 1
    assert p_value(scores) + p_value([-score for score in scores]) >= 0.98


def test_ranks_share_the_middle_where_sizes_are_equal() -> None:
    assert ranks([0.0, -3.0, 5.0, 3.0, 1.0, -3.0]) == [0.0, -3.0, 5.0, 3.0, 1.0, -3.0]
    assert ranks([0.5, -0.5, 9.0]) == [1.5, -1.5, 3.0]
