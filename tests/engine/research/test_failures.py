"""Which instances failed in the runs of a tree, and how the categories of one analysis differ from those of the last."""

from hypothesis import given
from hypothesis import strategies as some

from tools.engine.research.failures import MOST, Seen, difference, distribution, failing, said

ANALYSIS = {
    "failures": [
        {"instance": "p07", "stage": "synthesis", "category": "OVERRIDE", "cause": "It guessed."},
        {"instance": "p03", "stage": "synthesis", "category": "OVERRIDE", "cause": "It guessed."},
        {"instance": "p11", "stage": "parsing", "category": "EMPTY", "cause": "It was cut."},
    ]
}


def test_what_fails_most_often_comes_first_with_where_and_why_it_failed() -> None:
    seen = [
        Seen(1, "p03", passed=False, stage="parsing", cause="cut"),
        Seen(1, "p07", passed=False, stage="synthesis", cause="guessed"),
        Seen(2, "p03", passed=True),
        Seen(2, "p07", passed=False, stage="parsing", cause="guessed"),
        Seen(3, "p07", passed=False, stage="parsing"),
        Seen(3, "p09", passed=True),
    ]
    first, second = failing(seen)
    assert (first.instance, first.failed, first.runs, first.last) == ("p07", 3, 3, 3)
    assert (first.stages, first.causes) == (("parsing", "synthesis"), ("guessed",))
    assert (second.instance, second.failed, second.runs) == ("p03", 1, 2)


def test_an_instance_that_only_some_runs_tell_of_is_judged_by_those() -> None:
    seen = [Seen(1, "rare", passed=False), *(Seen(run, "often", passed=run > 2) for run in range(1, 5))]
    assert [(each.instance, each.failed, each.runs) for each in failing(seen)] == [("rare", 1, 1), ("often", 2, 4)]


@given(some.lists(some.tuples(some.integers(1, 4), some.sampled_from("abcdef"), some.booleans())))
def test_exactly_the_instances_with_a_failed_run_are_named_each_once(told: list[tuple[int, str, bool]]) -> None:
    found = failing(Seen(run, name, passed=passed) for run, name, passed in told)
    assert sorted(each.instance for each in found) == sorted({name for _, name, passed in told if not passed})


def test_of_very_many_those_that_fail_most_often_are_explained() -> None:
    seen = [Seen(run, f"p{number:03d}", passed=run > number % 5) for number in range(100) for run in range(5)]
    found = failing(seen)
    assert len(found) == MOST
    assert min(each.failed for each in found) >= 3


def test_a_name_with_line_ends_is_one_line_as_it_is_shown() -> None:
    assert failing([Seen(1, "a\nb", passed=False)])[0].instance == "a b"


def test_categories_are_counted_by_instances() -> None:
    assert distribution(ANALYSIS) == {"OVERRIDE": 2, "EMPTY": 1}
    assert said(distribution(ANALYSIS)) == "OVERRIDE 2, EMPTY 1"


def test_the_difference_of_two_analyses_names_what_changed_what_is_gone_and_what_is_new() -> None:
    before, now = {"OVERRIDE": 5, "EMPTY": 3, "SLOW": 1}, {"OVERRIDE": 2, "TIMEOUT": 1, "SLOW": 1}
    assert difference(before, now) == "OVERRIDE 5 -> 2, EMPTY gone (was 3), SLOW 1 as before, new: TIMEOUT 1"


def test_the_rest_of_many_categories_is_counted() -> None:
    many = {f"C{number}": 20 - number for number in range(11)}
    assert said(many).endswith("C7 13, 3 more")
    assert difference({}, many).endswith("new: C7 13, 3 more")
