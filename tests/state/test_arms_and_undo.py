"""What became of arms and of undone changes, as the tables hold it: states, counts, and what the history makes of them."""

import sqlite3
from pathlib import Path

import pytest

from state.events import Payload
from state.experiments import ExperimentStarted, KeepWithdrawn, arm_name, experiment, experiments_of
from state.landings import LandingDone, LandingIntended, intended_for
from state.registry_folder import progress_of
from state.store import Store
from state.totals import counts_by_category, totals
from state.track_record import history_facts, results_in_order, reverted
from state.undoing import ExperimentUndone
from tests.support.histories import COMMIT
from tests.support.stores import append, append_all, assert_sound, begun, cycle_started, experiment_now, verdict

UNDONE = ExperimentUndone(experiment=1, reason="It broke the shop.", lesson="Ask the shop.", commit="d" * 40)


def second_arm() -> list[Payload]:
    """Experiment 2 as a second arm of hypothesis 1, captured and measured."""
    payloads = begun(2)[1:]
    return [payloads[0].model_copy(update={"hypothesis": 1, "arm": 2}), *payloads[1:]]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Two arms of one hypothesis, both measured; the first has landed."""
    store = Store(tmp_path / "refactory")
    append_all(store, [cycle_started(), *begun(1), *second_arm(), verdict(1, "keep", "It gains.")])
    intent = append(store, LandingIntended(purpose="experiment", experiment=1, ref="refs/heads/main", old=COMMIT, new="e" * 40))
    append(store, LandingDone(intent=intent.seq, outcome="landed", experiment=1, commit="e" * 40))
    return store


def test_the_arms_of_a_hypothesis_are_told_apart_and_none_is_there_twice(store: Store) -> None:
    with store.reading() as connection:
        made = experiments_of(connection, 1)
    assert [(each.id, arm_name("H1", each.arm)) for each in made] == [(1, "H1"), (2, "H1.2")]
    again = ExperimentStarted(experiment=3, hypothesis=1, arm=2, cycle=1, title="", category="fix", base=COMMIT, branch="b", worktree="w")
    with pytest.raises(sqlite3.IntegrityError):
        append(store, again)


def test_a_superseded_arm_counts_by_itself_and_as_no_attempt_of_its_own(store: Store) -> None:
    append(store, verdict(2, "supersede", "The other one."))
    assert (experiment_now(store, 2).state, experiment_now(store, 2).is_open) == ("superseded", False)
    with store.reading() as connection:
        assert totals(connection) == {"keep": 1, "supersede": 1}
        assert counts_by_category(connection) == {"exploit": (1, 0, 0)}
        facts = history_facts(connection)
        assert (facts.decided, [each.decision for each in facts.recent]) == (1, ["keep"])
        assert results_in_order(connection, 9) == [("exploit", True)]
        assert (progress_of(connection).kept, progress_of(connection).reverted) == (1, 1)
    assert_sound(store)


def test_what_is_undone_counts_as_kept_no_longer_and_keeps_every_lesson(store: Store) -> None:
    append(store, UNDONE)
    found = experiment_now(store)
    assert (found.state, found.decision, found.undo_commit, found.undo_reason) == ("undone", "keep", "d" * 40, "It broke the shop.")
    assert found.lesson == "Ask the shop."
    with store.reading() as connection:
        assert totals(connection) == {"keep": 0, "undo": 1}
        assert counts_by_category(connection) == {"exploit": (0, 1, 0)}
        assert [each.decision for each in history_facts(connection).recent] == ["revert"]
        assert results_in_order(connection, 9) == []
        assert [each.experiment for each in reverted(connection, 9)] == [1], "the same again is like something that was taken back"
    append(store, UNDONE)
    assert experiment_now(store) == found
    assert_sound(store)


@pytest.mark.parametrize("number", [2, 9])
def test_what_has_not_landed_is_not_undone(store: Store, number: int) -> None:
    with store.reading() as connection:
        before = totals(connection), experiment(connection, number)
    append(store, UNDONE.model_copy(update={"experiment": number}))
    with store.reading() as connection:
        assert (totals(connection), experiment(connection, number)) == before


def test_the_landing_of_an_undo_leaves_the_experiment_to_the_event_that_says_so(store: Store) -> None:
    intent = append(store, LandingIntended(purpose="undo", experiment=1, ref="refs/heads/main", old="e" * 40, new="d" * 40, reason="r"))
    append(store, LandingDone(intent=intent.seq, outcome="landed", experiment=1, commit="d" * 40))
    assert (experiment_now(store).state, experiment_now(store).merge_commit) == ("landed", "e" * 40)
    with store.reading() as connection:
        tried = [intended_for(connection, 1, purpose) for purpose in ("experiment", "undo")]
        assert [each.new for each in tried if each] == ["e" * 40, "d" * 40]
        assert intended_for(connection, 2) is None
    assert_sound(store)


def test_a_keep_that_is_withdrawn_is_counted_no_longer(store: Store) -> None:
    append(store, verdict(2, "keep", "It gains."))
    append(store, KeepWithdrawn(experiment=2, target="f" * 40))
    with store.reading() as connection:
        assert totals(connection) == {"keep": 1}
