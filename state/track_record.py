"""What the history of a project comes to for its growth dimensions: a window of its experiments, and how its dimensions moved."""

import json
from typing import TYPE_CHECKING, Any, Final

from state.baselines import Baseline
from state.cycles import Category, Hypothesis
from state.experiments import Decision
from state.model import Model
from state.rows import many, one

if TYPE_CHECKING:
    import sqlite3

WINDOW: Final = 10  # experiments decided last, from the original's formulas
RECORDS: Final = 20  # of a dimension, before it is called dead (design.md 5)


class Decided(Model):
    """An experiment of ours that was decided: what kind of attempt it was, how it ended, and the sources that its hypothesis cites.

    What was kept and undone counts as reverted.
    """

    category: str
    dimension: str
    decision: Decision
    delta: float | None
    lesson: bool
    sources: tuple[str, ...]


class Tried(Model):
    """An experiment that was given up (`state`: reverted or undone), as far as another attempt is held against it."""

    experiment: int
    title: str
    what: str
    lesson: str
    state: str = "reverted"


class HistoryFacts(Model):
    """What the growth dimensions of the history are computed from.

    `decided` is how many experiments were decided in all, `recent` the last of them, the newest first. `archived` are the sources that exist;
    `research` is how many research reports there are; `other_projects` how many other projects of the person have decided experiments.
    """

    decided: int = 0
    recent: tuple[Decided, ...] = ()
    archived: frozenset[str] = frozenset()
    research: int = 0
    other_projects: int = 0


def history_facts(connection: "sqlite3.Connection", *, archived: frozenset[str] = frozenset(), other_projects: int = 0) -> HistoryFacts:
    """Read the facts; a window and two counts, however long the history is. Arms that another one superseded are no attempts of their own."""
    rows = many(
        connection,
        "SELECT experiments.category, CASE experiments.state WHEN 'undone' THEN 'revert' ELSE decision END AS decision, delta, lesson, body "
        "FROM verdicts JOIN experiments ON experiments.id = verdicts.experiment JOIN hypotheses ON hypotheses.id = experiments.hypothesis "
        "WHERE experiments.state != 'superseded' ORDER BY verdicts.seq DESC LIMIT ?",
        WINDOW,
    )
    research = one(connection, "SELECT COUNT(*) AS n FROM reports WHERE role = 'researcher' AND void = 0")
    decided = one(connection, "SELECT COALESCE(SUM(n), 0) AS n FROM totals WHERE verdict != 'supersede'")
    return HistoryFacts(
        decided=int(decided["n"]) if decided else 0,
        recent=tuple(_decided(row) for row in rows),
        archived=archived,
        research=int(research["n"]) if research else 0,
        other_projects=other_projects,
    )


def reverted(connection: "sqlite3.Connection", limit: int) -> tuple[Tried, ...]:
    """The experiments of ours that were reverted or undone last, the newest first."""
    question = (
        "SELECT experiments.id AS experiment, experiments.title, experiments.state, lesson, body FROM experiments "
        "JOIN hypotheses ON hypotheses.id = experiments.hypothesis "
        "WHERE experiments.state IN ('reverted', 'undone') ORDER BY experiments.id DESC LIMIT ?"
    )
    return tuple(
        Tried(
            experiment=row["experiment"],
            title=row["title"],
            what=json.loads(row["body"])["what"],
            lesson=row["lesson"] or "",
            state=row["state"],
        )
        for row in many(connection, question, limit)
    )


def results_in_order(connection: "sqlite3.Connection", limit: int) -> list[tuple[Category, bool]]:
    """The category of each of the `limit` experiments kept or reverted last, and whether it was kept; the oldest first. Undone ones are neither."""
    rows = many(
        connection,
        "SELECT category, decision FROM verdicts JOIN experiments ON experiments.id = verdicts.experiment "
        "WHERE decision IN ('keep', 'revert') AND state != 'undone' ORDER BY verdicts.seq DESC LIMIT ?",
        limit,
    )
    return [(row["category"], row["decision"] == "keep") for row in reversed(rows)]


def last_lessons(connection: "sqlite3.Connection", limit: int) -> list[Tried]:
    """The experiments of ours that taught something last, whatever became of them; the newest first."""
    rows = many(
        connection,
        "SELECT experiments.id AS experiment, title, lesson FROM verdicts JOIN experiments ON experiments.id = verdicts.experiment "
        "WHERE lesson != '' ORDER BY verdicts.seq DESC LIMIT ?",
        limit,
    )
    return [Tried(experiment=row["experiment"], title=row["title"], what="", lesson=row["lesson"]) for row in rows]


def recent_values(connection: "sqlite3.Connection") -> dict[str, tuple[float, ...]]:
    """The values of each dimension in the newest records in which it was measured, RECORDS at most, the newest first.

    Candidates come first; baselines stand in where there were fewer.
    """
    candidates = many(connection, "SELECT assessment FROM experiments WHERE assessment IS NOT NULL ORDER BY id DESC LIMIT ?", RECORDS)
    baselines = many(connection, "SELECT body FROM baselines ORDER BY rowid DESC LIMIT ?", RECORDS)
    records = [{row["name"]: row["candidate"] for row in json.loads(each["assessment"])["assessment"]["rows"]} for each in candidates]
    records += [{row.name: row.value for row in Baseline.model_validate_json(each["body"]).rows} for each in baselines]
    values: dict[str, list[float]] = {}
    for record in records:
        for name, value in record.items():
            if value is not None and len(values.setdefault(name, [])) < RECORDS:
                values[name].append(value)
    return {name: tuple(found) for name, found in values.items()}


def _decided(row: dict[str, Any]) -> Decided:
    hypothesis = Hypothesis.model_validate(json.loads(row["body"]))
    return Decided(
        category=row["category"],
        dimension=hypothesis.dimension,
        decision=row["decision"],
        delta=row["delta"],
        lesson=bool(row["lesson"]),
        sources=hypothesis.sources,
    )
