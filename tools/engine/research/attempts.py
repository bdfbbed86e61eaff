"""Attempts: opened and paid for before their first run, looked at as their pairs come in, and closed. The only writer of these events."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from state.campaigns import (
    Attempt,
    AttemptClosed,
    AttemptOpened,
    AttemptPlan,
    Campaign,
    CampaignOpened,
    Ending,
    LookTaken,
    Outcome,
    Question,
    attempt_by_key,
    attempt_numbered,
    attempts_at,
    campaign_of,
)
from state.configuration.research import InnerLoop, ResearchTarget
from state.errors import Refusal
from state.instances import kept_instances
from state.metric_calibrations import metric_calibration
from state.model import digest
from state.rows import next_number
from state.runs import Purpose, Run, runs_of_attempt, runs_of_tree, trees_run, unsteady_tree
from tools.engine.research.deciding import Decision, Look
from tools.engine.research.groups import looks_of, runs_of_a_unit
from tools.engine.research.instances import Dispersion, dispersion_of, pooled, unit_for
from tools.engine.research.instrument import Instrument, target_key
from tools.engine.research.ledger import Ledger
from tools.engine.research.looks import FUTILITY
from tools.engine.research.noise_of_the_metric import STEADY
from tools.engine.research.replaying import replayed, replayed_deterministic, scores_of
from tools.engine.research.sign_flip import VERSION
from tools.engine.session import Session

# What ended without a word on the candidate itself: the same trees may be tried once more, and pay for it.
INCONCLUSIVE: Final = frozenset({"unstable", "environment"})
REASONS: Final[dict[Outcome, str]] = {
    "better": "told from chance within its share of the error",
    "not_better": "no gain that going on could show",
    "cannot_tell": "something may be there, and so many pairs do not tell it from chance",
    "error": "the candidate lost too many of its runs",
    "unstable": "the base lost too many of its runs",
    "environment": "the runs of both sides were lost twice in a row",
}
ONE_RUN: Final = "one run decides: the metric is the same each time"


@dataclass(frozen=True)
class Ways:
    """How a contract has its metric raised."""

    target: ResearchTarget
    loop: InnerLoop


@dataclass(frozen=True)
class Asked:
    """What an attempt is about: two trees, and the experiment (of a cycle) that it is of."""

    experiment: int
    cycle: int
    tree: str
    base_tree: str
    question: Question = "keep"
    margin: float = 0.0


def open_campaign(session: Session, ways: Ways, base: tuple[str, str], instrument: Instrument) -> Campaign:
    """The campaign at a target under an instrument; begun now, on `base` (commit and tree), where there is none."""
    target, loop = target_key(ways.target), ways.loop
    key = digest([target, instrument.key, loop.policy or "any", loop.attempts])
    with session.store.writing() as connection:
        found = campaign_of(connection, key)
        if found is not None:
            return found
        begun = Campaign(
            id=next_number(connection, "campaigns"), key=key, target=target, instrument=instrument.key, metric=ways.target.metric,
            direction=ways.target.direction, policy=loop.policy or "any", declared=loop.attempts, base_commit=base[0], base_tree=base[1],
            parts=dict(instrument.parts),
        )  # fmt: skip
        session.store.append(CampaignOpened(campaign=begun), actor="server", channel="server", key=f"campaign:{key}")
    session.write_views()
    return begun


def ledger_of(session: Session, campaign: Campaign, question: Question = "keep") -> Ledger:
    """What the attempts at a campaign's target have paid so far, under whatever instrument: a change of that refunds nothing."""
    made = [each for each in _paying(session, campaign, question) if each.number]
    kept = tuple(each.number for each in made if each.outcome == "better")
    return Ledger(campaign.policy, campaign.alpha, campaign.horizon, campaign.declared, max((each.number for each in made), default=0), kept)


def paid(session: Session, campaign: Campaign, question: Question = "keep") -> float:
    """The sum of the shares of all attempts at a campaign's target."""
    return math.fsum(each.plan.alpha for each in _paying(session, campaign, question))


def _paying(session: Session, campaign: Campaign, question: Question) -> list[Attempt]:
    with session.store.reading() as connection:
        return [each for each in attempts_at(connection, campaign.target) if each.plan.question == question]


