"""The backlog: what waits to be tried, listed, added to and changed."""

import re
from typing import Annotated, Any, Final, Literal

from pydantic import Field

from state.answers import Answer, one_line
from state.backlog import BacklogState, Place, Priority, backlog_page, count_items
from state.cycles import Category
from state.errors import Refusal
from state.rows import next_number
from tools.answering import told
from tools.arguments import Cursor, Number
from tools.engine.backlog.changing import Change, add_item, change_item
from tools.engine.backlog.showing import item_shown
from tools.engine.inheritance import take_in
from tools.engine.repository.own_folder import require_usable
from tools.engine.session import Session

PAGE: Final = 10
ItemText = Annotated[str, Field(min_length=1, max_length=2000)]
Which = Literal["open", "done", "all"]
_STATES: Final[dict[Which, BacklogState | None]] = {"open": "open", "done": "done", "all": None}
_CURSOR: Final = re.compile(r"B([0-9]{1,9})-([0-2])-([0-9]{1,9})")


def list_backlog(session: Session, state: Which = "open", cursor: Cursor = "") -> Answer:
    """Waiting ideas, deferred features and issues, with ids."""
    after, newest = _from_cursor(cursor)
    with session.store.reading() as connection:
        newest = newest or next_number(connection, "backlog") - 1
        rows = backlog_page(connection, after=after, limit=PAGE + 1, state=_STATES[state], newest=newest)
        total, waiting = count_items(connection, _STATES[state]), count_items(connection, "open")
    shown = [item_shown(session, item) for item in rows[:PAGE]]
    said = f"{waiting} item{'s' * (waiting != 1)} open" if waiting else "Nothing waits on the backlog"
    listed = "" if state == "open" else f"; {total} {'done' if state == 'done' else 'in all'}"
    found = told(session, f"{said}{listed}.", {"items": shown})
    more = f"B{newest}-{rows[PAGE - 1].place[0]}-{rows[PAGE - 1].id}" if len(rows) > PAGE else ""
    return found.model_copy(update={"more": more, "total": total})


def add_backlog_item(session: Session, text: ItemText, category: Category | None = None, priority: Priority = "normal") -> Answer:
    """Put an idea, a deferred feature or a fault on the backlog."""
    require_usable(session.repository)
    take_in(session)
    item, created, alike = add_item(session, text, category, priority)
    data: dict[str, Any] = {"item": item_shown(session, item), "created": created, "similar": [item_shown(session, each) for each in alike]}
    if not created:
        return told(session, f"{item.name} says the same already and is open; nothing was added.", data)
    again = f" B{item.earlier} said it before and is closed." if item.earlier else ""
    like = f" Like {', '.join(each.name for each in alike)}: update_backlog_item if one stands for both." if alike else ""
    return told(session, one_line(f"{item.name} is on the backlog.{again}{like}", 300), data)


def update_backlog_item(
    session: Session,
    id: ItemText,  # noqa: A002 - the argument's name on the surface
    text: ItemText | None = None,
    category: Category | None = None,
    priority: Priority | None = None,
    state: BacklogState | None = None,
    if_version: Number | None = None,
) -> Answer:
    """Change, finish or remove a backlog item."""
    require_usable(session.repository)
    take_in(session)
    item, changed = change_item(session, id, Change(text, category, priority, state, if_version))
    data = {"item": item_shown(session, item), "changed": changed}
    now = f"{item.name} is {item.state}" if "state" in changed else f"{item.name}: {', '.join(changed)} changed"
    return told(session, f"{now}." if changed else f"{item.name} is so already; nothing was changed.", data, repeated=not changed)


def _from_cursor(cursor: str) -> tuple[Place | None, int]:
    """The place of the last item of the page before, and the newest item when page one was asked for."""
    if not cursor:
        return None, 0
    found = _CURSOR.fullmatch(cursor)
    if found is None:
        raise Refusal("UNKNOWN_ID", "this cursor is none of ours", where=("cursor",), expected="`more` of the last answer; without it: page one")
    return (int(found[2]), int(found[3])), int(found[1])
