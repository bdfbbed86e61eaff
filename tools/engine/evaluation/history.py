"""The growth dimensions that the history of experiments yields, by the formulas of the original, and dimensions that no longer move.

They are one snapshot for both sides of a comparison: they move the composite, never a delta (algorithms.md 5).
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from state.measurement import Reading, ReadingState
from state.track_record import RECORDS, Decided, HistoryFacts

FEWEST_EXPERIMENTS: Final = 3
KINDS: Final = 7  # different kinds of experiments make the full spread
STUCK: Final = 3  # experiments of one kind in a row
DOMINANCE: Final = 0.7  # of the share that the most common kind may leave to others
EFFECT_WINDOW: Final = 8  # experiments decided last that effectiveness looks at
OTHER_PROJECTS: Final = 3
SOURCES: Final = 8  # archived sources make the full knowledge
STILL: Final = 1e-9  # less movement than this is none

Facts = dict[str, int | float | str]


def experiment_diversity(history: HistoryFacts) -> Reading:
    """0.4 spread + 0.3 not stuck + 0.3 against dominance, of the last ten experiments.

    The kind of an experiment is its category with the dimension that it aims at. spread = different kinds / 7, at most 1; not stuck = the last three
    are not all of one kind; against dominance = (1 - share of the most common kind) / 0.7, at most 1.
    """
    return _reading("experiment_diversity", history, _diversity)


def factory_effectiveness(history: HistoryFacts) -> Reading:
    """0.45 share kept + 0.30 share of deltas above zero (0.5 without any) + 0.25 other projects / 3, at most 1; of the last eight experiments."""
    return _reading("factory_effectiveness", history, _effectiveness)


def research_grounding(history: HistoryFacts) -> Reading:
    """0.20 knowledge + 0.28 utilisation + 0.12 research + 0.20 lessons + 0.20 citations, of the last ten experiments.

    knowledge = archived sources / 8, at most 1; utilisation = share that cites an archived source; research = there is a research report;
    lessons = share whose lesson is archived; citations = share that cites archived sources only.
    """
    return _reading("research_grounding", history, _grounding)


def dead(values: Sequence[float]) -> bool:
    """Whether a dimension has not moved over its last RECORDS values. Fewer say nothing."""
    last = values[:RECORDS]
    return len(last) == RECORDS and max(last) - min(last) < STILL


def _reading(dimension: str, history: HistoryFacts, formula: Callable[[HistoryFacts], tuple[float, Facts]]) -> Reading:
    if history.decided < FEWEST_EXPERIMENTS or len(history.recent) < FEWEST_EXPERIMENTS:
        reason = f"{history.decided} experiments were decided; it takes {FEWEST_EXPERIMENTS}"
        return Reading(dimension=dimension, state=ReadingState.NOT_APPLICABLE, reason=reason)
    value, facts = formula(history)
    return Reading(dimension=dimension, state=ReadingState.MEASURED, value=value, facts={"experiments": history.decided, **facts})


def _diversity(history: HistoryFacts) -> tuple[float, Facts]:
    kinds = [f"{each.category} {each.dimension}".casefold().strip() for each in history.recent]
    common, most = Counter(kinds).most_common(1)[0]
    spread = min(1.0, len(set(kinds)) / KINDS)
    not_stuck = 0.0 if len(set(kinds[:STUCK])) == 1 else 1.0
    against_dominance = min(1.0, (1 - most / len(kinds)) / DOMINANCE)
    facts: Facts = {"kinds": len(set(kinds)), "most common": f"{common} ({most} of {len(kinds)})", "stuck": "no" if not_stuck else "yes"}
    return 0.4 * spread + 0.3 * not_stuck + 0.3 * against_dominance, facts


def _effectiveness(history: HistoryFacts) -> tuple[float, Facts]:
    last = history.recent[:EFFECT_WINDOW]
    kept = _share(last, lambda each: each.decision == "keep")
    deltas = [each.delta for each in last if each.delta is not None]
    gained = sum(delta > 0 for delta in deltas) / len(deltas) if deltas else 0.5
    others = min(1.0, history.other_projects / OTHER_PROJECTS)
    facts: Facts = {"kept": f"{kept:.2f} of {len(last)}", "gained": f"{gained:.2f}", "other projects": history.other_projects}
    return 0.45 * kept + 0.30 * gained + 0.25 * others, facts


def _grounding(history: HistoryFacts) -> tuple[float, Facts]:
    archived = history.archived
    knowledge = min(1.0, len(archived) / SOURCES)
    utilisation = _share(history.recent, lambda each: bool(archived & set(each.sources)))
    citations = _share(history.recent, lambda each: bool(each.sources) and archived >= set(each.sources))
    lessons = _share(history.recent, lambda each: each.lesson)
    facts: Facts = {"archived sources": len(archived), "citing": f"{utilisation:.2f}", "lessons": f"{lessons:.2f}", "research": history.research}
    return 0.20 * knowledge + 0.28 * utilisation + 0.12 * bool(history.research) + 0.20 * lessons + 0.20 * citations, facts


def _share(experiments: Sequence[Decided], holds: Callable[[Decided], bool]) -> float:
    return sum(holds(each) for each in experiments) / len(experiments)


# The dimensions of the history, each with how it is read.
OF_HISTORY: Final[Mapping[str, Callable[[HistoryFacts], Reading]]] = MappingProxyType(
    {"experiment_diversity": experiment_diversity, "factory_effectiveness": factory_effectiveness, "research_grounding": research_grounding}
)
