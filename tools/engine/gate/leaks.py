"""What it weighs to know answers: likenesses counted by source, and the level that they come to. Measured: see `leakage` in CONFIGURATION.md."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from types import MappingProxyType
from typing import Final

from state.answers import quoted
from state.leaks import Level, RefusedText
from tools.engine.gate.answers_in_lines import Likely, Likeness
from tools.engine.gate.facts import Leak

WEIGHTS: Final[Mapping[Likeness, int]] = MappingProxyType({"value": 1, "words": 2, "numbers": 2, "claimed": 2, "answer": 3})
SUSPECT_FROM: Final = 2
HIGH_FROM: Final = 8
PLACES: Final = 3


def leaks_of(found: Iterable[Likely]) -> tuple[Leak, ...]:
    """What was found, by source."""
    return tuple(_leak(source, list(group)) for source, group in groupby(sorted(found, key=_place), key=lambda each: each.source))


def _place(likely: Likely) -> tuple[str, str, int]:
    return likely.source, likely.path, likely.line


def _leak(source: str, found: Sequence[Likely]) -> Leak:
    kinds = Counter(each.kind for each in found)
    places = tuple(dict.fromkeys(each.path if each.hidden or not each.line else f"{each.path}:{each.line}" for each in found))
    return Leak(source, kinds["value"], kinds["answer"], kinds["words"], places[:PLACES], kinds["claimed"], kinds["numbers"])


def weight_of(leaks: Iterable[Leak]) -> int:
    """How much of what may not be known is known."""
    of = WEIGHTS
    return sum(
        of["value"] * each.values
        + of["words"] * each.rows
        + of["numbers"] * each.numbers
        + of["claimed"] * each.claimed
        + of["answer"] * each.answers
        for each in leaks
    )


def weight_said(found: Iterable[Likely]) -> int:
    """The same of texts: what several of them say is known once, and weighs as where it weighs most."""
    weights = Counter[tuple[int, ...]]()
    for each in found:
        weights[each.fingerprints] = max(weights[each.fingerprints], WEIGHTS[each.kind])
    return weights.total()


def level_of(weight: int) -> Level | None:
    """The level that a weight comes to; None for nothing."""
    if weight >= HIGH_FROM:
        return "high"
    return "medium" if weight >= SUSPECT_FROM else "low" if weight else None


def add_up(refused: Iterable[RefusedText]) -> bool:
    """Whether what texts of a cycle were refused for is as much, all together, as a change would be refused for."""
    return sum(each.weight for each in refused) >= HIGH_FROM


def said(leak: Leak) -> str:
    """The kinds of likeness and their source, never the words."""
    kinds = (
        (leak.values, "rare value{}"),
        (leak.answers, "answer{}"),
        (leak.rows, "line{}"),
        (leak.numbers, "row{} of numbers"),
        (leak.claimed, "claimed answer{}"),
    )
    counts = ", ".join(f"{count} {kind.format('s' * (count > 1))}" for count, kind in kinds if count)
    return f"{counts} of {quoted(leak.source)}"
