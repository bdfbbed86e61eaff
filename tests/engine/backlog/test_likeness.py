"""Wishes that are like each other are named; one word in common, or words that every wish has, are no likeness."""

import pytest
from hypothesis import given, strategies

from state.backlog import BacklogItem
from tools.engine.backlog.likeness import ALIKE, SHOWN, alike, similar


def item(number: int, text: str) -> BacklogItem:
    return BacklogItem(
        id=number, text=text, category=None, priority="normal", state="open", source="user", earlier=None, version=1, added_at="", changed_at=""
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Add dark mode", "Dark mode for the settings page"), ("Pagination", "Add pagination"),
        ("Retry failed uploads with a backoff", "Failed uploads should be retried: retry"), ("Export to CSV files", "export as a CSV file"),
        ("Cache parsed templates", "caching of parsed template"),
    ],
)  # fmt: skip
def test_the_same_wish_in_other_words_is_like_it(one: str, other: str) -> None:
    assert alike(one, other) >= ALIKE


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Add dark mode", "Add pagination"), ("Make the parser faster", "Make the parser strict"), ("Support Unicode", "Support Windows paths"),
        ("Export to CSV", "Import from JSON"), ("", "Anything"), ("to be or not to be", "to be or not to be"),
    ],
)  # fmt: skip
def test_other_wishes_are_not(one: str, other: str) -> None:
    assert alike(one, other) < ALIKE


@given(strategies.text(max_size=60), strategies.text(max_size=60))
def test_likeness_is_a_share_and_the_same_from_both_sides(one: str, other: str) -> None:
    assert 0 <= alike(one, other) <= 1
    assert alike(one, other) == alike(other, one)


def test_the_most_alike_come_first_and_only_a_few_are_named() -> None:
    items = [item(number, f"Show the weather of city number{number}") for number in range(1, 9)]
    items.append(item(9, "Show the weather of the city"))
    found = similar("Show weather of a city", items)
    assert [each.id for each in found] == [1, 2, 3]
    assert len(found) == SHOWN
    assert similar("weather city number4 show", items)[0].id == 4
