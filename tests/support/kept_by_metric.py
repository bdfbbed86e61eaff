"""Experiments that research kept, as a store holds them: without git, and without a run."""

from typing import Any

from state.campaigns import AttemptClosed, AttemptOpened, AttemptPlan, Campaign, CampaignOpened, Confirmed, Ending, GainConfirmed
from state.events import Payload
from state.landings import LandingDone, LandingIntended
from state.store import Store
from tests.support.histories import COMMIT, TREE
from tests.support.stores import append, append_all, begun, cycle_started, verdict

CAMPAIGN = Campaign(id=1, key="c", target="t", instrument="i", metric="rate", direction="maximise", base_tree=TREE)


def make_campaign(store: Store) -> None:
    """A campaign in an open cycle, with nothing kept yet."""
    append_all(store, [cycle_started(), CampaignOpened(campaign=CAMPAIGN)])


def keep_by_metric(store: Store, number: int, gain: float | None = None, holdout: dict[str, float] | None = None, **plan: Any) -> None:
    """One more experiment that was kept and landed; with its `gain` as measured afresh and the numbers of what is held out, where there are any."""
    given = AttemptPlan(**{"kind": "noisy", "alpha": 0.001, "spent": 0.0, "looks": (3, 6), "direction": "maximise", **plan})
    opened = AttemptOpened(
        attempt=number, key=f"key {number}", campaign=1, number=number, experiment=number, cycle=1, tree=TREE, base_tree="b" * 40, plan=given
    )
    closed = AttemptClosed(attempt=number, ending=Ending(outcome="better", reason="told", pairs=6, estimate=0.3))
    kept = verdict(number, "keep", "It is higher.").model_copy(update={"holdout": holdout or {}})
    append_all(store, [*begun(number), opened, closed, kept])
    intent = append(store, LandingIntended(purpose="experiment", experiment=number, ref="refs/heads/main", old=COMMIT, new=f"n{number}")).seq
    landed: list[Payload] = [LandingDone(intent=intent, outcome="landed", experiment=number, commit=f"n{number}")]
    if gain is not None:
        confirmed = Confirmed(attempt=number, campaign=1, experiment=number, pairs=5, gain=gain, error=0.01, base_mean=0.0, head_mean=gain)
        landed.append(GainConfirmed(confirmed=confirmed))
    append_all(store, landed)
