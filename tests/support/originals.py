"""An original re:factory's `.factory/` as it really looked: files as its commands and its agents wrote them."""

import csv
import io
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

COLUMNS = (
    "id", "timestamp", "hypothesis", "change_summary", "issue_number", "pr_number", "score_before", "score_after", "delta", "verdict",
    "cost_usd", "notes", "research_citations",
)  # fmt: skip
VERDICTS = ("keep", "keep", "revert", "keep", "error")
GOAL = "Turn text into slugs that a person can read."


def row(number: int, **fields: Any) -> dict[str, Any]:
    """A row as `factory finalize` wrote it, but for what `fields` says otherwise."""
    verdict = VERDICTS[number % len(VERDICTS)]
    return {
        "id": number, "timestamp": f"2026-05-{1 + number % 28:02d}T10:00:00.123456", "hypothesis": f"Idea {number}: test what no test runs",
        "change_summary": f"Added {number} tests", "issue_number": 100 + number, "pr_number": "", "score_before": 0.61, "score_after": 0.64,
        "delta": 0.03, "verdict": verdict, "cost_usd": "", "notes": f"ceo:{verdict} score_delta=0.03 precheck=pass reason=\"it {verdict}s\"",
        "research_citations": "https://example.org/paper|#12" if number % 2 else "", **fields,
    }  # fmt: skip


def results_tsv(rows: Iterable[dict[str, Any]], columns: Sequence[str] = COLUMNS, *, header: bool = True) -> bytes:
    """results.tsv in Python's excel-tab form, as the original wrote it: lines end with CR LF."""
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, columns, dialect="excel-tab", extrasaction="ignore")
    if header:
        writer.writeheader()
    writer.writerows(rows)
    return buffer.getvalue().encode()


def event_line(kind: str, **data: Any) -> str:
    """A line of the original's events.jsonl."""
    return json.dumps({"type": kind, "timestamp": "2026-05-02T08:00:00+00:00", "project": "run-1a2b3c4d", "agent": None, "data": data})


def put(folder: Path, files: dict[str, str | bytes]) -> Path:
    """Write files below `folder`; answers it."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def original_files(count: int = 12) -> dict[str, str | bytes]:
    """The files of a project after `count` experiments: some cycles of improvement, one of them broken off."""
    files: dict[str, str | bytes] = {
        "config.json": json.dumps({"goal": GOAL, "scope": ["src/**"], "guards": [], "eval_command": "pytest", "eval_threshold": 0.8}, indent=2),
        "eval_profile.json": json.dumps(
            {"project_type": "library", "dimensions": [], "tier": "discovered", "confidence": 0.8, "human_reviewed": True}
        ),
        "eval_spec.json": "[]",
        "last_eval.json": json.dumps({"total": 0.64, "results": [], "guard_violations": [], "passed": False}),
        "results.tsv": results_tsv(row(number) for number in range(1, count + 1)),
        ".store.lock": "",
        "events.jsonl": "".join(f"{event_line(kind)}\n" for kind in ("detect", "discover.started", "experiment.begin", "experiment.finalize")),
        "strategy/current.md": "# Strategy\n\n#### H1: Test shout\n\n- Category: exploit\n",
        "strategy/observations.md": "# Observations\n",
        "strategy/backlog.md": "- Support Unicode\n- Add a command line\n  with --help and --version\n- Speed up the first call\n",
        "strategy/deferred.md": "- support  unicode\n- Publish the documentation\n- Drop Python 3.9\n",
        "reviews/builder-latest.md": "Done: tests added.\n",
        "reviews/ceo-verdict-builder.md": "**Verdict:** CLEAN\n",
        "performance_report.json": json.dumps({"project_name": "slug", "total_experiments": count}),
        "archive/patterns/patterns.md": "# Patterns\n\nSmall tests are kept.\n",
        "archive/sources/slugs.md": "---\nsource: https://example.org/paper\n---\n\nSlugs.\n",
        "archive/strategies/slug-2026-05-01.md": "# Strategy of the first day\n",
        "checkpoint.json": json.dumps({"mode": "improve", "active_experiment_id": count}),
        "state/refinements.json": json.dumps({"entries": []}),
        "messages/1714550000-1a2b3c4d.md": "timestamp: 2026-05-01T08:00:00\n\nLook at Unicode first.\n",
        "agents/builder.md": "Always run the linter.\n",
        ".bob_auth": "key\n",
    }
    for number in range(1, count + 1):
        fields = {**row(number), "pr_number": None, "cost_usd": None, "research_citations": []}
        files[f"experiments/{number:03d}/hypothesis.md"] = f"Idea {number}: test what no test runs\n"
        files[f"experiments/{number:03d}/verdict.json"] = json.dumps(fields, indent=2)
        files[f"archive/experiments/slug-{number:03d}.md"] = f"---\nexperiment_id: {number}\nverdict: {fields['verdict']}\n---\n\n# Idea {number}\n"
    files[f"experiments/{count + 1:03d}/hypothesis.md"] = "Begun and never decided\n"
    return files


def make_original(folder: Path, count: int = 12) -> Path:
    """An original's `.factory` at `folder`; answers it."""
    return put(folder, original_files(count))
