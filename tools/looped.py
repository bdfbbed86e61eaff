"""Where research stands, as answers show it: the metric and what can be told of it, the level and what ends it, and the budget."""

from typing import Any, Final

from tools.answering import without_empty
from tools.engine.research.looping import Loop

DIGITS: Final = 4


def loop_shown(loop: Loop) -> dict[str, Any]:
    """The research part of an answer."""
    turn = loop.turn
    return without_empty(
        {
            "metric": loop.target.metric, "value": rounded(loop.value), "target": loop.target.target, "direction": loop.target.direction,
            "confirmed": confirmed_said(loop), "level": turn.level, "without_a_gain": _in_a_row(loop), "ended_by": loop.end, "why": loop.why,
            "budget": loop.budget.shown(),
        }
    )  # fmt: skip


def confirmed_said(loop: Loop) -> str:
    """The newest gain that stands, as it was measured afresh."""
    if (found := loop.confirmed) is None:
        return ""
    error = f" ± {found.error:.{DIGITS}g} (one standard error)" if found.error is not None else ""
    return f"experiment {found.experiment}: {found.gain:+.{DIGITS}g}{error} over {found.pairs} fresh pairs"


def _in_a_row(loop: Loop) -> str:
    """How many cycles in a row brought nothing."""
    turn = loop.turn
    outer = f", then {turn.outer_barren} outer" if turn.outer_barren else ""
    return f"{turn.barren} inner{outer} in a row" if turn.barren or turn.outer_barren else ""


def rounded(value: float | None) -> float | None:
    """A value of the metric to as many digits as say something."""
    return float(f"{value:.{DIGITS}g}") if value is not None else None
