"""The composite: what may raise it, what may never, and what is told of a fall."""

import math
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from state.configuration import Configuration
from state.errors import Refusal
from state.measurement import TIER_WEIGHTS, PlannedDimension, Profile, Reading, ReadingState, Tier
from tools.engine.evaluation.assessment import Assessment, Measurements
from tools.engine.evaluation.composite import Contract, account_tests, assess
from tools.engine.evaluation.weights import contract_weights, dimension_weights
from tools.engine.languages.findings import Finding, findings_value
from tools.engine.languages.functions import surface_value

TIERS: dict[str, Tier] = {name: tier for tier, names in TIER_WEIGHTS.items() for name in names} | {"speed": "project", "accuracy": "project"}
ALL_NAMES = sorted(TIERS)
HYGIENE = ("tests", "coverage", "lint", "type_check", "guard_patterns", "config_parser")


def profile(*names: str) -> Profile:
    dimensions = tuple(PlannedDimension(name=name, tier=TIERS[name], applicable=True) for name in names)
    return Profile(dimensions=dimensions, commands=())


def contract(*names: str, threshold: float = 0.5, noise: Mapping[str, float] | None = None) -> Contract:
    plan = profile(*names)
    return Contract(plan, dimension_weights(plan, None, {}), threshold, noise or {})


def readings(values: Mapping[str, float | None]) -> dict[str, Reading]:
    return {
        name: Reading(dimension=name, state=ReadingState.UNAVAILABLE, reason="gone")
        if value is None
        else Reading(dimension=name, state=ReadingState.MEASURED, value=value)
        for name, value in values.items()
    }


def compare(rules: Contract, before: Mapping[str, float | None], after: Mapping[str, float | None]) -> Assessment:
    candidate = Measurements(readings=readings(after))
    return assess(rules, Measurements(readings=readings(before)), candidate, candidate)


def test_weights_are_the_tiers_shares_split_by_the_dimensions_own_weights() -> None:
    weights = dimension_weights(profile("tests", "coverage", "observability", "speed", "accuracy"), None, {"speed": 3.0})

    assert weights["tests"] == pytest.approx(0.30 * 0.30 / 0.55)
    assert weights["observability"] == pytest.approx(0.20)
    assert weights["speed"] == pytest.approx(0.50 * 3 / 4)
    assert weights["accuracy"] == pytest.approx(0.50 * 1 / 4)


def test_a_tier_without_any_applicable_dimension_leaves_its_share_to_the_others() -> None:
    assert dimension_weights(profile("tests", "lint"), None, {}) == pytest.approx({"tests": 2 / 3, "lint": 1 / 3})


def test_weights_that_give_nothing_to_what_is_measured_are_refused() -> None:
    with pytest.raises(Refusal, match="tests"):
        dimension_weights(profile("tests"), {"hygiene": 0.0, "growth": 1.0, "project": 0.0}, {})


def test_a_dimension_of_weight_zero_counts_nothing_and_stays_among_the_others() -> None:
    weights = dimension_weights(profile("tests", "coverage", "lint"), None, {"tests": 0.0, "lint": 0.75})
    assert weights == pytest.approx({"tests": 0.0, "coverage": 0.25, "lint": 0.75})


def test_a_tier_in_which_nothing_counts_leaves_its_share_to_the_others() -> None:
    weights = dimension_weights(profile("tests", "lint", "speed"), None, {"tests": 0.0, "lint": 0.0})
    assert weights == {"tests": 0.0, "lint": 0.0, "speed": 1.0}


def test_weights_that_count_nothing_of_what_is_measured_are_refused() -> None:
    with pytest.raises(Refusal, match="tests"):
        dimension_weights(profile("tests"), None, {"tests": 0.0})


def test_a_fall_is_seen_in_a_dimension_that_counts_nothing() -> None:
    plan = profile("tests", "capability_surface")
    rules = Contract(plan, dimension_weights(plan, None, {"capability_surface": 0.0}), 0.5)
    found = compare(rules, {"tests": 1.0, "capability_surface": 0.5}, {"tests": 1.0, "capability_surface": 0.2})
    assert found.delta == 0.0
    assert [fall.name for fall in found.falls] == ["capability_surface"]
    lost = compare(rules, {"tests": 1.0, "capability_surface": 0.5}, {"tests": 1.0, "capability_surface": None})
    assert lost.lost == ("capability_surface",)


