"""What a verdict keeps of the facts that it was reached on."""

from collections.abc import Sequence
from typing import Final

from state.answers import one_line
from state.holdouts import HeldOut
from tools.engine.gate.facts import Check, Comparison

EVIDENCE_KEPT: Final = 5  # lines of a check's evidence
EVIDENCE_CHARACTERS: Final = 300


def kept_evidence(checks: Sequence[Check]) -> dict[str, tuple[str, ...]]:
    """The first lines of each check's evidence, as a verdict keeps them; an event holds 64 KB."""
    return {check.name: tuple(one_line(line, EVIDENCE_CHARACTERS) for line in check.evidence[:EVIDENCE_KEPT]) for check in checks}


def scores(comparison: Comparison | None) -> dict[str, float]:
    """Both composites and the threshold, as measured."""
    if comparison is None:
        return {}
    found = comparison.assessment
    return {"base": found.floor_base, "candidate": found.floor_candidate, "threshold": found.threshold}


def held_out_scores(found: HeldOut | None) -> dict[str, float]:
    """The numbers of what is held out, as far as there are any."""
    sides = {"base": found.base, "candidate": found.candidate} if found else {}
    return {side: value for side, value in sides.items() if value is not None}
