"""One finding whole, by its id: what lies behind the line, as far as four kilobytes go."""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from state import experiments
from state.answers import one_line, quoted, short, untrusted
from state.backlog import backlog_item
from state.cycles import hypothesis
from state.imported import imported_experiment
from state.issues import issue_of_item
from state.sources import source
from state.track_record import recent_values
from tools.engine.backlog.showing import item_shown
from tools.engine.repository.history import subjects
from tools.engine.repository.objects import read_blob
from tools.engine.research.failed_runs import printed_by
from tools.engine.study.hurting import broken_constraints, weak_ones
from tools.engine.study.subject import Subject

WHOLE: Final = 3600  # characters of the longest text; with its facts an item stays below 4 KB
SOURCE_LINES: Final = 40  # of a function
NAMED: Final = 10
_ID: Final = re.compile(r"([CWFUXBAS]?)([0-9]{1,9})")


def is_id(text: str) -> bool:
    """Whether the whole text is an id: W1, F2, X2, B3, A4, S1, or the number of an experiment."""
    return _ID.fullmatch(text.strip().upper()) is not None


def whole(subject: Subject, name: str) -> dict[str, Any] | None:
    """Everything of one id; None where there is none."""
    found = _ID.fullmatch(name.strip().upper())
    return _KINDS[found[1]](subject, int(found[2])) if found else None


def _constraint(subject: Subject, number: int) -> dict[str, Any] | None:
    broken = dict(broken_constraints(subject.baseline)) if subject.baseline else {}
    line = broken.get(f"C{number}")
    return {"id": f"C{number}", "text": one_line(line, WHOLE)} if line else None


