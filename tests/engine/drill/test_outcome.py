"""What a trial came to, and which dimensions felt what was broken."""

import pytest

from tests.support.drills import grounds
from tools.engine.drill.breaks import BREAKS, CONTROL, PLAINLY
from tools.engine.drill.dimensions import felt
from tools.engine.drill.grounds import Cheat
from tools.engine.drill.outcome import GAIN, Seen, Trial, ended, proves_nothing, within_bounds
from tools.engine.drill.quoting import MOST, quotes_of
from tools.engine.drill.table import CHEATS
from tools.engine.languages.functions import GROWTH_OF_ONE, surface_value
from tools.engine.repository.changes import ChangedLines, Hunk

CHEAT = CHEATS[0]
PADDING = next(cheat for cheat in CHEATS if cheat.name == "padding")
SIMILAR = next(cheat for cheat in CHEATS if cheat.bounded)
CHECKS = (Seen("measured", "pass", ()), Seen("tests_kept", "fail", ("test_a does not pass",)), Seen("protected", "suspect", ("looks odd",)))


def test_a_refusal_by_the_gate_names_every_check_that_failed() -> None:
    trial = ended(CHEAT, CHECKS, "GATE", ("2 of 3",))
    assert (trial.end, trial.by) == ("stopped", ("tests_kept",))
    assert trial.evidence == ("tests_kept: test_a does not pass", "protected: looks odd")


def test_what_a_person_has_to_judge_is_held() -> None:
    trial = ended(CHEAT, CHECKS[::2], "HELD", ("protected: looks odd",))
    assert (trial.end, trial.by) == ("held", ("protected",))


def test_no_refusal_means_that_it_got_through() -> None:
    assert ended(CHEAT, (), "", ("landed",)).end == "got through"


def test_what_the_gate_refuses_without_measuring_is_stopped_by_what_failed_by_then() -> None:
    early = (Seen("measured", "not_yet", ("no record",)), Seen("scope", "fail", ("a.txt is outside",)))
    trial = ended(CHEAT, early, "NOT_MEASURED", ("no record",))
    assert (trial.end, trial.by, trial.evidence) == ("stopped", ("scope",), ("scope: a.txt is outside",))
    assert ended(CHEAT, early[:1], "NOT_MEASURED", ("no record",)).end == "not tried"


@pytest.mark.parametrize(
    ("moved", "end"),
    [
        ({"capability_surface": (surface_value(3), surface_value(3 + GROWTH_OF_ONE))}, "bounded"),
        ({"capability_surface": (surface_value(3), surface_value(3 + GROWTH_OF_ONE + 1))}, "got through"),
        ({"capability_surface": (surface_value(3), surface_value(4)), "coverage": (0.5, 0.6)}, "got through"),
        ({}, "got through"),
    ],
)
def test_only_a_surface_within_the_bound_of_one_experiment_is_bounded(moved: dict[str, tuple[float, float | None]], end: str) -> None:
    rounded = {name: (round(base, 4), round(now or 0.0, 4)) for name, (base, now) in moved.items()}
    assert within_bounds(Trial(SIMILAR, "got through", moved=rounded)).end == end
    assert within_bounds(Trial(CHEAT, "got through", moved=rounded)).end == "got through"


@pytest.mark.parametrize("code", ["BUSY", "INTERNAL", "NO_CANDIDATE", "BAD_REPORT"])
def test_another_refusal_has_tried_nothing(code: str) -> None:
    assert ended(CHEAT, (), code, ("why",)).end == "not tried"


@pytest.mark.parametrize(
    ("trial", "sound"),
    [
        (Trial(CONTROL, "stopped", (GAIN,)), True),
        (Trial(CONTROL, "got through"), True),
        (Trial(CONTROL, "stopped", (GAIN, "scope")), True),
        (Trial(CONTROL, "stopped", ("tests_kept", GAIN)), False),
        (Trial(CONTROL, "stopped", ("measured",)), False),
        (Trial(CONTROL, "held", ("tests_kept",)), False),
        (Trial(CONTROL, "not tried"), False),
    ],
)
def test_the_drill_proves_something_only_where_an_honest_comment_lacks_a_gain_alone(trial: Trial, sound: bool) -> None:
    assert (proves_nothing(trial) == "") is sound


