"""The growth dimensions of the history, by the original's formulas, and dimensions that no longer move."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from state.measurement import ReadingState
from state.track_record import Decided, HistoryFacts
from tools.engine.evaluation.history import dead, experiment_diversity, factory_effectiveness, research_grounding

READINGS = (experiment_diversity, factory_effectiveness, research_grounding)


def decided(**changes: Any) -> Decided:
    whole = Decided(category="fix", dimension="tests", decision="keep", delta=0.1, lesson=False, sources=())
    return whole.model_copy(update=changes)


def history(*recent: Decided, **changes: Any) -> HistoryFacts:
    return HistoryFacts(decided=len(recent), recent=recent).model_copy(update=changes)


@pytest.mark.parametrize("count", [0, 1, 2])
def test_fewer_than_three_experiments_say_nothing(count: int) -> None:
    for reading in READINGS:
        assert reading(history(*[decided()] * count)).state is ReadingState.NOT_APPLICABLE


def test_ten_experiments_of_one_kind_have_little_diversity() -> None:
    assert experiment_diversity(history(*[decided()] * 10)).value == pytest.approx(0.4 / 7)


def test_seven_kinds_evenly_spread_are_full_diversity() -> None:
    kinds = [
        decided(category=category, dimension=dimension) for category in ("fix", "explore") for dimension in ("tests", "lint", "coverage", "none")
    ]

    assert experiment_diversity(history(*kinds)).value == pytest.approx(1.0)


def test_three_of_one_kind_in_a_row_are_stuck() -> None:
    same, other = decided(), decided(category="explore")

    assert experiment_diversity(history(same, same, same, other)).facts["stuck"] == "yes"
    assert experiment_diversity(history(same, same, other, same)).facts["stuck"] == "no"


def test_effectiveness_is_made_of_kept_gained_and_other_projects() -> None:
    kept, lost = decided(), decided(decision="revert", delta=-0.1)

    assert factory_effectiveness(history(kept, kept, kept, other_projects=3)).value == pytest.approx(1.0)
    assert factory_effectiveness(history(lost, lost, lost)).value == pytest.approx(0.0)
    assert factory_effectiveness(history(*[decided(decision="abandon", delta=None)] * 3)).value == pytest.approx(0.15)
    assert factory_effectiveness(history(*[lost] * 8, kept, kept)).value == pytest.approx(0.0), "only the last eight count"


def test_only_sources_that_exist_ground_research() -> None:
    citing = decided(sources=("a", "b"), lesson=True)
    archived = frozenset("abcdefgh")

    assert research_grounding(history(citing, citing, citing)).value == pytest.approx(0.20)
    assert research_grounding(history(citing, citing, citing, archived=archived, research=1)).value == pytest.approx(1.0)
    assert research_grounding(history(citing, citing, citing, archived=frozenset("a"))).value == pytest.approx(0.20 / 8 + 0.28 + 0.20)


DECIDED = st.builds(
    decided, category=st.sampled_from(["fix", "exploit"]), dimension=st.text(max_size=3), decision=st.sampled_from(["keep", "revert", "abandon"]),
    delta=st.none() | st.floats(-1, 1), lesson=st.booleans(), sources=st.lists(st.sampled_from("abc"), max_size=3).map(tuple),
)  # fmt: skip


@given(st.lists(DECIDED, min_size=3, max_size=10), st.frozensets(st.sampled_from("abc")), st.integers(0, 9), st.integers(0, 9))
def test_every_history_gives_a_share(recent: list[Decided], archived: frozenset[str], research: int, others: int) -> None:
    facts = history(*recent, archived=archived, research=research, other_projects=others)

    for reading in READINGS:
        value = reading(facts).value
        assert value is not None
        assert 0 <= value <= 1


def test_a_dimension_is_dead_when_its_last_twenty_values_are_one() -> None:
    assert dead([0.5] * 20)
    assert dead([0.5] * 20 + [0.1]), "what was before does not matter"
    assert not dead([0.5] * 19)
    assert not dead([0.5] * 19 + [0.6])
