"""The gate: its checks in order, each one pure function from facts to a result with evidence."""

import inspect
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, get_args

from tools.engine.gate.checks_of_arms import best_of_arms
from tools.engine.gate.checks_of_files import fixed_surfaces, protected, scope
from tools.engine.gate.checks_of_lines import leakage, not_a_repeat, secrets
from tools.engine.gate.checks_of_measures import comparable, hard_constraints, holdout, measured, no_hygiene_fall, smoke_test, threshold
from tools.engine.gate.checks_of_people import guards, reviewed, up_to_date
from tools.engine.gate.checks_of_tests import improved_or_proven, tests_kept
from tools.engine.gate.checks_of_the_metric import ratchet
from tools.engine.gate.facts import Check, Facts, Result

ACCEPTED: Final = "accepted by a person"  # the last line of evidence of what was suspect, and passes by their word
_DOCSTRING: Final = re.compile(r"(.*?)\n\nFacts: (.*?)\nResults: (.*)", re.DOTALL)
# The order in which they are shown (surface.md 4).
CHECKS: Final[tuple[Callable[[Facts], Check], ...]] = (
    measured, comparable, threshold, no_hygiene_fall, tests_kept, improved_or_proven, scope, protected, fixed_surfaces, leakage, guards,
    hard_constraints, smoke_test, holdout, secrets, reviewed, not_a_repeat, ratchet, best_of_arms, up_to_date,
)  # fmt: skip


@dataclass(frozen=True)
class Described:
    """A check in words: what it asks, from which facts, and what it may answer."""

    name: str
    asks: str
    facts: str
    results: tuple[Result, ...]


def described() -> tuple[Described, ...]:
    """The checks in order, as their own docstrings say them. Raises ValueError where one does not say its facts and results."""
    return tuple(_described(check) for check in CHECKS)


def _described(check: Callable[[Facts], Check]) -> Described:
    said = _DOCSTRING.fullmatch(inspect.cleandoc(check.__doc__ or ""))
    if said is None:
        raise ValueError(f"{check.__name__} does not say its facts and results")
    asks, facts, results = (" ".join(part.split()) for part in said.groups())
    named = tuple(result for result in get_args(Result) if result in results.rstrip(".").split(", "))
    return Described(check.__name__, asks, facts, named)


def run_gate(facts: Facts) -> tuple[Check, ...]:
    """Every check, in order. A suspicion that a person accepted for this very tree passes."""
    accepted = facts.experiment.approved_tree == facts.tree
    return tuple(_accepted(check) if accepted and check.result == "suspect" else check for check in (check(facts) for check in CHECKS))


def of_result(checks: Sequence[Check], result: Result) -> list[Check]:
    """The checks with this result."""
    return [check for check in checks if check.result == result]


def _accepted(check: Check) -> Check:
    return Check(check.name, "pass", (*check.evidence, ACCEPTED))
