"""A metric that calibration saw to be the same each time: one run decides, a gain takes a second one, and no error is paid."""

from collections.abc import Sequence
from typing import Literal

DeterministicOutcome = Literal["better", "not_better", "more", "noisy"]


def decide_deterministic(base: float, candidates: Sequence[float], min_effect: float = 0.0) -> DeterministicOutcome:
    """From the base's known value and the candidate's runs, where up is better.

    `more` asks for a run: the first, or the second that must repeat a gain. `noisy`: two runs of one tree differ, so the metric is not deterministic
    after all, and the attempt is one in pairs.
    """
    if len(set(candidates)) > 1:
        return "noisy"
    if not candidates:
        return "more"
    if candidates[0] - base <= max(0.0, min_effect):
        return "not_better"
    return "better" if len(candidates) > 1 else "more"
