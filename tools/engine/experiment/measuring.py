"""Measuring as long work: the plans of jobs for a baseline and for an experiment, one at a time in a project."""

import time
from contextlib import ExitStack, asynccontextmanager
from typing import TYPE_CHECKING, Final, Literal

import anyio
import anyio.to_thread

from state.baselines import Baseline, BaselineMeasured, baseline_of
from state.errors import Refusal
from state.experiments import Experiment, ExperimentMeasured
from state.files import locked
from tools.engine.contract import Contract, contract_at
from tools.engine.evaluation.caches import trim_now_and_then
from tools.engine.evaluation.commanded import SMOKE
from tools.engine.evaluation.parts import parts_of
from tools.engine.experiment.bench import Bench
from tools.engine.experiment.calibrating import calibrate
from tools.engine.experiment.comparing import baseline, compare, contract_key
from tools.engine.jobs.running import Plan, Progress
from tools.engine.repository.objects import tree_of
from tools.engine.session import Session, server_record

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

# What is measured: what is not known yet; everything that runs code once more; or one tree often enough to see its noise.
Purpose = Literal["score", "fresh", "calibrate"]
BASELINE: Final = "baseline"
LOCK_POLL_SECONDS: Final = 0.25


def baseline_plan(session: Session, commit: str, purpose: Purpose = "score") -> Plan:
    """Measuring a commit of the target by itself. Raises Refusal NEEDS_APPROVAL or BAD_CONFIG."""
    contract, tree = contract_at(session, commit), tree_of(session.repository, commit)

    async def work(progress: Progress) -> None:
        async with one_at_a_time(session, contract, progress):
            if purpose == "calibrate":
                await calibrate(session, contract, tree, progress)
            await _record_baseline(Bench(session, contract, tree, progress, fresh=purpose == "fresh"))

    return Plan(f"{BASELINE}:{tree}:{contract_key(contract)}{_suffix(purpose)}", None, work)


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
            if purpose == "calibrate":
                await calibrate(session, contract, base_tree, progress)
            comparison = await compare(Bench(session, contract, base_tree, progress, fresh=purpose == "fresh"), experiment)
            measured = ExperimentMeasured(
                experiment=experiment.id, tree=comparison.tree, base=experiment.base, delta=comparison.assessment.delta,
                assessment=comparison.model_dump(mode="json"),
            )  # fmt: skip
            await anyio.to_thread.run_sync(server_record, session, measured)

    return Plan(f"experiment:{experiment.id}:{base_tree}:{experiment.tree}{_suffix(purpose)}", experiment.id, work)


def stored_baseline(session: Session, contract: Contract, commit: str) -> Baseline | None:
    """The baseline of a commit, if it was measured under this contract."""
    tree = tree_of(session.repository, commit)
    with session.store.reading() as connection:
        return baseline_of(connection, tree, contract_key(contract))


@asynccontextmanager
async def one_at_a_time(session: Session, contract: Contract, progress: Progress) -> "AsyncIterator[None]":
    """Hold the project's lock for measuring: timings and caches want one tree under test at a time, unless factory.md says `parallel`."""
    setup = contract.configuration.setup
    if setup is not None and setup.parallel:
        yield
        return
    lock = ExitStack()
    while True:
        try:
            await anyio.to_thread.run_sync(lock.enter_context, locked(session.store.folder / "measuring.lock", "measuring", wait=0))
            break
        except Refusal as refusal:
            progress(f"waiting: the project is {refusal.what}")
            await anyio.sleep(LOCK_POLL_SECONDS)
    with lock:
        yield
        await anyio.to_thread.run_sync(trim_now_and_then, session.store)
