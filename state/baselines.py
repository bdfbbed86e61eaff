"""Baselines: what a commit of the target measured at, by the contract that it was measured under."""

import json
from typing import TYPE_CHECKING, ClassVar, Final

from state.events import Event, Payload
from state.model import Model, canonical
from state.rows import one

if TYPE_CHECKING:
    import sqlite3

TABLES: Final = """
CREATE TABLE baselines(tree TEXT NOT NULL, contract TEXT NOT NULL, seq INTEGER NOT NULL, body TEXT NOT NULL, PRIMARY KEY (tree, contract));
"""


class BaselineRow(Model):
    """One dimension of a baseline; `value` is None where it was not measured, and `detail` says why, or what the value is made of."""

    name: str
    weight: float
    value: float | None
    detail: str


class Baseline(Model):
    """A tree's composite and its dimensions.

    `flaky` are tests that passed in some measurements only; `uncovered` are the files with most lines that no test runs, with their number;
    `broken_constraints` the hard constraints that do not hold there, each with how it ended; `output` is what a run that failed printed last
    (untrusted).
    """

    tree: str
    contract: str
    composite: float
    threshold: float
    tests: int
    failing: tuple[str, ...] = ()
    flaky: tuple[str, ...] = ()
    rows: tuple[BaselineRow, ...]
    uncovered: tuple[tuple[str, int], ...] = ()
    broken_constraints: tuple[str, ...] = ()
    seconds: float
    output: str = ""


class BaselineMeasured(Payload):
    """A commit of the target was measured by itself."""

    type: ClassVar[str] = "baseline.measured"
    baseline: Baseline

    def apply(self, connection: "sqlite3.Connection", event: Event) -> None:
        """The newest measurement of a tree under a contract counts."""
        connection.execute(
            "INSERT OR REPLACE INTO baselines(tree, contract, seq, body) VALUES (?, ?, ?, ?)",
            (self.baseline.tree, self.baseline.contract, event.seq, canonical(self.baseline.model_dump(mode="json"))),
        )


def baseline_of(connection: "sqlite3.Connection", tree: str, contract: str) -> Baseline | None:
    """The baseline of a tree under the contract with this hash."""
    row = one(connection, "SELECT body FROM baselines WHERE tree = ? AND contract = ?", tree, contract)
    return Baseline.model_validate(json.loads(row["body"])) if row else None


def newest_under(connection: "sqlite3.Connection", contract: str) -> Baseline | None:
    """The baseline measured last under the contract with this hash; None where a change has landed, or was undone, since."""
    landed = "SELECT seq FROM landings WHERE state = 'landed' AND purpose != 'factory.md' ORDER BY seq DESC LIMIT 1"
    question = f"SELECT body FROM baselines WHERE contract = ? AND seq > COALESCE(({landed}), 0) ORDER BY seq DESC LIMIT 1"  # noqa: S608 - constant text
    row = one(connection, question, contract)
    return Baseline.model_validate(json.loads(row["body"])) if row else None


def newest_baseline(connection: "sqlite3.Connection") -> Baseline | None:
    """The baseline measured last; a row measured again is a new row of the table."""
    row = one(connection, "SELECT body FROM baselines ORDER BY rowid DESC LIMIT 1")
    return Baseline.model_validate(json.loads(row["body"])) if row else None
