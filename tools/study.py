"""Studying a project: where it hurts and what is known of it, in lines with ids, each of which can be asked for whole."""

import json
import re
from typing import Annotated, Any, Final

from pydantic import Field

from state.answers import Answer, one_line, quoted
from state.errors import Refusal
from state.model import digest
from tools.answering import answer, without_empty
from tools.arguments import Cursor, Detail
from tools.engine.cycle.situation import Situation, observe
from tools.engine.session import Session
from tools.engine.study.finding import Item, Topic, of_topic, with_words
from tools.engine.study.hotspots import HISTORY_READ
from tools.engine.study.portrait import LANGUAGES_SHOWN, STARTS_SHOWN
from tools.engine.study.subject import Subject, subject_of
from tools.engine.study.whole import is_id, whole

ROWS: Final[dict[Detail, int]] = {"brief": 10, "full": 30}
ROOM: Final[dict[Detail, int]] = {"brief": 4500, "full": 7000}  # characters of the items, so that the whole digest stays below 6,000 and 8,500
IDS: Final = "W1, C1, F2, U3, X2, B4, A5, S6, or the number of an experiment"
_CURSOR: Final = re.compile(r"([0-9a-f]{8})-([0-9]{1,6})")
Query = Annotated[str, Field(max_length=300, description="Words, or an id.")]


def study_project(session: Session, topic: Topic = "weak", query: Query = "", detail: Detail = "brief", cursor: Cursor = "") -> Answer:
    """Look closer than start_cycle's digest."""
    situation = observe(session)
    subject = subject_of(session, situation.standing)
    if is_id(query):
        return _one(session, subject, situation, query)
    items = with_words(subject, query) if query.strip() else of_topic(subject, topic)
    listing = digest([query, topic, [item.shown() for item in items]])[:8]
    start = _start(cursor, listing)
    shown = _fitting(items[start : start + ROWS[detail]], ROOM[detail])
    first = not query.strip() and not start
    data = {"topic": topic if not query.strip() else "", "code_base": _code_base(subject) if first and topic == "weak" else None, "items": shown}
    found = answer(session, _said(subject, topic, query, len(items)), data, situation=situation)
    end = start + len(shown)
    return found.model_copy(update={"more": f"{listing}-{end}" if end < len(items) else "", "total": len(items)})


def _one(session: Session, subject: Subject, situation: Situation, name: str) -> Answer:
    found = whole(subject, name)
    if found is None:
        what = f"there is no {one_line(name.strip().upper())} here now"
        raise Refusal("UNKNOWN_ID", what, where=("query",), expected=f"an id that a list names ({IDS}), or words")
    return answer(session, f"{found['id']}, whole.", {"item": found}, situation=situation)


def _said(subject: Subject, topic: Topic, query: str, count: int) -> str:
    """How much there is, and where nothing is, why."""
    if query.strip():
        return f"{count} found." if count else "Nothing here says any of these words."
    if count:
        how = f", by changes in the last {HISTORY_READ} commits times lines" if topic == "hotspots" else ""
        return f"{topic}: {count}{how}; ask for one by its id."
    if topic == "failures":
        return "failures: none in the runs that a research cycle begins from." if subject.failed.runs else "failures: no run of a metric to look at."
    unmeasured = subject.baseline is None and topic in ("weak", "untested")
    return f"{topic}: nothing is measured yet; a baseline comes with the first cycle." if unmeasured else f"{topic}: none."


def _code_base(subject: Subject) -> dict[str, Any]:
    """What the code base is, in a few numbers."""
    found = subject.portrait
    baseline = subject.baseline
    return {
        "files": found.files,
        "languages": [
            {"language": name, "files": files, "lines": lines} for name, files, lines in found.languages[:LANGUAGES_SHOWN]
        ],
        "test_files": found.tests,
        "tests": baseline.tests if baseline else None,
        "starts": [quoted(path) for path in found.starts[:STARTS_SHOWN]],
        "composite": round(baseline.composite, 4) if baseline else None,
        "threshold": baseline.threshold if baseline else None,
    }  # fmt: skip


def _fitting(items: list[Item], room: int) -> list[dict[str, Any]]:
    """The first items that fit into so many characters; at least one, where there is any."""
    shown: list[dict[str, Any]] = []
    for item in items:
        row = without_empty(item.shown())
        room -= len(json.dumps(row, ensure_ascii=False))
        if room < 0 and shown:
            break
        shown.append(row)
    return shown


def _start(cursor: str, listing: str) -> int:
    """Where a page begins. The cursor names the listing as it was: one that is another by now has no further pages."""
    if not cursor:
        return 0
    found = _CURSOR.fullmatch(cursor)
    if found is None or found[1] != listing:
        raise Refusal("UNKNOWN_ID", "this cursor is none of ours, or what it lists has changed", where=("cursor",), expected="without it: page one")
    return int(found[2])
