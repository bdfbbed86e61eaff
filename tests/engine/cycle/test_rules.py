"""The rules for a whole set: budget, growth, focus, bars, likeness, and the order in which it is worked off."""

from typing import Any

import pytest

from state.track_record import Tried
from tests.support.proposals import given, ground, item, proposal, rules
from tools.engine.cycle.proposals import Proposal
from tools.engine.cycle.rules import Rules, faults_of, in_order

OLD = Tried(experiment=7, title="Cache parsed templates", what="Keep parsed templates in memory.", lesson="They never expired.")
FIX = proposal(title="Mend the lock", category="fix", dimension="tests", what="Release it in the end.")
TEST = proposal(title="Cover the parser", category="explore", dimension="coverage", what="Its branches.")
OTHER = proposal(title="Log failures", category="explore", dimension="observability", what="One line for each.")


def codes(*proposals: Proposal, by: Rules) -> list[str]:
    return [fault.code for fault in faults_of(given(*proposals), by)]


def test_a_good_set_breaks_no_rule() -> None:
    assert codes(proposal(), OTHER, by=rules()) == []


@pytest.mark.parametrize(
    ("proposals", "budget", "found", "expected"),
    [
        ((proposal(), OTHER, FIX), {}, "3 new, 2 allowed", "at most 2 without"),
        ((TEST,), {}, "0 of 1 that are no fix move a growth dimension", "at least 1, as min_growth is 2 and 1 is no fix"),
        ((TEST, proposal()), {}, "1 of 2 that are no fix moves a growth dimension", "at least 2, as min_growth is 2 and 2 are no fix"),
        ((FIX,), {"max_new": 0}, "1 new, 0 allowed", "at most 0 without"),
    ],
)
def test_the_budget_names_both_numbers(proposals: tuple[Proposal, ...], budget: dict[str, int], found: str, expected: str) -> None:
    [fault] = faults_of(given(*proposals), rules(budget=budget))
    assert (fault.code, fault.problem.where, fault.problem.found) == ("HYPOTHESIS_BUDGET", "hypotheses", found)
    assert fault.problem.expected.startswith(expected)


def test_fixes_need_no_growth_and_what_the_backlog_asks_for_is_not_new() -> None:
    second = FIX.model_copy(update={"title": "Mend the queue"})
    assert codes(FIX, second, by=rules()) == []
    assert codes(FIX, second, proposal(backlog="B1"), by=rules()) == []


@pytest.mark.parametrize("mode", ["focus", "refine"])
def test_what_the_person_asked_for_has_no_budget_and_is_never_barred(mode: str) -> None:
    focus = ("one", "two", "three") if mode == "focus" else ()
    assert codes(TEST, FIX, proposal(), by=rules(mode, {"max_new": 0}, focus=focus, barred=("fix", "explore"))) == []


@pytest.mark.parametrize(("focus", "count", "is_right"), [(("a",), 1, True), (("a",), 2, False), (("a", "b"), 2, True), (("a", "b"), 1, False)])
def test_a_focus_takes_exactly_one_hypothesis_each(focus: tuple[str, ...], count: int, is_right: bool) -> None:
    assert codes(*(FIX, OTHER)[:count], by=rules("focus", focus=focus)) == ([] if is_right else ["NOT_ONE"])


def test_a_build_that_does_not_run_takes_one_fix() -> None:
    assert codes(FIX, by=rules("build", {"max_new": 0}, barred=("fix",))) == []
    assert codes(proposal(), by=rules("build")) == ["NOT_ONE"]
    assert codes(FIX, FIX.model_copy(update={"title": "Mend the queue"}), by=rules("build")) == ["NOT_ONE"]


def test_a_barred_category_is_refused_with_those_that_are_left() -> None:
    [fault] = faults_of(given(FIX, proposal()), rules(barred=("fix", "combine")))
    assert (fault.code, fault.problem.where) == ("BARRED", "hypotheses[1].category")
    assert "exploit, explore;" in fault.problem.expected


def test_what_was_undone_is_said_to_be() -> None:
    [fault] = faults_of(given(proposal(title="Add a cache for parsed templates")), rules(tried=(OLD.model_copy(update={"state": "undone"}),)))
    assert "experiment 7, Cache parsed templates, which was undone;" in fault.problem.found


def test_what_was_reverted_is_proposed_again_only_with_what_differs() -> None:
    again = proposal(title="Add a cache for parsed templates", what="Parsed templates are kept in memory.")
    [fault] = faults_of(given(again), rules(tried=(OLD,)))
    assert (fault.code, fault.problem.where) == ("TOO_SIMILAR", "hypotheses[1].differs")
    assert "experiment 7, Cache parsed templates, which was reverted; its lesson: They never expired." in fault.problem.found
    assert codes(again.model_copy(update={"differs": "It is better now."}), by=rules(tried=(OLD,))) == ["TOO_SIMILAR"]
    assert codes(again.model_copy(update={"differs": "Entries expire after a minute, by modification time."}), by=rules(tried=(OLD,))) == []
    assert codes(OTHER, by=rules(tried=(OLD,))) == []


def test_titles_and_items_stand_once_in_a_set() -> None:
    twice = [proposal(backlog="B1"), proposal(title="  cache PARSED templates ", what="x", backlog="B1")]
    assert [fault.problem.where for fault in faults_of(given(*twice), rules())] == ["hypotheses[2].title", "hypotheses[2].backlog"]


def test_every_broken_rule_is_named_at_once() -> None:
    same = proposal(title=OLD.title, what=OLD.what, category="fix", dimension="vibes")
    found = set(codes(same, TEST, TEST, by=rules(tried=(OLD,), barred=("fix",))))
    assert found == {"BAD_HYPOTHESIS", "BARRED", "HYPOTHESIS_BUDGET", "TOO_SIMILAR"}


def test_what_waits_comes_before_what_is_new_within_a_category_and_never_before_another_category() -> None:
    waiting = {"B1": item(1), "B2": item(2, "high"), "B3": item(3, "low")}
    names: dict[str, dict[str, Any]] = {
        "new": {}, "low": {"backlog": "B3"}, "normal": {"backlog": "B1"}, "high": {"backlog": "B2"}, "fix": {"category": "fix"},
    }  # fmt: skip
    ordered = in_order(given(*(proposal(title=name, **changes) for name, changes in names.items())), rules(ground=ground(backlog=waiting)))
    assert [each.title for each in ordered] == ["fix", "high", "normal", "new", "low"]


def test_the_server_says_who_ordered_it_and_stores_the_address_of_a_source() -> None:
    cited = proposal(sources=("S1", "https://example.org/cache"))
    [stored] = in_order(given(cited), rules())
    assert (stored.ordered, stored.kind, stored.sources) == (False, "hypothesis", ("https://example.org/cache", "https://example.org/cache"))
    assert [each.ordered for each in in_order(given(cited), rules("focus", focus=("a",)))] == [True]