def test_a_contracts_weights_are_sparse_and_reach_every_tier() -> None:
    configuration = Configuration.model_validate(
        {
            "goal": "Slugs.", "modifiable": ["src/**"], "guards": ["Keep it"], "eval_weights": {"hygiene": 1, "growth": 1, "project": 2},
            "hygiene_weights": {"lint": 0.3}, "growth_weights": {"observability": 0},
            "project_evaluations": [{"name": "speed", "command": "true", "weight": 3}, {"name": "accuracy", "command": "true"}],
        }
    )  # fmt: skip
    weights = contract_weights(configuration, profile("tests", "lint", "observability", "capability_surface", "speed", "accuracy"))
    assert weights == pytest.approx(
        {"tests": 0.125, "lint": 0.125, "observability": 0.0, "capability_surface": 0.25, "speed": 0.375, "accuracy": 0.125}
    )


@given(st.sets(st.sampled_from(ALL_NAMES), min_size=1), st.dictionaries(st.sampled_from(["speed", "accuracy"]), st.floats(0.01, 100)))
def test_the_weights_of_the_applicable_dimensions_sum_to_one(names: set[str], project: dict[str, float]) -> None:
    assert math.fsum(dimension_weights(profile(*names), None, project).values()) == pytest.approx(1.0)


VALUES = st.one_of(st.none(), st.floats(0, 1))
SIDES = st.sets(st.sampled_from(ALL_NAMES), min_size=1).flatmap(
    lambda names: st.tuples(st.fixed_dictionaries(dict.fromkeys(names, VALUES)), st.fixed_dictionaries(dict.fromkeys(names, VALUES)))
)


@given(SIDES, st.data())
def test_making_a_dimension_unavailable_never_raises_the_floor_and_never_stays_unseen(
    sides: tuple[dict[str, float | None], dict[str, float | None]], data: st.DataObject
) -> None:
    before, after = sides
    hidden = data.draw(st.sampled_from(sorted(after)))
    rules = contract(*after)

    honest, hiding = compare(rules, before, after), compare(rules, before, {**after, hidden: None})

    assert hiding.floor_candidate <= honest.floor_candidate + 1e-12
    assert hiding.floor_base == honest.floor_base
    if hiding.delta > honest.delta + 1e-12:
        assert hidden in hiding.lost, "a delta that rises because something is hidden always comes with the loss that forbids to keep it"


@given(SIDES)
def test_the_delta_is_the_difference_of_the_floors_over_what_was_measured_on_both_sides(
    sides: tuple[dict[str, float | None], dict[str, float | None]],
) -> None:
    before, after = sides
    found = compare(contract(*after), before, after)
    both = [row for row in found.rows if row.base is not None and row.candidate is not None]

    assert found.delta == pytest.approx(sum(row.weight * ((row.candidate or 0) - (row.base or 0)) for row in both))
    assert set(found.lost) | set(found.gained) | {row.name for row in both} | {
        row.name for row in found.rows if row.base is None and row.candidate is None
    } == set(after)


@given(SIDES)
def test_the_same_measurement_on_both_sides_is_no_progress_and_no_fall(sides: tuple[dict[str, float | None], dict[str, float | None]]) -> None:
    before, _ = sides
    found = compare(contract(*before), before, before)

    assert (found.delta, found.progress, found.not_worse, found.falls, found.lost, found.gained) == (0.0, False, True, (), (), ())


@given(SIDES, st.floats(0, 0.05))
def test_a_dimension_that_rises_never_makes_the_comparison_worse(sides: tuple[dict[str, float | None], dict[str, float | None]], gain: float) -> None:
    before, after = sides
    rules = contract(*after)
    raised = {name: None if value is None else min(1.0, value + gain) for name, value in after.items()}

    assert compare(rules, before, raised).delta >= compare(rules, before, after).delta - 1e-12
    assert compare(rules, before, raised).floor_candidate >= compare(rules, before, after).floor_candidate - 1e-12


def test_the_example_of_two_weak_dimensions_made_unavailable_lowers_the_floor() -> None:
    before = {"tests": 0.9, "coverage": 0.8, "lint": 0.4, "type_check": 0.2}
    found = compare(contract(*before), before, {**before, "lint": None, "type_check": None})

    assert found.floor_candidate < found.floor_base
    assert found.delta == 0
    assert found.lost == ("lint", "type_check")
    assert not found.progress


