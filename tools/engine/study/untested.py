"""Public functions that no test with an assertion runs, as the measurement of the baseline saw them."""

import json
from dataclasses import dataclass
from typing import Any

from state.baselines import Baseline
from state.configuration import Configuration
from state.errors import Refusal
from state.samples import newest_materials
from tools.engine.evaluation.assessment import TESTS_PART
from tools.engine.evaluation.parts import kind_of
from tools.engine.evaluation.withholding import held_out_patterns, without
from tools.engine.session import Session


@dataclass(frozen=True)
class Untested:
    """A function: U`number`, with its file and the line of its head."""

    number: int
    path: str
    line: int
    function: str

    @property
    def name(self) -> str:
        """The id that a model says."""
        return f"U{self.number}"


def untested_functions(session: Session, baseline: Baseline, configuration: Configuration | None) -> list[Untested]:
    """The functions, by file. None where nothing measured them, or where what was measured in full is no longer there."""
    tree = without(session.repository, baseline.tree, held_out_patterns(configuration)) if configuration else baseline.tree
    with session.store.reading() as connection:
        stored = newest_materials(connection, tree)
    rows = [
        row for part, name in stored.items() if kind_of(part) == TESTS_PART for row in _material(session, name).get("growth", {}).get("untested", ())
    ]
    found = sorted((str(path), int(line), str(function)) for path, line, function in rows)
    return [Untested(number, path, line, function) for number, (path, line, function) in enumerate(found, 1)]


def _material(session: Session, name: str) -> dict[str, Any]:
    try:
        found = json.loads(session.store.read_object(name))
    except Refusal:  # lost: doctor says so, and the next measurement makes it again
        return {}
    return found if isinstance(found, dict) else {}
