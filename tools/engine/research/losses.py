"""Runs that were lost: missing data, never a value; what becomes of an attempt that loses too many, and what they may have hidden."""

from dataclasses import dataclass
from typing import Final, Literal

Lost = Literal["candidate", "base", "both"]
_MANY: Final = 3  # runs
_SHARE: Final = 0.20  # of the pairs started
_IN_A_ROW: Final = 2  # pairs of which both runs failed


@dataclass(frozen=True)
class Losses:
    """How many pairs of an attempt were started, of how many only one side gave a value, and of how many (and how many in a row now) none did."""

    only_candidate: int = 0
    only_base: int = 0
    both_in_a_row: int = 0
    started: int = 0
    both: int = 0

    def after(self, lost: Lost | None) -> "Losses":
        """With one more pair, complete or not."""
        return Losses(
            self.only_candidate + (lost == "candidate"),
            self.only_base + (lost == "base"),
            self.both_in_a_row + 1 if lost == "both" else 0,
            self.started + 1,
            self.both + (lost == "both"),
        )

    def ends_as(self) -> Literal["error", "unstable", "environment"] | None:
        """What ends the attempt without a verdict: the candidate lost too many runs, the base did, or nothing runs at all."""
        if self.both_in_a_row >= _IN_A_ROW:
            return "environment"
        if self._too_many(self.only_candidate):
            return "error"
        return "unstable" if self._too_many(self.only_base) else None

    def hidden(self) -> int:
        """How many losses of the candidate a keep must survive as if they had been measured, and bad."""
        return max(0, self.only_candidate - self.only_base)

    def _too_many(self, lost: int) -> bool:
        return lost >= _MANY and lost > _SHARE * self.started
