"""Deciding by the instances of a run, where runs are too few.

Valid as far as instances fail independently, so what they share is measured and divided out.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import NormalDist, variance
from typing import Final, Literal

from tools.engine.research.sign_flip import p_value

Unit = Literal["pair", "instance"]
PAIRS_THAT_SUFFICE: Final = 12  # a cap from which pairs can decide by themselves
_CONFIDENCE: Final = 0.90


@dataclass(frozen=True)
class Dispersion:
    """How much more the totals of runs differ than independent instances would make them: 1 is independent. `freedom` says how well that is known."""

    ratio: float = 1.0
    freedom: int = 0

    def upper(self) -> float:
        """The ratio that it stays below with 90%, at least 1; what is not known at all is infinite."""
        if not self.freedom:
            return math.inf
        return max(1.0, self.ratio * self.freedom / chi_squared(1 - _CONFIDENCE, self.freedom))


def dispersion_of(runs: Sequence[Sequence[float]]) -> Dispersion:
    """From several runs of one tree, each with the scores of the same instances in the same order: variance of totals over the sum of variances."""
    if len(runs) < 2:
        return Dispersion()
    apart = math.fsum(variance(scores) for scores in zip(*runs, strict=True))
    return Dispersion(variance([math.fsum(run) for run in runs]) / apart, len(runs) - 1) if apart else Dispersion()


def pooled(dispersions: Iterable[Dispersion]) -> Dispersion:
    """Those of several trees as one: their mean, weighted by freedom, which adds up."""
    known = [each for each in dispersions if each.freedom]
    freedom = sum(each.freedom for each in known)
    return Dispersion(math.fsum(each.ratio * each.freedom for each in known) / freedom, freedom) if known else Dispersion()


def unit_for(cap: int, dispersion: Dispersion) -> Unit:
    """What decides: pairs where enough of them may be run, else instances, if it is known how far these depend on each other."""
    return "instance" if cap < PAIRS_THAT_SUFFICE and dispersion.freedom else "pair"


def deflated_p(scores: Sequence[float], inflation: float) -> float:
    """The p of differences of instances over all pairs: the normal tail of their sum, its variance inflated, never below the sign-flip test's own.

    For won and lost instances this is McNemar's z with its correction for continuity, (b - c - 1) / sqrt((b + c) inflation).
    """
    uneven = [score for score in scores if score]
    if not uneven or math.isinf(inflation):
        return 1.0
    spread = math.sqrt(inflation * math.fsum(score * score for score in uneven))
    z = (math.fsum(uneven) - min(map(abs, uneven))) / spread
    return max(math.erfc(z / math.sqrt(2)) / 2, p_value(uneven))


def chi_squared(share: float, freedom: int) -> float:
    """The quantile below which that share of a chi-squared distribution lies (Wilson and Hilferty)."""
    ninth = 2 / (9 * freedom)
    return freedom * (1 - ninth + NormalDist().inv_cdf(share) * math.sqrt(ninth)) ** 3
