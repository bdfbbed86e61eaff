"""Runs put together as units of a decision: with the best of several, or with all that must pass, a unit is a group of runs."""

from collections.abc import Sequence
from typing import Final

from tools.engine.research.deciding import Aggregate
from tools.engine.research.looks import FIRST, looks_for

IN_GROUPS: Final[frozenset[Aggregate]] = frozenset({"max", "all_pass"})


def runs_of_a_unit(aggregate: Aggregate, runs_per_cycle: int) -> int:
    """How many runs of one side are one value of its pair."""
    return runs_per_cycle if aggregate in IN_GROUPS else 1


def looks_of(aggregate: Aggregate, runs_per_cycle: int, cap: int) -> tuple[int, ...]:
    """The looks of an attempt, in complete pairs of units; `cap` counts runs of the candidate."""
    if aggregate in IN_GROUPS:
        return looks_for(FIRST, max(1, cap // runs_per_cycle))
    return looks_for(runs_per_cycle, cap)


def value_of(aggregate: Aggregate, values: Sequence[float]) -> float:
    """The value of a unit from its runs, for which up is better: the best one; or 1 where all of them passed (at least 1 each), else 0."""
    if aggregate == "all_pass":
        return float(all(value >= 1 for value in values))
    if aggregate == "max":
        return max(values)
    (value,) = values
    return value
