"""Measuring the total of a campaign, as a job of its own."""

from typing import Final

from state.cycles import Cycle
from tools.engine.contract import contract_at
from tools.engine.experiment.bench import Bench
from tools.engine.experiment.raising import lay_out
from tools.engine.experiment.taking_turns import one_at_a_time
from tools.engine.jobs.running import Plan, Progress
from tools.engine.repository.objects import tree_of
from tools.engine.research.budget import standing_budget, stops
from tools.engine.research.calibrating_the_metric import Allowed
from tools.engine.research.totals import measure_total
from tools.engine.session import Session

TOTAL: Final = "total"


def total_plan(session: Session, commit: str, cycle: Cycle | None) -> Plan:
    """Measuring what all kept changes gained, at a commit of the target. Raises Refusal NEEDS_APPROVAL or BAD_CONFIG."""
    contract, tree = contract_at(session, commit), tree_of(session.repository, commit)

    async def work(progress: Progress) -> None:
        async with one_at_a_time(session, contract, progress):
            laid = await lay_out(Bench(session, contract, tree, progress), commit)
            if laid is not None:
                await measure_total(laid.pairs, laid.campaign, laid.ways, tree, allowed_at(session, commit, cycle))

    return Plan(f"{TOTAL}:{tree}", None, work)


def allowed_at(session: Session, commit: str, cycle: Cycle | None) -> Allowed:
    """What the budget says to more runs at a commit of the target, within a cycle or beside one."""
    return lambda runs: stops(standing_budget(session, cycle, "" if cycle else commit), runs)