def test_the_threshold_binds_only_where_the_base_reached_it() -> None:
    assert not compare(contract("lint", threshold=0.8), {"lint": 0.9}, {"lint": 0.7}).threshold_ok
    assert compare(contract("lint", threshold=0.8), {"lint": 0.5}, {"lint": 0.6}).threshold_ok
    assert compare(contract("lint", threshold=0.8), {"lint": 0.9}, {"lint": 0.8}).threshold_ok


def test_a_gain_within_the_calibrated_noise_is_no_progress_and_a_loss_within_it_no_fall() -> None:
    rules = contract("lint", "guard_patterns", noise={"lint": 0.1, "guard_patterns": 0.1})

    assert not compare(rules, {"lint": 0.5, "guard_patterns": 0.5}, {"lint": 0.55, "guard_patterns": 0.5}).progress
    found = compare(rules, {"lint": 0.5, "guard_patterns": 0.5}, {"lint": 0.5, "guard_patterns": 0.45})
    assert found.falls == ()
    assert found.not_worse


TESTED = {"tests": 1.0}


def sides_of_tests(base: dict[str, str], candidate: dict[str, str], overlaid: dict[str, str]) -> Assessment:
    def side(outcomes: dict[str, str]) -> Measurements:
        return Measurements(readings=readings({"tests": 1.0}), outcomes=outcomes)

    return assess(contract("tests"), side(base), side(candidate), side(overlaid))


def test_base_ids_are_judged_by_the_bases_word_and_new_ids_by_the_candidates() -> None:
    base = {"a": "passed", "b": "failed", "c": "passed", "s": "skipped"}
    found = sides_of_tests(
        base, candidate={"a": "passed", "n": "passed", "m": "failed"}, overlaid={"a": "passed", "b": "passed", "c": "failed", "s": "passed"}
    )

    assert found.tests.lost == ("c",)
    assert found.tests.new == ("m", "n")
    assert found.tests.failed == ("c", "m")
    assert found.tests.unexplained == ("s",)
    assert (found.tests.base_total, found.tests.base_passed) == (4, 2)
    assert found.rows[0].candidate == pytest.approx((3 + 1) / (4 + 2))
    assert found.falls[0].evidence == ("c passes on the base and does not pass here",)


@pytest.mark.parametrize("outcome", ["skipped", "xfailed", "error", "failed", "xpassed", None])
def test_a_base_test_that_no_longer_passes_is_a_fall_however_it_went(outcome: str | None) -> None:
    found = sides_of_tests({"a": "passed"}, {"a": "passed"}, {"a": outcome} if outcome else {})

    assert found.tests.lost == ("a",)
    assert [fall.name for fall in found.falls] == ["tests"]


def test_tests_are_lost_where_the_bases_word_could_not_be_measured() -> None:
    base = Measurements(readings=readings({"tests": 1.0}), outcomes={"a": "passed"})
    candidate = Measurements(readings=readings({"tests": 1.0}), outcomes={"a": "passed"})
    overlaid = Measurements(readings=readings({"tests": None}))

    assert assess(contract("tests"), base, candidate, overlaid).lost == ("tests",)


def test_more_findings_of_one_rule_are_a_fall_even_where_the_value_rises() -> None:
    base = Measurements(
        readings=readings({"lint": 0.5}), findings={"lint": [Finding("F401", "a.py", "import os"), Finding("E501", "a.py", "long", 9)]}
    )
    candidate = Measurements(
        readings=readings({"lint": 0.9}), findings={"lint": [Finding("F401", "a.py", "import os"), Finding("F401", "b.py", "import re")]}
    )

    found = assess(contract("lint"), base, candidate, candidate)

    assert found.falls[0].evidence == ("F401 b.py: import re (1 more)",)


def test_a_finding_that_only_moved_is_no_fall() -> None:
    base = Measurements(readings=readings({"lint": 0.5}), findings={"lint": [Finding("F401", "a.py", "import os")]})
    candidate = Measurements(readings=readings({"lint": 0.5}), findings={"lint": [Finding("F401", "moved.py", "import os")]})

    assert assess(contract("lint"), base, candidate, candidate).falls == ()


def test_coverage_falls_only_when_the_ratio_falls_and_more_lines_are_uncovered() -> None:
    base = Measurements(readings=readings({"coverage": 0.9}), uncovered={"a.py": ["x = 1"]})
    fewer_lines = Measurements(readings=readings({"coverage": 0.8}), uncovered={"a.py": ["x = 1"]})
    more_lines = Measurements(readings=readings({"coverage": 0.8}), uncovered={"a.py": ["x = 1", "y = 2"]})

    assert assess(contract("coverage"), base, fewer_lines, fewer_lines).falls == ()
    found = assess(contract("coverage"), base, more_lines, more_lines).falls
    assert found[0].evidence == ("not run by any test: a.py: y = 2",)


