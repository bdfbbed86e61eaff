"""The decision on one attempt: looks at growing numbers of pairs, each with a share of the attempt's error, until it is better, not better or untold.

Pure, and a function of the pairs in their order alone: what is stored can be replayed to the same verdict.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean, median, stdev
from typing import Final, Literal

from tools.engine.research.instances import Unit, deflated_p
from tools.engine.research.looks import FUTILITY, Lines, futility_line, limit_of, share_of
from tools.engine.research.losses import Losses, Lost
from tools.engine.research.sign_flip import p_value, ranks

Aggregate = Literal["mean", "median", "max", "all_pass"]
LookOutcome = Literal["better", "not_better", "cannot_tell", "more"]
Outcome = Literal["better", "not_better", "cannot_tell", "more", "error", "unstable", "environment"]
Pair = float | Lost  # candidate less base where up is better, or who lost its run
UNTOLD: Final = 0.05  # the p up to which an attempt at its cap is not refuted
LARGE: Final = 8  # standard errors that every one of few pairs must be worth, for the lane of large effects
FEW: Final = 6  # pairs up to which that lane is open


@dataclass(frozen=True)
class Rule:
    """What is fixed before an attempt's first run.

    `looks`: numbers of complete pairs (of groups, for max and all_pass). `alpha`: the attempt's share. `inflation`: see Dispersion.upper; for the
    unit instance only. `steady`: the standard deviation of a pair's difference in calibration, which opens the lane of large effects; None: shut.
    """

    looks: tuple[int, ...]
    alpha: float
    aggregate: Aggregate = "mean"
    min_effect: float = 0.0
    unit: Unit = "pair"
    inflation: float = 1.0
    steady: float | None = None
    futility: Lines = FUTILITY


@dataclass(frozen=True)
class Look:
    """One look. `units`: differences that were not zero, which the test counts; `estimate`: what the aggregate shows, as `mean` is for most.

    `carried`: error that could not be used yet; `line`: the p above which going on was hopeless; `lane`: kept by its size, on the assumption that
    calibration shows the noise, not by the test; `next`: complete pairs at the next look, while `more`.
    """

    n: int
    even: int
    units: int
    mean: float
    estimate: float
    p: float
    limit: float
    carried: float
    line: float | None
    lane: bool
    outcome: LookOutcome
    next: int | None


@dataclass(frozen=True)
class Decision:
    """Every look that the pairs reach, and how the attempt stands; `next`: complete pairs that the next look needs, while `more`."""

    looks: tuple[Look, ...]
    outcome: Outcome
    next: int | None
    losses: Losses


@dataclass(frozen=True)
class _Seen:
    """Complete pairs up to a look, and of each the differences of its instances where these decide."""

    differences: Sequence[float]
    instances: Sequence[Sequence[float]]
    hidden: int


def decide(pairs: Iterable[Pair], rule: Rule, instances: Sequence[Sequence[float]] = ()) -> Decision:
    """Replay an attempt from its pairs, in the order of their running; those after its end are not asked for.

    `instances`: for the unit instance, the differences of the instances of each complete pair, in the same order everywhere.
    """
    looks: list[Look] = []
    complete: list[float] = []
    losses = Losses()
    for pair in pairs:
        losses = losses.after(pair if isinstance(pair, str) else None)
        ended = losses.ends_as()
        if ended:
            return Decision(tuple(looks), ended, None, losses)
        if isinstance(pair, str):
            continue
        complete.append(pair)
        if len(complete) == rule.looks[len(looks)]:
            carried = looks[-1].carried if looks else 0.0
            looks.append(_look(_Seen(complete, instances[: len(complete)], losses.hidden()), rule, carried))
            if looks[-1].outcome != "more":
                return Decision(tuple(looks), looks[-1].outcome, None, losses)
    return Decision(tuple(looks), "more", rule.looks[len(looks)], losses)


def _look(seen: _Seen, rule: Rule, carried: float) -> Look:
    pairs = len(seen.differences)
    units = _units(seen, rule)
    even = sum(not difference for difference in seen.differences)
    counted = sum(1 for unit in units if unit)
    limit, left = limit_of(carried + share_of(rule.looks, pairs, rule.alpha), counted)
    estimate = median(seen.differences) if rule.aggregate == "median" else fmean(seen.differences)
    p = _p(units, rule)
    lane = _is_large(seen, rule) and estimate >= rule.min_effect
    line = futility_line(pairs - even, rule.futility)
    better = lane or (p <= limit and estimate > 0 and estimate >= rule.min_effect and _survives(units, seen, rule, limit))
    outcome = _outcome(p, better=better, last=pairs == rule.looks[-1], hopeless=_is_hopeless(seen, rule, line, p))
    following = rule.looks[rule.looks.index(pairs) + 1] if outcome == "more" else None
    return Look(pairs, even, counted, fmean(seen.differences), estimate, p, limit, left, line, lane, outcome, following)


def _outcome(p: float, *, better: bool, last: bool, hopeless: bool) -> LookOutcome:
    if better:
        return "better"
    if last:
        return "cannot_tell" if p <= UNTOLD else "not_better"
    return "not_better" if hopeless else "more"


def _units(seen: _Seen, rule: Rule) -> Sequence[float]:
    """The scores that the test counts."""
    if rule.unit == "instance":
        return [difference for pair in seen.instances for difference in pair]
    return _scores(seen.differences, rule)


def _scores(differences: Sequence[float], rule: Rule) -> Sequence[float]:
    return ranks(differences) if rule.aggregate == "median" else differences


def _p(units: Sequence[float], rule: Rule) -> float:
    return deflated_p(units, rule.inflation) if rule.unit == "instance" else p_value(units)


def _survives(units: Sequence[float], seen: _Seen, rule: Rule, limit: float) -> bool:
    """Whether the keep stands if each hidden loss of the candidate had been as bad as the largest difference is large."""
    if not seen.hidden:
        return True
    if rule.unit == "instance":
        lost = seen.hidden * max(map(len, seen.instances))
        return _p([*units, *[-max(map(abs, units))] * lost], rule) <= limit
    worst = -max(map(abs, seen.differences))
    return _p(_scores([*seen.differences, *[worst] * seen.hidden], rule), rule) <= limit


def _is_hopeless(seen: _Seen, rule: Rule, line: float | None, p: float) -> bool:
    """By the totals of pairs, whatever the unit: with none that is not even there is nothing to wait for after the first look."""
    scores = _scores(seen.differences, rule)
    if math.fsum(scores) < 0:
        return True
    if line is None:
        return not any(scores) and len(scores) > rule.looks[0]
    return (p if rule.unit == "pair" else p_value(scores)) > line


def _is_large(seen: _Seen, rule: Rule) -> bool:
    """Few pairs, all won by far more than noise: about 1e-5 a look where that is Gaussian and well enough known."""
    pairs = len(seen.differences)
    if rule.steady is None or seen.hidden or not 1 < pairs <= FEW or min(seen.differences) <= 0:
        return False
    return fmean(seen.differences) * math.sqrt(pairs) >= LARGE * max(rule.steady, stdev(seen.differences))
