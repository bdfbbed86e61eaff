"""Why an experiment ended as it did, and what would have made it end otherwise: from its state and the checks of the gate alone."""

from collections.abc import Sequence
from typing import Any, Final

from state.experiments import Experiment
from tools.engine.gate.checks import ACCEPTED, described, of_result
from tools.engine.gate.facts import Check

KEPT: Final = ("kept", "proposed", "landed", "undone")


def decided_by(found: Experiment, checks: Sequence[Check]) -> str:
    """What the verdict rests on, in a sentence."""
    others = [check for check in checks if check.result != "pass"]
    named = ", ".join(check.name for check in others)
    if not checks:
        return "Nothing was captured, so no check could look at it."
    if found.state in KEPT:
        accepted = [check.name for check in checks if ACCEPTED in check.evidence]
        person = f"; a person accepted what was suspect: {', '.join(accepted)}" if accepted else ""
        undone = " It was taken back by a later commit." if found.state == "undone" else ""
        return f"Kept: {len(checks) - len(others)} of {len(checks)} checks passed{person}.{undone}"
    if found.is_open:
        return f"Not decided yet; keep would be stopped by: {named}." if others else "Not decided yet; every check passes."
    if found.state == "superseded":
        return "Given up because another arm of its hypothesis was kept, which measured no worse."
    if others:
        return f"Given up; keep would have been stopped by: {named}."
    return "Given up by whoever decided: every check passed, and keep would have landed it."


def would_change(found: Experiment, checks: Sequence[Check]) -> list[dict[str, Any]]:
    """What each check asks that stood, or stands, in the way of keep; of what was kept nothing did."""
    if found.state in KEPT:
        return []
    asked = {each.name: each.asks for each in described()}
    in_the_way = [*of_result(checks, "fail"), *of_result(checks, "suspect"), *of_result(checks, "not_yet")]
    return [{"check": check.name, "asks": asked.get(check.name, "")} for check in in_the_way]
