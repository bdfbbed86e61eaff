"""Runs of the target's command: each start of it with what it gave, the pairs they form, and what they cost."""

import json
from typing import TYPE_CHECKING, ClassVar, Final, Literal

from state.events import Event, Payload
from state.model import Model, canonical
from state.rows import many, one

if TYPE_CHECKING:
    import sqlite3

Purpose = Literal["calibrate", "pair", "confirm", "total", "prune", "baseline"]
Side = Literal["base", "candidate"]
Status = Literal["pass", "fail", "error", "timeout"]

TABLES: Final = """
CREATE TABLE runs(number INTEGER PRIMARY KEY, campaign INTEGER NOT NULL, purpose TEXT NOT NULL, attempt INTEGER, pair INTEGER NOT NULL,
                  tree TEXT NOT NULL, value REAL, seconds REAL NOT NULL, cost_usd REAL, at TEXT NOT NULL, discarded INTEGER NOT NULL DEFAULT 0,
                  body TEXT NOT NULL);
CREATE INDEX runs_of_pair ON runs(campaign, pair);
CREATE INDEX runs_of_attempt ON runs(attempt, number);
CREATE INDEX runs_of_tree ON runs(campaign, tree);
CREATE INDEX runs_by_time ON runs(at);
"""


class Run(Model):
    """One start of the command on one tree.

    `value` is the metric as the command gave it; None of a run that gave none, which `reason` explains: such a run is missing, and never 0. `pair`
    numbers the pairs of a campaign, of all purposes. The base's run has no `attempt`, and `serves` all for which its pair was begun. `place` is the
    turn within a group. `output` and `instances` name objects: what it printed last, and what its result file says of each instance.
    `seconds` is wall time; `load` the machine's load average when it began, `beside` how many other rooms of ours were in use meanwhile.
    """

    number: int
    campaign: int
    purpose: Purpose
    attempt: int | None = None
    serves: tuple[int, ...] = ()
    pair: int
    side: Side
    place: int = 0
    tree: str
    seed: int
    status: Status
    value: float | None = None
    cost_usd: float | None = None
    seconds: float
    load: float = 0.0
    beside: int = 0
    at: str
    instances: str = ""
    output: str = ""
    reason: str = ""
    discarded: bool = False


class RunTaken(Payload):
    """The command was run once."""

    type: ClassVar[str] = "run.taken"
    run: Run

    def apply(self, connection: "sqlite3.Connection", event: Event) -> None:
        """Kept whatever came of it."""
        found = self.run
        connection.execute(
            "INSERT INTO runs(number, campaign, purpose, attempt, pair, tree, value, seconds, cost_usd, at, body) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                found.number, found.campaign, found.purpose, found.attempt, found.pair, found.tree, found.value, found.seconds, found.cost_usd,
                found.at, canonical(found.plain()),
            ),
        )  # fmt: skip

    def objects(self) -> tuple[str, ...]:
        """What it printed, and what it says of its instances."""
        return tuple(name for name in (self.run.output, self.run.instances) if name)


class PairDiscarded(Payload):
    """A pair does not count, because something else of ours ran beside a part of it; said by the record of load, never by the values."""

    type: ClassVar[str] = "pair.discarded"
    campaign: int
    pair: int
    reason: str

    def apply(self, connection: "sqlite3.Connection", event: Event) -> None:
        """Its runs stay, and cost what they cost."""
        connection.execute("UPDATE runs SET discarded = 1 WHERE campaign = ? AND pair = ?", (self.campaign, self.pair))


class Spent(Model):
    """What runs have cost so far. `seconds` is wall time; `unpriced` runs are in `runs` and not in `dollars`: what they cost is not known."""

    runs: int = 0
    seconds: float = 0.0
    dollars: float = 0.0
    unpriced: int = 0


class Largest(Model):
    """What the most expensive run so far cost, in dollars (None where none said it), and how long the longest took, in seconds (None without one)."""

    dollars: float | None = None
    seconds: float | None = None


def next_run(connection: "sqlite3.Connection") -> int:
    """The number of the next run."""
    row = one(connection, "SELECT COALESCE(MAX(number), 0) + 1 AS number FROM runs")
    return int(row["number"]) if row else 1


def next_pair(connection: "sqlite3.Connection", campaign: int) -> int:
    """The number of the next pair of a campaign; none is given twice."""
    row = one(connection, "SELECT COALESCE(MAX(pair), 0) + 1 AS number FROM runs WHERE campaign = ?", campaign)
    return int(row["number"]) if row else 1


