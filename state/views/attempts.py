"""experiments/NNN/research.json: every attempt of an experiment with its campaign, plan, pairs, looks and end, enough to decide it once more."""

from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from state.campaigns import Attempt, Campaign, attempt_numbered, attempts_of_experiment, campaign_numbered, confirmed_gain
from state.events import Event
from state.runs import Purpose, Run, runs_of_attempt
from state.views.decided import decided
from state.views.text import pretty
from state.views.view import DECIDED, Kind, Source

if TYPE_CHECKING:
    import sqlite3

_TAKEN: Final = ("side", "place", "tree", "seed", "status", "value", "cost_usd", "seconds", "load", "beside", "at", "output", "instances", "reason")


def _of(connection: "sqlite3.Connection", event: Event) -> tuple[int, ...]:
    """The experiment that an event speaks of; a confirmed gain names it within, the end of an attempt by its attempt."""
    confirmed, attempt = event.payload.get("confirmed"), event.payload.get("attempt")
    if isinstance(attempt, int):
        found = attempt_numbered(connection, attempt)
        return (found.experiment,) if found is not None else ()
    number = confirmed.get("experiment") if isinstance(confirmed, dict) else None
    return (number,) if isinstance(number, int) else tuple(DECIDED.of(connection, event))


ATTEMPTED: Final = Kind(every=DECIDED.every, of=_of)


def research_file(source: Source, number: int) -> bytes | None:
    """research.json: what decided on it, and each pruning of it that came to an end; not there for an experiment without an attempt."""
    if decided(source, number) is None:
        return None
    made = [each for each in attempts_of_experiment(source.connection, number) if each.plan.question == "keep" or each.ending is not None]
    return pretty([_attempt(source, each) for each in made]) if made else None


def _attempt(source: Source, attempt: Attempt) -> dict[str, Any]:
    campaign = campaign_numbered(source.connection, attempt.campaign)
    question: Purpose = "prune" if attempt.plan.question == "prune" else "pair"
    gain = confirmed_gain(source.connection, attempt.id)
    return {
        "attempt": attempt.id,
        "campaign": _campaign(campaign) if campaign else attempt.campaign,
        "number": attempt.number,
        "opened_at": attempt.opened_at,
        "base_tree": attempt.base_tree,
        "tree": attempt.tree,
        "plan": attempt.plan.model_dump(mode="json"),
        "spent": {"before": attempt.plan.spent, "after": attempt.plan.spent + attempt.plan.alpha},
        "shares": [round(attempt.plan.alpha * look / sum(attempt.plan.looks), 12) for look in attempt.plan.looks],
        "pairs": _pairs(runs_of_attempt(source.connection, attempt.id, question)),
        "looks": [look.model_dump(mode="json", exclude={"attempt"}) for look in attempt.looks],
        "ending": attempt.ending.model_dump(mode="json") if attempt.ending else None,
        "fresh_pairs": _pairs(runs_of_attempt(source.connection, attempt.id, "confirm")),
        "gain": gain.model_dump(mode="json", exclude={"attempt", "campaign", "experiment"}) if gain else None,
    }


def _campaign(found: Campaign) -> dict[str, Any]:
    """The campaign: its number tells epochs apart, under which alone values compare."""
    return found.model_dump(mode="json")


def _pairs(runs: Sequence[Run]) -> list[dict[str, Any]]:
    """The pairs in the order of their numbers, each with its runs in the order in which they were taken: the coin is what stands first."""
    ordered = sorted(runs, key=lambda run: (run.pair, run.number))
    return [_pair(pair, list(of_pair)) for pair, of_pair in groupby(ordered, key=lambda run: run.pair)]


def _pair(pair: int, runs: Sequence[Run]) -> dict[str, Any]:
    taken = [{"run": run.number, **{name: getattr(run, name) for name in _TAKEN}} for run in runs]
    return {"pair": pair, "first": runs[0].side, "discarded": any(run.discarded for run in runs), "runs": taken}
