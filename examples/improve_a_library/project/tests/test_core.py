import pytest

from sluglet import slugify
from sluglet.core import to_ascii


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("Hello World", "hello-world"),
        ("  spaces   around  ", "spaces-around"),
        ("Hello, world!", "hello-world"),
        ("Version 1.2.3", "version-1-2-3"),
        ("snake_case", "snake-case"),
        ("Crème brûlée", "creme-brulee"),
        ("Straße", "strasse"),
        ("Salt & Pepper", "salt-and-pepper"),
        ("日本", ""),
        ("", ""),
    ],
)
def test_a_text_becomes_its_slug(text: str, slug: str) -> None:
    assert slugify(text) == slug


def test_words_are_joined_by_the_separator() -> None:
    assert slugify("one two three", separator="_") == "one_two_three"


def test_a_slug_of_a_slug_is_the_same() -> None:
    assert slugify(slugify("Hello, world!")) == "hello-world"


def test_a_long_slug_is_cut() -> None:
    assert slugify("one two three", max_length=9) == "one-two-t"


def test_a_cut_slug_does_not_end_with_a_hyphen() -> None:
    assert slugify("one two three", max_length=8) == "one-two"


def test_a_short_slug_is_left_alone() -> None:
    assert slugify("one", max_length=8) == "one"


def test_a_negative_length_is_refused() -> None:
    with pytest.raises(ValueError, match="max_length"):
        slugify("one", max_length=-1)


def test_accents_are_dropped() -> None:
    assert to_ascii("bær né łódź") == "baer ne lodz"
