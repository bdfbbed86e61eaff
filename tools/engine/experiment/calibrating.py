"""Calibrating: one tree measured several times over, to see what difference can be told from noise."""

import time
from typing import Final

import anyio.to_thread

from state.calibrations import Calibration, NoiseCalibrated, calibration_under
from tools.engine.contract import Contract
from tools.engine.evaluation.assessment import measurements
from tools.engine.evaluation.commanded import SMOKE
from tools.engine.evaluation.noise import noise_of
from tools.engine.evaluation.parts import parts_of, runs_code
from tools.engine.evaluation.repeats import counted
from tools.engine.experiment.bench import Bench
from tools.engine.experiment.comparing import contract_key
from tools.engine.jobs.running import Progress
from tools.engine.session import Session, server_record

FEWEST_ROUNDS: Final = 2
SAMPLES_WANTED: Final = 5
TIME_LIMIT: Final = 30 * 60.0  # seconds after which no further round begins
FLAKY_KEPT: Final = 100


async def calibrate(session: Session, contract: Contract, tree: str, progress: Progress) -> None:
    """Measure what runs code until every part has enough samples, and store the bounds; nothing to do where that was done of this tree.

    A round takes each part once, so that parts alternate and a drift of the machine shows in all of them.
    """
    if await anyio.to_thread.run_sync(stored_calibration, session, contract, tree) is not None:
        return
    begun = time.monotonic()
    first = Bench(session, contract, tree, progress)
    parts = [part for part in parts_of(first.target().contract) if runs_code(part) and part != SMOKE]
    samples = await first.take("base", tree, parts, first.target())
    rounds, longest = 0, 0.0
    while parts and goes_on(rounds, min(counted(samples).values()), time.monotonic() - begun + longest):
        rounds, at = rounds + 1, time.monotonic()
        bench = Bench(session, contract, tree, progress, fresh=True)
        samples = await bench.take(f"calibrating, round {rounds}", tree, parts, bench.target())
        longest = max(longest, time.monotonic() - at)
    found = Calibration(
        contract=contract_key(contract), tree=tree, noise=noise_of(samples), samples=counted(samples),
        flaky=tuple(sorted(measurements(samples).flaky))[:FLAKY_KEPT], seconds=round(time.monotonic() - begun, 3),
    )  # fmt: skip
    await anyio.to_thread.run_sync(server_record, session, NoiseCalibrated(calibration=found))


def goes_on(rounds: int, fewest: int, seconds: float) -> bool:
    """Whether another round is due. `fewest` are the samples of the part that has least, `seconds` when the round would probably end."""
    return rounds < FEWEST_ROUNDS or (fewest < SAMPLES_WANTED and seconds <= TIME_LIMIT)


def stored_calibration(session: Session, contract: Contract, tree: str = "") -> Calibration | None:
    """The calibration that counts under a contract; with a `tree` only one of that."""
    with session.store.reading() as connection:
        found = calibration_under(connection, contract_key(contract))
    return found if found is not None and tree in ("", found.tree) else None
