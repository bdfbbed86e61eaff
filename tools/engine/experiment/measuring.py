"""Measuring as long work: the plans of jobs for a baseline and for an experiment, one at a time in a project."""

import time
from typing import Final, Literal

import anyio
import anyio.to_thread

from state.baselines import Baseline, BaselineMeasured, baseline_of
from state.campaigns import Attempt
from state.cycles import Cycle
from state.experiments import Experiment
from tools.engine.contract import Contract, contract_at
from tools.engine.evaluation.commanded import SMOKE
from tools.engine.evaluation.parts import parts_of
from tools.engine.experiment.bench import Bench
from tools.engine.experiment.calibrating import calibrate
from tools.engine.experiment.comparing import baseline, contract_key, record_comparison
from tools.engine.experiment.raising import allowed_in, calibrate_head, raise_metric
from tools.engine.experiment.regaining import confirm_gain, confirm_key
from tools.engine.experiment.taking_turns import one_at_a_time
from tools.engine.jobs.running import Plan, Progress
from tools.engine.repository.objects import tree_of
from tools.engine.session import Session, server_record

# What is measured: what is not known yet; everything that runs code once more; or one tree often enough to see its noise.
Purpose = Literal["score", "fresh", "calibrate"]
BASELINE: Final = "baseline"
RESEARCH: Final = ":research"  # at the end of the key of a job that looks at the noise of the metric too


def baseline_plan(session: Session, commit: str, purpose: Purpose = "score", cycle: Cycle | None = None) -> Plan:
    """Measuring a commit of the target by itself; for a `cycle` of research with the noise of its metric, where that is not known yet.

    Raises Refusal NEEDS_APPROVAL or BAD_CONFIG.
    """
    contract, tree = contract_at(session, commit), tree_of(session.repository, commit)
    raises = cycle is not None and cycle.mode == "research"

    async def work(progress: Progress) -> None:
        async with one_at_a_time(session, contract, progress):
            if purpose == "calibrate":
                await calibrate(session, contract, tree, progress)
            bench = Bench(session, contract, tree, progress, fresh=purpose == "fresh")
            await _record_baseline(bench)
            if raises or purpose == "calibrate":
                await calibrate_head(bench, commit, allowed_in(session, cycle, commit), anew=purpose == "calibrate")

    return Plan(f"{BASELINE}:{tree}:{contract_key(contract)}{_suffix(purpose)}{RESEARCH if raises else ''}", None, work)


async def _record_baseline(bench: Bench) -> None:
    begun = time.monotonic()
    parts = [part for part in parts_of(bench.target().contract) if part != SMOKE]
    samples = await bench.take("base", bench.base_tree, parts, bench.target())
    measured = await anyio.to_thread.run_sync(lambda: baseline(bench, samples, time.monotonic() - begun))
    await anyio.to_thread.run_sync(server_record, bench.session, BaselineMeasured(baseline=measured))


def _suffix(purpose: Purpose) -> str:
    """What tells jobs of other purposes from the usual one."""
    return "" if purpose == "score" else f":{purpose}"


def baseline_of_job(session: Session, key: str) -> Baseline | None:
    """What the job with this key measured, whatever the target is by now."""
    kind, tree, contract = (*key.split(":"), "", "")[:3]
    if kind != BASELINE:
        return None
    with session.store.reading() as connection:
        return baseline_of(connection, tree, contract)


def evaluation_plan(session: Session, experiment: Experiment, purpose: Purpose = "score") -> Plan:
    """Measuring a captured candidate against its base. Raises Refusal NEEDS_APPROVAL or BAD_CONFIG."""
    contract, base_tree = contract_at(session, experiment.base), tree_of(session.repository, experiment.base)

    async def work(progress: Progress) -> None:
        async with one_at_a_time(session, contract, progress):
            bench = Bench(session, contract, base_tree, progress, fresh=purpose == "fresh")
            if purpose == "calibrate":
                await calibrate(session, contract, base_tree, progress)
            if experiment.assessment is None or purpose != "score":
                await record_comparison(bench, experiment)
            await raise_metric(bench, experiment.id)

    return Plan(f"experiment:{experiment.id}:{base_tree}:{experiment.tree}{_suffix(purpose)}", experiment.id, work)


def confirming_plan(session: Session, experiment: Experiment, attempt: Attempt) -> Plan:
    """Measuring afresh what a kept experiment gained. Raises Refusal NEEDS_APPROVAL or BAD_CONFIG."""
    contract = contract_at(session, experiment.base)

    async def work(progress: Progress) -> None:
        async with one_at_a_time(session, contract, progress):
            await confirm_gain(session, experiment, attempt, progress)

    return Plan(confirm_key(attempt.id), experiment.id, work)


def stored_baseline(session: Session, contract: Contract, commit: str) -> Baseline | None:
    """The baseline of a commit, if it was measured under this contract."""
    tree = tree_of(session.repository, commit)
    with session.store.reading() as connection:
        return baseline_of(connection, tree, contract_key(contract))
