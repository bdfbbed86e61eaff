"""Which dimensions feel that the code is broken, and which let themselves be raised by what makes nothing better."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from state.measurement import Profile
from tools.engine.drill.outcome import Trial

# What comes from factory.md or from the history: no change of the code moves it, and none is meant to.
NOT_OF_THE_CODE: Final = frozenset({"guard_patterns", "config_parser", "experiment_diversity", "factory_effectiveness", "research_grounding"})
WHAT_TO_DO: Final[Mapping[str, str]] = {
    "tests": "write tests that assert what the code answers",
    "coverage": "see that the source paths of the evaluation are those of the product",
    "lint": "let the linter look for names that nobody defined and variables that nobody uses",
    "type_check": "annotate the code, and let the type checker look at what has no annotations",
    "capability_surface": "see that tests with an assertion execute what is public",
    "observability": "see that the source paths of the evaluation are those of the product",
}
OF_THE_PROJECT: Final = "let this evaluation run the code and compare what it answers, best by `cases` in ## Project Eval"


@dataclass(frozen=True)
class Felt:
    """One dimension that counts: what lowered it, and what raised it without making anything better. `of_the_code`: whether code can move it.

    `base` is its value at the base, None where it was not measured there.
    """

    name: str
    of_the_code: bool
    lowered_by: tuple[str, ...]
    raised_by: tuple[str, ...]
    base: float | None = None

    @property
    def dead(self) -> bool:
        """Whether nothing that was broken lowered it, though there was something to be lowered."""
        return self.of_the_code and not self.lowered_by and self.base is not None and self.base > 0

    @property
    def said(self) -> str:
        """What was seen, and what to do about a dimension that is dead."""
        if not self.of_the_code:
            return "not asked: it is of factory.md or the history, not of the code"
        if self.lowered_by:
            return f"by {', '.join(self.lowered_by)}"
        if self.base is None:
            return "not asked: it was not measured at the base"
        if self.base <= 0:
            return "by nothing: it is 0 at the base already, and only tells what gets better"
        return f"by nothing that was broken: dead. {WHAT_TO_DO.get(self.name, OF_THE_PROJECT)}"


def felt(profile: Profile, trials: Sequence[Trial], values: Mapping[str, float]) -> list[Felt]:
    """Every dimension that counts, of `values` at the base. Where nothing was broken on purpose nothing can be said, and the list is empty."""
    broken = [trial for trial in trials if trial.cheat.family == "break" and trial.was_measured]
    padded = [trial for trial in trials if trial.cheat.family == "measures" or trial.cheat.name == "coverage told to omit"]
    if not broken:
        return []
    return [
        Felt(
            name=each.name,
            of_the_code=each.name not in NOT_OF_THE_CODE,
            lowered_by=_names(broken, each.name, up=False),
            raised_by=_names(padded, each.name, up=True),
            base=values.get(each.name),
        )
        for each in profile.applicable()
    ]


def _names(trials: Iterable[Trial], dimension: str, *, up: bool) -> tuple[str, ...]:
    moved = ((trial.cheat.name, trial.moved[dimension]) for trial in trials if dimension in trial.moved)
    found = (name for name, (base, now) in moved if (now is None and not up) or (now is not None and (now > base if up else now < base)))
    return tuple(dict.fromkeys(found))
