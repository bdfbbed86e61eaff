"""Being stuck: three reverts in a row bar a category, a keep lifts it, and one category is always left."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from state.cycles import CATEGORY_ORDER, Category
from tools.engine.cycle.stuck import barred_by, barred_said

RESULTS = st.lists(st.tuples(st.sampled_from(CATEGORY_ORDER), st.booleans()), max_size=40)


def reverts(*categories: Category) -> list[tuple[Category, bool]]:
    return [(category, False) for category in categories]


@pytest.mark.parametrize(
    ("results", "barred"),
    [
        ([], ()),
        (reverts("fix", "fix"), ()),
        (reverts("fix", "fix", "fix"), ("fix",)),
        (reverts("fix", "fix", "explore", "fix"), ()),
        ([*reverts("fix", "fix"), ("fix", True), *reverts("fix")], ()),
        ([*reverts("fix", "fix", "fix"), ("explore", True)], ()),
        (reverts("fix", "fix", "fix", "explore", "explore", "explore"), ("fix", "explore")),
        (reverts("fix", "fix", "fix", "explore"), ("fix",)),
    ],
)
def test_three_reverts_in_a_row_bar_a_category_until_something_is_kept(results: list[tuple[Category, bool]], barred: tuple[str, ...]) -> None:
    assert barred_by(results) == barred
    assert all(name in barred_said(barred_by(results)) for name in barred)


def test_where_the_last_category_would_be_barred_the_others_may_be_tried_again() -> None:
    all_four = [result for category in CATEGORY_ORDER for result in reverts(category, category, category)]
    assert barred_by(all_four) == (CATEGORY_ORDER[-1],)


@given(RESULTS)
def test_a_category_is_always_left_and_a_keep_lifts_every_bar(results: list[tuple[Category, bool]]) -> None:
    assert len(barred_by(results)) < len(CATEGORY_ORDER)
    assert barred_by([*results, ("explore", True)]) == ()
    assert "explore" in barred_by([*results, *reverts("explore", "explore", "explore")])
