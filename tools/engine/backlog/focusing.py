"""What a focus names: an issue that was brought here, an item of the backlog, or the person's words as they are."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from state.answers import one_line
from state.backlog import BacklogItem, backlog_item, closed_item, open_item
from state.cycles import Cycle
from state.errors import Refusal
from state.issues import ImportedIssue, issue_at, issue_of_item
from state.rows import next_number
from tools.engine.backlog.showing import item_shown
from tools.engine.forge.importing import forge_here
from tools.engine.forge.references import is_reference, reference
from tools.engine.session import Session

_ITEM: Final = re.compile(r"[Bb]([0-9]{1,9})")


@dataclass(frozen=True)
class Target:
    """One focus, with the backlog item that it names and the issue that this stands for, where it names any."""

    words: str
    item: BacklogItem | None = None
    issue: ImportedIssue | None = None


def targets_shown(session: Session, cycle: Cycle) -> list[dict[str, Any]]:
    """The backlog items that a cycle's focus names, in brief."""
    found = [_target(session, words) for words in cycle.focus]
    return [{"focus": one_line(each.words), **item_shown(session, each.item)} for each in found if each.item is not None]


def targets(session: Session, focus: Sequence[str]) -> tuple[Target, ...]:
    """What each focus names. Raises Refusal UNKNOWN_ISSUE for issues that were not imported, naming all of them, and UNKNOWN_ID for items."""
    found = [_target(session, words) for words in focus]
    if missing := _not_here(found):
        what = f"{', '.join(missing)} {'is' if len(missing) == 1 else 'are'} not imported"
        raise Refusal("UNKNOWN_ISSUE", what, where=missing, expected="import_issues first; or the wish in the person's words")
    for each in found:
        _require_open(session, each)
    return tuple(found)


def worked_on(session: Session, cycle: Cycle, backlog: str) -> Target:
    """What an experiment is on: the item that its hypothesis takes up, else the only focus of its cycle."""
    return _target(session, backlog or (cycle.focus[0] if len(cycle.focus) == 1 else ""))


def missing_issues(session: Session, focus: Sequence[str]) -> list[str]:
    """The issues among these words that were not imported."""
    return _not_here(_target(session, words) for words in focus)


def _not_here(found: Iterable[Target]) -> list[str]:
    return [each.words.strip() for each in found if each.item is None and is_reference(each.words)]


def _target(session: Session, words: str) -> Target:
    if numbered := _ITEM.fullmatch(words.strip()):
        with session.store.reading() as connection:
            item = backlog_item(connection, int(numbered[1]))
            return Target(words, item, issue_of_item(connection, item.id) if item else None)
    if is_reference(words):
        return _issue(session, words)
    with session.store.reading() as connection:
        return Target(words, open_item(connection, words) or closed_item(connection, words))


def _issue(session: Session, words: str) -> Target:
    try:
        meant = reference(words, forge_here(session))
    except Refusal as refusal:
        if refusal.code != "NO_FORGE":
            raise
        return Target(words)  # a number, and no forge that it could be of
    with session.store.reading() as connection:
        found = issue_at(connection, meant.address)
        return Target(words, backlog_item(connection, found.item) if found else None, found)


def _require_open(session: Session, target: Target) -> None:
    """What is named by its id or its number waits; what is said in words may be wished for again."""
    if target.item is None and _ITEM.fullmatch(target.words.strip()):
        with session.store.reading() as connection:
            last = next_number(connection, "backlog") - 1
        there = f"the last is B{last}" if last else "the backlog is empty"
        raise Refusal("UNKNOWN_ID", f"no item {target.words.strip()} here; {there}", where=("focus",), expected="an id: list_backlog")
    if target.item is not None and target.item.state != "open" and (target.issue or _ITEM.fullmatch(target.words.strip())):
        what = f"{target.item.name} is {target.item.state}{f', issue {target.issue.issue.name} {target.issue.issue.state}' if target.issue else ''}"
        raise Refusal("UNKNOWN_ID", what, where=("focus",), expected=f"an open one; update_backlog_item (id: {target.item.name}, state: open)")