def runs_of_pair(connection: "sqlite3.Connection", campaign: int, pair: int) -> list[Run]:
    """The runs of one pair, in the order in which they were taken."""
    return _runs(connection, "campaign = ? AND pair = ? ORDER BY number", campaign, pair)


def runs_of_attempt(connection: "sqlite3.Connection", attempt: int, purpose: Purpose = "pair") -> list[Run]:
    """The candidate's runs of an attempt with those of the base that stand beside them, oldest first; discarded ones among them."""
    pairs = "SELECT campaign, pair FROM runs WHERE attempt = ? AND purpose = ?"
    clause = f"(attempt = ? OR attempt IS NULL) AND purpose = ? AND (campaign, pair) IN ({pairs}) ORDER BY number"
    return _runs(connection, clause, attempt, purpose, attempt, purpose)


def runs_for(connection: "sqlite3.Connection", campaign: int, purpose: Purpose) -> list[Run]:
    """The runs of a campaign that were taken for one purpose, oldest first."""
    return _runs(connection, "campaign = ? AND purpose = ? ORDER BY number", campaign, purpose)


def runs_of_tree(connection: "sqlite3.Connection", campaign: int, tree: str) -> list[Run]:
    """The runs of one tree in a campaign, whatever they were taken for, oldest first; discarded ones are left out."""
    return _runs(connection, "campaign = ? AND tree = ? AND discarded = 0 ORDER BY number", campaign, tree)


def runs_known_of(connection: "sqlite3.Connection", tree: str, until: str = "") -> list[Run]:
    """The runs of one tree in the newest campaign that has any, oldest first; with `until` (UTC) only those that began before it."""
    newest = "(SELECT MAX(campaign) FROM runs WHERE tree = ? AND discarded = 0)"
    clause = f"tree = ? AND discarded = 0 AND campaign = {newest} AND (? = '' OR at < ?) ORDER BY number"
    return _runs(connection, clause, tree, tree, until, until)


def trees_run(connection: "sqlite3.Connection", campaign: int) -> list[str]:
    """The trees of which a campaign has values."""
    rows = many(connection, "SELECT DISTINCT tree FROM runs WHERE campaign = ? AND value IS NOT NULL ORDER BY tree", campaign)
    return [str(row["tree"]) for row in rows]


def unsteady_tree(connection: "sqlite3.Connection", campaign: int) -> str:
    """A tree of which two runs gave different values; empty where there is none: as far as is known the metric is the same each time."""
    question = "SELECT tree FROM runs WHERE campaign = ? AND value IS NOT NULL GROUP BY tree HAVING COUNT(DISTINCT value) > 1 LIMIT 1"
    row = one(connection, question, campaign)
    return str(row["tree"]) if row else ""


def spent(connection: "sqlite3.Connection", since: str = "") -> Spent:
    """What all runs have cost, or those that began at or after `since` (UTC, as events say it)."""
    question = (
        "SELECT COUNT(*) AS runs, COALESCE(SUM(seconds), 0.0) AS seconds, COALESCE(SUM(cost_usd), 0.0) AS dollars, "
        "COUNT(*) - COUNT(cost_usd) AS unpriced FROM runs WHERE at >= ?"
    )
    row = one(connection, question, since)
    return Spent.model_validate(row) if row else Spent()


def cost_of_experiment(connection: "sqlite3.Connection", experiment: int) -> float | None:
    """What the runs of an experiment's candidate have cost by now, in dollars; those of its base are everybody's. None where none says it."""
    question = "SELECT SUM(cost_usd) AS dollars FROM runs WHERE attempt IN (SELECT id FROM attempts WHERE experiment = ?)"
    row = one(connection, question, experiment)
    return None if row is None or row["dollars"] is None else float(row["dollars"])


def largest(connection: "sqlite3.Connection") -> Largest:
    """What a run cost at most so far."""
    row = one(connection, "SELECT MAX(cost_usd) AS dollars, MAX(seconds) AS seconds FROM runs")
    return Largest.model_validate(row) if row else Largest()


def _runs(connection: "sqlite3.Connection", clause: str, *values: object) -> list[Run]:
    """The runs that a clause of this module selects; whatever comes from outside is in `values`."""
    rows = many(connection, f"SELECT body, discarded FROM runs WHERE {clause}", *values)  # noqa: S608 - constant text
    return [Run.model_validate({**json.loads(row["body"]), "discarded": bool(row["discarded"])}) for row in rows]
