"""The lines that show why a check says what it says."""

from collections.abc import Sequence
from typing import Final

from tools.engine.gate.facts import Check

EVIDENCE_LIMIT: Final = 12


def passes_unless(name: str, violations: Sequence[str]) -> Check:
    """A check that fails by any violation, and shows the first EVIDENCE_LIMIT of them."""
    return Check(name, "fail" if violations else "pass", cut(violations))


def cut(lines: Sequence[str]) -> tuple[str, ...]:
    """The first EVIDENCE_LIMIT lines, and how many there are beyond."""
    more = len(lines) - EVIDENCE_LIMIT
    return (*lines[:EVIDENCE_LIMIT], *((f"and {more} more",) if more > 0 else ()))
