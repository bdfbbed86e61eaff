"""The end-to-end trial: what was built is started for real on the target's tree, and what was seen is kept."""

from dataclasses import dataclass, replace
from typing import Final

import anyio.to_thread

from state.cycles import CycleEnded, hypotheses_of
from state.measurement import ReadingState, Sample
from state.trials import EndToEndTried, Trial, latest_trial
from tools.engine.contract import contract_at
from tools.engine.evaluation.commanded import DEFAULT_TIMEOUT, TRIAL, Evaluation
from tools.engine.evaluation.measure import Listeners, measure
from tools.engine.evaluation.planning import Target
from tools.engine.experiment.bench import Bench
from tools.engine.experiment.smoke_proposal import propose_smoke_test
from tools.engine.experiment.taking_turns import one_at_a_time
from tools.engine.jobs.running import Plan, Progress
from tools.engine.repository.objects import tree_of
from tools.engine.roles.shapes import Start
from tools.engine.session import Session, server_record

STAYS_SECONDS: Final = 5.0  # that a command which stays has to run before it is ended by us
NAME: Final = "end-to-end"


@dataclass(frozen=True)
class Tried:
    """What is tried: the command of an approved plan, on the target's `commit`, for a cycle."""

    cycle: int
    commit: str
    start: Start


def trial_plan(session: Session, tried: Tried) -> Plan:
    """Starting what was built, prepared and confined as every measured tree is; one that passes ends the cycle and proposes a smoke test.

    Raises Refusal NEEDS_APPROVAL or BAD_CONFIG.
    """
    contract, tree = contract_at(session, tried.commit), tree_of(session.repository, tried.commit)

    async def work(progress: Progress) -> None:
        async with one_at_a_time(session, contract, progress):
            sample = await _started(Bench(session, contract, tree, progress).target(), tried.start, progress)
            await anyio.to_thread.run_sync(_record, session, tried, tree, sample)

    return Plan(f"{NAME}:{tried.cycle}:{tree}:{tried.start.command}", None, work)


def trial_of_job(session: Session, key: str) -> Trial | None:
    """The newest trial of the cycle that the job with this key tried; None for any other job."""
    kind, cycle = (*key.split(":"), "")[:2]
    if kind != NAME:
        return None
    with session.store.reading() as connection:
        return latest_trial(connection, int(cycle))


async def _started(target: Target, start: Start, progress: Progress) -> Sample:
    """One run. It stands for no measurement, so nothing of it is looked up or stored as one."""
    timeout = STAYS_SECONDS if start.stays else DEFAULT_TIMEOUT

    async def drop(_: Sample) -> None:
        """The trial is recorded as what it is."""

    tried = replace(target, trial=Evaluation(TRIAL, start.command, "exit_code", timeout=timeout))
    return (await measure(tried, (TRIAL,), Listeners(known=lambda _: None, keep=drop, progress=progress)))[0]


def judged(start: Start, sample: Sample) -> tuple[bool, str]:
    """Whether it works, and how it ended in words."""
    reading = sample.readings[0]
    seconds = f"{sample.readings[0].seconds:.1f} s"
    if reading.state is ReadingState.TIMEOUT:
        return start.stays, f"it still ran after {seconds}, and was ended"
    if reading.state is not ReadingState.MEASURED:
        return False, f"it could not be started, or did not end by itself: {reading.reason}"
    said = f"it ended with {reading.facts.get('exit_code', 0)} after {seconds}"
    if start.stays:
        return False, f"{said}, and should have gone on running"
    return reading.value == 1.0, said


def _record(session: Session, tried: Tried, tree: str, sample: Sample) -> None:
    passed, said = judged(tried.start, sample)
    output = session.store.keep_object(sample.output.encode())
    with session.store.writing() as connection:
        trial = Trial(
            cycle=tried.cycle, tree=tree, command=tried.start.command, outcome="passed" if passed else "failed", said=said[:500],
            seconds=sample.seconds, output=output, items=len(hypotheses_of(connection, tried.cycle)),
        )  # fmt: skip
        session.store.append(EndToEndTried(trial=trial), actor="server", channel="server")
    if passed:
        propose_smoke_test(session, tried.start)
        server_record(session, CycleEnded(cycle=tried.cycle, how="done"), key=f"cycle:{tried.cycle}:end")
    session.write_views()
