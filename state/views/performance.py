"""performance_report.json: the counts of a project, in the original's fields as far as there are facts for them."""

from typing import Any, Final

from state.baselines import BaselineMeasured, newest_baseline
from state.decisions import newest_decided
from state.experiments import KeepWithdrawn, VerdictGiven
from state.landings import LandingDone
from state.proposing import ExperimentTaken
from state.reports import ReportSubmitted, newest_reports, report_counts
from state.rows import one
from state.totals import totals
from state.undoing import ExperimentUndone
from state.views.decided import VERDICTS, Decided, decided
from state.views.reviews import WORDS
from state.views.text import line, pretty
from state.views.view import Source

NEWEST: Final = 50
CONTENT: Final = 500  # characters of an observation
# What changes the report.
EVENTS: Final = (
    VerdictGiven.type, KeepWithdrawn.type, LandingDone.type, ExperimentTaken.type, ExperimentUndone.type, ReportSubmitted.type, BaselineMeasured.type,
)  # fmt: skip


def report(source: Source) -> bytes | None:
    """The report; None while nothing was measured, reviewed or decided. A rate of nothing is null."""
    counts = totals(source.connection)
    total = sum(counts.values())
    newest = [found for number in newest_decided(source.connection, NEWEST) if (found := decided(source, number))]
    score = _latest_score(source, newest)
    reviews = _verdicts(source)
    if not (total or reviews or score is not None):
        return None
    return pretty(
        {
            "generated_at": _as_of(source),
            "total_experiments": total,
            **{f"{word}_count": _counted(counts, word) for word in dict.fromkeys(VERDICTS.values())},
            "keep_rate": round(counts.get("keep", 0) / total, 4) if total else None,
            "latest_score": score,
            "agent_verdicts": reviews,
            "observations": [_observation(found) for found in newest],
            "verdict_patterns": _patterns(source),
        }
    )


def _counted(counts: dict[str, int], word: str) -> int:
    """How many verdicts the original calls by this word."""
    return sum(number for verdict, number in counts.items() if VERDICTS[verdict] == word)


def _latest_score(source: Source, newest: list[Decided]) -> float | None:
    """What the target measures at: the newest landed candidate; where none of the newest landed, the newest baseline."""
    landed = next((found for found in newest if found.experiment.state == "landed" and "candidate" in found.given.scores), None)
    if landed is not None:
        return landed.given.scores["candidate"]
    baseline = newest_baseline(source.connection)
    return baseline.composite if baseline else None


def _verdicts(source: Source) -> list[dict[str, Any]]:
    """The newest reports as verdicts of their roles, in the original's three words."""
    return [
        {
            "role": found.role,
            "verdict": WORDS.get(found.decision, found.decision),
            "rationale": line(found.summary, CONTENT),
            "issues": [line(str(issue.get("text", "")), CONTENT) for issue in found.body.get("issues", ()) if isinstance(issue, dict)],
            "experiment_id": found.experiment,
        }
        for found in newest_reports(source.connection, NEWEST)
    ]


def _patterns(source: Source) -> dict[str, int]:
    counts: dict[str, int] = {}
    for (role, decision), number in report_counts(source.connection).items():
        name = f"{role}:{WORDS.get(decision, decision)}"
        counts[name] = counts.get(name, 0) + number
    return counts


def _observation(found: Decided) -> dict[str, Any]:
    return {
        "source": f"archive/experiments/{found.experiment.id:03d}.md",
        "content": line(found.given.lesson or found.given.reason, CONTENT),
        "timestamp": found.at,
        "tags": [found.experiment.category, VERDICTS[found.given.decision]],
    }


def _as_of(source: Source) -> str:
    """When the newest event happened that the report speaks of."""
    marks = ", ".join("?" * len(EVENTS))
    row = one(source.connection, f"SELECT at FROM events WHERE type IN ({marks}) ORDER BY seq DESC LIMIT 1", *EVENTS)  # noqa: S608 - question marks
    return str(row["at"]) if row else ""
