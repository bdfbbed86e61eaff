"""The original's backlog: bullets with the lines that go on with them, and every other line said."""

import pytest
from hypothesis import given, strategies

from state.original.items import ITEM_LIMIT, read_items


def texts(content: str | bytes) -> list[str]:
    """The items of a backlog."""
    return list(read_items(content.encode() if isinstance(content, str) else content, "strategy/backlog.md").texts)


def said(content: str) -> list[str]:
    """Where each problem lies, and what was found there."""
    return [f"{problem.where}: {problem.found}" for problem in read_items(content.encode(), "b.md").problems]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("", []),
        ("\n\n", []),
        ("# Backlog\n\n- One\n- Two\n", ["One", "Two"]),
        ("* One\n+ Two\n   - Three", ["One", "Two", "Three"]),
        ("- One\n  goes on\n\tand on\n- Two", ["One goes on and on", "Two"]),
        ("- [ ] One\n- [x] Two\n- Three", ["One", "Three"]),
        ("- One\r\n  goes on\r\n- Two\r\n", ["One goes on", "Two"]),
        ("\ufeff- One\n", ["One"]),
        ("-\n- \n-One\n", []),
        ("- One\n\n  behind a blank line\n", ["One"]),
        ("1. One\n   goes on\n2) [ ] Two\n  10. [x] Three\n3.Four\n", ["One goes on", "Two"]),
    ],
)
def test_bullets_are_items(content: str, expected: list[str]) -> None:
    assert texts(content) == expected


def test_latin_1_costs_no_item() -> None:
    assert texts("- Größe\n- Two\n".encode("latin-1")) == ["Größe", "Two"]


def test_every_line_that_is_no_item_is_said_but_headings() -> None:
    assert said("# Backlog\nSome prose\n- One\n- [X] Done\n\n---\nmore\n") == [
        "b.md:2: 'Some prose'",
        "b.md:4: an item that is done",
        "b.md:6: '---'",
        "b.md:7: 'more'",
    ]


def test_items_that_are_done_are_counted_apart() -> None:
    found = read_items(b"# Backlog\n- [x] One\n* [X] Two\n- [ ] Three\n", "b.md")
    assert (found.texts, found.done) == (("Three",), 2)


def test_a_long_item_is_cut_and_said_with_its_line() -> None:
    found = read_items(f"- One\n- {'x' * ITEM_LIMIT}y\n  z\n- Three\n".encode(), "b.md")
    assert [len(text) for text in found.texts] == [3, ITEM_LIMIT, 5]
    assert [problem.where for problem in found.problems] == ["b.md:2"]


WORDS = strategies.text(strategies.characters(categories=["L", "N", "P"], exclude_characters="[]"), min_size=1, max_size=20)


@given(strategies.lists(WORDS, max_size=20))
def test_whatever_was_written_as_items_is_read_as_these(words: list[str]) -> None:
    assert texts("".join(f"- {word}\n" for word in words)) == words


@given(strategies.binary(max_size=300))
def test_bytes_of_any_kind_give_items_or_problems(content: bytes) -> None:
    found = read_items(content, "b.md")
    assert all(text and "\n" not in text for text in found.texts)
    assert len(found.texts) + len(found.problems) <= content.count(b"\n") + content.count(b"\r") + 1 + len(found.texts)
