"""Attempts of a project decided once more from what its store holds, as after any number of restarts."""

from functools import partial
from pathlib import Path

from state.campaigns import Attempt, attempt_numbered
from state.instances import kept_instances
from state.runs import runs_of_attempt
from state.store import Store
from tools.engine.research.attempts import purpose_of
from tools.engine.research.deciding import Decision
from tools.engine.research.replaying import replayed


def replay(project: Path, number: int, target: float) -> tuple[Attempt, Decision]:
    """What the store says of an attempt, and what its runs come to now; `target` is the value that research is to reach."""
    store = Store(project / ".git" / "refactory")
    try:
        with store.reading() as connection:
            attempt = attempt_numbered(connection, number)
            assert attempt is not None
            runs = runs_of_attempt(connection, number, purpose_of(attempt.plan))
        return attempt, replayed(attempt, runs, target, partial(kept_instances, store))
    finally:
        store.close()


def assert_same(attempt: Attempt, decision: Decision) -> None:
    """The same looks with the same numbers, and the same end."""
    assert attempt.ending is not None
    assert (decision.outcome, decision.losses.only_candidate, decision.losses.only_base, decision.losses.both) == (
        attempt.ending.outcome, attempt.ending.only_candidate, attempt.ending.only_base, attempt.ending.both
    )  # fmt: skip
    fields = ("n", "even", "units", "mean", "estimate", "p", "limit", "carried", "line", "lane", "outcome", "next")
    told, stored = ([[getattr(look, field) for field in fields] for look in looks] for looks in (decision.looks, attempt.looks))
    assert told == stored
