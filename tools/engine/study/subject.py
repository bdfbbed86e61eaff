"""What is looked at: the commit that the open cycle began from, else the target's tip, with the baseline that was measured of it."""

from dataclasses import dataclass
from functools import cached_property

from state.baselines import Baseline, baseline_of, newest_under
from state.configuration import Configuration
from state.cycles import Cycle, open_cycle
from tools.engine.contract import Contract, Standing
from tools.engine.experiment.comparing import contract_key
from tools.engine.repository.objects import tree_of
from tools.engine.research.failed_runs import FailedRuns, failed_runs
from tools.engine.session import Session
from tools.engine.study.hotspots import Hotspot, hot_files
from tools.engine.study.portrait import Portrait, portrait
from tools.engine.study.untested import Untested, untested_functions


@dataclass(frozen=True)
class Subject:
    """One look at a project. What takes reading is read when it is asked for, and once."""

    session: Session
    commit: str
    configuration: Configuration | None
    baseline: Baseline | None
    cycle: Cycle | None = None

    @cached_property
    def portrait(self) -> Portrait:
        """What the code base is."""
        return portrait(self.session.repository, tree_of(self.session.repository, self.commit))

    @cached_property
    def hotspots(self) -> tuple[Hotspot, ...]:
        """Where it changes most."""
        return hot_files(self.session.repository, self.commit, self.configuration.modifiable if self.configuration else ())

    @cached_property
    def untested(self) -> list[Untested]:
        """What no test runs."""
        return untested_functions(self.session, self.baseline, self.configuration) if self.baseline else []

    @cached_property
    def failed(self) -> FailedRuns:
        """What failed in the runs that the open research cycle begins from."""
        research = self.cycle is not None and self.cycle.mode == "research"
        return failed_runs(self.session, self.cycle) if self.cycle is not None and research else FailedRuns()


def subject_of(session: Session, where: Standing) -> Subject:
    """What there is to look at now. Without a baseline of the very commit the newest one under the same contract stands in."""
    configuration = where.configuration
    with session.store.reading() as connection:
        cycle = open_cycle(connection, where.target)
    commit = cycle.base if cycle else where.tip
    if configuration is None or where.approval is None or where.approval.profile is None:
        return Subject(session, commit, configuration, None, cycle)
    contract = contract_key(Contract(configuration, where.approval.profile))
    tree = tree_of(session.repository, commit)
    with session.store.reading() as connection:
        return Subject(session, commit, configuration, baseline_of(connection, tree, contract) or newest_under(connection, contract), cycle)
