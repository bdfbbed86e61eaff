"""Reports that roles hand in: what they said, bound to the step and the candidate that they said it of."""

import json
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal

from state.events import Event, Payload
from state.model import Model, canonical
from state.rows import many, one

if TYPE_CHECKING:
    import sqlite3

ReportRole = Literal["reviewer", "researcher", "strategist", "distiller", "failure_analyst", "refiner", "evaluator", "archivist", "ceo"]

# `void`: a redirect sent the work back after it was handed in.
TABLES: Final = """
CREATE TABLE reports(id INTEGER PRIMARY KEY, role TEXT NOT NULL, cycle INTEGER, experiment INTEGER, tree TEXT NOT NULL, revision INTEGER NOT NULL,
                     summary TEXT NOT NULL, decision TEXT NOT NULL, body TEXT NOT NULL, void INTEGER NOT NULL DEFAULT 0);
CREATE INDEX reports_of_experiment ON reports(experiment, role, revision);
CREATE INDEX reports_of_cycle ON reports(cycle, role, id);
CREATE INDEX reports_by_role ON reports(role, decision);
"""
_COLUMNS: Final = "id, role, cycle, experiment, tree, revision, summary, decision, body"


class Report(Model):
    """A stored report; `tree` is the candidate's tree that it speaks of, and with another tree it no longer counts."""

    id: int
    role: ReportRole
    cycle: int | None
    experiment: int | None
    tree: str
    revision: int
    summary: str
    decision: str
    body: dict[str, Any]

    @property
    def name(self) -> str:
        """The id that a model says: r2."""
        return f"r{self.id}"


class ReportSubmitted(Payload):
    """A role handed in a report; a later one on the same candidate supersedes it, unless it said fail; both stay.

    `voids` are reports, and `replaces` work items, that it sends back: they no longer count.
    """

    type: ClassVar[str] = "report.submitted"
    report: int
    role: ReportRole
    cycle: int | None = None
    experiment: int | None = None
    tree: str = ""
    summary: str
    decision: str
    body: dict[str, Any]
    voids: tuple[int, ...] = ()
    replaces: tuple[int, ...] = ()

    def apply(self, connection: "sqlite3.Connection", event: Event) -> None:
        """The newest revision counts."""
        row = one(
            connection, "SELECT COUNT(*) AS n FROM reports WHERE experiment IS ? AND role = ? AND tree = ?", self.experiment, self.role, self.tree
        )
        revision = int(row["n"]) + 1 if row else 1
        connection.execute(
            "INSERT INTO reports(id, role, cycle, experiment, tree, revision, summary, decision, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (self.report, self.role, self.cycle, self.experiment, self.tree, revision, self.summary, self.decision, canonical(self.body)),
        )
        connection.executemany("UPDATE reports SET void = 1 WHERE id = ?", [(each,) for each in self.voids])
        connection.executemany("UPDATE hypotheses SET state = 'replaced' WHERE id = ? AND state = 'open'", [(each,) for each in self.replaces])


def latest_review(connection: "sqlite3.Connection", experiment: int, tree: str) -> Report | None:
    """The newest review of exactly this candidate."""
    return _newest(connection, "experiment = ? AND role = 'reviewer' AND tree = ? AND void = 0", experiment, tree)


def report_on(connection: "sqlite3.Connection", experiment: int, role: ReportRole) -> Report | None:
    """The newest report of a role on an experiment."""
    return _newest(connection, "experiment = ? AND role = ?", experiment, role)


def reports_of_cycle(connection: "sqlite3.Connection", cycle: int) -> dict[ReportRole, Report]:
    """The newest report of each role in a cycle that counts: not of one candidate, and not sent back."""
    return {found.role: found for found in _reports(connection, "cycle = ? AND experiment IS NULL AND void = 0 ORDER BY id", cycle)}


def report_before(connection: "sqlite3.Connection", cycle: int, role: ReportRole) -> Report | None:
    """The newest report of a role that counts in a cycle before this one; of no single experiment."""
    return _newest(connection, "cycle < ? AND role = ? AND experiment IS NULL AND void = 0", cycle, role)


def revisions_of(connection: "sqlite3.Connection", cycle: int, role: ReportRole) -> list[Report]:
    """Everything that a role handed in for a cycle, oldest first, sent back or not."""
    return _reports(connection, "cycle = ? AND role = ? AND experiment IS NULL ORDER BY id", cycle, role)


def redirects_of(connection: "sqlite3.Connection", cycle: int) -> list[Report]:
    """The redirects of a cycle, oldest first."""
    return _reports(connection, "cycle = ? AND role = 'ceo' AND decision = 'redirect' ORDER BY id", cycle)


def latest_report(connection: "sqlite3.Connection", role: str) -> Report | None:
    """The newest report of a role, whatever it speaks of."""
    return _newest(connection, "role = ?", role)


def newest_reports(connection: "sqlite3.Connection", limit: int) -> list[Report]:
    """Up to `limit` reports handed in last, the newest first."""
    return _reports(connection, "id > 0 ORDER BY id DESC LIMIT ?", limit)


def report_of(connection: "sqlite3.Connection", number: int) -> Report | None:
    """The report of this number."""
    return _newest(connection, "id = ?", number)


def report_counts(connection: "sqlite3.Connection") -> dict[tuple[str, str], int]:
    """How many reports there are by role and decision."""
    rows = many(connection, "SELECT role, decision, COUNT(*) AS n FROM reports GROUP BY role, decision ORDER BY role, decision")
    return {(str(row["role"]), str(row["decision"])): int(row["n"]) for row in rows}


def _newest(connection: "sqlite3.Connection", condition: str, *values: object) -> Report | None:
    return next(iter(_reports(connection, f"{condition} ORDER BY id DESC LIMIT 1", *values)), None)


def _reports(connection: "sqlite3.Connection", clause: str, *values: object) -> list[Report]:
    """The reports that a clause of this module selects; whatever comes from outside is in `values`."""
    rows = many(connection, f"SELECT {_COLUMNS} FROM reports WHERE {clause}", *values)  # noqa: S608 - constant text
    return [Report.model_validate({**row, "body": json.loads(row["body"])}) for row in rows]