def test_a_dimension_that_was_not_planned_as_applicable_never_counts() -> None:
    planned = (
        PlannedDimension(name="tests", tier="hygiene", applicable=True),
        PlannedDimension(name="lint", tier="hygiene", applicable=False, why="no linter"),
    )
    plan = Profile(dimensions=planned, commands=())
    rules = Contract(plan, dimension_weights(plan, None, {}), 0.5)
    candidate = Measurements(readings=readings({"tests": 1.0, "lint": 0.0}))

    assert assess(rules, candidate, candidate, candidate).floor_candidate == 1.0


def test_lines_that_a_candidate_adds_do_not_thin_its_findings_out() -> None:
    profile = Profile(
        dimensions=(PlannedDimension(name="lint", tier="hygiene", applicable=True),),
        commands=(),
    )
    contract = Contract(profile, dimension_weights(profile, None, {}), threshold=0.0)

    def side(findings: int, lines: int) -> Measurements:
        facts: dict[str, int | float | str] = {"findings": findings, "lines": lines}
        value = findings_value(findings, lines)
        return Measurements(readings={"lint": Reading(dimension="lint", state=ReadingState.MEASURED, value=value, facts=facts)})

    padded, mended = side(5, 2000), side(4, 2000)
    assert assess(contract, side(5, 500), padded, padded).delta == 0
    assert assess(contract, side(5, 500), mended, mended).delta > 0


def test_a_long_account_is_stored_short_and_says_how_long_it_was() -> None:
    base = {f"tests/test_many.py::test_number_{number}": "passed" for number in range(5000)}
    broken = dict.fromkeys(base, "failed")
    new = {f"tests/test_new.py::test_number_{number}": "failed" for number in range(5000)}
    account = account_tests(base, broken | new, broken)
    stored = account.shortened()
    assert len(stored.model_dump_json()) < 32_000
    assert 0 < len(stored.lost) < 5000
    assert (stored.count("lost"), stored.count("new"), stored.count("new_failing")) == (5000, 5000, 5000)
    assert stored.new_failing


def test_a_base_test_that_breaks_in_the_candidate_as_committed_is_lost_even_where_the_base_word_passes() -> None:
    account = account_tests({"tests/test_a.py::test_b": "passed"}, {"tests/test_a.py::test_b": "failed"}, {"tests/test_a.py::test_b": "passed"})
    assert account.lost == ("tests/test_a.py::test_b",)


def test_a_file_whose_tests_cannot_be_read_is_no_new_test() -> None:
    base = {"tests/test_a.py::test_a": "passed"}
    account = account_tests(base, {"tests/test_a.py": "collection_error", "tests/test_b.py::test_b": "passed"}, base)
    assert (account.new, account.uncollected, account.failed) == (("tests/test_b.py::test_b",), ("tests/test_a.py",), ("tests/test_a.py",))


@pytest.mark.parametrize("with_the_bases_word", [True, False])
def test_where_no_test_could_be_run_none_is_lost_or_gone_and_there_is_no_delta(with_the_bases_word: bool) -> None:
    outcomes = {"tests/test_a.py::test_a": "passed"}
    base = Measurements(readings=readings({"tests": 1.0, "config_parser": 1.0}), outcomes=outcomes)
    broken = Measurements(readings=readings({"tests": None, "config_parser": 1.0}))
    found = assess(contract("tests", "config_parser"), base, broken, base if with_the_bases_word else broken)
    assert (found.lost, found.tests.lost, found.tests.gone, found.difference) == (("tests",), (), (), None)


def test_what_is_left_to_compare_gives_a_delta() -> None:
    found = compare(contract("tests", "lint"), {"tests": 1.0, "lint": 0.5}, {"tests": None, "lint": 0.6})
    assert found.difference == found.delta > 0


def test_lines_that_come_with_their_own_tests_do_not_raise_coverage() -> None:
    base = Measurements(readings={"coverage": covered(80, 100)})
    padded = Measurements(readings={"coverage": covered(980, 1000)})

    found = assess(contract("coverage"), base, padded, padded)

    assert (found.rows[0].base, found.rows[0].candidate, found.progress) == (0.8, 0.8, False)


