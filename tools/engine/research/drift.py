"""Visible gain beside held-out gain: a metric that rises while what nobody could see does not is being fitted, not raised. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

OVER: Final = 3  # kept experiments that are looked at together: of fewer a single unlucky number would speak


@dataclass(frozen=True)
class KeptGain:
    """What a kept experiment brought: to the metric, as measured afresh (up is better), and to what is held out; None where it was not measured."""

    experiment: int
    visible: float | None
    held_out: float | None


@dataclass(frozen=True)
class Drift:
    """The sums over the last `over` kept experiments of which both are known. `parted`: the metric rose, and what is held out did not."""

    visible: float
    held_out: float
    over: int

    @property
    def parted(self) -> bool:
        """Whether they went different ways, over enough experiments to say so."""
        return self.over >= OVER and self.visible > 0 >= self.held_out


def drift(gains: Sequence[KeptGain]) -> Drift | None:
    """The drift over the newest of these, which come oldest first; None where of none both gains are known."""
    known = [(each.visible, each.held_out) for each in gains if each.visible is not None and each.held_out is not None][-OVER:]
    return Drift(sum(visible for visible, _ in known), sum(held_out for _, held_out in known), len(known)) if known else None
