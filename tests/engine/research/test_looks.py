"""When an attempt is looked at, what each look may use of its error, and when going on is hopeless."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.engine.research.groups import looks_of, runs_of_a_unit, value_of
from tools.engine.research.ledger import Ledger
from tools.engine.research.looks import fewest_that_keep, futility_line, limit_of, looks_for, share_of


def limits(looks: tuple[int, ...], alpha: float, units: list[int]) -> list[float]:
    carried, found = 0.0, list[float]()
    for pairs, counted in zip(looks, units, strict=True):
        limit, carried = limit_of(carried + share_of(looks, pairs, alpha), counted)
        found.append(limit)
    return found


@pytest.mark.parametrize(
    ("first", "cap", "expected"),
    [
        (3, 30, (3, 6, 12, 20, 30)), (5, 30, (5, 10, 20, 30)), (3, 40, (3, 6, 12, 20, 40)), (3, 20, (3, 6, 12, 20)), (1, 30, (3, 6, 12, 20, 30)),
        (3, 9, (3, 6, 9)), (10, 12, (10, 12)), (5, 5, (5,)), (8, 3, (3,)),
    ],
)  # fmt: skip
def test_looks_grow_up_to_the_cap(first: int, cap: int, expected: tuple[int, ...]) -> None:
    assert looks_for(first, cap) == expected


@given(st.integers(1, 60), st.integers(1, 400))
def test_the_cap_is_the_last_look_and_each_comes_after_more_pairs(first: int, cap: int) -> None:
    looks = looks_for(first, cap)
    assert looks[-1] == cap
    assert list(looks) == sorted(set(looks))


@pytest.mark.parametrize(
    ("attempt", "alpha", "at_each_look", "fewest"),
    [
        (1, 0.00196, (0, 0, 5.8e-4, 5.5e-4, 8.3e-4), 12), (25, 0.00090, (0, 0, 2.7e-4, 2.5e-4, 3.8e-4), 12),
        (50, 0.00051, (0, 0, 0, 2.9e-4, 2.1e-4), 20), (200, 0.000080, (0, 0, 0, 4.6e-5, 3.4e-5), 20), (1000, 0.000005, (0, 0, 0, 2.6e-6, 1.9e-6), 20),
    ],
)  # fmt: skip
def test_what_an_attempt_has_for_its_looks(attempt: int, alpha: float, at_each_look: tuple[float, ...], fewest: int) -> None:
    share, looks = Ledger(attempts=attempt - 1).next_alpha(), looks_for(3, 30)
    assert share == pytest.approx(alpha, rel=0.1, abs=5e-6)
    assert limits(looks, share, list(looks)) == pytest.approx(at_each_look, rel=0.02)
    assert fewest_that_keep(looks, share) == fewest


@given(st.integers(3, 10), st.integers(3, 60), st.floats(1e-9, 0.1), st.data())
def test_the_limits_of_an_attempt_add_up_to_its_share_at_the_most_and_can_be_reached(first: int, cap: int, alpha: float, data: st.DataObject) -> None:
    looks = looks_for(first, cap)
    units = [data.draw(st.integers(0, pairs)) for pairs in looks]
    found = limits(looks, alpha, units)
    assert sum(found) <= alpha * (1 + 1e-12)
    assert all(limit == 0 or limit >= 0.5**counted for limit, counted in zip(found, units, strict=True))


def test_too_few_pairs_can_never_keep() -> None:
    assert fewest_that_keep(looks_for(3, 8), Ledger().next_alpha()) is None
    assert fewest_that_keep(looks_for(3, 9), Ledger().next_alpha()) == 9
    assert fewest_that_keep(looks_for(3, 30), 0.0) is None


@pytest.mark.parametrize(
    ("uneven", "line"),
    [(0, None), (1, None), (2, 3 / 8), (5, 3 / 8), (6, 1 / 4), (11, 1 / 4), (12, 1 / 16), (19, 1 / 16), (20, 1 / 64), (90, 1 / 64)],
)
def test_lines_fall_as_pairs_grow(uneven: int, line: float | None) -> None:
    assert futility_line(uneven) == line


def test_the_best_of_several_and_all_that_must_pass_are_decided_in_groups() -> None:
    assert (looks_of("max", 5, 60), runs_of_a_unit("max", 5)) == ((3, 6, 12), 5)
    assert (looks_of("all_pass", 5, 3), runs_of_a_unit("all_pass", 5)) == ((1,), 5)
    assert (looks_of("median", 5, 30), runs_of_a_unit("median", 5)) == ((5, 10, 20, 30), 1)


def test_the_value_of_a_group() -> None:
    assert value_of("max", [0.1, 0.7, 0.4]) == 0.7
    assert [value_of("all_pass", runs) for runs in ([1.0, 1.0], [1.0, 0.0])] == [1.0, 0.0]
    assert value_of("mean", [0.3]) == 0.3
