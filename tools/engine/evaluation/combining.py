"""One reading of several: what the roots of a project say of the same dimension, put together by what they counted."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from state.measurement import Reading, ReadingState
from tools.engine.languages.findings import findings_value
from tools.engine.languages.functions import surface_value, told_share

Facts = Mapping[str, int | float | str]


def combined(readings: Iterable[Reading]) -> dict[str, Reading]:
    """One reading of each dimension. Where one of several was not measured, the dimension was not: a part of it is not the whole."""
    by_dimension: dict[str, list[Reading]] = {}
    for reading in readings:
        by_dimension.setdefault(reading.dimension, []).append(reading)
    return {name: _one(name, found) for name, found in by_dimension.items()}


def _one(name: str, found: Sequence[Reading]) -> Reading:
    if len(found) == 1:
        return found[0]
    seconds = sum(reading.seconds for reading in found)
    missing = next((reading for reading in found if reading.state is not ReadingState.MEASURED), None)
    if missing is not None:
        return missing.model_copy(update={"seconds": seconds})
    facts: dict[str, int | float | str] = {}
    for reading in found:
        facts = _added(facts, reading.facts)
    return Reading(dimension=name, state=ReadingState.MEASURED, value=_VALUES[name](facts), facts=facts, seconds=seconds)


def _added(first: dict[str, int | float | str], second: Facts) -> dict[str, int | float | str]:
    """Numbers are added, words stand beside each other."""
    return {name: _sum(first.get(name), second.get(name)) for name in {**first, **second}}


def _sum(first: float | str | None, second: float | str | None) -> float | str:
    if isinstance(first, int | float) and isinstance(second, int | float):
        return first + second
    return "; ".join(str(each) for each in (first, second) if each not in (None, "")) if isinstance(first or second, str) else (first or second or 0)


def _share(part: str, whole: str) -> Callable[[Facts], float]:
    return lambda facts: _number(facts, part) / _number(facts, whole)


def _number(facts: Facts, name: str) -> float:
    value = facts.get(name, 0)
    return float(value) if isinstance(value, int | float) else 0.0


def _by_findings(facts: Facts) -> float:
    return findings_value(int(_number(facts, "findings")), int(_number(facts, "lines")))


# How a dimension's value follows from what was counted.
_VALUES: Final[Mapping[str, Callable[[Facts], float]]] = MappingProxyType(
    {
        "tests": _share("passed", "total"),
        "coverage": _share("covered", "executable"),
        "lint": _by_findings,
        "type_check": _by_findings,
        "capability_surface": lambda facts: surface_value(int(_number(facts, "tested"))),
        "observability": lambda facts: told_share(int(_number(facts, "told")), int(_number(facts, "with a failure path"))),
    }
)