def is_deterministic(session: Session, campaign: int) -> bool:
    """Whether calibration found the metric to be the same each time, and no two runs of one tree have differed since: then for good."""
    with session.store.reading() as connection:
        found = metric_calibration(connection, campaign)
        return found is not None and found.deterministic and not unsteady_tree(connection, campaign)


def open_attempt(session: Session, campaign: Campaign, ways: Ways, asked: Asked) -> Attempt:
    """The attempt at this candidate, base and instrument, with what is known of it; opened and paid for now where there is none.

    Raises Refusal BUDGET_SPENT where the campaign has no share left to give.
    """
    key = attempt_key(campaign, asked)
    with session.store.writing() as connection:
        found = attempt_by_key(connection, key)
        steady = is_deterministic(session, campaign.id)
        if found is not None and counts(found, deterministic=steady):
            return found
        ledger = ledger_of(session, campaign, asked.question)
        plan = _plan(session, campaign, ways, asked, _Budget(ledger, paid(session, campaign, asked.question), steady))
        number = next_number(connection, "attempts")
        opened = AttemptOpened(
            attempt=number, key=key, campaign=campaign.id, number=0 if steady else ledger.attempts + 1, experiment=asked.experiment,
            cycle=asked.cycle, tree=asked.tree, base_tree=asked.base_tree, plan=plan,
        )  # fmt: skip
        session.store.append(opened, actor="server", channel="server")
    session.write_views()
    return _attempt(session, number)


def purpose_of(plan: AttemptPlan) -> Purpose:
    """What the pairs of an attempt are taken for."""
    return "prune" if plan.question == "prune" else "pair"


def attempt_key(campaign: Campaign, asked: Asked) -> str:
    """What makes it the same attempt: neither a name nor an experiment does."""
    return digest([campaign.key, asked.tree, asked.base_tree, asked.question])


def counts(found: Attempt, *, deterministic: bool) -> bool:
    """Whether an attempt is the one to go on with, or its word stands: not if it never came to one, or rests on a sameness that is no more."""
    return found.outcome not in INCONCLUSIVE and (found.plan.kind == "noisy" or deterministic)


@dataclass(frozen=True)
class _Budget:
    """What an attempt may use: of the ledger, beside what was paid before; nothing of a metric that is the same each time."""

    ledger: Ledger
    spent: float
    deterministic: bool

    def share(self, campaign: Campaign) -> float:
        """The alpha that is paid. Under the promise of any false keep all shares together stay within the campaign's, however it was declared."""
        share = self.ledger.next_alpha()
        if campaign.policy == "any":
            share = min(share, campaign.alpha - self.spent)
        if share <= 0:
            what = f"the error budget of this campaign is spent: {self.ledger.attempts} attempts were made"
            raise Refusal("BUDGET_SPENT", what, expected="a larger number of `attempts` in ## Inner Loop, which a person approves")
        return share


def _plan(session: Session, campaign: Campaign, ways: Ways, asked: Asked, budget: _Budget) -> AttemptPlan:
    loop = ways.loop
    with session.store.reading() as connection:
        known = metric_calibration(connection, campaign.id)
    least = loop.min_effect or 0.0 if asked.question == "keep" else 0.0
    plan = AttemptPlan(
        kind="deterministic" if budget.deterministic else "noisy", alpha=0.0, spent=budget.spent, looks=(1,), direction=campaign.direction,
        question=asked.question, margin=asked.margin, min_effect=least, calibration=known.number if known else None,
    )  # fmt: skip
    if budget.deterministic:
        return plan
    looks = looks_of(loop.aggregate, loop.runs_per_cycle, loop.cap)
    dispersion = dispersion_in(session, campaign.id) if unit_for(loop.cap, Dispersion(1.0, 1)) == "instance" else Dispersion()
    # The margin of a pruning is one of pairs: what it would be of an instance nobody knows.
    unit = unit_for(loop.cap, dispersion) if loop.aggregate == "mean" and asked.question == "keep" else "pair"
    large = known is not None and known.freedom >= STEADY and loop.aggregate == "mean"
    return plan.model_copy(
        update={
            "alpha": budget.share(campaign), "looks": looks, "aggregate": loop.aggregate, "unit": unit,
            "group": runs_of_a_unit(loop.aggregate, loop.runs_per_cycle), "inflation": dispersion.upper() if unit == "instance" else 1.0,
            "steady": (known.sigma_d or None) if known is not None and large else None, "futility": FUTILITY, "test": str(VERSION),
        }
    )  # fmt: skip


