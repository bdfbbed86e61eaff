"""A decided experiment with all that its files are written from."""

from dataclasses import dataclass
from typing import Any, Final

from state.cycles import Hypothesis, hypothesis
from state.experiments import Experiment, VerdictGiven, experiment
from state.verdicts import verdict_event
from state.views.view import Source

# How the original names what was decided.
VERDICTS: Final = {"keep": "keep", "revert": "revert", "abandon": "error", "supersede": "revert", "undo": "revert"}


@dataclass(frozen=True)
class Decided:
    """An experiment, the verdict that counts, when it was given, and the hypothesis that was tried."""

    experiment: Experiment
    given: VerdictGiven
    at: str
    hypothesis: Hypothesis | None

    @property
    def comparison(self) -> dict[str, Any]:
        """The stored comparison with the base; empty where nothing was measured."""
        return (self.experiment.assessment or {}).get("assessment") or {}

    @property
    def became(self) -> str:
        """What became of it, in a few words."""
        match self.experiment.state:
            case "landed":
                return f"kept, landed as {(self.experiment.merge_commit or '')[:7]}"
            case "kept":
                return "kept, waits to land"
            case "proposed":
                return "kept, proposed to upstream"
            case "reverted" | "superseded" as state:
                return state
            case "undone":
                taken_back = f"taken back as {self.experiment.undo_commit[:7]}" if self.experiment.undo_commit else "of which nothing was left"
                return f"kept, landed as {(self.experiment.merge_commit or '')[:7]}, undone: {taken_back}"
            case _:
                return "abandoned"


def decided(source: Source, number: int) -> Decided | None:
    """The experiment of this number with its verdict; None while there is none that counts."""
    if number not in source.seen:
        source.seen.clear()  # its files are asked for one after the other
        source.seen[number] = _decided(source, number)
    found = source.seen[number]
    return found if isinstance(found, Decided) else None


def _decided(source: Source, number: int) -> Decided | None:
    event = verdict_event(source.connection, number)
    found = experiment(source.connection, number)
    if event is None or found is None:
        return None
    stored = hypothesis(source.connection, found.hypothesis)
    return Decided(found, VerdictGiven.model_validate(event.payload), event.at, stored.content if stored else None)


def record(found: Decided) -> dict[str, Any]:
    """The experiment in the original's fields: those of a line of results.tsv, with null for what there is not."""
    content, given = found.hypothesis, found.given
    return {
        "id": found.experiment.id,
        "timestamp": found.experiment.ended_at or found.at,
        "hypothesis": found.experiment.title,
        "change_summary": content.what if content else "",
        "issue_number": None,
        "pr_number": None,
        "score_before": given.scores.get("base"),
        "score_after": given.scores.get("candidate"),
        "delta": given.delta,
        "verdict": VERDICTS[given.decision],
        "cost_usd": given.cost_usd,
        "notes": given.lesson or given.reason,
        "research_citations": list(content.sources) if content else [],
    }
