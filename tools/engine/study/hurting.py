"""Where a baseline hurts, under the ids that hypotheses name: C a hard constraint that does not hold, W a weak dimension."""

from dataclasses import dataclass

from state.baselines import Baseline, BaselineRow


@dataclass(frozen=True)
class Weak:
    """A dimension that is not as good as it can be, or was not measured: W`number`."""

    number: int
    row: BaselineRow

    @property
    def name(self) -> str:
        """The id that a model says."""
        return f"W{self.number}"


def weakest(baseline: Baseline) -> list[BaselineRow]:
    """The dimensions that count in the score and could be better, the weakest first."""
    return sorted((row for row in baseline.rows if row.value is not None and row.value < 1 and row.weight > 0), key=lambda row: row.value or 0.0)


def unmeasured(baseline: Baseline) -> list[BaselineRow]:
    """The dimensions that could not be measured."""
    return [row for row in baseline.rows if row.value is None]


def weak_ones(baseline: Baseline) -> list[Weak]:
    """The weakest first, behind them what was not measured. The numbers are the same wherever they are shown."""
    return [Weak(number, row) for number, row in enumerate([*weakest(baseline), *unmeasured(baseline)], 1)]


def broken_constraints(baseline: Baseline) -> list[tuple[str, str]]:
    """The hard constraints that do not hold, each with its id and how it ended."""
    return [(f"C{number}", line) for number, line in enumerate(baseline.broken_constraints, 1)]