def dispersion_in(session: Session, campaign: int) -> Dispersion:
    """How far the instances of runs depend on each other, pooled over all trees that were run more than once in a campaign."""
    with session.store.reading() as connection:
        runs = [runs_of_tree(connection, campaign, tree) for tree in trees_run(connection, campaign)]
    return pooled(_dispersion(session, each) for each in runs)


def _dispersion(session: Session, runs: Sequence[Run]) -> Dispersion:
    scores = [scores_of(partial(kept_instances, session.store), [run]) for run in runs if run.value is not None and run.instances]
    names = sorted({name for each in scores for name in each})
    return dispersion_of([[each.get(name, 0.0) for name in names] for each in scores])


def take_look(session: Session, attempt: Attempt, target: float, base: float | None = None) -> Attempt:
    """Look at the pairs that an attempt has by now; what is new of it is written down, and its end. Answers the attempt as it is then.

    `target` is the value that research is to reach; `base` the known value of a base that is the same each time.
    """
    with session.store.reading() as connection:
        runs = runs_of_attempt(connection, attempt.id, purpose_of(attempt.plan))
    if attempt.plan.kind == "deterministic":
        return _closed_by_a_run(session, attempt, runs, base)
    decision = replayed(attempt, runs, target, partial(kept_instances, session.store))
    known = {look.n for look in attempt.looks}
    with session.store.writing():
        for look in decision.looks:
            if look.n not in known:
                session.store.append(_look_taken(attempt, look), actor="server", channel="server")
        if decision.outcome != "more":
            _close(session, attempt, _ending(decision, decision.outcome, attempt))
    session.write_views()
    return _attempt(session, attempt.id)


def _closed_by_a_run(session: Session, attempt: Attempt, runs: Sequence[Run], base: float | None) -> Attempt:
    """A metric that is the same each time: one run tells, a gain is run once more. Where that differs, nothing of it counts."""
    lost = [run for run in runs if run.attempt == attempt.id and run.value is None]
    if lost or base is None:
        outcome: Outcome = "error" if base is not None else "unstable"
        _close(session, attempt, Ending(outcome=outcome, reason=lost[-1].reason if lost else REASONS[outcome], pairs=1, only_candidate=len(lost)))
        return _attempt(session, attempt.id)
    said, values = replayed_deterministic(attempt, runs, base)
    if said == "noisy":
        reason = "two runs of the candidate differ: the metric is not the same each time, as calibration had it"
        _close(session, attempt, Ending(outcome="environment", reason=reason, pairs=len(values)))
    elif said != "more":
        up = 1 if attempt.plan.direction == "maximise" else -1
        _close(session, attempt, Ending(outcome=said, reason=ONE_RUN, pairs=len(values), estimate=up * (values[0] - base) + attempt.plan.margin))
    return _attempt(session, attempt.id)


def _ending(decision: Decision, outcome: Outcome, attempt: Attempt) -> Ending:
    losses, last = decision.losses, decision.looks[-1] if decision.looks else None
    lane = last is not None and last.lane
    reason = "told by its size: every pair by far more than the noise that calibration shows, where that is Gaussian" if lane else REASONS[outcome]
    return Ending(
        outcome=outcome, reason=reason, pairs=last.n if last else 0, estimate=last.estimate if last else None,
        only_candidate=losses.only_candidate, only_base=losses.only_base, both=losses.both,
        phi=attempt.plan.inflation if attempt.plan.unit == "instance" else None,
    )  # fmt: skip


def _close(session: Session, attempt: Attempt, ending: Ending) -> None:
    session.store.append(AttemptClosed(attempt=attempt.id, ending=ending), actor="server", channel="server", key=f"attempt:{attempt.id}:end")


def _look_taken(attempt: Attempt, look: Look) -> LookTaken:
    return LookTaken(
        attempt=attempt.id, n=look.n, even=look.even, units=look.units, mean=look.mean, estimate=look.estimate, p=look.p, limit=look.limit,
        carried=look.carried, line=look.line, lane=look.lane, outcome=look.outcome, next=look.next,
    )  # fmt: skip


def _attempt(session: Session, number: int) -> Attempt:
    with session.store.reading() as connection:
        found = attempt_numbered(connection, number)
    if found is None:
        raise Refusal("STORE_BROKEN", f"attempt {number} is gone", where=(str(session.store.path),))
    return found