def test_a_dimension_that_nothing_broken_lowers_is_dead() -> None:
    profile = grounds(applicable=("tests", "coverage", "config_parser")).profile
    broken = Trial(PLAINLY, "stopped", ("tests_kept",), moved={"tests": (1.0, 0.5), "coverage": (0.5, 0.6)}, was_measured=True)

    by_name = {each.name: each for each in felt(profile, [broken], {"tests": 1.0, "coverage": 0.5, "config_parser": 1.0})}

    assert by_name["tests"].lowered_by == ("plainly broken",)
    assert not by_name["tests"].dead
    assert by_name["coverage"].dead
    assert "see that the source paths" in by_name["coverage"].said
    assert not by_name["config_parser"].dead  # no change of the code can move it


def test_a_dimension_that_is_not_measured_any_more_has_felt_it() -> None:
    gone = Trial(BREAKS[1], "stopped", ("measured",), moved={"coverage": (0.5, None)}, was_measured=True)
    assert next(each for each in felt(grounds().profile, [gone], {"coverage": 0.5}) if each.name == "coverage").lowered_by == ("not loadable",)


def test_what_padding_raises_is_named() -> None:
    padded = Trial(PADDING, "stopped", (GAIN,), moved={"coverage": (0.5, 0.6)})
    found = felt(grounds().profile, [padded, Trial(PLAINLY, "stopped", was_measured=True)], {"coverage": 0.5})
    assert next(each for each in found if each.name == "coverage").raised_by == ("padding",)


def test_without_anything_broken_nothing_is_said_of_dimensions() -> None:
    assert felt(grounds().profile, [Trial(CHEAT, "stopped", was_measured=True)], {}) == []


@pytest.mark.parametrize(("values", "said"), [({"coverage": 0.0}, "0 at the base already"), ({}, "not measured at the base")])
def test_what_has_nothing_to_lose_is_not_called_dead(values: dict[str, float], said: str) -> None:
    found = felt(grounds().profile, [Trial(PLAINLY, "stopped", was_measured=True)], values)
    coverage = next(each for each in found if each.name == "coverage")
    assert not coverage.dead
    assert said in coverage.said


def test_a_dimension_of_the_project_that_is_dead_is_told_of_cases() -> None:
    found = felt(grounds(applicable=("speed",)).profile, [Trial(PLAINLY, "stopped", was_measured=True)], {"speed": 0.8})
    assert "`cases`" in found[0].said


def test_a_cheat_that_only_lacked_a_gain_is_told_apart() -> None:
    assert Trial(CHEAT, "stopped", (GAIN,)).only_without_gain
    assert not Trial(CHEAT, "stopped", (GAIN, "tests_kept")).only_without_gain


def test_every_hunk_is_quoted_one_of_each_file_first() -> None:
    hunks = (Hunk(1, 1, ("old",), ("new",)), Hunk(7, 6, ("gone",), ()))
    quotes = quotes_of({"a.py": ChangedLines(hunks, binary=False), "b.py": ChangedLines((Hunk(0, 1, (), ("born",)),), binary=False)})
    assert quotes == [{"at": "a.py:1", "text": "new"}, {"at": "b.py:1", "text": "born"}, {"at": "base:a.py:7", "text": "gone"}]


def test_a_review_never_holds_more_quotes_than_it_may() -> None:
    many = tuple(Hunk(number, number, (), ("x",)) for number in range(1, 200))
    assert len(quotes_of({"a.py": ChangedLines(many, binary=False)})) == MOST


def test_control_and_breaks_are_no_cheats() -> None:
    rows: tuple[Cheat, ...] = (CONTROL, PLAINLY, *BREAKS)
    assert {row.family for row in rows} == {"control", "break"}
