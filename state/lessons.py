"""Lessons: what decided experiments taught, with what tells whether they apply to another one."""

import json
from typing import TYPE_CHECKING, Any

from state.experiments import Decision
from state.model import Model
from state.rows import many

if TYPE_CHECKING:
    import sqlite3


class Taught(Model):
    """What one decided experiment taught; `files` are those that its work item named."""

    experiment: int
    title: str
    category: str
    decision: Decision
    lesson: str
    files: tuple[str, ...]

    @property
    def name(self) -> str:
        """The id that a model says, that of its archive note: A3."""
        return f"A{self.experiment}"


def lessons_taught(connection: "sqlite3.Connection", limit: int) -> list[Taught]:
    """The lessons of up to `limit` experiments, those decided last first; an experiment without a lesson has none."""
    question = (
        "SELECT experiments.id AS experiment, experiments.title, experiments.category, decision, lesson, body FROM verdicts "
        "JOIN experiments ON experiments.id = verdicts.experiment JOIN hypotheses ON hypotheses.id = experiments.hypothesis "
        "WHERE lesson != '' ORDER BY verdicts.seq DESC LIMIT ?"
    )
    return [_taught(row) for row in many(connection, question, limit)]


def _taught(row: dict[str, Any]) -> Taught:
    item = json.loads(row.pop("body"))
    return Taught.model_validate({**row, "files": item.get("files", ())})
