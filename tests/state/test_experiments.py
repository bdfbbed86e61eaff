"""What moves an experiment from one state to the next, and what no longer does."""

from pathlib import Path

import pytest
from hypothesis import given, settings

from state.events import Payload
from state.experiment_pages import Wanted, page
from state.experiments import (
    CandidateCaptured,
    CandidateUpdated,
    ExperimentHeld,
    ExperimentMeasured,
    HeldApproved,
    KeepRefused,
    KeepWithdrawn,
    MergeConflicted,
    VerdictGiven,
    experiments_of,
    open_experiments,
)
from state.landings import LandingDone, LandingIntended, unfinished_landing
from state.reports import latest_review
from state.store import Store
from state.totals import totals
from tests.support.histories import COMMIT, TREE, histories
from tests.support.stores import append, append_all, begun, cycle_started, experiment_now, verdict

OTHER = "8" * 40
CAPTURED = CandidateCaptured(experiment=1, commit="2" * 40, tree=OTHER)
MEASURED = ExperimentMeasured(experiment=1, tree=TREE, base=COMMIT, delta=0.5, assessment={"tree": TREE})
HELD = ExperimentHeld(experiment=1, tree=TREE, suspicion=("tests/test_a.py changed",))
APPROVED = HeldApproved(experiment=1, tree=TREE)
UPDATED = CandidateUpdated(experiment=1, base="4" * 40, commit="5" * 40, tree=OTHER, review_stands=True)
CONFLICTED = MergeConflicted(experiment=1, target="4" * 40, paths=("a.py",))


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A store with one experiment, measured."""
    store = Store(tmp_path / "refactory")
    append_all(store, [cycle_started(), *begun(1)])
    return store


def test_an_experiment_is_begun_captured_and_measured(tmp_path: Path) -> None:
    store = Store(tmp_path / "refactory")
    states = []
    for payload in [cycle_started(), *begun(1)]:
        append(store, payload)
        with store.reading() as connection:
            found = experiments_of(connection, 1)
        states.append(found[0].state if found else None)
    assert states == [None, None, "begun", "candidate", "candidate", "measured"]
    assert (experiment_now(store).delta, experiment_now(store).is_open) == (0.02, True)


def test_a_new_capture_voids_record_and_review(store: Store) -> None:
    append(store, CAPTURED)
    found = experiment_now(store)
    assert (found.state, found.tree, found.review_tree, found.assessment, found.delta) == ("candidate", OTHER, OTHER, None, None)
    with store.reading() as connection:
        assert latest_review(connection, 1, OTHER) is None
        assert latest_review(connection, 1, TREE) is not None


@pytest.mark.parametrize("wrong", [{"tree": OTHER}, {"base": OTHER}, {"experiment": 2}])
def test_a_comparison_of_something_else_changes_nothing(store: Store, wrong: dict[str, object]) -> None:
    before = experiment_now(store)
    append(store, MEASURED.model_copy(update=wrong))
    assert experiment_now(store) == before
    append(store, MEASURED)
    assert experiment_now(store).delta == 0.5


def test_a_clean_merge_of_the_target_keeps_the_review_where_the_change_is_equal(store: Store) -> None:
    append(store, UPDATED)
    found = experiment_now(store)
    assert (found.state, found.base, found.tree, found.review_tree, found.assessment) == ("candidate", "4" * 40, OTHER, TREE, None)
    append(store, UPDATED.model_copy(update={"review_stands": False}))
    assert experiment_now(store).review_tree == OTHER


def test_what_a_person_accepted_stands_with_the_target_merged_in_where_the_event_says_so(store: Store) -> None:
    append_all(store, [HELD, APPROVED, UPDATED])
    assert experiment_now(store).approved_tree == TREE, "which is not what is the candidate now"
    append(store, UPDATED.model_copy(update={"acceptance_stands": True}))
    assert experiment_now(store).approved_tree == OTHER


def test_a_conflict_waits_for_the_next_capture(store: Store) -> None:
    append(store, CONFLICTED)
    found = experiment_now(store)
    assert (found.state, found.merging, found.base, found.review_tree, found.assessment) == ("candidate", "4" * 40, "4" * 40, None, None)
    append(store, CAPTURED)
    assert experiment_now(store).merging is None


def test_what_is_held_waits_for_a_person_and_their_yes_counts_for_this_tree_only(store: Store) -> None:
    append(store, HELD.model_copy(update={"tree": OTHER}))
    assert experiment_now(store).state == "measured"
    append(store, HELD)
    assert experiment_now(store).state == "held"
    append(store, APPROVED.model_copy(update={"tree": OTHER}))
    assert (experiment_now(store).state, experiment_now(store).approved_tree) == ("held", None)
    append(store, APPROVED)
    assert (experiment_now(store).state, experiment_now(store).approved_tree) == ("measured", TREE)


def test_a_candidate_that_is_not_measured_is_not_held(store: Store) -> None:
    append_all(store, [CAPTURED, HELD.model_copy(update={"tree": OTHER})])
    assert experiment_now(store).state == "candidate"


def test_a_yes_never_makes_a_candidate_measured(store: Store) -> None:
    append_all(store, [HELD, CAPTURED, APPROVED.model_copy(update={"tree": OTHER})])
    assert (experiment_now(store).state, experiment_now(store).assessment, experiment_now(store).approved_tree) == ("candidate", None, OTHER)


def test_a_refused_keep_changes_no_state(store: Store) -> None:
    before = experiment_now(store)
    append(store, KeepRefused(experiment=1, failing=("scope",)))
    assert experiment_now(store) == before


@pytest.mark.parametrize(("decision", "state", "open_"), [("keep", "kept", True), ("revert", "reverted", False), ("abandon", "error", False)])
def test_a_verdict_ends_the_experiment_or_waits_for_its_landing(store: Store, decision: str, state: str, open_: bool) -> None:
    append(store, VerdictGiven.model_validate({"experiment": 1, "decision": decision, "reason": "So."}))
    found = experiment_now(store)
    assert (found.state, found.decision, found.is_open, found.ended_at is None) == (state, decision, open_, open_)
    with store.reading() as connection:
        assert totals(connection) == {decision: 1}
        assert [each.id for each in open_experiments(connection)] == ([1] if open_ else [])


@pytest.mark.parametrize("late", [CAPTURED, MEASURED, UPDATED, CONFLICTED, HELD, APPROVED, verdict(1, "revert"), verdict(1, "abandon")])
@pytest.mark.parametrize("decision", ["keep", "revert"])
def test_what_is_decided_is_not_moved_by_an_event_that_came_late(store: Store, decision: str, late: Payload) -> None:
    append(store, VerdictGiven.model_validate({"experiment": 1, "decision": decision, "reason": "So."}))
    before = experiment_now(store)
    append(store, late)
    assert experiment_now(store) == before
    with store.reading() as connection:
        assert totals(connection) == {decision: 1}, "and counted once"


def test_a_keep_that_could_not_land_is_withdrawn_measured_anew_and_counted_once(store: Store) -> None:
    append_all(store, [verdict(1, "keep"), KeepWithdrawn(experiment=1, target="4" * 40)])
    assert (experiment_now(store).state, experiment_now(store).decision) == ("measured", None)
    append_all(store, [UPDATED, verdict(1, "keep")])
    assert (experiment_now(store).state, experiment_now(store).base) == ("kept", "4" * 40)
    with store.reading() as connection:
        assert totals(connection) == {"keep": 1}


def test_a_withdrawal_that_comes_after_the_landing_changes_nothing(store: Store) -> None:
    append_all(store, [verdict(1, "keep"), LandingIntended(purpose="experiment", experiment=1, ref="refs/heads/main", old=COMMIT, new="n")])
    append(store, LandingDone(intent=1, outcome="landed", experiment=1, commit="n"))
    append(store, KeepWithdrawn(experiment=1, target="4" * 40))
    assert (experiment_now(store).state, experiment_now(store).decision) == ("landed", "keep")


def test_a_landing_is_open_between_its_intent_and_its_end(store: Store) -> None:
    append(store, verdict(1, "keep"))
    intent = append(store, LandingIntended(purpose="experiment", experiment=1, ref="refs/heads/main", old=COMMIT, new="n")).seq
    with store.reading() as connection:
        found = unfinished_landing(connection)
    assert found is not None
    assert (found.seq, found.experiment, found.new) == (intent, 1, "n")
    append(store, LandingDone(intent=intent, outcome="withdrawn", experiment=1))
    assert experiment_now(store).state == "kept"
    again = append(store, LandingIntended(purpose="experiment", experiment=1, ref="refs/heads/main", old=COMMIT, new="n")).seq
    append(store, LandingDone(intent=again, outcome="landed", experiment=1, commit="n"))
    assert (experiment_now(store).state, experiment_now(store).merge_commit) == ("landed", "n")
    with store.reading() as connection:
        assert unfinished_landing(connection) is None


def test_pages_go_from_the_newest_back_and_can_be_of_one_state(store: Store) -> None:
    for number in range(2, 8):
        append_all(store, begun(number))
    append_all(store, [verdict(2), verdict(5)])
    with store.reading() as connection:
        assert [each.id for each in page(connection, before=None, limit=3)] == [7, 6, 5]
        assert [each.id for each in page(connection, before=5, limit=3)] == [4, 3, 2]
        assert [each.id for each in page(connection, before=None, limit=9, wanted=Wanted(states=("reverted",)))] == [5, 2]
        assert [each.id for each in page(connection, before=5, limit=9, wanted=Wanted(states=("reverted", "measured")))] == [4, 3, 2, 1]
        assert [each.id for each in open_experiments(connection)] == [1, 3, 4, 6, 7]


@given(history=histories())
@settings(max_examples=25, deadline=None)
def test_totals_count_decided_experiments_whatever_happens(tmp_path_factory: pytest.TempPathFactory, history: list[Payload]) -> None:
    store = Store(tmp_path_factory.mktemp("history") / "refactory")
    with store.writing():
        append_all(store, history)
    with store.reading() as connection:
        decided = [each for each in page(connection, before=None, limit=100) if each.decision]
        assert sum(totals(connection).values()) == len(decided)
        assert {each.state for each in decided} <= {"kept", "landed", "reverted", "error"}
    store.close()
