"""The readable files of `.factory/`: written from the store after each change, never read for a decision."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from state import experiments
from state.cycles import hypotheses_of, hypothesis
from state.errors import Refusal
from state.events import Event
from state.files import ensure_private_folder, extend, last_line, locked, replace_file
from state.reports import latest_review
from state.store import Store, events_after

if TYPE_CHECKING:
    import sqlite3

RESULTS_COLUMNS: Final = (
    "id", "timestamp", "hypothesis", "change_summary", "issue_number", "pr_number", "score_before", "score_after", "delta", "verdict",
    "cost_usd", "notes", "research_citations",
)  # fmt: skip


@dataclass(frozen=True)
class Change:
    """What a view is written from: one event, the store that holds it, and the folder of the views."""

    store: Store
    connection: "sqlite3.Connection"
    folder: Path
    event: Event


View = Callable[[Change], None]


def export(store: Store, folder: Path) -> None:
    """Bring the views in `folder` (a project's `.factory`) up to the newest event.

    Small files first, events.jsonl last: its last line is the watermark, so that a kill in between only repeats work. Raises OSError when the
    folder cannot be written, and Refusal STORE_BROKEN when it is a symbolic link.
    """
    ensure_private_folder(folder)
    replace_file(folder / ".gitignore", b"*\n")
    with locked(store.folder / "export.lock", "writing the views"), store.reading() as connection:
        log = folder / "events.jsonl"
        line, offset = last_line(log)
        while events := events_after(connection, _sequence(line)):
            for event in events:
                for view in VIEWS.get(event.type, ()):
                    view(Change(store, connection, folder, event))
            extend(log, offset, "".join(f"{event.line()}\n" for event in events).encode())
            line, offset = last_line(log)


def _sequence(line: str) -> int:
    """The sequence number in a line of events.jsonl; 0 for no line. A line that is no event was edited: doctor's business."""
    if not line:
        return 0
    try:
        return int(json.loads(line)["seq"])
    except (ValueError, KeyError, TypeError) as error:
        raise Refusal("STORE_BROKEN", "the last line of .factory/events.jsonl is no event", expected="a file that only the factory writes") from error


def _config(change: Change) -> None:
    """config.json and eval_profile.json follow the approved evaluation."""
    if change.event.payload.get("subject") != "evaluation" or change.event.payload.get("answer") != "approve":
        return
    replace_file(
        change.folder / "config.json",
        _pretty({**change.event.payload.get("contract", {}), "approved": change.event.payload["hash"], "at": change.event.at}),
    )
    replace_file(change.folder / "eval_profile.json", _pretty({**change.event.payload.get("profile", {}), "human_reviewed": True}))


def _draft(change: Change) -> None:
    replace_file(change.folder / "draft" / "factory.md", str(change.event.payload["text"]).encode())


def _strategy(change: Change) -> None:
    """strategy/current.md holds the cycle's hypotheses in their order."""
    cycle = int(change.event.payload["cycle"])
    parts = [f"# Cycle {cycle}"]
    for item in hypotheses_of(change.connection, cycle):
        content = item.content
        facts = f"- category: {content.category}\n- dimension: {content.dimension}\n- what: {content.what}\n- why: {content.why}"
        parts.append(f"#### {item.name}: {content.title}\n\n{facts}")
    replace_file(change.folder / "strategy" / "current.md", ("\n\n".join(parts) + "\n").encode())


def _review(change: Change) -> None:
    payload = change.event.payload
    body = json.dumps(payload["body"], indent=1, ensure_ascii=False)
    text = f"# {payload['role']}: {payload['decision']}\n\n{payload['summary']}\n\n```json\n{body}\n```\n"
    replace_file(change.folder / "reviews" / f"{payload['role']}-latest.md", text.encode())


def _verdict(change: Change) -> None:
    """The experiment's folder, its line in results.tsv, its archive note and the totals."""
    number = int(change.event.payload["experiment"])
    found = experiments.experiment(change.connection, number)
    if found is None:
        return
    _experiment_folder(change, found)
    _results(change.folder / "results.tsv", found, change.event)
    replace_file(change.folder / "archive" / "experiments" / f"{number:03d}.md", _note(change, found).encode())
    totals = experiments.totals(change.connection)
    report = {
        "generated_at": change.event.at, "total_experiments": sum(totals.values()), "kept": totals.get("keep", 0),
        "reverted": totals.get("revert", 0), "errors": totals.get("abandon", 0),
    }  # fmt: skip
    replace_file(change.folder / "performance_report.json", _pretty(report))


def _experiment_folder(change: Change, found: experiments.Experiment) -> None:
    folder = change.folder / "experiments" / f"{found.id:03d}"
    stored = hypothesis(change.connection, found.hypothesis)
    content = stored.content if stored else None
    text = f"# {found.title}\n\n{content.what}\n\nWhy: {content.why}\n" if content else f"# {found.title}\n"
    replace_file(folder / "hypothesis.md", text.encode())
    replace_file(folder / "verdict.json", _pretty({**change.event.payload, "id": found.id, "title": found.title, "at": change.event.at}))
    if change.event.payload.get("diff"):
        replace_file(folder / "changes.diff", change.store.read_object(str(change.event.payload["diff"])))
    for side, name in (("base", "eval_before.json"), ("candidate", "eval_after.json")):
        if found.assessment:
            replace_file(folder / name, _pretty(_composite(found.assessment["assessment"], side)))


def _composite(assessment: dict[str, Any], side: str) -> dict[str, Any]:
    """One side of a comparison in the original's form: total and one result a dimension; what was not measured has no score."""
    rows = assessment.get("rows", [])
    results = [{"name": row["name"], "score": row.get(side), "weight": row["weight"], "passed": row.get(side) is not None} for row in rows]
    return {"total": assessment.get(f"floor_{side}"), "results": results, "guard_violations": []}


def _results(path: Path, found: experiments.Experiment, event: Event) -> None:
    line, offset = last_line(path)
    if not line:
        header = ("\t".join(RESULTS_COLUMNS) + "\n").encode()
        extend(path, 0, header)
        offset = len(header)
    elif f"\n{found.id}\t" in _tail(path):
        return
    scores = event.payload.get("scores", {})
    values = {
        "id": found.id, "timestamp": event.at, "hypothesis": found.title, "verdict": event.payload["decision"],
        "score_before": _rounded(scores.get("base")), "score_after": _rounded(scores.get("candidate")), "delta": _rounded(event.payload.get("delta")),
        "notes": event.payload.get("lesson") or event.payload["reason"],
    }  # fmt: skip
    extend(path, offset, ("\t".join(_cell(values.get(column, "")) for column in RESULTS_COLUMNS) + "\n").encode())


def _tail(path: Path, size: int = 256 * 1024) -> str:
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - size))
        return file.read().decode("utf-8", "replace")


