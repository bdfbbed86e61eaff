"""The gate: its checks in order, each one pure function from facts to a result with evidence."""

from collections.abc import Callable, Sequence
from typing import Final

from tools.engine.gate.checks_of_arms import best_of_arms
from tools.engine.gate.checks_of_files import fixed_surfaces, protected, scope
from tools.engine.gate.checks_of_lines import leakage, not_a_repeat, secrets
from tools.engine.gate.checks_of_measures import comparable, hard_constraints, holdout, measured, no_hygiene_fall, smoke_test, threshold
from tools.engine.gate.checks_of_people import guards, reviewed, up_to_date
from tools.engine.gate.checks_of_tests import improved_or_proven, tests_kept
from tools.engine.gate.facts import Check, Facts, Result

ACCEPTED: Final = "accepted by a person"  # the last line of evidence of what was suspect, and passes by their word
# The order in which they are shown (surface.md 4).
CHECKS: Final[tuple[Callable[[Facts], Check], ...]] = (
    measured, comparable, threshold, no_hygiene_fall, tests_kept, improved_or_proven, scope, protected, fixed_surfaces, leakage, guards,
    hard_constraints, smoke_test, holdout, secrets, reviewed, not_a_repeat, best_of_arms, up_to_date,
)  # fmt: skip


def run_gate(facts: Facts) -> tuple[Check, ...]:
    """Every check, in order. A suspicion that a person accepted for this very tree passes."""
    accepted = facts.experiment.approved_tree == facts.tree
    return tuple(_accepted(check) if accepted and check.result == "suspect" else check for check in (check(facts) for check in CHECKS))


def of_result(checks: Sequence[Check], result: Result) -> list[Check]:
    """The checks with this result."""
    return [check for check in checks if check.result == result]


def _accepted(check: Check) -> Check:
    return Check(check.name, "pass", (*check.evidence, ACCEPTED))
