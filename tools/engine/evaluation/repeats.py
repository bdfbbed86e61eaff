"""Several measurements of the same thing as one: means of values, and of each test whether it passed every time (algorithms.md 2).

Pure. What decides is the mean of all there is, never the best of it.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from statistics import fmean, stdev
from typing import Any, Final

from state.measurement import Reading, ReadingState, Sample

RUNS: Final = "runs"  # facts of a reading that is the mean of several runs: how many, and their standard deviation
SPREAD: Final = "spread"
FLAKY: Final = "flaky"  # in the material of tests: the share of samples in which an unsteady test passed
PASSED: Final = "passed"

Facts = dict[str, int | float | str]


def mean_of_runs(readings: Sequence[Reading]) -> Reading:
    """One reading of several runs that belong together: their mean, with their number and spread. One run without a number leaves none at all."""
    broken = next((reading for reading in readings if reading.value is None), None)
    seconds = math.fsum(reading.seconds for reading in readings)
    if broken is not None:
        reason = f"run {readings.index(broken) + 1} of {len(readings)}: {broken.reason}" if len(readings) > 1 else broken.reason
        return broken.model_copy(update={"reason": reason, "seconds": seconds})
    values = [reading.value for reading in readings if reading.value is not None]
    if len(values) == 1:
        return readings[0]
    facts: Facts = {**_mean_facts([reading.facts for reading in readings]), RUNS: len(values), SPREAD: stdev(values)}
    return readings[-1].model_copy(update={"value": _share(fmean(values)), "facts": facts, "seconds": seconds})


def merged(samples: Sequence[Sample]) -> Sample:
    """All samples of one key, oldest first, as one: the newest, with means of values, and with outcomes that hold for every one of them."""
    newest = samples[-1]
    if len(samples) == 1:
        return newest
    names = dict.fromkeys(reading.dimension for sample in samples for reading in sample.readings)
    readings = tuple(_mean([reading for sample in samples for reading in sample.readings if reading.dimension == name]) for name in names)
    material = {**newest.material, **_outcomes([sample.material.get("outcomes") for sample in _that_count(samples)])}
    return newest.model_copy(update={"readings": readings, "material": material})


def merged_parts(samples: Iterable[Sample]) -> dict[str, Sample]:
    """The samples of one tree by their part, those of the same part as one."""
    by_part: dict[str, list[Sample]] = {}
    for sample in samples:
        by_part.setdefault(sample.part, []).append(sample)
    return {part: merged(found) for part, found in by_part.items()}


def counted(samples: Iterable[Sample]) -> dict[str, int]:
    """How many samples each part has."""
    counts: dict[str, int] = {}
    for sample in samples:
        counts[sample.part] = counts.get(sample.part, 0) + 1
    return counts


def _mean(readings: Sequence[Reading]) -> Reading:
    """The mean of one dimension. Runs without a number are no zeros: they are left out, unless they are the most; then there is no number."""
    measured = [reading for reading in readings if reading.value is not None]
    if 2 * len(measured) < len(readings):
        return [reading for reading in readings if reading.value is None][-1]
    value = _share(fmean(reading.value for reading in measured if reading.value is not None))
    return measured[-1].model_copy(update={"value": value, "facts": _mean_facts([reading.facts for reading in measured])})


def _mean_facts(facts: Sequence[Mapping[str, int | float | str]]) -> Facts:
    """What was counted, as a mean where it differs; words as they were last."""
    means: Facts = dict(facts[-1])
    for name in means:
        numbers = [value for each in facts if isinstance(value := each.get(name), int | float)]
        if len(numbers) == len(facts) and len(set(numbers)) > 1:
            means[name] = fmean(numbers)
    return means


def _that_count(samples: Sequence[Sample]) -> Sequence[Sample]:
    """Those whose every reading is settled; all of them where none is."""
    settled = [
        sample for sample in samples if all(reading.state in (ReadingState.MEASURED, ReadingState.NOT_APPLICABLE) for reading in sample.readings)
    ]
    return settled or samples


def _outcomes(all_of_them: Sequence[Mapping[str, str] | None]) -> dict[str, Any]:
    """The outcome of each test: passed only where it passed every time, else the first other one; and how steady those are that did both.

    A test that one run did not know did not pass in it.
    """
    found = [outcomes for outcomes in all_of_them if outcomes is not None]
    if not found:
        return {}
    steady: dict[str, str] = {}
    flaky: dict[str, float] = {}
    for test in dict.fromkeys(test for outcomes in found for test in outcomes):
        each = [outcomes.get(test, "error") for outcomes in found]
        passes = each.count(PASSED)
        steady[test] = next((outcome for outcome in each if outcome != PASSED), PASSED)
        if 0 < passes < len(each):
            flaky[test] = passes / len(each)
    return {"outcomes": steady, FLAKY: flaky}


def _share(value: float) -> float:
    """A mean of shares, without what floating point adds beyond 1."""
    return min(1.0, max(0.0, value))
