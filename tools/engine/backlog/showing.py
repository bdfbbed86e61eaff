"""A backlog item as answers show it: words that came from elsewhere are fenced."""

from typing import Any, Final

from state.answers import one_line, untrusted
from state.backlog import BacklogItem
from state.issues import ImportedIssue, issue_of_item
from tools.engine.session import Session

LINE: Final = 120  # characters of an item in a list; study_project shows it whole


def item_shown(session: Session, item: BacklogItem, limit: int = LINE) -> dict[str, Any]:
    """An item in brief. `actionable` is said of issues alone: somebody else's is for the person to decide about."""
    with session.store.reading() as connection:
        found = issue_of_item(connection, item.id)
    return {
        "id": item.name,
        **({"issue": found.issue.name, "actionable": found.issue.own} if found else {}),
        "category": item.category,
        "priority": item.priority if item.priority != "normal" else None,
        "state": item.state if item.state != "open" else None,
        "source": item.source,
        "version": item.version,
        "text": said(item, found, limit),
    }


def said(item: BacklogItem, found: ImportedIssue | None, limit: int = LINE) -> str | dict[str, Any]:
    """What it says: of an issue the title, and that and what an earlier factory's file held as data."""
    if found is not None:
        return untrusted(f"issue {found.issue.name}, title", " ".join(found.issue.title.split())[:limit])
    text = one_line(item.text, limit)
    return untrusted("an earlier factory's backlog", text) if item.source == "original" else text
