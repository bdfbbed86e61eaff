"""Which dimensions feel that the code is broken, and which let themselves be raised by what makes nothing better."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from state.measurement import Profile
from tools.engine.drill.outcome import Trial

# What comes from factory.md or from the history: no change of the code moves it, and none is meant to.
NOT_OF_THE_CODE: Final = frozenset({"guard_patterns", "config_parser", "experiment_diversity", "factory_effectiveness", "research_grounding"})


@dataclass(frozen=True)
class Felt:
    """One dimension that counts: what lowered it, and what raised it without making anything better. `of_the_code`: whether code can move it."""

    name: str
    of_the_code: bool
    lowered_by: tuple[str, ...]
    raised_by: tuple[str, ...]

    @property
    def dead(self) -> bool:
        """Whether nothing that was broken lowered it."""
        return self.of_the_code and not self.lowered_by


def felt(profile: Profile, trials: Sequence[Trial]) -> list[Felt]:
    """Every dimension that counts. Where nothing was broken on purpose nothing can be said, and the list is empty."""
    broken = [trial for trial in trials if trial.cheat.family == "break" and trial.end in ("stopped", "held", "got through")]
    padded = [trial for trial in trials if trial.cheat.family == "measures" or trial.cheat.name == "coverage told to omit"]
    if not broken:
        return []
    return [
        Felt(each.name, each.name not in NOT_OF_THE_CODE, _names(broken, each.name, up=False), _names(padded, each.name, up=True))
        for each in profile.applicable()
    ]


def _names(trials: Iterable[Trial], dimension: str, *, up: bool) -> tuple[str, ...]:
    moved = ((trial.cheat.name, trial.moved[dimension]) for trial in trials if dimension in trial.moved)
    return tuple(name for name, (base, now) in moved if (now is None and not up) or (now is not None and (now > base if up else now < base)))
