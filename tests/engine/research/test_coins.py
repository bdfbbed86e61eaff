"""Who goes first: a coin of the record's own, that nobody chooses."""

from collections import Counter

from tools.engine.research.coins import candidate_first, in_order, seed_of


def test_both_orders_come_up_about_as_often() -> None:
    heads = [sum(candidate_first(campaign, attempt, pair) for pair in range(1, 1001)) for campaign, attempt in ((1, 1), (1, 2), (7, 1))]
    assert all(400 <= each <= 600 for each in heads)


def test_the_coin_is_known_by_anybody_who_knows_the_record() -> None:
    assert [candidate_first(3, 7, pair) for pair in range(1, 30)] == [candidate_first("3", "7", pair) for pair in range(1, 30)]
    assert [candidate_first(3, 7, pair) for pair in range(1, 30)] != [candidate_first(3, 8, pair) for pair in range(1, 30)]


def test_seeds_are_of_31_bits_and_differ_from_pair_to_pair() -> None:
    seeds = [seed_of(1, 1, pair) for pair in range(1, 500)]
    assert len(set(seeds)) == len(seeds)
    assert 2**30 < max(seeds) < 2**31


def test_sides_of_a_block_come_in_every_order_and_none_is_preferred() -> None:
    orders = Counter(tuple(in_order(1, block, ["base", "4", "5"])) for block in range(1, 1201))
    assert len(orders) == 6
    assert min(orders.values()) > 150
    assert in_order(1, 9, ["base", "4", "5"]) == in_order(1, 9, ["5", "base", "4"])
