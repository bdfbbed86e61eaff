"""Calibrating a metric: the head run against itself, to see what it does by itself before anything is held against it."""

from collections.abc import Callable, Sequence
from functools import partial
from statistics import fmean
from typing import Final

import anyio.to_thread

from state.campaigns import Campaign
from state.instances import kept_instances
from state.metric_calibrations import MetricCalibrated, MetricCalibration, metric_calibration
from state.runs import Run, runs_for, unsteady_tree
from tools.engine.research.instances import Dispersion
from tools.engine.research.noise_of_the_metric import PAIRS, HeadRun, Noise, is_deterministic, noise_of
from tools.engine.research.pairing import Block, Candidate, Pairs
from tools.engine.research.replaying import scores_of
from tools.engine.session import Session, server_record

Allowed = Callable[[int], str]  # why so many more runs may not be taken; empty where they may
HOPELESS: Final = 4  # runs in a row without a value, after which the command does not work at all


async def calibrate_metric(pairs: Pairs, campaign: Campaign, tree: str, allowed: Allowed) -> str:
    """Run a tree against itself until its noise is known, and write down what was seen; a calibration that was broken off is gone on with.

    Answers why it stopped before that; empty where it did not.
    """
    block = Block(campaign.id, "calibrate", tree, (Candidate(tree),), own_seeds=True)
    unsteady = bool(await anyio.to_thread.run_sync(_unsteady, pairs.session, campaign.id))
    while not is_enough(runs := await anyio.to_thread.run_sync(_runs, pairs.session, campaign.id, tree), unsteady=unsteady):
        if reason := await anyio.to_thread.run_sync(allowed, 2):
            return reason
        said = f"calibrating, pair {len(runs) // 2 + 1} of up to {PAIRS}"
        await pairs.saying(said).take(block)
    await anyio.to_thread.run_sync(_write_down, pairs.session, campaign, tree, runs)
    return ""


def _runs(session: Session, campaign: int, tree: str) -> list[Run]:
    """The runs since the last calibration that was finished."""
    with session.store.reading() as connection:
        known = metric_calibration(connection, campaign)
        runs = runs_for(connection, campaign, "calibrate")
    return [run for run in runs if run.tree == tree and not run.discarded and run.number > (known.last_run if known else 0)]


def is_calibrated_in(session: Session, campaign: int) -> bool:
    """Whether the noise under an instrument is known: the head gave values, and if they were the same each time, so has every tree since."""
    with session.store.reading() as connection:
        found = metric_calibration(connection, campaign)
        return found is not None and found.mean is not None and not (found.deterministic and unsteady_tree(connection, campaign))


def _unsteady(session: Session, campaign: int) -> str:
    with session.store.reading() as connection:
        return unsteady_tree(connection, campaign)


def is_enough(runs: Sequence[Run], *, unsteady: bool = False) -> bool:
    """Whether so many runs tell the noise: all pairs, runs that are the same each time, or a command that never gives a value.

    Where two runs of a tree were seen to differ, sameness tells nothing any more.
    """
    if len(runs) % 2:
        return False
    if len(runs) >= 2 * PAIRS or (len(runs) >= HOPELESS and all(run.value is None for run in runs)):
        return True
    return not unsteady and is_deterministic([HeadRun(run.value, run.seconds, results=run.instances) for run in runs]) is True


def _write_down(session: Session, campaign: Campaign, tree: str, runs: Sequence[Run]) -> None:
    noise = noise_of(head_runs(session, runs))
    values = [run.value for run in runs if run.value is not None]
    same = noise.deterministic and not _unsteady(session, campaign.id)
    found = MetricCalibration(
        campaign=campaign.id, tree=tree, pairs=len(runs) // 2, deterministic=same, mean=fmean(values) if values else None,
        sigma=noise.sigma or 0.0, sigma_d=noise.sigma_d or 0.0, freedom=noise.freedom, lag=noise.lag or 0.0, drift=noise.drift or 0.0,
        outliers=noise.outliers, phi=noise.dispersion.ratio if noise.dispersion.freedom else None, phi_freedom=noise.dispersion.freedom,
        failed=noise.lost, seconds=noise.seconds, last_run=runs[-1].number,
    )  # fmt: skip
    server_record(session, MetricCalibrated(calibration=found))


def head_runs(session: Session, runs: Sequence[Run]) -> list[HeadRun]:
    """The runs of a calibration, each with the scores of the same instances in the same order."""
    scores = [scores_of(partial(kept_instances, session.store), [run]) for run in runs]
    names = sorted({name for each in scores for name in each})
    return [
        HeadRun(run.value, run.seconds, tuple(each.get(name, 0.0) for name in names) if run.instances else (), run.instances)
        for run, each in zip(runs, scores, strict=True)
    ]


def noise_by(found: MetricCalibration) -> Noise:
    """What a stored calibration knows of the noise."""
    known = found.freedom > 0
    return Noise(
        deterministic=found.deterministic, runs=2 * found.pairs, lost=found.failed, sigma=found.sigma if known else None,
        sigma_d=found.sigma_d if known else None, freedom=found.freedom, lag=found.lag, drift=found.drift, outliers=found.outliers,
        dispersion=Dispersion(found.phi or 1.0, found.phi_freedom), seconds=found.seconds,
    )  # fmt: skip
