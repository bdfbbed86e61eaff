"""From the stored runs of an attempt to its decision: the same rows give the same verdict, whoever asks and whenever. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from state.campaigns import Attempt, AttemptPlan
from state.instances import Instance
from state.runs import Run
from tools.engine.research.deciding import Decision, Pair, Rule, decide
from tools.engine.research.deterministic import DeterministicOutcome, decide_deterministic
from tools.engine.research.groups import value_of
from tools.engine.research.pairing import sides_of

Told = Callable[[Run], Sequence[Instance]]


@dataclass(frozen=True)
class Values:
    """The values of a pair's sides as the metric has them, of groups their mean; None of a side that lost a run."""

    base: float | None
    candidate: float | None


def rule_of(plan: AttemptPlan) -> Rule:
    """What an attempt is decided by."""
    return Rule(
        looks=plan.looks, alpha=plan.alpha, aggregate=plan.aggregate, min_effect=plan.min_effect, unit=plan.unit, inflation=plan.inflation,
        steady=plan.steady, futility=plan.futility,
    )  # fmt: skip


def replayed(attempt: Attempt, runs: Sequence[Run], target: float, told: Told) -> Decision:
    """The decision on an attempt from its runs. `target` is the value that a run has to reach where all of a group must pass."""
    sides = list(sides_of(list(runs), attempt.id).values())
    pairs = [pair_of(attempt.plan, target, base, candidate) for base, candidate in sides]
    if attempt.plan.unit == "pair":
        return decide(pairs, rule_of(attempt.plan))
    pairs = [_with_instances(pair, both, told) for pair, both in zip(pairs, sides, strict=True)]
    complete = [both for both, pair in zip(sides, pairs, strict=True) if not isinstance(pair, str)]
    return decide(pairs, rule_of(attempt.plan), instance_differences(complete, told))


def _with_instances(pair: Pair, sides: tuple[Sequence[Run], Sequence[Run]], told: Told) -> Pair:
    """Where instances decide, a run that tells of none of them is a lost one: as failed, they would speak for the other side."""
    if isinstance(pair, str):
        return pair
    silent = [any(not told(run) for run in side) for side in sides]
    if all(silent):
        return "both"
    return "base" if silent[0] else "candidate" if silent[1] else pair


def replayed_deterministic(attempt: Attempt, runs: Sequence[Run], base: float) -> tuple[DeterministicOutcome, tuple[float, ...]]:
    """The same of a metric that is the same each time: `base` is the known value. A run that was lost gives none."""
    values = tuple(run.value for run in runs if run.attempt == attempt.id and not run.discarded and run.value is not None)
    up = tuple(signed(attempt.plan, value) + attempt.plan.margin for value in values)
    return decide_deterministic(signed(attempt.plan, base), up, attempt.plan.min_effect), values


def pair_of(plan: AttemptPlan, target: float, base: Sequence[Run], candidate: Sequence[Run]) -> Pair:
    """The difference of a pair, up is better; or who lost a run of it."""
    before, after = _value(plan, target, base), _value(plan, target, candidate)
    if before is None or after is None:
        return "both" if before is None and after is None else "base" if before is None else "candidate"
    return after - before + plan.margin


def _value(plan: AttemptPlan, target: float, runs: Sequence[Run]) -> float | None:
    values = [run.value for run in runs]
    known = [signed(plan, value) for value in values if value is not None]
    if not known or len(known) < len(values):
        return None
    if plan.aggregate == "all_pass":
        known = [float(value >= signed(plan, target)) for value in known]
    return value_of(plan.aggregate, known)


def signed(plan: AttemptPlan, value: float) -> float:
    """A value turned so that up is better."""
    return value if plan.direction == "maximise" else -value


def values_of(runs: Sequence[Run], attempt: int | None) -> dict[int, Values]:
    """By pair what both sides measured, for showing."""
    return {pair: Values(_mean(base), _mean(candidate)) for pair, (base, candidate) in sides_of(list(runs), attempt).items()}


def _mean(runs: Sequence[Run]) -> float | None:
    values = [run.value for run in runs if run.value is not None]
    return fmean(values) if values and len(values) == len(runs) else None


def instance_differences(sides: Sequence[tuple[Sequence[Run], Sequence[Run]]], told: Told) -> list[list[float]]:
    """Of each complete pair the difference of every instance that any of its runs tells of; one that a run does not tell of has not passed in it."""
    scores = [(scores_of(told, base), scores_of(told, candidate)) for base, candidate in sides]
    names = sorted({name for both in scores for side in both for name in side})
    return [[candidate.get(name, 0.0) - base.get(name, 0.0) for name in names] for base, candidate in scores]


def scores_of(told: Told, runs: Sequence[Run]) -> Mapping[str, float]:
    """The score of each instance, of several runs the mean: its own, else 1 where it passed and 0 where it did not."""
    found: dict[str, list[float]] = {}
    for run in runs:
        for each in told(run):
            found.setdefault(each.name, []).append(each.score if each.score is not None else float(each.passed or False))
    return {name: fmean(values) for name, values in found.items()}
