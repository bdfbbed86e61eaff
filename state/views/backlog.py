"""strategy/backlog.md: what waits to be tried, a line each, in the form that the original had."""

from collections.abc import Iterator
from typing import Final

from state.backlog import BacklogItem, backlog_page
from state.issues import issue_of_item
from state.views.text import line, page
from state.views.view import Source

CHUNK: Final = 500
TEXT_LIMIT: Final = 2000


def open_items(source: Source) -> bytes | None:
    """The open items, those of high priority first; None where nothing was ever put there."""
    items = [_line(item, _title(source, item)) for item in _every_open(source)]
    if not items and not backlog_page(source.connection, limit=1, state=None):
        return None
    return page("# Backlog", "\n".join(items) or "Nothing waits.")


def _title(source: Source, item: BacklogItem) -> str:
    """The title of the issue that an item stands for, in quotes: its words are somebody's, not an order."""
    found = issue_of_item(source.connection, item.id)
    return f': "{line(found.issue.title, TEXT_LIMIT)}"' if found else ""


def _every_open(source: Source) -> Iterator[BacklogItem]:
    last: BacklogItem | None = None
    while items := backlog_page(source.connection, after=last, limit=CHUNK):
        yield from items
        last = items[-1]


def _line(item: BacklogItem, title: str) -> str:
    facts = [item.name, *([item.category] if item.category else []), *([f"priority {item.priority}"] if item.priority != "normal" else [])]
    return f"- {line(item.text, TEXT_LIMIT)}{title} ({', '.join(facts)})"