def test_coverage_rises_by_the_lines_that_are_tested_now_whatever_else_was_added_or_went() -> None:
    base = Measurements(readings={"coverage": covered(80, 100)})
    tested = Measurements(readings={"coverage": covered(990, 1000)})

    found = assess(contract("coverage"), base, tested, tested, 10)

    assert found.rows[0].candidate == pytest.approx(0.9)
    assert found.progress


def test_untested_lines_that_go_neither_raise_coverage_nor_lower_it() -> None:
    base = Measurements(readings={"coverage": covered(80, 100)}, uncovered={"a.py": ["x"] * 20})
    shorter = Measurements(readings={"coverage": covered(80, 81)}, uncovered={"a.py": ["x"]})

    found = assess(contract("coverage"), base, shorter, shorter)

    assert (found.rows[0].candidate, found.progress, found.falls) == (0.8, False, ())


def test_a_mean_of_several_runs_rises_by_no_more_either() -> None:
    base = Measurements(readings={"coverage": covered(80, 100).model_copy(update={"facts": {"covered": 80.5, "executable": 100.0}})})
    shorter = Measurements(readings={"coverage": covered(80, 81)})
    assert assess(contract("coverage"), base, shorter, shorter).rows[0].candidate == 0.8


@pytest.mark.parametrize(("untested", "worse"), [(20, False), (21, True)])
def test_covered_lines_that_go_make_nothing_worse_unless_more_are_untested(untested: int, *, worse: bool) -> None:
    base = Measurements(readings={"coverage": covered(80, 100)}, uncovered={"a.py": ["x"] * 20})
    shorter = Measurements(readings={"coverage": covered(60, 80)}, uncovered={"a.py": ["x"] * untested})

    found = assess(contract("coverage"), base, shorter, shorter)

    assert (found.not_worse, found.progress, found.delta < 0) == (not worse, False, True)
    assert found.shorter == (0.0 if worse else found.delta)


def test_coverage_falls_with_the_ratio() -> None:
    base, less = (Measurements(readings={"coverage": covered(number, 100)}) for number in (80, 70))
    assert assess(contract("coverage"), base, less, less).rows[0].candidate == 0.7


@pytest.mark.parametrize(("more", "counts"), [(3, 3), (5, 5), (40, 5)])
def test_a_surface_grows_by_five_functions_at_most_in_one_experiment(more: int, counts: int) -> None:
    base, grown = (Measurements(readings={"capability_surface": surface(number)}) for number in (12, 12 + more))

    row = assess(contract("capability_surface"), base, grown, grown).rows[0]

    assert row.candidate == surface_value(12 + counts)
    assert row.reason == ("" if more == counts else "40 more functions than at the base: 5 count in one experiment")


def test_a_surface_that_shrinks_falls_by_all_that_is_gone() -> None:
    base, less = (Measurements(readings={"capability_surface": surface(number)}) for number in (30, 2))
    assert assess(contract("capability_surface"), base, less, less).rows[0].candidate == surface_value(2)


def surface(count: int) -> Reading:
    """A surface of which so many functions count."""
    return Reading(dimension="capability_surface", state=ReadingState.MEASURED, value=surface_value(count), facts={"tested": count})


def covered(count: int, executable: int) -> Reading:
    """Coverage as a run reads it."""
    return Reading(dimension="coverage", state=ReadingState.MEASURED, value=count / executable, facts={"covered": count, "executable": executable})


def test_new_tests_that_pass_do_not_outweigh_one_that_does_not() -> None:
    base = {"a": "passed", "b": "skipped"}
    more = {**base, "c": "passed", "d": "passed"}
    before = Measurements(readings=readings({"tests": 0.5}), outcomes=base)
    overlaid = Measurements(readings=readings({"tests": 0.5}), outcomes=base)
    after = Measurements(readings=readings({"tests": 0.75}), outcomes=more)

    assert assess(contract("tests"), before, after, overlaid).delta == 0
    mended = Measurements(readings=readings({"tests": 1.0}), outcomes={**more, "b": "passed"})
    assert assess(contract("tests"), before, mended, mended).delta == pytest.approx(0.5)


@pytest.mark.parametrize("name", ["guard_patterns", "config_parser"])
def test_what_factory_md_says_is_no_gain_of_a_candidate(name: str) -> None:
    before, after = (Measurements(readings={name: Reading(dimension=name, state=ReadingState.MEASURED, value=value)}) for value in (0.75, 1.0))
    contract = Contract(profile(name), {name: 1.0}, 0.0)
    assert not assess(contract, before, after, after).progress
    assert assess(contract, after, before, before).delta < 0
