"""The loop of research, transition by transition: plateau, outer surfaces, back after a gain, and every end."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from state.configuration.research import ResearchTarget
from state.cycles import Level
from tools.engine.research.loop import LoopRules, Past, Turn, reached, turn

LEVELS: dict[str, Level] = {"i": "inner", "o": "outer"}
OPENS = LoopRules(plateau=2, outer=True)


def after(history: str, rules: LoopRules = OPENS) -> Turn:
    """The turn after cycles given as letters: i or o, in capitals where they gained."""
    return turn([Past(LEVELS[letter.lower()], letter.isupper()) for letter in history], rules)


@pytest.mark.parametrize(
    ("history", "level"),
    [
        ("", "inner"), ("i", "inner"), ("ii", "outer"), ("I", "inner"), ("iI", "inner"), ("iIi", "inner"), ("iIii", "outer"), ("iio", "outer"),
        ("iiO", "inner"), ("iiOi", "inner"), ("iiOii", "outer"), ("iioO", "inner"),
    ],
)  # fmt: skip
def test_so_many_cycles_in_a_row_without_a_gain_open_the_outer_surfaces_and_a_gain_closes_them(history: str, level: Level) -> None:
    assert (after(history).level, after(history).end) == (level, "")


@pytest.mark.parametrize(("history", "first"), [("i", False), ("ii", True), ("iio", False), ("iiOii", True)])
def test_the_first_outer_cycle_after_a_plateau_is_known(history: str, first: bool) -> None:
    assert after(history).after_a_plateau is first


def test_without_outer_surfaces_a_plateau_is_the_end() -> None:
    assert after("i", LoopRules(2)).end == ""
    assert after("ii", LoopRules(2)).end == "2 research cycles in a row brought no gain, and there are no outer surfaces to open"
    assert after("i", LoopRules(1)).end.startswith("1 research cycle in a row")


def test_without_a_number_as_many_outer_cycles_as_make_a_plateau_end_it() -> None:
    assert after("iio").end == ""
    assert after("iioo").end == "2 research cycles in a row brought no gain, and neither did 2 outer cycles after them"
    assert after("iioOiio").end == "", "a gain in between counts anew"
    assert after("iioOiioo").end != ""


def test_with_a_number_all_outer_cycles_count_whatever_they_brought() -> None:
    rules = LoopRules(2, most_outer=3, outer=True)
    assert after("iioo", rules).end == ""
    assert after("iiooo", rules).end == "2 research cycles in a row brought no gain, and of outer cycles there were 3, as many as there may be"
    assert after("iioOiio", rules).end != ""
    assert after("iioOiO", rules).end == "", "after a gain the inner surfaces are tried again"


@given(st.text("ioIO", max_size=30), st.integers(1, 4), st.none() | st.integers(1, 4))
def test_a_gain_always_leads_on_and_no_loop_without_gains_is_endless(history: str, plateau: int, most: int | None) -> None:
    rules = LoopRules(plateau, most, outer=True)
    assert after(history + "I", rules).end == ""
    walked = history
    for _ in range(20):
        found = after(walked, rules)
        if found.end:
            break
        walked += found.level[0]
    assert after(walked, rules).end
    assert len(walked) - len(history) <= 2 * plateau + (most or 0)


def target(objective: str) -> ResearchTarget:
    facts = {"objective": objective, "metric": "rate", "target": 0.5, "run_command": "make", "result_path": "out.json"}
    return ResearchTarget.model_validate(facts)


def test_a_target_is_reached_in_its_direction_and_never_by_no_value() -> None:
    assert [reached(target("maximise it"), value) for value in (0.49, 0.5, 0.51, None)] == [False, True, True, False]
    assert [reached(target("minimise it"), value) for value in (0.49, 0.5, 0.51, None)] == [True, True, False, False]
