"""The growth dimensions that the source itself yields: what tests really execute of its surface, and which failures somebody hears of."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from state.measurement import PlannedDimension, Reading, ReadingState
from tools.engine.languages.functions import FEWEST_OPERATIONS, Function, SourceFunctions, capability, observability

CAPABILITY: Final = "capability_surface"
OBSERVABILITY: Final = "observability"
NAMED: Final = 5  # functions named in a reading's facts
LISTED: Final = 200  # functions listed in the material
TRIVIAL: Final = f"fewer than {FEWEST_OPERATIONS} different operations"
MOST_READ: Final = 2000  # files read to see whether a function has a failure path, where a survey has time for it
LOOKED_INTO: Final = 200  # and where a look has to be quick


def capability_surface(source: SourceFunctions, executed: Collection[Function] | None) -> Reading:
    """n/(n+50). `executed` are the functions that asserting tests execute; None where that was not seen, which is no number."""
    if executed is None:
        return Reading(dimension=CAPABILITY, state=ReadingState.UNAVAILABLE, reason="it was not seen which functions the tests execute")
    if not source.functions and source.unread:
        return _nothing_read(CAPABILITY, source)
    found = capability(source, executed)
    facts: dict[str, int | float | str] = {
        "tested": len(found.counted),
        "untested": len(found.untested),
        f"trivial ({TRIVIAL})": found.trivial,
        "copies": found.copies,
        "nobody tests": _named(found.untested),
        **_unread(source),
    }
    return Reading(dimension=CAPABILITY, state=ReadingState.MEASURED, value=found.value, facts=facts)


def observability_reading(source: SourceFunctions) -> Reading:
    """The share of functions with a failure path in which every failure is told; 1 where there is none, as the facts then say."""
    if not source.functions and source.unread:
        return _nothing_read(OBSERVABILITY, source)
    found = observability(source)
    facts: dict[str, int | float | str] = {
        "with a failure path": len(found.told) + len(found.silent),
        "told": len(found.told),
        "keep failures silent": _named(found.silent),
        **_unread(source),
    }
    return Reading(dimension=OBSERVABILITY, state=ReadingState.MEASURED, value=found.value, facts=facts)


def growth_material(source: SourceFunctions, executed: Collection[Function]) -> dict[str, Any]:
    """What a closer look shows: public functions that no asserting test executes, and handlers that keep a failure silent.

    {"untested": [[path, line, name], …], "silent": [[path, line of the handler, name], …], "unread": [path, …]}, LISTED of each at most.
    """
    untested = capability(source, executed).untested
    silent = [(function, handler) for function in observability(source).silent for handler in function.handlers if not handler.told]
    return {
        "untested": [[function.path, function.first_line, function.name] for function in untested[:LISTED]],
        "silent": [[function.path, handler.line, function.name] for function, handler in silent[:LISTED]],
        "unread": list(source.unread[:LISTED]),
    }


@dataclass(frozen=True)
class Search:
    """How a language looks for a failure path: source files without any of these words have none, `count` reads the functions of the others."""

    words: Collection[bytes]
    count: Callable[[Mapping[str, bytes]], SourceFunctions]

    def finds(self, paths: Iterable[str], read: Callable[[str], bytes | None], most: int) -> bool | None:
        """Whether a function in these files has a failure path; None where more than `most` files would have to be read to know."""
        for number, path in enumerate(paths):
            if number >= most:
                return None
            content = read(path) or b""
            if any(word in content for word in self.words) and any(each.handlers for each in self.count({path: content}).functions):
                return True
        return False


def planned_growth(sources: Collection[str], *, covered: bool, failing: bool) -> tuple[PlannedDimension, PlannedDimension]:
    """Surface and observability as a survey plans them: of a root with these source paths, whose tests run under coverage or do not.

    `failing` says whether a function has a failure path: where none has, the share that tells would be 1 whatever is done.
    """
    if not sources:
        return _not(CAPABILITY, "no source package or module was seen"), _not(OBSERVABILITY, "no source package or module was seen")
    told = PlannedDimension(name=OBSERVABILITY, tier="growth", applicable=True, how="share of functions with a failure path that tell of it")
    if not failing:
        told = _not(OBSERVABILITY, "no function has a failure path yet: discover again when some have")
    if not covered:
        return _not(CAPABILITY, "it takes tests and coverage"), told
    how = f"public functions that tests with an assertion execute, n/(n+50), without copies and trivial ones ({TRIVIAL})"
    return PlannedDimension(name=CAPABILITY, tier="growth", applicable=True, how=how), told


def _not(name: str, why: str) -> PlannedDimension:
    return PlannedDimension(name=name, tier="growth", applicable=False, why=why)


def _nothing_read(dimension: str, source: SourceFunctions) -> Reading:
    reason = f"no source file could be read, first {source.unread[0]}: it does not parse"
    return Reading(dimension=dimension, state=ReadingState.UNAVAILABLE, reason=reason)


def _named(functions: Sequence[Function]) -> str:
    named = ", ".join(f"{function.path}:{function.first_line} {function.name}" for function in functions[:NAMED])
    return f"{named} and {len(functions) - NAMED} more" if len(functions) > NAMED else named


def _unread(source: SourceFunctions) -> dict[str, int | float | str]:
    return {"does not parse": ", ".join(source.unread[:NAMED])} if source.unread else {}
