"""What is said of the backlog itself: what is to be kept stands in the person's own words."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from tools.engine.intent.errands import Errand, errand_of
from tools.engine.intent.rules import said


def errand_in(words: str) -> Errand | None:
    return errand_of(words, said(words)[0])


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("Add a backlog item: support Unicode", "support Unicode"),
        ("put Dark Mode on the backlog", "Dark Mode"),
        ("please add to the backlog: a --version option.", "a --version option"),
        ("Note on the backlog that the docs are old", "that the docs are old"),
        ("remember this for later: cache  the results", "cache the results"),
    ],
)
def test_what_is_to_be_kept_is_said_as_the_person_wrote_it(words: str, text: str) -> None:
    assert errand_in(words) == Errand("add", text)


def test_what_is_to_go_is_named_by_its_id() -> None:
    assert errand_in("remove b12 from the backlog") == Errand("remove", items=("B12",))


@pytest.mark.parametrize("words", ["undo it but not all", "keep going", "drop the global state from the parser", "add it to the backlog"])
def test_what_is_about_something_else_or_names_nothing_to_keep_is_no_errand_of_its_own(words: str) -> None:
    found = errand_in(words)
    assert found is None or found == Errand("add")


@given(some.text(max_size=300))
def test_any_words_are_read(words: str) -> None:
    found = errand_in(words)
    assert found is None or found.text in " ".join(words.split()) or found.text.casefold() == found.text
