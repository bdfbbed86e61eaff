"""What an approval binds, field by field: what decides asks again when it changes, prose and budgets do not."""

from collections.abc import Iterator
from typing import Any

import pytest

from state.configuration import Configuration
from state.factory_md import parse, render
from tests.support.whole_configuration import WHOLE

Place = tuple[str | int, ...]

# Each value of a configuration changed, and whether a person has to be asked again.
CHANGES: list[tuple[Place, Any, bool]] = [
    (("goal",), "Another goal.", False),
    (("modifiable",), ["src/**"], True),
    (("read_only",), ["docs/**"], True),
    (("guards",), ["Another guard"], True),
    (("eval_command",), "make other", True),
    (("threshold",), 0.2, True),
    (("target_branch",), "main", True),
    (("smoke_test",), "true", True),
    (("constraints",), ["Other words"], False),
    (("project_evaluations", 0, "name"), "accuracy", True),
    (("project_evaluations", 0, "command"), "python other.py", True),
    (("project_evaluations", 0, "cases"), "truth", True),
    (("project_evaluations", 0, "compare"), None, False),  # only beside cases, below
    (("project_evaluations", 0, "case_timeout"), None, False),
    (("project_evaluations", 0, "parse"), "exit_code", True),
    (("project_evaluations", 0, "pattern"), "other: ([0-9.]+)", True),
    (("project_evaluations", 0, "runs"), 2, True),
    (("project_evaluations", 0, "weight"), 2.0, True),
    (("project_evaluations", 0, "timeout"), 1.0, True),
    (("project_evaluations", 0, "description"), "Other words", False),
    (("eval_weights", "hygiene"), 0.1, True),
    (("eval_weights", "growth"), 0.1, True),
    (("eval_weights", "project"), 0.1, True),
    (("hygiene_weights", "tests"), 0.1, True),
    (("hygiene_weights", "coverage"), 0.1, True),
    (("hygiene_weights", "lint"), 0.1, True),
    (("hygiene_weights", "type_check"), 0.1, True),
    (("hygiene_weights", "guard_patterns"), 0.1, True),
    (("hygiene_weights", "config_parser"), 0.1, True),
    (("growth_weights", "capability_surface"), 0.1, True),
    (("growth_weights", "experiment_diversity"), 0.1, True),
    (("growth_weights", "observability"), 0.1, True),
    (("growth_weights", "research_grounding"), 0.1, True),
    (("growth_weights", "factory_effectiveness"), 0.1, True),
    (("hard_constraints", 0, "name"), "other", True),
    (("hard_constraints", 0, "check"), "false", True),
    (("hard_constraints", 0, "description"), "Other words", False),
    (("hard_constraints", 0, "timeout"), 1.0, True),
    (("eval_spec",), ["Other words"], False),
    (("holdout", "paths"), ["other/**"], True),
    (("holdout", "command"), "other", True),
    (("holdout", "parse"), "json", True),
    (("holdout", "pattern"), None, False),  # only beside `parse: regex`, below
    (("holdout", "timeout"), 1.0, True),
    (("setup", "command"), "other", True),
    (("setup", "env"), ["API_KEY"], True),
    (("setup", "network"), False, True),
    (("setup", "link"), ["other/**"], True),
    (("setup", "parallel"), False, True),
    (("setup", "timeout"), 1.0, True),
    (("hypothesis_budget", "min_growth"), 0, False),
    (("hypothesis_budget", "max_new"), 0, False),
    (("clean_pr", "clean_pr"), False, True),
    (("clean_pr", "clean_pr_include"), ["other/**"], True),
    (("clean_pr", "clean_pr_exclude"), ["other/**"], True),
    (("clean_pr", "land_by"), None, True),
    (("research_target", "objective"), "Improve other words", False),
    (("research_target", "direction"), "maximise", False),  # the objective's first word tells it; the other direction is below
    (("research_target", "result_parser"), "regex", True),
    (("research_target", "metric"), "other", True),
    (("research_target", "target"), 0.1, True),
    (("research_target", "run_command"), "other", True),
    (("research_target", "result_path"), "other.json", True),
    (("research_target", "instances"), "other", True),
    (("research_target", "cost"), "other", True),
    (("research_target", "price"), 2.0, False),
    (("research_target", "timeout"), 1.0, True),
    (("mutable_surfaces",), ["other/*.md"], True),
    (("outer_loop", "max_outer_cycles"), 1, True),
    (("outer_loop", "inner"), ["other/*.md"], True),
    (("outer_loop", "outer"), ["other/*.md"], True),
    (("fixed_surfaces",), ["other/**", "hidden/**"], True),
    (("withheld_surfaces",), [], True),
    (("research_constraints",), ["Other words"], False),
    (("inner_loop", "runs_per_cycle"), 1, True),
    (("inner_loop", "aggregate"), "max", True),
    (("inner_loop", "plateau_threshold"), 1, True),
    (("inner_loop", "max_inner_runs_per_cycle"), 50, True),
    (("inner_loop", "policy"), "rate", True),
    (("inner_loop", "attempts"), 9, True),
    (("inner_loop", "min_effect"), 0.5, True),
    (("inner_loop", "confirm_runs"), 9, True),
    (("cost_budget", "max_per_cycle"), 1.0, False),
    (("cost_budget", "max_total"), 60.0, False),
    (("cost_budget", "max_runs_per_cycle"), 1, False),
    (("cost_budget", "max_runs_total"), 2000, False),
    (("cost_budget", "max_time_per_cycle"), 1.0, False),
    (("cost_budget", "max_time_total"), 90000.0, False),
]
# What goes with a change so that the whole stays valid.
ALSO: dict[Place, dict[Place, Any]] = {
    ("project_evaluations", 0, "cases"): {("project_evaluations", 0, "pattern"): None, ("project_evaluations", 0, "parse"): "json"},
    ("project_evaluations", 0, "parse"): {("project_evaluations", 0, "pattern"): None},
    ("research_target", "result_parser"): {
        ("research_target", "metric"): "(x)",
        ("research_target", "instances"): None,
        ("research_target", "cost"): None,
    },
    ("inner_loop", "policy"): {("inner_loop", "attempts"): None},
}


