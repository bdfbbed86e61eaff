"""Candidates held against their base: pair after pair until each is told, or until the budget says stop."""

from collections.abc import Sequence
from typing import Final

import anyio.to_thread

from state.campaigns import Attempt, Campaign, attempts_of
from state.runs import runs_of_attempt, runs_of_tree
from tools.engine.research.attempts import is_deterministic, purpose_of, take_look
from tools.engine.research.calibrating_the_metric import Allowed
from tools.engine.research.pairing import Block, Candidate, Pairs, sides_of
from tools.engine.session import Session

CANARY: Final = 10  # attempts at a metric that is the same each time, after which the head is run once more to see whether it still is


async def decide_attempts(pairs: Pairs, campaign: Campaign, attempts: Sequence[Attempt], allowed: Allowed) -> str:
    """Run the attempts, all against the same base, until every one of them has ended.

    Answers why that was stopped before; empty where it was not. One run of the base a pair serves all; each has its own looks.
    """
    target = pairs.course.metric.target
    for attempt in (each for each in attempts if each.plan.kind == "deterministic" and each.ending is None):
        if reason := await _decide_by_a_run(pairs, campaign, attempt, allowed):
            return reason
    noisy = [each for each in attempts if each.plan.kind == "noisy" and each.ending is None]
    left = [await anyio.to_thread.run_sync(take_look, pairs.session, each, target) for each in noisy]
    while left := [each for each in left if each.ending is None]:
        block = block_of(campaign, left)
        if reason := await anyio.to_thread.run_sync(allowed, (len(left) + 1) * block.group):
            return reason
        said = await anyio.to_thread.run_sync(_said, pairs.session, left[0])
        await pairs.saying(said).take(block)
        left = [await anyio.to_thread.run_sync(take_look, pairs.session, each, target) for each in left]
    return ""


def block_of(campaign: Campaign, attempts: Sequence[Attempt]) -> Block:
    """The next pair of these attempts."""
    first = attempts[0]
    return Block(
        campaign.id, purpose_of(first.plan), first.base_tree, tuple(Candidate(each.tree, each.id) for each in attempts), group=first.plan.group
    )


def _said(session: Session, attempt: Attempt) -> str:
    with session.store.reading() as connection:
        done = len(sides_of(runs_of_attempt(connection, attempt.id, purpose_of(attempt.plan)), attempt.id))
    following = next((look for look in attempt.plan.looks if look > done), attempt.plan.looks[-1])
    return f"pair {done + 1} of up to {attempt.plan.looks[-1]} (next look at {following})"


async def _decide_by_a_run(pairs: Pairs, campaign: Campaign, attempt: Attempt, allowed: Allowed) -> str:
    """Of a metric that is the same each time one run decides, and a second one where it shows a gain."""
    block = Block(campaign.id, purpose_of(attempt.plan), attempt.base_tree, (Candidate(attempt.tree, attempt.id),), with_base=False)
    if reason := await anyio.to_thread.run_sync(allowed, 1):
        return reason
    base = await _known_base(pairs, campaign, attempt)
    now = attempt
    while now.ending is None:
        if reason := await anyio.to_thread.run_sync(allowed, 1):
            return reason
        await pairs.take(block)
        now = await anyio.to_thread.run_sync(take_look, pairs.session, now, pairs.course.metric.target, base)
    return ""


async def _known_base(pairs: Pairs, campaign: Campaign, attempt: Attempt) -> float | None:
    """The value of the base: known, or run now; now and then it is run though it is known. None where it gives none, or differs by now."""
    session, tree = pairs.session, attempt.base_tree
    if await anyio.to_thread.run_sync(_is_due, session, campaign.id, tree):
        await pairs.take(Block(campaign.id, "baseline", tree, ()))
    values = await anyio.to_thread.run_sync(_values, session, campaign.id, tree)
    same = await anyio.to_thread.run_sync(is_deterministic, session, campaign.id)
    return values[-1] if values and same else None


def _is_due(session: Session, campaign: int, tree: str) -> bool:
    with session.store.reading() as connection:
        made = [each for each in attempts_of(connection, campaign) if each.plan.kind == "deterministic"]
    return not _values(session, campaign, tree) or len(made) % CANARY == 0


def _values(session: Session, campaign: int, tree: str) -> list[float]:
    with session.store.reading() as connection:
        return [run.value for run in runs_of_tree(connection, campaign, tree) if run.value is not None]
