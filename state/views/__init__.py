"""The readable files of `.factory/`: written from the store after each change, never read for a decision."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from state import experiments
from state.answers import clean
from state.cycles import hypotheses_of, hypothesis
from state.errors import Refusal
from state.events import Event
from state.files import ensure_private_folder, extend, inside, last_line, locked, replace_file
from state.reports import latest_review
from state.store import Store, event_at, events_after

if TYPE_CHECKING:
    import sqlite3

BATCH: Final = 100  # events that are exported at a time
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

    def write(self, name: str, content: bytes) -> None:
        """Write the file `name` of the folder."""
        replace_file(inside(self.folder, name), content)


View = Callable[[Change], None]


def export(store: Store, folder: Path) -> None:
    """Bring the views in `folder` (a project's `.factory`) up to the newest event.

    Small files first, events.jsonl last: its last line is the watermark, so that a kill in between only repeats work. Raises OSError when the
    folder cannot be written, and Refusal STORE_BROKEN when it is a symbolic link or its log is not this store's.
    """
    ensure_private_folder(folder)
    replace_file(inside(folder, ".gitignore"), b"*\n")
    log = inside(folder, "events.jsonl")
    with locked(store.folder / "export.lock", "writing the views"):
        more = True
        while more:
            with store.reading() as connection:  # in batches: other threads ask questions in between
                line, offset = last_line(log)
                events = _batch(events_after(connection, _sequence(connection, line, log), BATCH))
                for event in events:
                    for view in VIEWS.get(event.type, ()):
                        view(Change(store, connection, folder, event))
                if events:
                    extend(log, offset, "".join(f"{event.line()}\n" for event in events).encode())
            more = bool(events)


def _batch(events: list[Event]) -> list[Event]:
    """The events up to the first one with a line in results.tsv: with the watermark behind it at once, its line is never written twice."""
    ends = (number for number, event in enumerate(events, 1) if event.type == experiments.VerdictGiven.type)
    return events[: next(ends, len(events))]


def _sequence(connection: "sqlite3.Connection", line: str, log: Path) -> int:
    """The sequence number of the event in the last line of events.jsonl; 0 for no line.

    A line that is not of this store was edited, or the store was taken away: then it may be the only copy, and nobody but doctor touches it.
    """
    if not line:
        return 0
    try:
        event = Event.model_validate_json(line)
    except ValueError:
        event = None
    if event is None or event_at(connection, event.seq) != event:
        raise Refusal(
            "STORE_BROKEN",
            "the last line of .factory/events.jsonl is no event of this store",
            where=[str(log)],
            expected="a log that only the factory writes; without it, all readable files are written anew",
        )
    return event.seq


def _config(change: Change) -> None:
    """config.json and eval_profile.json follow the approved evaluation."""
    if change.event.payload.get("subject") != "evaluation" or change.event.payload.get("answer") != "approve":
        return
    payload = change.event.payload
    change.write("config.json", _pretty({**payload.get("contract", {}), "approved": payload["hash"], "at": change.event.at}))
    change.write("eval_profile.json", _pretty({**payload.get("profile", {}), "human_reviewed": True}))


def _draft(change: Change) -> None:
    change.write("draft/factory.md", str(change.event.payload["text"]).encode())


def _strategy(change: Change) -> None:
    """strategy/current.md holds the cycle's hypotheses in their order."""
    cycle = int(change.event.payload["cycle"])
    parts = [f"# Cycle {cycle}"]
    for item in hypotheses_of(change.connection, cycle):
        content = item.content
        facts = f"- category: {content.category}\n- dimension: {content.dimension}\n- what: {content.what}\n- why: {content.why}"
        parts.append(f"#### {item.name}: {content.title}\n\n{facts}")
    change.write("strategy/current.md", ("\n\n".join(parts) + "\n").encode())


def _review(change: Change) -> None:
    payload = change.event.payload
    body = json.dumps(payload["body"], indent=1, ensure_ascii=False)
    text = f"# {payload['role']}: {payload['decision']}\n\n{payload['summary']}\n\n```json\n{body}\n```\n"
    change.write(f"reviews/{payload['role']}-latest.md", text.encode())


def _verdict(change: Change) -> None:
    """The experiment's folder, its line in results.tsv, its archive note and the totals."""
    number = int(change.event.payload["experiment"])
    found = experiments.experiment(change.connection, number)
    if found is None:
        return
    _experiment_folder(change, found)
    _results(inside(change.folder, "results.tsv"), found, change.event)
    change.write(f"archive/experiments/{number:03d}.md", _note(change, found).encode())
    totals = experiments.totals(change.connection)
    report = {
        "generated_at": change.event.at, "total_experiments": sum(totals.values()), "kept": totals.get("keep", 0),
        "reverted": totals.get("revert", 0), "errors": totals.get("abandon", 0),
    }  # fmt: skip
    change.write("performance_report.json", _pretty(report))


def _experiment_folder(change: Change, found: experiments.Experiment) -> None:
    folder = f"experiments/{found.id:03d}"
    stored = hypothesis(change.connection, found.hypothesis)
    content = stored.content if stored else None
    text = f"# {found.title}\n\n{content.what}\n\nWhy: {content.why}\n" if content else f"# {found.title}\n"
    change.write(f"{folder}/hypothesis.md", text.encode())
    change.write(f"{folder}/verdict.json", _pretty({**change.event.payload, "id": found.id, "title": found.title, "at": change.event.at}))
    if change.event.payload.get("diff"):
        change.write(f"{folder}/changes.diff", _patch(change.store, str(change.event.payload["diff"])))
    for side, name in (("base", "eval_before.json"), ("candidate", "eval_after.json")):
        if found.assessment:
            change.write(f"{folder}/{name}", _pretty(_composite(found.assessment["assessment"], side)))


def _patch(store: Store, name: str) -> bytes:
    """The stored patch; where it is lost, the file says so, and the other views go on."""
    try:
        return store.read_object(name)
    except Refusal as refusal:
        return f"The patch is lost: {refusal.what}.\n".encode()


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
    elif line.startswith(f"{found.id}\t"):  # written by whoever died before the watermark
        return
    scores = event.payload.get("scores", {})
    values = {
        "id": found.id, "timestamp": event.at, "hypothesis": found.title, "verdict": event.payload["decision"],
        "score_before": _rounded(scores.get("base")), "score_after": _rounded(scores.get("candidate")), "delta": _rounded(event.payload.get("delta")),
        "notes": event.payload.get("lesson") or event.payload["reason"],
    }  # fmt: skip
    extend(path, offset, ("\t".join(_cell(values.get(column, "")) for column in RESULTS_COLUMNS) + "\n").encode())


def _rounded(value: float | None) -> str:
    return "" if value is None else f"{value:.6g}"


def _cell(value: object) -> str:
    return clean(" ".join(str(value).split()))


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
