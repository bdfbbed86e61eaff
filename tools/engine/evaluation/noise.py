"""What difference can be told from noise: the spread of measurements of the same tree, and the bound that follows from it. Pure."""

import math
from collections.abc import Callable, Mapping, Sequence
from statistics import NormalDist, stdev
from types import MappingProxyType
from typing import Final

from state.measurement import Reading, Sample
from tools.engine.evaluation.repeats import RUNS, SPREAD

CONFIDENCE: Final = 0.95
# Two-sided 95 % quantiles of Student's t for few degrees of freedom, where the series below is not good enough.
_FEW: Final[Mapping[int, float]] = MappingProxyType({1: 12.7062, 2: 4.3027, 3: 3.1824, 4: 2.7764})


def student(freedom: int) -> float:
    """The two-sided 95 % quantile of Student's t, to three digits; Abramowitz and Stegun, 26.7.5."""
    if freedom in _FEW:
        return _FEW[freedom]
    z = NormalDist().inv_cdf((1 + CONFIDENCE) / 2)
    series = (z, (z**3 + z) / 4, (5 * z**5 + 16 * z**3 + 3 * z) / 96, (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384)
    return math.fsum(term / freedom**power for power, term in enumerate(series))


def bound(values: Sequence[float]) -> float:
    """The A/A bound e_d: 95 of 100 pairs of single measurements of the same tree differ by less.

    e_d = t(0.975, n - 1) * s * sqrt(2), where s is the standard deviation of the n measurements, and s * sqrt(2) that of a difference of two
    (the sigma_d of a calibration of base against itself). 0 where all are equal, and where there are not two of them.
    """
    if len(values) < 2 or len(set(values)) == 1:
        return 0.0
    return min(1.0, student(len(values) - 1) * stdev(values) * math.sqrt(2))


def bound_of_runs(reading: Reading) -> float:
    """The same for a value that is itself the mean of `runs`, from their spread: the mean of N differs less than one run, by sqrt(N)."""
    runs, spread = reading.facts.get(RUNS), reading.facts.get(SPREAD)
    if not isinstance(runs, int) or not isinstance(spread, int | float) or runs < 2:
        return 0.0
    return min(1.0, student(runs - 1) * spread * math.sqrt(2 / runs))


def noise_of(samples: Sequence[Sample]) -> dict[str, float]:
    """The bound of each dimension that several samples of one tree measured; of several roots the largest counts."""
    return _largest(samples, bound)


def spread_of(samples: Sequence[Sample]) -> dict[str, float]:
    """The standard deviation of each dimension that several samples of one tree measured; of several roots the largest."""
    return _largest(samples, stdev)


def _largest(samples: Sequence[Sample], measure: Callable[[Sequence[float]], float]) -> dict[str, float]:
    values: dict[tuple[str, str], list[float]] = {}
    for sample in samples:
        for reading in sample.readings:
            if reading.value is not None:
                values.setdefault((reading.dimension, sample.part), []).append(reading.value)
    found: dict[str, float] = {}
    for (dimension, _), several in values.items():
        if len(several) > 1:
            found[dimension] = max(found.get(dimension, 0.0), measure(several))
    return found
