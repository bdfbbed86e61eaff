"""What failed in the runs of the commit that a cycle began from, and what was said of it: read from the store, never told by a caller."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from state.cycles import Cycle
from state.errors import Refusal
from state.experiments import experiments_of_cycle
from state.instances import kept_instances
from state.reports import report_before, reports_of_cycle
from state.runs import Run, runs_known_of
from state.store import Store
from tools.engine.repository.objects import tree_of
from tools.engine.research.failures import Failing, Seen, distribution, failing
from tools.engine.session import Session

COUNTED: Final = "by `passed`, `resolved` or `success` false, or a `status` that is no pass; a run that tells of no instance, by its end"
WHOLE_RUN: Final = "whole run"  # the name by which a run counts that tells of no instance


@dataclass(frozen=True)
class FailedRuns:
    """The runs that a cycle begins from, oldest first, and what failed in them; `scored` instances of the newest tell a score alone."""

    runs: tuple[Run, ...] = ()
    failing: tuple[Failing, ...] = ()
    scored: int = 0

    @property
    def names(self) -> tuple[str, ...]:
        """The instances that failed, what fails most often first."""
        return tuple(each.instance for each in self.failing)

    @property
    def said(self) -> str:
        """How many failed, and by what an instance counts as that; empty where no run is known."""
        if not self.runs:
            return ""
        alone = f"; {self.scored} tell a score alone, which fails nothing" if self.scored else ""
        return f"{len(self.failing) or 'no'} instance{'' if len(self.failing) == 1 else 's'} failed ({COUNTED}{alone})"


@dataclass(frozen=True)
class Analyses:
    """How many failures of each category the analysis of a cycle found, and the last before it, of cycle `before_in`; empty where there is none."""

    now: dict[str, int] = field(default_factory=dict)
    before: dict[str, int] = field(default_factory=dict)
    before_in: int | None = None


def failed_runs(session: Session, cycle: Cycle) -> FailedRuns:
    """What failed in the runs of the cycle's base, as it was when its first experiment began: what an analysis explains stays the same."""
    tree = tree_of(session.repository, cycle.base)
    with session.store.reading() as connection:
        made = experiments_of_cycle(connection, cycle.id)
        runs = tuple(runs_known_of(connection, tree, made[0].started_at if made else ""))
    scored = sum(each.passed is None for each in kept_instances(session.store, runs[-1])) if runs else 0
    return FailedRuns(runs, failing(seen_in(session.store, runs)), scored)


def seen_in(store: Store, runs: Iterable[Run]) -> list[Seen]:
    """What runs say of their instances; one that says nothing of any counts as a whole."""
    return [seen for run in runs for seen in _seen(store, run)]


def _seen(store: Store, run: Run) -> list[Seen]:
    told = kept_instances(store, run)
    if not told:
        return [Seen(run.number, WHOLE_RUN, passed=run.status == "pass", stage="run", cause=run.reason)]
    return [Seen(run.number, each.name, passed=each.passed, stage=each.stage, cause=each.cause) for each in told if each.passed is not None]


def printed_by(store: Store, run: Run) -> str:
    """The end of what a run printed; empty where that is lost."""
    try:
        return store.read_object(run.output).decode("utf-8", "replace") if run.output else ""
    except Refusal:
        return ""


def analyses(session: Session, cycle: int) -> Analyses:
    """The failure analysis of a cycle and the last one before it, by category."""
    with session.store.reading() as connection:
        now, before = reports_of_cycle(connection, cycle).get("failure_analyst"), report_before(connection, cycle, "failure_analyst")
    return Analyses(distribution(now.body) if now else {}, distribution(before.body) if before else {}, before.cycle if before else None)
