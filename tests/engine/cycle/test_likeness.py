"""Likeness: the same idea in other words is found, another idea in like words is not, and no input breaks it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.likeness_pairs import OTHER, OTHER_UNSEEN, SAME, SAME_UNSEEN, Pair
from tools.engine.cycle.likeness import ALIKE, Worded, likeness, states_a_difference, words_of

WORDED = st.builds(Worded, st.text(max_size=60), st.text(max_size=200))
SENTENCES = st.lists(st.sampled_from(["cache", "parsed", "templates", "retry", "the", "failed", "upload", "slowly"]), min_size=1, max_size=8).map(
    " ".join
)


def alike(pairs: tuple[Pair, ...]) -> int:
    return sum(likeness(one, other) >= ALIKE for one, other in pairs)


def test_most_of_what_says_the_same_is_found_and_little_else() -> None:
    found, wrong = alike(SAME) + alike(SAME_UNSEEN), alike(OTHER) + alike(OTHER_UNSEEN)
    assert found / (found + wrong) >= 0.85
    assert found / len(SAME + SAME_UNSEEN) >= 0.85
    assert alike(OTHER_UNSEEN) == 0


@given(WORDED, WORDED)
def test_likeness_is_symmetric_and_between_nothing_and_the_same(one: Worded, other: Worded) -> None:
    assert likeness(one, other) == likeness(other, one)
    assert 0.0 <= likeness(one, other) <= 1.0


@given(SENTENCES, SENTENCES, st.randoms(use_true_random=False))
def test_neither_order_nor_case_nor_signs_make_another_proposal(title: str, what: str, chance: object) -> None:
    words = title.split()
    turned = " -- ".join(reversed(words)).upper()
    same = likeness(Worded(title, what), Worded(turned, f"**{what}!**"))
    assert same == (1.0 if words_of(title) | words_of(what) else 0.0)


@pytest.mark.parametrize(
    ("one", "other"), [("parseTemplate", "parse_templates"), ("HTTPServer", "http server"), ("mapping", "maps"), ("\uff23aches", "cache")]
)
def test_forms_of_a_word_and_names_of_code_are_one(one: str, other: str) -> None:
    assert words_of(one) == words_of(other)


@pytest.mark.parametrize(
    ("said", "is_enough"),
    [
        ("", False), ("It is different now.", False), ("Really, really, really better this time!!", False),
        ("Cache parsed templates, keep them by path.", False),
        ("Bounded to fifty entries, evicting the oldest, which the reviewer missed.", True),
    ],
)  # fmt: skip
def test_a_difference_takes_words_that_neither_proposal_has(said: str, is_enough: bool) -> None:
    known = Worded("Cache parsed templates", "Keep parsed templates in a dictionary by path.")
    assert states_a_difference(said, known, known) is is_enough