def changed(*changes: tuple[Place, Any]) -> Configuration:
    """The whole configuration with these values in place of its own."""
    values = WHOLE.model_dump(mode="json")
    for place, value in changes:
        holder: Any = values
        for step in place[:-1]:
            holder = holder[step]
        holder[place[-1]] = value
    return Configuration.model_validate(values)


def places(value: Any, place: Place = ()) -> Iterator[Place]:
    """Every value of a configuration; a list of plain values is one."""
    if isinstance(value, dict):
        for name, part in value.items():
            yield from places(part, (*place, name))
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        yield from places(value[0], (*place, 0))
    else:
        yield place


def test_every_value_of_a_configuration_is_in_the_list() -> None:
    assert [place for place, _, _ in CHANGES] == list(places(WHOLE.model_dump(mode="json")))


@pytest.mark.parametrize(("place", "value", "asks"), CHANGES, ids=lambda each: ".".join(map(str, each)) if isinstance(each, tuple) else None)
def test_what_decides_asks_again_when_it_changes_and_prose_does_not(place: Place, value: Any, asks: bool) -> None:
    other = changed((place, value), *ALSO.get(place, {}).items())
    assert (other.contract_hash() != WHOLE.contract_hash()) is asks


def test_values_that_need_another_beside_them_ask_again_too() -> None:
    by_pattern = [changed((("holdout", "parse"), "regex"), (("holdout", "pattern"), pattern)) for pattern in ("a (x)", "b (x)")]
    either_way = [
        changed((("research_target", "objective"), "Less of it"), (("research_target", "direction"), way)) for way in ("maximise", "minimise")
    ]
    for one, other in (by_pattern, either_way):
        assert one.contract_hash() != other.contract_hash()


@pytest.mark.parametrize(("field", "value"), [("cases", "truth"), ("compare", "text"), ("case_timeout", 1.0)])
def test_cases_and_how_they_are_compared_ask_again(field: str, value: Any) -> None:
    assert changed((("project_evaluations", 1, field), value)).contract_hash() != WHOLE.contract_hash()


def test_a_configuration_with_everything_is_written_and_read_back_under_the_same_hash() -> None:
    assert parse(render(WHOLE)).contract_hash() == WHOLE.contract_hash()
