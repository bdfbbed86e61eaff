"""What a kept change gained: measured afresh after the decision, as the runs that won are the lucky ones among their kind."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, stdev
from typing import Final

FRESH_PAIRS: Final = 5


@dataclass(frozen=True)
class Gain:
    """The mean of fresh differences (up is better), and its standard error: None with one pair, of which nothing is known."""

    mean: float
    error: float | None
    pairs: int

    @property
    def suspect(self) -> bool:
        """Whether it fell where it was measured afresh: the keep stays, and is the first to be looked at when kept changes are pruned."""
        return self.mean < 0


def gain_of(differences: Sequence[float]) -> Gain | None:
    """None without any complete pair: a gain that was not measured is no number."""
    if not differences:
        return None
    error = stdev(differences) / math.sqrt(len(differences)) if len(differences) > 1 else None
    return Gain(fmean(differences), error, len(differences))