def _rounded(value: float | None) -> str:
    return "" if value is None else f"{value:.6g}"


def _cell(value: object) -> str:
    return " ".join(str(value).split())


def _note(change: Change, found: experiments.Experiment) -> str:
    """The archive note, written from facts."""
    payload = change.event.payload
    scores = payload.get("scores", {})
    review = latest_review(change.connection, found.id, found.review_tree or "")
    lines = [
        "---", f"experiment_id: {found.id}", f"verdict: {payload['decision']}", f"score_delta: {_rounded(payload.get('delta')) or 'not measured'}",
        f"date: {change.event.at}", "---", f"# {found.title}", "", f"Category: {found.category}.",
        f"Verdict: {payload['decision']}: {payload['reason']}",
    ]  # fmt: skip
    if scores:
        lines.append(f"Composite: {_rounded(scores.get('base'))} -> {_rounded(scores.get('candidate'))}.")
    if review:
        lines.append(f"Review: {review.decision} by {review.body.get('reviewer', 'unnamed')} ({review.body.get('independence', 'unknown')}).")
    if payload.get("lesson"):
        lines.append(f"Lesson: {payload['lesson']}")
    return "\n".join(lines) + "\n"


def _pretty(value: Any) -> bytes:
    return (json.dumps(value, indent=2, ensure_ascii=False) + "\n").encode()


VIEWS: Final[dict[str, tuple[View, ...]]] = {
    "draft.written": (_draft,),
    "approval.answered": (_config,),
    "hypotheses.proposed": (_strategy,),
    "report.submitted": (_review,),
    "verdict.given": (_verdict,),
}
