"""The loop of research: at which level the next cycle works, and when there is none; pure, from the cycles there were.

Inner cycles go on until `plateau` of them in a row brought no gain; then the outer surfaces open. A gain in an outer cycle goes back to the inner
surfaces and counts anew. There are at most `most_outer` outer cycles in all; without that number, `plateau` of them in a row without a gain end it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from state.configuration.research import ResearchTarget
from state.cycles import Level

End = Literal["target", "plateau", "attempts", "budget"]


@dataclass(frozen=True)
class Past:
    """A research cycle that ended: its level, and whether a change was kept in it whose gain was not refuted."""

    level: Level
    gained: bool


@dataclass(frozen=True)
class LoopRules:
    """How long the loop goes on; `most_outer` None sets no number. `outer`: whether there are surfaces that a plateau opens."""

    plateau: int
    most_outer: int | None = None
    outer: bool = False


@dataclass(frozen=True)
class Turn:
    """Where the loop stands: the level of the next cycle, and how often in a row the cycles of each level brought nothing since the last gain.

    `after_a_plateau`: the next cycle is the first outer one since then. `end` says in words why there is no next cycle; empty where there is.
    """

    level: Level
    barren: int = 0
    outer_barren: int = 0
    outer_cycles: int = 0
    end: str = ""

    @property
    def after_a_plateau(self) -> bool:
        """Whether the outer surfaces have just opened."""
        return self.level == "outer" and self.outer_barren == 0


def turn(cycles: Sequence[Past], rules: LoopRules) -> Turn:
    """The turn that comes after these cycles, oldest first."""
    last_gain = max((place for place, cycle in enumerate(cycles) if cycle.gained), default=-1)
    since = [cycle.level for cycle in cycles[last_gain + 1 :]]
    barren, outer_barren = since.count("inner"), since.count("outer")
    outer_cycles = sum(cycle.level == "outer" for cycle in cycles)
    if barren < rules.plateau:
        return Turn("inner", barren, outer_barren, outer_cycles)
    found = Turn("outer" if rules.outer else "inner", barren, outer_barren, outer_cycles)
    return replace(found, end=_end(found, rules))


def _end(found: Turn, rules: LoopRules) -> str:
    """Why nothing comes after a plateau of the inner surfaces; empty where outer cycles do."""
    barren = f"{_times(found.barren, 'research cycle')} in a row brought no gain"
    if not rules.outer:
        return f"{barren}, and there are no outer surfaces to open"
    if rules.most_outer is not None and found.outer_cycles >= rules.most_outer:
        return f"{barren}, and of outer cycles there were {rules.most_outer}, as many as there may be"
    if rules.most_outer is None and found.outer_barren >= rules.plateau:
        return f"{barren}, and neither did {_times(found.outer_barren, 'outer cycle')} after them"
    return ""


def _times(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"


def reached(target: ResearchTarget, value: float | None) -> bool:
    """Whether a value of the metric is as good as the target asks for; no value reaches nothing."""
    if value is None:
        return False
    return value >= target.target if target.direction == "maximise" else value <= target.target
