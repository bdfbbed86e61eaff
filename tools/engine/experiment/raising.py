"""Raising a metric: a candidate that passes everything else is held against its base until it is told, and what is kept is measured afresh."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import anyio.to_thread

from state.campaigns import Attempt, Campaign
from state.configuration.research import InnerLoop
from state.cycles import Cycle, cycle
from state.errors import Refusal
from state.experiments import Experiment, experiment, experiments_of_cycle
from state.reports import latest_review
from state.runs import runs_of_tree
from tools.engine.contract import Contract
from tools.engine.experiment.attempted import attempt_for, in_research, standing_campaign
from tools.engine.experiment.bench import Bench
from tools.engine.experiment.candidate import current_tree
from tools.engine.experiment.comparing import as_the_base_sees, record_comparison
from tools.engine.experiment.gathering import gather
from tools.engine.gate.checks import of_result, run_gate
from tools.engine.gate.facts import Check
from tools.engine.repository.objects import tree_of
from tools.engine.research.attempts import Asked, Ways, open_attempt, open_campaign
from tools.engine.research.budget import standing_budget, stops
from tools.engine.research.calibrating_the_metric import Allowed, calibrate_metric, is_calibrated_in
from tools.engine.research.course import Course, environment
from tools.engine.research.holding_against import decide_attempts
from tools.engine.research.instrument import instrument_at
from tools.engine.research.pairing import Block, Pairs
from tools.engine.session import Session

# Checks that the metric itself answers, or that come after it: none of them keeps a candidate from being run.
LATER: Final = frozenset({"ratchet", "reviewed", "guards"})
A_PAIR: Final = 2  # runs


@dataclass(frozen=True)
class Laid:
    """Everything is laid out for pairs under one instrument."""

    pairs: Pairs
    campaign: Campaign
    ways: Ways


def ways_of(contract: Contract) -> Ways | None:
    """How a contract has its metric raised; None where it names none."""
    target = contract.configuration.research_target
    return Ways(target, contract.configuration.inner_loop or InnerLoop()) if target is not None else None


async def lay_out(bench: Bench, commit: str) -> Laid | None:
    """The campaign under the instrument of now, with the base of `bench` at its beginning where it is new; None without a research target."""
    ways = ways_of(bench.contract)
    if ways is None:
        return None
    session = bench.session
    course = Course(await as_the_base_sees(replace(bench, fresh=False)), ways.target, bench.progress)
    where = await environment(course)
    instrument = await anyio.to_thread.run_sync(instrument_at, session.repository, bench.base_tree, bench.contract.configuration, ways.target, where)
    campaign = await anyio.to_thread.run_sync(open_campaign, session, ways, (commit, bench.base_tree), instrument)
    return Laid(Pairs(session, course, bench.progress), campaign, ways)


def allowed_in(session: Session, found: Cycle | None, commit: str = "") -> Allowed:
    """What the budget of factory.md, on the target of a cycle now or at a commit, says to more runs."""
    return lambda runs: stops(standing_budget(session, found, commit), runs) if found is not None or commit else ""


async def calibrate_head(bench: Bench, commit: str, allowed: Allowed, *, anew: bool = False) -> str:
    """Calibrate the metric on the base of a bench, once for an instrument, or `anew`; a base that was never run is run once all the same.

    Answers why it was stopped; empty where it was not.
    """
    laid = await lay_out(bench, commit)
    if laid is None:
        return ""
    if not anew and await anyio.to_thread.run_sync(is_calibrated_in, bench.session, laid.campaign.id):
        return await _run_once(laid, bench.base_tree, allowed)
    return await calibrate_metric(laid.pairs, laid.campaign, bench.base_tree, allowed)


async def _run_once(laid: Laid, tree: str, allowed: Allowed) -> str:
    """Run a tree that nobody ran yet, so that it is known what fails in it."""
    if await anyio.to_thread.run_sync(_was_run, laid.pairs.session, laid.campaign.id, tree):
        return ""
    if reason := await anyio.to_thread.run_sync(allowed, 1):
        return reason
    await laid.pairs.saying("the head").take(Block(laid.campaign.id, "baseline", tree, ()))
    return ""


def _was_run(session: Session, campaign: int, tree: str) -> bool:
    with session.store.reading() as connection:
        return bool(runs_of_tree(connection, campaign, tree))


def is_known(session: Session, contract: Contract, commit: str) -> bool:
    """Whether a commit was run and its noise is known, as far as that can be told without looking at the environment; true without a target."""
    campaign, ways = standing_campaign(session, commit), ways_of(contract)
    if ways is None:
        return True
    if campaign is None:
        return False
    tree, where = tree_of(session.repository, commit), campaign.parts.get("environment", "")
    same = instrument_at(session.repository, tree, contract.configuration, ways.target, where).key == campaign.instrument
    return same and is_calibrated_in(session, campaign.id) and _was_run(session, campaign.id, tree)


async def raise_metric(bench: Bench, number: int) -> None:
    """Hold an experiment against its base, if nothing but the metric is left to be asked. Others that wait for the same share the base's runs, those
    among them that are reviewed and not measured yet.

    Raises Refusal BUDGET_SPENT where the campaign has no share of error left for it.
    """
    session = bench.session
    found = await anyio.to_thread.run_sync(_found, session, number)
    of_cycle = await anyio.to_thread.run_sync(_cycle_of, session, found)
    if of_cycle is None or of_cycle.mode != "research" or in_the_way(await anyio.to_thread.run_sync(_checks, session, found)):
        return
    laid = await lay_out(bench, found.base)
    if laid is None:
        return
    allowed = allowed_in(session, of_cycle)
    if not await anyio.to_thread.run_sync(is_calibrated_in, session, laid.campaign.id):
        await calibrate_metric(laid.pairs, laid.campaign, bench.base_tree, allowed)
        if not await anyio.to_thread.run_sync(is_calibrated_in, session, laid.campaign.id):
            return  # the budget says no, or the base itself gives no value
    for other in await anyio.to_thread.run_sync(_not_measured, session, found):
        await record_comparison(bench, other)
    attempts = await anyio.to_thread.run_sync(lambda: {each.id: each for each in _opened(session, laid, found, bench.base_tree)})
    await decide_attempts(laid.pairs, laid.campaign, list(attempts.values()), allowed)


def waits_for_pairs(session: Session, found: Experiment) -> bool:
    """Whether a measured experiment of research is not told from its base yet, and nothing but its metric is left to be asked."""
    if not in_research(session, found):
        return False
    attempt = attempt_for(session, found)
    return (attempt is None or attempt.ending is None) and not in_the_way(_checks(session, found))


def require_budget(session: Session, found: Experiment) -> None:
    """Raises Refusal BUDGET_SPENT where the budget of factory.md does not allow the runs that an experiment waits for."""
    of_cycle = _cycle_of(session, found)
    if reason := allowed_in(session, of_cycle)(A_PAIR):
        expected = "a revert that says so, or larger limits in ## Cost Budget, which a person approves"
        raise Refusal("BUDGET_SPENT", f"no more runs of the metric: {reason}", expected=expected)


def in_the_way(checks: Sequence[Check]) -> list[str]:
    """The checks that fail whatever the metric says: while there are any, no run is made and nothing is paid."""
    return [check.name for check in of_result(checks, "fail") if check.name not in LATER]


def _checks(session: Session, found: Experiment) -> tuple[Check, ...]:
    return run_gate(gather(session, found))


def _not_measured(session: Session, found: Experiment) -> list[Experiment]:
    """The experiments beside this one, on its base, that passed their review as they are now, and wait for their turn to be measured."""
    with session.store.reading() as connection:
        made = [each for each in experiments_of_cycle(connection, found.cycle) if each.id != found.id and each.base == found.base]
        waiting = [each for each in made if each.state == "candidate" and each.tree is not None and each.review_tree is not None]
        reviews = {each.id: latest_review(connection, each.id, each.review_tree or "") for each in waiting}
    passed = [each for each in waiting if (review := reviews[each.id]) is not None and review.decision == "pass"]
    return [each for each in passed if _is_as_captured(session, each)]


def _is_as_captured(session: Session, each: Experiment) -> bool:
    """Whether a worktree holds what was captured last; of one that is gone, or cannot be read now, nothing is measured beside another."""
    try:
        return current_tree(session, each) == each.tree
    except Refusal:
        return False


def _opened(session: Session, laid: Laid, found: Experiment, base_tree: str) -> Iterator[Attempt]:
    """The attempt of an experiment, and of those beside it that are measured, stand on the same base and are not told yet.

    Of equal trees it is the same.
    """
    with session.store.reading() as connection:
        made = experiments_of_cycle(connection, found.cycle)
    yield open_attempt(session, laid.campaign, laid.ways, _asked(found, base_tree))
    for each in made:
        if each.id == found.id or each.base != found.base or not _waits(session, each):
            continue
        try:
            yield open_attempt(session, laid.campaign, laid.ways, _asked(each, base_tree))
        except Refusal as refusal:
            if refusal.code != "BUDGET_SPENT":
                raise
            return  # what is left of the error is not enough for those beside it


def _asked(found: Experiment, base_tree: str) -> Asked:
    return Asked(found.id, found.cycle, found.tree or "", base_tree)


def _waits(session: Session, other: Experiment) -> bool:
    """Whether another experiment only waits for its pairs."""
    if other.state not in ("measured", "held") or other.assessment is None:
        return False
    attempt = attempt_for(session, other)
    if attempt is not None and attempt.ending is not None:
        return False
    return _is_as_captured(session, other) and not in_the_way(_checks(session, other))


def _found(session: Session, number: int) -> Experiment:
    with session.store.reading() as connection:
        found = experiment(connection, number)
    if found is None:
        raise LookupError(f"experiment {number} was there a moment ago")
    return found


def _cycle_of(session: Session, found: Experiment) -> Cycle | None:
    with session.store.reading() as connection:
        return cycle(connection, found.cycle)
