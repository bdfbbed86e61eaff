"""What a campaign may get wrong, and what of that each attempt has paid: before its first run, and never returned."""

from dataclasses import dataclass, replace
from typing import Final, Literal

Policy = Literal["any", "rate"]
ALPHA: Final = 0.10
HORIZON: Final = 50
_FIRST_WEALTH: Final = 0.9  # of alpha: what attempts share before anything is kept, under `rate`


@dataclass(frozen=True)
class Ledger:
    """The error budget of one campaign; a pure value, so that the same stored state pays the same next share.

    `any`: the chance of even one false keep, ever, is at most `alpha`, however many attempts there are and whatever they were chosen by: their shares
    add up to `alpha`. With `declared` attempts it is spread evenly over these. `rate`: false keeps are at most `alpha` of all keeps in the long run
    (LORD++, which `declared` does not change), and each keep earns something for those that follow. `kept`: numbers of the attempts that were kept.
    """

    policy: Policy = "any"
    alpha: float = ALPHA
    horizon: int = HORIZON
    declared: int | None = None
    attempts: int = 0
    kept: tuple[int, ...] = ()

    def next_alpha(self) -> float:
        """The share of the attempt that would be opened now; 0 after the last one declared: the campaign is over."""
        return self.alpha_of(self.attempts + 1)

    def spent(self) -> float:
        """What all attempts opened so far have paid."""
        if self.policy == "any" and self.declared is None:
            return self.alpha * self.attempts / (self.attempts + self.horizon)
        return sum(self.alpha_of(attempt) for attempt in range(1, self.attempts + 1))

    def paid(self) -> "Ledger":
        """With one more attempt opened."""
        return replace(self, attempts=self.attempts + 1)

    def closed(self, attempt: int, *, kept: bool) -> "Ledger":
        """With an attempt closed, by its number: nothing is returned; under `rate` a keep earns for those opened after it."""
        return replace(self, kept=tuple(sorted({*self.kept, attempt}))) if kept else self

    def alpha_of(self, attempt: int) -> float:
        """The share of an attempt by its number, counted from 1, given the keeps before it."""
        if self.policy == "rate":
            earlier = [kept for kept in self.kept if kept < attempt]
            shares = [self._weight(attempt - kept) for kept in earlier]
            first = _FIRST_WEALTH * self.alpha
            return first * self._weight(attempt) + (self.alpha - first) * sum(shares[:1]) + self.alpha * sum(shares[1:])
        if self.declared is not None:
            return self.alpha / self.declared if attempt <= self.declared else 0.0
        return self.alpha * self._weight(attempt)

    def _weight(self, place: int) -> float:
        """h / ((j+h-1)(j+h)): these add up to 1 over all j from 1, as h/(j+h-1) - h/(j+h) telescopes."""
        return self.horizon / ((place + self.horizon - 1) * (place + self.horizon))
