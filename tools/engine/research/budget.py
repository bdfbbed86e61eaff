"""What research may still cost: before each block of runs it is asked whether one more could exceed a limit, by the largest cost seen so far."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, Literal

from state.configuration import Configuration, CostBudget
from state.configuration.research import ResearchTarget
from state.cycles import Cycle
from state.runs import Largest, Spent, largest, spent
from tools.engine.contract import committed_at
from tools.engine.repository.location import tip
from tools.engine.session import Session

Span = Literal["cycle", "total"]
NOT_MEASURED: Final = "not measured: no run says what it cost (`cost`), and factory.md sets no `price`"
_HOUR, _MINUTE = 3600, 60


@dataclass(frozen=True)
class Limit:
    """One limit: what of it is spent, and what one more run may cost at most as far as is known; None where that is not known."""

    of: Literal["dollars", "runs", "time"]
    span: Span
    limit: float
    spent: float
    a_run: float | None

    def exceeded_by(self, runs: int) -> bool:
        """Whether so many more runs could go beyond it."""
        return self.spent + runs * (self.a_run or 0.0) > self.limit if self.a_run is not None else self.spent >= self.limit

    @property
    def said(self) -> str:
        """It in words: $4.80 of $5.00 a cycle."""
        return f"{_amount(self.of, self.spent)} of {_amount(self.of, self.limit)} {'a cycle' if self.span == 'cycle' else 'in total'}"


@dataclass(frozen=True)
class Budget:
    """The limits of factory.md beside what was spent in the cycle and in all. `price` is what a run counts as that does not say what it cost."""

    limits: CostBudget | None
    cycle: Spent
    total: Spent
    largest: Largest
    price: float | None = None

    @property
    def a_run(self) -> float | None:
        """What one more run may cost, in dollars: the most that one did, or its price; None where neither is known."""
        known = [cost for cost in (self.largest.dollars, self.price) if cost is not None]
        return max(known, default=None)

    def dollars(self, of: Spent) -> float | None:
        """What these runs cost; those that did not say it at what one more may cost. None where nobody knows."""
        if of.runs and of.unpriced and self.a_run is None:
            return None
        return of.dollars + of.unpriced * (self.price if self.price is not None else self.a_run or 0.0)

    @property
    def runs_left(self) -> int | None:
        """How many more runs the limits allow, by what one may cost at most; None where none of them can tell."""
        left = [int((each.limit - each.spent) / each.a_run) for each in self.every() if each.a_run]
        return max(0, min(left)) if left else None

    def every(self) -> Iterator[Limit]:
        """The limits that can be told."""
        if (found := self.limits) is not None:
            yield from self._limits("cycle", self.cycle, (found.max_per_cycle, found.max_runs_per_cycle, found.max_time_per_cycle))
            yield from self._limits("total", self.total, (found.max_total, found.max_runs_total, found.max_time_total))

    def _limits(self, span: Span, of: Spent, limits: tuple[float | None, int | None, float | None]) -> Iterator[Limit]:
        (dollars, runs, seconds), paid = limits, self.dollars(of)
        if dollars is not None and paid is not None:
            yield Limit("dollars", span, dollars, paid, self.a_run)
        if runs is not None:
            yield Limit("runs", span, float(runs), float(of.runs), 1.0)
        if seconds is not None:
            yield Limit("time", span, seconds, of.seconds, self.largest.seconds)

    def shown(self) -> dict[str, Any]:
        """It as answers show it: each limit with what is spent of it, and dollars also where they could not be told."""
        limits = [each.said for each in self.every()]
        in_dollars = self.limits is not None and (self.limits.max_per_cycle is not None or self.limits.max_total is not None)
        unknown = self.total.runs > 0 and self.a_run is None
        return {
            "limits": limits, "dollars": NOT_MEASURED if in_dollars and unknown else "",
            "spent": _spent_said(self, self.cycle), "spent_in_all": _spent_said(self, self.total) if self.total.runs > self.cycle.runs else "",
        }  # fmt: skip


def stops(budget: Budget, runs: int) -> str:
    """Why so many more runs may not be started, in words; empty where they may. No limit is ever exceeded by what runs cost at most so far."""
    for each in budget.every():
        if each.exceeded_by(runs):
            more = f", and {runs} more run{'' if runs == 1 else 's'}"
            at_most = f" may cost {_amount(each.of, runs * each.a_run)}" if each.of != "runs" and each.a_run is not None else " are wanted"
            return f"{each.said} {'is' if each.of != 'runs' else 'are'} spent{more}{at_most}"
    return ""


def standing_budget(session: Session, cycle: Cycle | None, commit: str = "") -> Budget:
    """The budget of a cycle, by the factory.md that its target holds now: no approval binds a limit, so a person may move it in the midst of a cycle.

    Without a cycle that of `commit`: nothing of a cycle's limits is spent then.
    """
    found = _limits_at(session, tip(session.repository, cycle.target) if cycle else commit) or (_limits_at(session, cycle.base) if cycle else None)
    with session.store.reading() as connection:
        so_far = (spent(connection, cycle.started_at) if cycle else Spent(), spent(connection), largest(connection))
    return budget_by(found.cost_budget if found else None, found.research_target if found else None, so_far)


def _limits_at(session: Session, commit: str) -> Configuration | None:
    """What factory.md says at a commit; None where it cannot be read there."""
    return committed_at(session.repository, commit).configuration if commit else None


def budget_by(limits: CostBudget | None, target: ResearchTarget | None, so_far: tuple[Spent, Spent, Largest]) -> Budget:
    """The budget that a configuration gives for what a cycle and all of them spent."""
    of_cycle, in_all, most = so_far
    return Budget(limits, of_cycle, in_all, most, target.price if target else None)


def _spent_said(budget: Budget, of: Spent) -> str:
    dollars = budget.dollars(of)
    paid = f", ${dollars:.2f}" if dollars else ""
    return f"{of.runs} run{'' if of.runs == 1 else 's'}, {_amount('time', of.seconds)}{paid}" if of.runs else ""


def _amount(of: str, value: float) -> str:
    if of == "dollars":
        return f"${value:.2f}"
    if of == "runs":
        return f"{value:.0f} runs"
    if value >= _HOUR:
        return f"{value / _HOUR:.1f} h"
    return f"{value / _MINUTE:.1f} min" if value >= _MINUTE else f"{value:.1f} s"
