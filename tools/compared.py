"""Two experiments beside each other: what they were measured against, dimension by dimension and test by test."""

from collections.abc import Mapping
from typing import Any, Final, Literal

from state.answers import one_line, quoted, short
from state.experiments import Experiment
from tools.arguments import Detail
from tools.engine.experiment.outcomes import Outcomes, outcomes_of
from tools.engine.gate.facts import Comparison
from tools.engine.session import Session
from tools.recounted import SAID, comparison_of, composite_of, line_of, rows_of

TESTS: Final[dict[Detail, int]] = {"brief": 8, "full": 25}
# What the account of an experiment's tests tells apart, in the order in which it matters.
TOLD: Final[tuple[Literal["lost", "new_failing", "uncollected", "new", "skipped", "xfailed", "gone", "renamed", "flaky"], ...]] = (
    "lost", "new_failing", "uncollected", "new", "skipped", "xfailed", "gone", "renamed", "flaky",
)  # fmt: skip
ABSENT: Final = "absent"

Pair = tuple[Experiment, Experiment]


def comparison_summary(one: Experiment, other: Experiment) -> str:
    """Which two, and whether their deltas speak of the same base."""
    both = " and ".join(f"{each.id} ({each.shown_state})" for each in (one, other))
    if one.base == other.base:
        return f"Experiments {both} side by side, on the same base {short(one.base)}."
    return f"Experiments {both} side by side, on different bases: each delta is against its own, {short(one.base)} and {short(other.base)}."


def side_by_side(session: Session, one: Experiment, other: Experiment, detail: Detail) -> dict[str, Any]:
    """Two experiments: what they were, how each ended, their dimensions and their tests, a row each."""
    pair = (one, other)
    both = [
        {**line_of(session, side), "base": short(side.base), "composite": composite_of(side), "reason": one_line(side.reason or "", SAID)}
        for side in pair
    ]
    return {
        "experiments": both,
        "dimensions": _dimensions(pair),
        "own_checks": _own_checks(pair),
        "tests": _tests(session, pair, TESTS[detail]),
        "measured_otherwise": _instruments(pair),
    }


def _dimensions(pair: Pair) -> list[dict[str, Any]]:
    """A row a dimension; the base's values stand in it where the two have different bases."""
    sides = [{row["name"]: row for row in rows_of(comparison_of(side))} for side in pair]
    fields = ("candidate", "delta") if pair[0].base == pair[1].base else ("base", "candidate", "delta")
    return [
        {"name": name} | {f"{field}_{found.id}": side.get(name, {}).get(field) for found, side in zip(pair, sides, strict=True) for field in fields}
        for name in sorted(sides[0].keys() | sides[1].keys())
    ]


def _own_checks(pair: Pair) -> list[dict[str, Any]]:
    """The tests that each hypothesis promised: on its base and in its candidate."""
    measured = [(side.id, comparison) for side in pair if (comparison := comparison_of(side)) is not None]
    return [
        {"experiment": number, "test": quoted(check.test), "base": check.base, "candidate": check.on_candidate or ABSENT}
        for number, comparison in measured
        for check in comparison.own_checks
    ]


def _tests(session: Session, pair: Pair, shown: int) -> dict[str, Any] | None:
    """What each did to the tests by its own account, and the tests of which the two runs say different things."""
    comparisons = [comparison_of(side) for side in pair]
    told = {
        f"of_{side.id}": _account(comparison, shown) if comparison else "it was not measured"
        for side, comparison in zip(pair, comparisons, strict=True)
    }
    if not any(comparisons):
        return None
    runs = [outcomes_of(session, side, comparison) if comparison else None for side, comparison in zip(pair, comparisons, strict=True)]
    if runs[0] is None or runs[1] is None:
        return told
    return told | _differences(pair, (runs[0], runs[1]), shown)


def _account(comparison: Comparison, shown: int) -> dict[str, Any]:
    """Counts at the base, and of every list that has any how many there are, with the first of them."""
    tests = comparison.assessment.tests
    lists: dict[str, Any] = {
        name: {"count": tests.count(name), "first": [quoted(test) for test in getattr(tests, name)[:shown]]} for name in TOLD if tests.count(name)
    }
    return {"base": tests.base_total, "passed_on_base": tests.base_passed, **lists}


def _differences(pair: Pair, runs: tuple[Outcomes, Outcomes], shown: int) -> dict[str, Any]:
    """The tests that did not end alike in both candidates, or at both bases."""
    ids = sorted({test for run in runs for side in (run.base, run.candidate) for test in side})
    rows = [row for test in ids if (row := _row(test, pair, runs)) is not None]
    return {"alike": len(ids) - len(rows), "differ": rows[:shown], "more": max(0, len(rows) - shown)}


def _row(test: str, pair: Pair, runs: tuple[Outcomes, Outcomes]) -> dict[str, Any] | None:
    """One test in both, on base and candidate; None where both say the same of it."""
    ends: list[Mapping[str, str]] = [{"base": run.base.get(test, ABSENT), "candidate": run.candidate.get(test, ABSENT)} for run in runs]
    if ends[0] == ends[1]:
        return None
    return {"test": quoted(test)} | {f"{side}_{found.id}": end[side] for found, end in zip(pair, ends, strict=True) for side in end}


def _instruments(pair: Pair) -> list[str]:
    """The parts that the two candidates were measured in by different instruments, so that their values do not compare."""
    sides = [comparison.instruments if (comparison := comparison_of(side)) else {} for side in pair]
    return [part for part in sorted(sides[0].keys() & sides[1].keys()) if sides[0][part][1] != sides[1][part][1]]
