"""Calibrations of a metric: what running the head against itself showed, so that nobody hopes for a difference that cannot be told."""

import json
from typing import TYPE_CHECKING, ClassVar, Final

from state.events import Event, Payload
from state.model import Model, canonical
from state.rows import one

if TYPE_CHECKING:
    import sqlite3

TABLES: Final = """
CREATE TABLE metric_calibrations(seq INTEGER PRIMARY KEY, campaign INTEGER NOT NULL, tree TEXT NOT NULL, body TEXT NOT NULL);
CREATE INDEX metric_calibrations_of ON metric_calibrations(campaign, seq);
"""


class MetricCalibration(Model):
    """What `pairs` pairs of `tree` against itself showed. All numbers but counts are in the unit of the metric, per run unless said.

    `deterministic`: every run gave the same. `sigma` is the standard deviation of one run, `sigma_d` that of the difference of a pair, both with
    `freedom` degrees of freedom; `lag` the correlation of neighbouring runs, `drift` the change per run, `outliers` the runs more than 5 median
    deviations away. `phi` is the variance of runs over what their instances would give if they failed independently. `failed` runs gave no value.
    `last_run` is the last run that it knows of, `number` the sequence number of its event.
    """

    campaign: int
    tree: str
    pairs: int
    deterministic: bool
    mean: float | None = None
    sigma: float = 0.0
    sigma_d: float = 0.0
    freedom: int = 0
    lag: float = 0.0
    drift: float = 0.0
    outliers: int = 0
    phi: float | None = None
    phi_freedom: int = 0
    failed: int = 0
    seconds: float = 0.0
    last_run: int = 0
    number: int = 0


class MetricCalibrated(Payload):
    """The head was run against itself."""

    type: ClassVar[str] = "metric.calibrated"
    calibration: MetricCalibration

    def apply(self, connection: "sqlite3.Connection", event: Event) -> None:
        """The newest of a campaign counts; those before it stay."""
        found = self.calibration.model_copy(update={"number": event.seq})
        connection.execute(
            "INSERT INTO metric_calibrations(seq, campaign, tree, body) VALUES (?, ?, ?, ?)",
            (event.seq, found.campaign, found.tree, canonical(found.plain())),
        )


def metric_calibration(connection: "sqlite3.Connection", campaign: int) -> MetricCalibration | None:
    """The newest calibration of a campaign."""
    row = one(connection, "SELECT body FROM metric_calibrations WHERE campaign = ? ORDER BY seq DESC LIMIT 1", campaign)
    return MetricCalibration.model_validate(json.loads(row["body"])) if row else None
