"""Calibrations: what difference can be told from noise, as shown by measuring one tree several times under a contract."""

import json
from typing import TYPE_CHECKING, ClassVar, Final

from pydantic import Field

from state.events import Event, Payload
from state.model import Model, canonical
from state.rows import one

if TYPE_CHECKING:
    import sqlite3

TABLES: Final = """
CREATE TABLE calibrations(contract TEXT PRIMARY KEY, tree TEXT NOT NULL, seq INTEGER NOT NULL, body TEXT NOT NULL);
"""


class Calibration(Model):
    """What several measurements of `tree` showed. `noise` maps a dimension to the difference (a share of 1) that two measurements of the same tree
    stay below in 95 of 100 cases; `samples` maps a part to how often it was measured. `flaky` are tests that passed in some of them only.
    """

    contract: str
    tree: str
    noise: dict[str, float]
    samples: dict[str, int]
    flaky: tuple[str, ...] = Field(default=(), max_length=100)
    seconds: float


class NoiseCalibrated(Payload):
    """One tree was measured several times."""

    type: ClassVar[str] = "noise.calibrated"
    calibration: Calibration

    def apply(self, connection: "sqlite3.Connection", event: Event) -> None:
        """The newest calibration counts for all that is compared under its contract."""
        found = self.calibration
        connection.execute(
            "INSERT OR REPLACE INTO calibrations(contract, tree, seq, body) VALUES (?, ?, ?, ?)",
            (found.contract, found.tree, event.seq, canonical(found.plain())),
        )


def calibration_under(connection: "sqlite3.Connection", contract: str) -> Calibration | None:
    """The newest calibration under the contract with this hash."""
    row = one(connection, "SELECT body FROM calibrations WHERE contract = ?", contract)
    return Calibration.model_validate(json.loads(row["body"])) if row else None