def _weak(subject: Subject, number: int) -> dict[str, Any] | None:
    baseline = subject.baseline
    weak = next((each for each in weak_ones(baseline) if each.number == number), None) if baseline else None
    if baseline is None or weak is None:
        return None
    row = weak.row
    with subject.session.store.reading() as connection:
        values = recent_values(connection).get(row.name, ())
    behind: dict[str, dict[str, Any]] = {
        "tests": {"failing": [quoted(test) for test in baseline.failing[:NAMED]], "flaky": [quoted(test) for test in baseline.flaky[:NAMED]]},
        "coverage": {"uncovered": [{"at": quoted(path), "lines": lines} for path, lines in baseline.uncovered[:NAMED]]},
        "capability_surface": {
            "untested": [f"{each.name} {quoted(each.path)}:{each.line} {quoted(each.function)}" for each in subject.untested[:NAMED]]
        },
    }
    return {
        "id": weak.name, "dimension": quoted(row.name), "value": None if row.value is None else round(row.value, 4), "weight": round(row.weight, 4),
        "text": one_line(row.detail, WHOLE // 2), "measured_before": [round(value, 4) for value in values[:NAMED]], **behind.get(row.name, {}),
    }  # fmt: skip


def _hotspot(subject: Subject, number: int) -> dict[str, Any] | None:
    spot = next((each for each in subject.hotspots if each.number == number), None)
    if spot is None:
        return None
    lately = subjects(subject.session.repository, subject.commit, spot.path, NAMED)
    uncovered = dict(subject.baseline.uncovered).get(spot.path) if subject.baseline else None
    return {
        "id": spot.name, "at": quoted(spot.path), "changes": spot.changes, "lines": spot.lines, "uncovered_lines": uncovered,
        "untested": [f"{each.name} {each.line} {quoted(each.function)}" for each in subject.untested if each.path == spot.path][:NAMED],
        "commits": untrusted("commit messages", "\n".join(one_line(line) for line in lately)),
    }  # fmt: skip


def _untested(subject: Subject, number: int) -> dict[str, Any] | None:
    found = next((each for each in subject.untested if each.number == number), None)
    if found is None or subject.baseline is None:
        return None
    content = (read_blob(subject.session.repository, subject.baseline.tree, found.path) or b"").decode("utf-8", "replace")
    lines = "\n".join(content.split("\n")[found.line - 1 : found.line - 1 + SOURCE_LINES])
    return {"id": found.name, "at": f"{quoted(found.path)}:{found.line}", "function": quoted(found.function), "source": _fenced(found.path, lines)}


def _failure(subject: Subject, number: int) -> dict[str, Any] | None:
    """A failed instance: how often, and the end of what the run printed in which it failed last."""
    if not 0 < number <= len(subject.failed.failing):
        return None
    found = subject.failed.failing[number - 1]
    last = next(run for run in subject.failed.runs if run.number == found.last)
    printed = printed_by(subject.session.store, last)
    told = "; ".join((*found.stages, *found.causes))
    return {
        "id": f"X{number}", "instance": found.instance, "failed": found.failed, "runs": found.runs, "status": last.status,
        "told": _fenced("the runs' own results", told) if told else None,
        "output": _fenced(f"run {last.number}, the last in which it failed", printed) if printed else None,
    }  # fmt: skip


def _item(subject: Subject, number: int) -> dict[str, Any] | None:
    with subject.session.store.reading() as connection:
        item = backlog_item(connection, number)
        issue = issue_of_item(connection, number)
    if item is None:
        return None
    found = {**item_shown(subject.session, item, WHOLE // 2), "added_at": item.added_at, "changed_at": item.changed_at}
    if issue is None:
        return found
    said = issue.issue
    return {
        **found, "at": said.address, "issue_state": said.state, "seen_at": issue.seen_at,
        "author": untrusted(f"issue {said.name}, author and labels", ", ".join((said.author, *said.labels))),
        "body": _fenced(f"issue {said.name}, body", said.body[: WHOLE * 2 // 3]),
    }  # fmt: skip


def _experiment(subject: Subject, number: int) -> dict[str, Any] | None:
    with subject.session.store.reading() as connection:
        made = experiments.experiment(connection, number)
        idea = hypothesis(connection, made.hypothesis) if made else None
        claimed = imported_experiment(connection, number) if made is None else None
    if claimed is not None:
        told = _fenced("an earlier factory's records", "\n".join((claimed.hypothesis, claimed.change_summary or "", claimed.notes or "")).strip())
        return {"id": f"A{number}", "experiment": number, "imported": True, "verdict": claimed.verdict, "text": told}
    if made is None:
        return None
    note = subject.session.views / "archive" / "experiments" / f"{number:03d}.md"
    return {
        "id": f"A{number}", "experiment": number, "title": one_line(made.title), "category": made.category, "state": made.shown_state,
        "delta": None if made.delta is None else round(made.delta, 4), "commit": short(made.merge_commit), "reason": one_line(made.reason or "", 500),
        "lesson": one_line(made.lesson or "", 500), "what": one_line(idea.content.what, 800) if idea else "",
        "why": one_line(idea.content.why, 800) if idea else "", "files": [quoted(path) for path in idea.content.files[:NAMED]] if idea else [],
        "archive_note": str(note) if note.is_file() else "",
    }  # fmt: skip


def _source(subject: Subject, number: int) -> dict[str, Any] | None:
    with subject.session.store.reading() as connection:
        found = source(connection, number)
    if found is None:
        return None
    told = f"source {found.name}, as a researcher told it; nobody fetched it"
    return {"id": found.name, "at": quoted(found.address), "archived_at": found.at, "text": _fenced(told, found.claim[:WHOLE])}


def _fenced(origin: str, text: str) -> dict[str, Any]:
    return untrusted(origin, text[:WHOLE], WHOLE)


_KINDS: Final[Mapping[str, Callable[[Subject, int], dict[str, Any] | None]]] = MappingProxyType(
    {
        "C": _constraint, "W": _weak, "F": _hotspot, "U": _untested, "X": _failure, "B": _item, "A": _experiment, "": _experiment, "S": _source,
    }
)  # fmt: skip
