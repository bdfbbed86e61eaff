"""Attempts of research as the store holds them, without a run."""

from state.campaigns import Attempt, AttemptPlan, Ending, LookTaken, Outcome

PLAN = AttemptPlan(kind="noisy", alpha=0.00196, spent=0.0, looks=(3, 6, 12, 20, 30), direction="maximise")


def look(n: int = 12, estimate: float = 0.05, outcome: str = "more") -> LookTaken:
    """A look at so many pairs."""
    return LookTaken.model_validate(
        {
            "attempt": 1, "n": n, "even": 0, "units": n, "mean": estimate, "estimate": estimate, "p": 0.0005, "limit": 0.0006, "carried": 0.0,
            "outcome": outcome, "next": 20,
        }
    )  # fmt: skip


def attempt(outcome: Outcome | None = None) -> Attempt:
    """The first attempt of a campaign, ended so; None: it is not told yet."""
    ending = Ending(outcome=outcome, reason="as its runs say", pairs=12, estimate=0.05) if outcome else None
    return Attempt(
        id=1, key="k", campaign=1, number=1, experiment=1, cycle=1, tree="7" * 40, base_tree="8" * 40, plan=PLAN,
        opened_at="2026-11-20T10:00:00.000Z", looks=(look(),), ending=ending,
    )  # fmt: skip
