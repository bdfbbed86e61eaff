"""Pruning: whether a kept change still matters, asked by taking it out. The opposite question of keeping, with an error budget of its own. Pure.

The head without the change is held against the head, and each difference is raised by a margin: that a sign-flip test finds these above zero
tells that the removal loses less than the margin. The margin is half of what the change was seen to bring, as tests of non-inferiority ask for
half of a known effect: whoever takes it out loses less than half of what it was kept for.
"""

from dataclasses import dataclass
from typing import Final, Literal

from state.campaigns import Attempt, Confirmed

SHARE: Final = 0.5  # of the known gain that may be lost
Matters = Literal["does_not_matter", "matters", "cannot_tell", "not_measured", "not_asked", "under_way"]


@dataclass(frozen=True)
class Removal:
    """What came of taking one kept change out. `loss` is how much worse the head was without it (below zero: better), `margin` what it may lose.

    `why` says in words what stands in the way where nothing could be measured, with the `paths` that build on the change.
    """

    experiment: int
    title: str
    matters: Matters
    loss: float | None = None
    margin: float | None = None
    pairs: int = 0
    p: float | None = None
    why: str = ""
    paths: tuple[str, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether more runs may still tell."""
        return self.matters in ("under_way", "not_asked")


def margin_of(attempt: Attempt, confirmed: Confirmed | None) -> float:
    """What taking a change out may lose: half of its confirmed gain; where that is none, half of the gain by which it was kept.

    No less than the smallest effect that counts when something is kept.
    """
    selected = attempt.ending.estimate if attempt.ending and attempt.ending.estimate is not None else 0.0
    gain = confirmed.gain if confirmed is not None and confirmed.gain > 0 else selected
    return max(SHARE * gain, attempt.plan.min_effect)


def removal_of(attempt: Attempt, title: str) -> Removal:
    """What an attempt at the head without a change says of that change."""
    margin, last = attempt.plan.margin, attempt.looks[-1] if attempt.looks else None
    ending = attempt.ending
    estimate = ending.estimate if ending else last.estimate if last else None
    return Removal(
        attempt.experiment, title, _word(attempt), loss=None if estimate is None else margin - estimate, margin=margin,
        pairs=ending.pairs if ending else last.n if last else 0, p=last.p if last else None,
        why=ending.reason if ending and (_lost(attempt) or (last is not None and last.lane)) else "",
    )  # fmt: skip


def _word(attempt: Attempt) -> Matters:
    match attempt.outcome:
        case None:
            return "under_way"
        case "better":
            return "does_not_matter"
        case "not_better":
            return "matters"
        case "cannot_tell":
            return "cannot_tell"
        case _:
            return "not_measured"


def _lost(attempt: Attempt) -> bool:
    return attempt.outcome in ("error", "unstable", "environment")
