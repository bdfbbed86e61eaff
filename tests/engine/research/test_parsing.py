"""What the result of a run says: its number, its instances and its price; anything else is no number, with the reason."""

import json
from typing import Any

import pytest

from state.configuration.research import ResearchTarget
from state.instances import Instance
from tools.engine.evaluation.score import NoScore
from tools.engine.research.parsing import cost_of_failed, parse_result


def target(**changes: Any) -> ResearchTarget:
    """A target whose metric is `rate` in a JSON file."""
    given = {"objective": "maximise the rate", "metric": "rate", "target": "1", "run_command": "run", "result_path": "out.json", **changes}
    return ResearchTarget.model_validate(given)


REGEX = target(result_parser="regex", metric=r"^rate: (\S+)$", result_path=None)


@pytest.mark.parametrize(
    ("metric", "result", "value"),
    [("rate", {"rate": 0.5}, 0.5), ("a.b", {"a": {"b": -3}}, -3.0), ("won/all", {"won": 3, "all": 8}, 0.375), ("rate", {"rate": 12, "x": "y"}, 12.0)],
)
def test_a_metric_is_a_path_of_keys_or_the_ratio_of_two(metric: str, result: dict[str, Any], value: float) -> None:
    assert parse_result(json.dumps(result), target(metric=metric)).value == value


@pytest.mark.parametrize(
    ("metric", "text", "reason"),
    [
        ("rate", "", "no JSON"), ("rate", "{", "no JSON"), ("rate", '{"rate": NaN}', "NaN is not a finite number"),
        ("rate", '{"rate": 1e999}', "finite"), ("rate", '{"rate": true}', "not a number"), ("rate", '{"rate": "0.5"}', "not a number"),
        ("rate", '{"rate": null}', "not a number"), ("rate", '{"other": 1}', "no rate: at rate there is other"),
        ("a.b", '{"a": 1}', "no keys at all"),
        ("won/all", '{"won": 1, "all": 0}', "is 0"), ("rate", "[1]", "no keys at all"),
    ],
)  # fmt: skip
def test_what_holds_no_finite_number_gives_none_and_says_why(metric: str, text: str, reason: str) -> None:
    with pytest.raises(NoScore, match=reason):
        parse_result(text, target(metric=metric))


def test_a_pattern_takes_its_first_group_from_the_output() -> None:
    assert parse_result("begun\nrate: -1.5e2\nrate: 7\n", REGEX).value == -150.0
    for text, reason in (("nothing", "nothing in the result"), ("rate: high", "not a number"), ("rate: 1_0", "not a number")):
        with pytest.raises(NoScore, match=reason):
            parse_result(text, REGEX)


def test_instances_are_read_from_a_list_or_by_name_and_sorted() -> None:
    listed = {"rate": 1, "instances": [{"id": "b", "passed": False, "stage": "plan", "error": "too late"}, {"id": "a", "score": 0.25}]}
    expected = (Instance(name="a", score=0.25), Instance(name="b", passed=False, stage="plan", cause="too late"))
    assert parse_result(json.dumps(listed), target()).instances == expected
    named = {"rate": 1, "by": {"name": {"x": {"status": "PASSED"}, "y": {"status": "failed", "category": "C"}, "z": True}}}
    found = parse_result(json.dumps(named), target(instances="by.name")).instances
    assert [(each.name, each.passed, each.cause) for each in found] == [("x", True, ""), ("y", False, "C"), ("z", True, "")]


@pytest.mark.parametrize("results", [3, [], ["a"], [{"id": "a"}], [{"passed": True}], [{"id": "a", "passed": True}, {"id": "a", "passed": False}]])
def test_what_only_looks_like_instances_is_none_unless_a_path_names_it(results: Any) -> None:
    text = json.dumps({"rate": 1, "results": results})
    assert parse_result(text, target()).instances == ()
    with pytest.raises(NoScore, match="no list of objects"):
        parse_result(text, target(instances="results"))


def test_a_run_costs_what_its_result_says_else_what_a_person_set_else_nobody_knows() -> None:
    said = json.dumps({"rate": 1, "cost_usd": 0.25, "bill": {"sum": 3}})
    assert parse_result(said, target()).cost_usd == 0.25
    assert parse_result(said, target(cost="bill.sum")).cost_usd == 3.0
    assert parse_result('{"rate": 1}', target(price="$0.50")).cost_usd == 0.5
    assert parse_result('{"rate": 1}', target()).cost_usd is None
    assert cost_of_failed('{"cost_usd": 2}', target()) == 2.0
    assert cost_of_failed("no JSON", target(price="$0.50")) == 0.5
    with pytest.raises(NoScore, match="below 0"):
        parse_result('{"rate": 1, "cost_usd": -1}', target())
