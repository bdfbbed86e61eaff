"""What a metric does by itself: the head measured against itself, in pairs, as candidates are; and what can be told under such noise."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import NormalDist, fmean, median, stdev
from typing import Final

from tools.engine.research.instances import Dispersion, dispersion_of

PAIRS: Final = 10
_SAME_INSTANCES: Final = 3  # runs with the same results of all instances, which tell a deterministic metric
_SAME_NUMBERS: Final = 5  # where there is only a number: a coarse one may repeat itself
_FAR: Final = 5  # median absolute deviations, from which a run is an outlier
STEADY: Final = 9  # degrees of freedom from which a standard deviation may open the lane of large effects
# Power of 80%, with what ending hopeless attempts early costs; and the share of an attempt's error that is left at its last looks.
_POWER: Final = 1.04
_AT_THE_CAP: Final = 0.42


@dataclass(frozen=True)
class HeadRun:
    """One run of calibration. `value`: up is better, None for a lost run; `instances`: their scores; `results`: their digest as written, or empty."""

    value: float | None
    seconds: float
    instances: tuple[float, ...] = ()
    results: str = ""


@dataclass(frozen=True)
class Noise:
    """What calibration saw; None where too few runs were left to say.

    `sigma`: standard deviation of a run; `sigma_d`: of a pair's difference, with `freedom`; `lag`: correlation of each run with the next; `drift`:
    change from run to run; `outliers`: runs further off than five median absolute deviations; `seconds`: of a run, on average.
    """

    deterministic: bool
    runs: int
    lost: int
    sigma: float | None
    sigma_d: float | None
    freedom: int
    lag: float | None
    drift: float | None
    outliers: int
    dispersion: Dispersion
    seconds: float

    @property
    def steady(self) -> float | None:
        """The `steady` of a Rule: sigma_d where it is known well enough, and is not zero."""
        return (self.sigma_d or None) if self.freedom >= STEADY else None


def is_deterministic(runs: Sequence[HeadRun]) -> bool | None:
    """Whether runs of one tree are all the same; None while there are too few to say. A metric that loses runs is not."""
    if len({(run.value, run.results) for run in runs}) > 1 or any(run.value is None for run in runs):
        return False
    enough = _SAME_INSTANCES if runs and runs[0].results else _SAME_NUMBERS
    return True if len(runs) >= enough else None


def noise_of(runs: Sequence[HeadRun]) -> Noise:
    """From the runs of a calibration in the order they were taken, two and two a pair. No run at all raises ValueError."""
    if not runs:
        raise ValueError("a calibration has runs")
    values = [run.value for run in runs if run.value is not None]
    pairs = [
        second.value - first.value
        for first, second in zip(runs[::2], runs[1::2], strict=False)
        if first.value is not None and second.value is not None
    ]
    return Noise(
        is_deterministic(runs) is True,
        len(runs),
        len(runs) - len(values),
        _spread(values),
        _spread(pairs),
        max(0, len(pairs) - 1),
        _lag(values),
        _slope(values),
        _outliers(values),
        dispersion_of([run.instances for run in runs if run.value is not None and run.instances]),
        fmean(run.seconds for run in runs),
    )


def smallest_difference(noise: Noise, pairs: int, alpha: float) -> float | None:
    """The difference that so many pairs tell in four attempts of five, with that share of error; None where no difference can be told.

    sigma_d (z + 1.04) / sqrt(n - z^2 / 2), with z the normal quantile of 1 - 0.42 alpha.
    """
    if noise.deterministic:
        return 0.0
    quantile = _quantile(alpha)
    left = pairs - quantile * quantile / 2
    if noise.sigma_d is None or left <= 0 or pairs < fewest_pairs(alpha):
        return None
    return noise.sigma_d * (quantile + _POWER) / math.sqrt(left)


def pairs_needed(noise: Noise, difference: float, alpha: float) -> int | None:
    """How many pairs tell a difference (above zero) in four attempts of five: the formula above, solved for n. None where the noise is not known."""
    if noise.deterministic:
        return 1
    if noise.sigma_d is None or difference <= 0:
        return None
    quantile = _quantile(alpha)
    return max(fewest_pairs(alpha), math.ceil(((quantile + _POWER) * noise.sigma_d / difference) ** 2 + quantile * quantile / 2))


def fewest_pairs(alpha: float) -> int:
    """Below so many pairs nothing can be kept, whatever they show: the smallest p of n pairs is 2^-n."""
    return math.ceil(math.log2(1 / alpha))


def _quantile(alpha: float) -> float:
    return NormalDist().inv_cdf(1 - _AT_THE_CAP * alpha)


def _spread(values: Sequence[float]) -> float | None:
    return stdev(values) if len(values) > 1 else None


def _lag(values: Sequence[float]) -> float | None:
    """The correlation of neighbours: of deviations from the mean."""
    if len(values) <= 2:
        return None
    middle = fmean(values)
    apart = [value - middle for value in values]
    whole = math.fsum(each * each for each in apart)
    return math.fsum(first * second for first, second in pairwise(apart)) / whole if whole else None


def _slope(values: Sequence[float]) -> float | None:
    """The line of least squares through the values by their number."""
    if len(values) <= 2:
        return None
    middle, mean = (len(values) - 1) / 2, fmean(values)
    across = math.fsum((number - middle) ** 2 for number in range(len(values)))
    return math.fsum((number - middle) * (value - mean) for number, value in enumerate(values)) / across


def _outliers(values: Sequence[float]) -> int:
    """None where most values are the same: nothing says what is far then."""
    if not values:
        return 0
    middle = median(values)
    usual = median(abs(value - middle) for value in values)
    return sum(abs(value - middle) > _FAR * usual for value in values) if usual else 0
