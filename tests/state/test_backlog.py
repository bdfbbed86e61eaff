"""The backlog: of open items none says the same as another, and pages go through them in their order."""

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, strategies

from state.backlog import (
    BacklogAdded,
    BacklogChanged,
    BacklogItem,
    BacklogState,
    Priority,
    backlog_item,
    backlog_page,
    closed_item,
    count_open,
    normalised,
    open_item,
)
from state.rows import next_number
from state.store import Store
from state.views import export
from tests.support.stores import append, assert_sound


def added(number: int, text: str, priority: Priority = "normal") -> BacklogAdded:
    return BacklogAdded(item=number, text=text, source="user", priority=priority)


def items(store: Store, state: BacklogState | None = "open", size: int = 2) -> list[BacklogItem]:
    """All items of a state, fetched in pages of `size`."""
    found: list[BacklogItem] = []
    with store.reading() as connection:
        while page := backlog_page(connection, after=found[-1] if found else None, limit=size, state=state):
            found += page
    return found


@pytest.mark.parametrize("other", ["Support Unicode", "  support\tUNICODE\n", "ｓｕｐｐｏｒｔ Unicode", "Support  Unicode"])  # noqa: RUF001 - wide letters are meant
def test_case_blanks_and_forms_of_letters_make_no_other_item(store: Store, other: str) -> None:
    append(store, added(1, "Support Unicode"))
    with store.reading() as connection:
        found = open_item(connection, other)
    assert found is not None
    assert (found.name, found.text) == ("B1", "Support Unicode")


@given(strategies.text(max_size=40))
def test_what_is_normalised_stays_so_whatever_its_case_and_form(text: str) -> None:
    once = normalised(text)
    assert normalised(once) == once
    assert normalised(f" {text}\n") == once
    assert normalised(unicodedata.normalize("NFC", text)) == once


def test_an_item_that_an_open_one_says_already_changes_nothing(store: Store) -> None:
    append(store, added(1, "One"))
    append(store, added(2, "ONE"))
    assert [item.id for item in items(store, None)] == [1]
    assert_sound(store)


def test_a_closed_item_may_be_wanted_again_and_is_found(store: Store) -> None:
    append(store, added(1, "One"))
    append(store, BacklogChanged(item=1, state="done"))
    with store.reading() as connection:
        assert open_item(connection, "one") is None
        closed = closed_item(connection, "one")
    assert closed is not None
    assert (closed.id, closed.state, closed.version) == (1, "done", 2)
    append(store, BacklogAdded(item=2, text="One", source="host", earlier=1))
    assert [(item.id, item.earlier) for item in items(store)] == [(2, 1)]


def test_a_change_leaves_the_fields_that_it_does_not_name(store: Store) -> None:
    append(store, BacklogAdded(item=1, text="One", source="user", category="fix", priority="high"))
    append(store, BacklogChanged(item=1, text="Two"))
    with store.reading() as connection:
        found = backlog_item(connection, 1)
    assert found is not None
    assert (found.text, found.category, found.priority, found.state, found.version) == ("Two", "fix", "high", "open", 2)


def test_a_change_that_would_make_two_open_items_say_the_same_changes_nothing(store: Store) -> None:
    append(store, added(1, "One"))
    append(store, added(2, "Two"))
    append(store, BacklogChanged(item=2, text=" one "))
    append(store, BacklogChanged(item=1, state="removed"))
    append(store, added(3, "One"))
    append(store, BacklogChanged(item=1, state="open"))
    assert [(item.id, item.text, item.state) for item in items(store, None)] == [(1, "One", "removed"), (2, "Two", "open"), (3, "One", "open")]
    assert_sound(store)


def test_pages_go_by_priority_and_then_by_age(store: Store) -> None:
    priorities: list[Priority] = ["low", "normal", "high", "normal", "high", "low", "normal"]
    for number, priority in enumerate(priorities, 1):
        append(store, added(number, f"Item {number}", priority))
    append(store, BacklogChanged(item=6, priority="high"))
    append(store, BacklogChanged(item=4, state="done"))
    assert [item.id for item in items(store)] == [3, 5, 6, 2, 7, 1]
    assert [item.id for item in items(store, "done")] == [4]
    assert [item.id for item in items(store, None)] == [3, 5, 6, 2, 4, 7, 1]
    with store.reading() as connection:
        assert (count_open(connection), next_number(connection, "backlog")) == (6, 8)


def test_a_person_reads_the_open_items_in_strategy(store: Store, tmp_path: Path) -> None:
    folder = tmp_path / ".factory"
    append(store, BacklogAdded(item=1, text="One\n# Forged", source="user", category="explore"))
    append(store, added(2, "Two", "high"))
    export(store, folder)
    file = folder / "strategy" / "backlog.md"
    assert file.read_text(encoding="utf-8") == "# Backlog\n\n- Two (B2, priority high)\n- One # Forged (B1, explore)\n"
    for number in (1, 2):
        append(store, BacklogChanged(item=number, state="done"))
    export(store, folder)
    assert file.read_text(encoding="utf-8") == "# Backlog\n\nNothing waits.\n"
