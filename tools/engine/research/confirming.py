"""What a kept change gained, on fresh pairs with a stream of coins of their own: nothing is decided by them, so nothing of them was chosen."""

from dataclasses import dataclass
from functools import partial
from statistics import fmean
from typing import Final

import anyio.to_thread

from state.campaigns import Attempt, AttemptPlan, Campaign, Confirmed, GainConfirmed, confirmed_gain
from state.runs import Run, runs_for
from tools.engine.research.calibrating_the_metric import Allowed
from tools.engine.research.gains import Gain, gain_of
from tools.engine.research.pairing import Block, Candidate, Pairs, sides_of
from tools.engine.research.replaying import pair_of
from tools.engine.session import Session, server_record

TRIES: Final = 2  # pairs that may be begun for each that is wanted
ONE: Final = 1  # pair, of a metric that is the same each time


@dataclass(frozen=True)
class Fresh:
    """Pairs of two trees: their differences (up is better), and the metric itself before and after. `stopped` says why there are not more."""

    gain: Gain | None
    base_mean: float = 0.0
    head_mean: float = 0.0
    stopped: str = ""


async def confirm(pairs: Pairs, campaign: Campaign, attempt: Attempt, count: int, allowed: Allowed) -> str:
    """Measure the gain of a kept attempt afresh, and write it down; answers why that could not be done, empty where it could.

    Of pairs that a budget cut short nothing is written: they stay, and are gone on with when it allows more.
    """
    if await anyio.to_thread.run_sync(_is_confirmed, pairs.session, attempt.id):
        return ""
    fresh = await fresh_pairs(pairs, _block(attempt), attempt.plan, wanted_for(attempt, count), allowed)
    if fresh.gain is None or fresh.stopped:
        return fresh.stopped or "no pair of runs gave two values"
    found = Confirmed(
        attempt=attempt.id, campaign=campaign.id, experiment=attempt.experiment, pairs=fresh.gain.pairs, gain=fresh.gain.mean,
        error=fresh.gain.error, base_mean=fresh.base_mean, head_mean=fresh.head_mean, selected=attempt.ending.estimate if attempt.ending else None,
    )  # fmt: skip
    await anyio.to_thread.run_sync(partial(server_record, pairs.session, GainConfirmed(confirmed=found), key=f"attempt:{attempt.id}:confirmed"))
    return ""


def wanted_for(attempt: Attempt, count: int) -> int:
    """How many fresh pairs make a confirmation whole: `count`, and one of a metric that is the same each time."""
    return ONE if attempt.plan.kind == "deterministic" else count


def taken_for(session: Session, attempt: Attempt) -> tuple[int, int]:
    """How many fresh pairs of an attempt gave two values so far, and how many were taken for that."""
    sides = _sides(session, _block(attempt))
    return sum(all(run.value is not None for run in (*base, *head)) for base, head in sides), len(sides)


def _block(attempt: Attempt) -> Block:
    return Block(attempt.campaign, "confirm", attempt.base_tree, (Candidate(attempt.tree, attempt.id),), group=attempt.plan.group)


async def fresh_pairs(pairs: Pairs, block: Block, plan: AttemptPlan, count: int, allowed: Allowed) -> Fresh:
    """Take pairs of a block until `count` are complete, those that were taken for the same among them; lost ones are tried again, within TRIES."""
    stopped = ""
    while True:
        sides = await anyio.to_thread.run_sync(_sides, pairs.session, block)
        found = [(base, head, pair_of(plan, pairs.course.metric.target, base, head)) for base, head in sides]
        complete = [(base, head, pair) for base, head, pair in found if not isinstance(pair, str)]
        if len(complete) >= count or len(found) >= TRIES * count:
            break
        if stopped := await anyio.to_thread.run_sync(allowed, 2 * block.group):
            break
        said = f"{block.purpose}, pair {len(found) + 1} of {count}"
        await pairs.saying(said).take(block)
    if not complete:
        return Fresh(None, stopped=stopped)
    base_mean, head_mean = (
        fmean(_value(run) for base, _, _ in complete for run in base),
        fmean(_value(run) for _, head, _ in complete for run in head),
    )
    return Fresh(gain_of([pair for _, _, pair in complete]), base_mean, head_mean, stopped)


def _value(run: Run) -> float:
    if run.value is None:
        raise ValueError(f"run {run.number} gave no value, and its pair is none")
    return run.value


def _sides(session: Session, block: Block) -> list[tuple[tuple[Run, ...], tuple[Run, ...]]]:
    (candidate,) = block.candidates
    with session.store.reading() as connection:
        runs = runs_for(connection, block.campaign, block.purpose)
    ours = [run for run in runs if run.serves == block.served and run.tree in (block.base_tree, candidate.tree)]
    return list(sides_of(ours, candidate.attempt).values())


def _is_confirmed(session: Session, attempt: int) -> bool:
    with session.store.reading() as connection:
        return confirmed_gain(connection, attempt) is not None
