"""Changes of the backlog, each in one transaction: an item is put there once, and changed only as it was seen."""

import re
from dataclasses import dataclass
from typing import Final

from state.answers import clean, one_line
from state.backlog import (
    BacklogAdded,
    BacklogChanged,
    BacklogItem,
    BacklogState,
    Priority,
    backlog_item,
    backlog_page,
    closed_item,
    open_item,
)
from state.cycles import Category
from state.errors import Refusal
from state.rows import next_number
from tools.engine.backlog.likeness import similar
from tools.engine.session import Session

LOOKED_AT: Final = 2000  # open items that a new one is held against
_ID: Final = re.compile(r"[Bb]([0-9]{1,9})")


@dataclass(frozen=True)
class Change:
    """What of an item is to be another than it is; None leaves a field as it is. `if_version` is the version that the caller saw, None for any."""

    text: str | None = None
    category: Category | None = None
    priority: Priority | None = None
    state: BacklogState | None = None
    if_version: int | None = None

    @property
    def fields(self) -> dict[str, str]:
        """The fields that are given, with their values."""
        return {name: value for name in ("text", "category", "priority", "state") if (value := getattr(self, name)) is not None}


def add_item(session: Session, text: str, category: Category | None, priority: Priority) -> tuple[BacklogItem, bool, list[BacklogItem]]:
    """Put a wish on the backlog. Answers the open item that says it, whether it is new, and open ones that are like it.

    Raises Refusal BAD_ARGUMENTS for a text without words.
    """
    said = _said(text)
    with session.store.writing() as connection:
        found = open_item(connection, said)
        created = found is None
        if created:
            earlier = closed_item(connection, said)
            added = BacklogAdded(
                item=next_number(connection, "backlog"), text=said, source="user" if session.host.actor == "user" else "host", category=category,
                priority=priority, earlier=earlier.id if earlier else None,
            )  # fmt: skip
            session.store.append(added, actor=session.host.actor, channel=session.host.name)
            found = backlog_item(connection, added.item)
        item = _there(session, found)
        others = [each for each in backlog_page(connection, limit=LOOKED_AT) if each.id != item.id]
    session.write_views()
    return item, created, similar(said, others)


def change_item(session: Session, meant: str, change: Change) -> tuple[BacklogItem, list[str]]:
    """Change an item; answers it as it is now, and the names of the fields that changed.

    `meant` is its id, or the text of an open one. Raises Refusal UNKNOWN_ID, BAD_ARGUMENTS, DUPLICATE where another open item says the same, or
    DIFFERENT_CONTENT where it was changed since the caller saw it.
    """
    if not change.fields:
        raise Refusal("BAD_ARGUMENTS", "nothing is to be changed", where=("state",), expected="text, category, priority or state")
    wanted = change.fields | ({"text": _said(change.text)} if change.text is not None else {})
    with session.store.writing() as connection:
        item = meant_item(session, meant)
        changed = {name: value for name, value in wanted.items() if getattr(item, name) != value}
        if not changed:
            return item, []
        _require_as_seen(item, change.if_version)
        _require_own_words(item, changed)
        _require_single(session, item, changed)
        session.store.append(
            BacklogChanged.model_validate({"item": item.id, **changed}), actor=session.host.actor, channel=session.host.name
        )  # fmt: skip
        item = _there(session, backlog_item(connection, item.id))
    session.write_views()
    return item, list(changed)


def meant_item(session: Session, meant: str) -> BacklogItem:
    """The item of an id, or the open one of a text. Raises Refusal UNKNOWN_ID, naming the last there is."""
    numbered = _ID.fullmatch(meant.strip())
    with session.store.reading() as connection:
        found = backlog_item(connection, int(numbered[1])) if numbered else open_item(connection, meant)
        last = next_number(connection, "backlog") - 1
    if found is not None:
        return found
    there = f"the last is B{last}" if last else "the backlog is empty"
    raise Refusal(
        "UNKNOWN_ID", f"no item {one_line(meant)} here; {there}", where=("id",), expected="an id, or the text of an open item: list_backlog"
    )


def _said(text: str) -> str:
    said = clean(text).strip()
    if not said:
        raise Refusal("BAD_ARGUMENTS", "an item needs words", where=("text",), expected="what is to be done, in some words")
    return said


def _require_as_seen(item: BacklogItem, seen: int | None) -> None:
    if seen is not None and seen != item.version:
        what = f"{item.name} was changed since: it is version {item.version} now, not {seen}"
        raise Refusal("DIFFERENT_CONTENT", what, where=(f"changed {item.changed_at}",), expected="look at it again, then change it as it is now")


def _require_own_words(item: BacklogItem, changed: dict[str, str]) -> None:
    if item.source == "issue" and "text" in changed:
        raise Refusal("BAD_ARGUMENTS", f"{item.name} is an issue: its words stand where it was opened", where=("text",), expected="an own item")


def _require_single(session: Session, item: BacklogItem, changed: dict[str, str]) -> None:
    """Of open items none says the same as another."""
    with session.store.reading() as connection:
        other = open_item(connection, changed.get("text", item.text))
    if changed.get("state", item.state) == "open" and other is not None and other.id != item.id:
        raise Refusal("DUPLICATE", f"{other.name} says the same and is open", where=(other.name,), expected=f"{other.name}, or other words")


def _there(session: Session, item: BacklogItem | None) -> BacklogItem:
    if item is None:
        raise Refusal("STORE_BROKEN", "the item was recorded and is not there", where=(str(session.store.path),))
    return item
