"""What all kept changes gained together: the head against the campaign's first base, on fresh pairs that no decision was made by."""

from collections.abc import Sequence
from functools import partial
from typing import Final

import anyio.to_thread

from state.campaign_totals import Total, TotalMeasured, totals_of
from state.campaigns import AttemptPlan, Campaign
from tools.engine.research.attempts import Ways, is_deterministic
from tools.engine.research.calibrating_the_metric import Allowed
from tools.engine.research.confirming import ONE, fresh_pairs
from tools.engine.research.groups import runs_of_a_unit
from tools.engine.research.kept_changes import kept_changes
from tools.engine.research.pairing import Block, Candidate, Pairs
from tools.engine.session import Session, server_record

PAIRS: Final = 10
EVERY: Final = 10  # keeps after which the total is measured by itself


def is_due(keeps: int, totals: Sequence[Total]) -> bool:
    """Whether so many changes were kept since the newest total that it is to be measured."""
    return keeps - (totals[-1].keeps if totals else 0) >= EVERY


def newest_total(session: Session, campaign: Campaign) -> Total | None:
    """The newest total of a campaign, whatever the head is by now."""
    with session.store.reading() as connection:
        found = totals_of(connection, campaign.id)
    return found[-1] if found else None


def standing_total(session: Session, campaign: Campaign, head_tree: str) -> Total | None:
    """The newest total of a campaign, if it is that of this head."""
    found = newest_total(session, campaign)
    return found if found is not None and found.head_tree == head_tree else None


async def total_when_due(pairs: Pairs, campaign: Campaign, ways: Ways, head_tree: str, allowed: Allowed) -> None:
    """Measure the total by itself where so many changes were kept since the last time."""
    if await anyio.to_thread.run_sync(_is_due, pairs.session, campaign):
        await measure_total(pairs, campaign, ways, head_tree, allowed)


async def measure_total(pairs: Pairs, campaign: Campaign, ways: Ways, head_tree: str, allowed: Allowed) -> str:
    """Run the head against the first base and write down what that shows; answers why it could not be done, empty where it could.

    Where the head is that base, or its total is known, there is nothing to run.
    """
    session = pairs.session
    if head_tree == campaign.base_tree or await anyio.to_thread.run_sync(standing_total, session, campaign, head_tree) is not None:
        return ""
    plan = await anyio.to_thread.run_sync(_plan, session, campaign, ways)
    block = Block(campaign.id, "total", campaign.base_tree, (Candidate(head_tree),), group=plan.group)
    fresh = await fresh_pairs(pairs, block, plan, ONE if plan.kind == "deterministic" else PAIRS, allowed)
    if fresh.gain is None:
        return fresh.stopped or "no pair of runs gave two values"
    keeps = len(await anyio.to_thread.run_sync(kept_changes, session.store, campaign))
    total = Total(
        campaign=campaign.id, base_tree=campaign.base_tree, head_tree=head_tree, pairs=fresh.gain.pairs, gain=fresh.gain.mean,
        error=fresh.gain.error, base_mean=fresh.base_mean, head_mean=fresh.head_mean, keeps=keeps,
    )  # fmt: skip
    await anyio.to_thread.run_sync(partial(server_record, session, TotalMeasured(total=total), key=f"campaign:{campaign.id}:total:{head_tree}"))
    return fresh.stopped


def _is_due(session: Session, campaign: Campaign) -> bool:
    with session.store.reading() as connection:
        known = totals_of(connection, campaign.id)
    return is_due(len(kept_changes(session.store, campaign)), known)


def _plan(session: Session, campaign: Campaign, ways: Ways) -> AttemptPlan:
    """How a pair becomes a difference; nothing is decided by it, and nothing paid."""
    aggregate = ways.loop.aggregate
    return AttemptPlan(
        kind="deterministic" if is_deterministic(session, campaign.id) else "noisy", alpha=0.0, spent=0.0, looks=(PAIRS,),
        direction=campaign.direction, aggregate=aggregate, group=runs_of_a_unit(aggregate, ways.loop.runs_per_cycle),
    )  # fmt: skip
