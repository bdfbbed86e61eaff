"""What the store tells of the history for the growth dimensions."""

from state.baselines import Baseline, BaselineMeasured, BaselineRow
from state.experiments import ExperimentMeasured
from state.store import Store
from state.track_record import history_facts, recent_values
from tests.support.gates import comparison
from tests.support.histories import COMMIT, TREE
from tests.support.stores import append_all, begun, cycle_started, verdict


def baseline(tree: str, value: float | None) -> BaselineMeasured:
    row = BaselineRow(name="coverage", weight=1.0, value=value, detail="")
    return BaselineMeasured(baseline=Baseline(tree=tree, contract="c", composite=0.5, threshold=0.5, tests=3, rows=(row,), seconds=1.0))


def test_a_new_store_has_no_history(store: Store) -> None:
    with store.reading() as connection:
        assert (history_facts(connection).decided, recent_values(connection)) == (0, {})


def test_the_last_ten_experiments_are_read_the_newest_first(store: Store) -> None:
    append_all(
        store,
        [cycle_started(), *[event for number in range(1, 13) for event in (*begun(number), verdict(number, "revert" if number < 12 else "keep"))]],
    )

    with store.reading() as connection:
        facts = history_facts(connection, archived=frozenset({"a"}), other_projects=2)

    assert (facts.decided, len(facts.recent), facts.other_projects, facts.archived) == (12, 10, 2, frozenset({"a"}))
    assert [each.decision for each in facts.recent[:2]] == ["keep", "revert"]
    assert [each.lesson for each in facts.recent[:2]] == [False, True]
    assert (facts.recent[0].category, facts.recent[0].dimension, facts.recent[0].delta) == ("exploit", "coverage", 0.02)


def test_undecided_experiments_do_not_count(store: Store) -> None:
    append_all(store, [cycle_started(), *begun(1)])

    with store.reading() as connection:
        assert history_facts(connection).recent == ()


def test_values_come_from_candidates_and_then_from_baselines(store: Store) -> None:
    again = ExperimentMeasured(experiment=1, tree=TREE, base=COMMIT, delta=0.02, assessment=comparison().model_dump(mode="json"))
    append_all(store, [baseline("1" * 40, 0.1), baseline("2" * 40, None), baseline("3" * 40, 0.3), cycle_started(), *begun(1), again])

    with store.reading() as connection:
        values = recent_values(connection)

    assert values == {"tests": (1.0,), "coverage": (0.55, 0.3, 0.1)}


def test_no_more_than_twenty_values_are_read(store: Store) -> None:
    append_all(store, [baseline(f"{number:040x}", number / 100) for number in range(25)])

    with store.reading() as connection:
        assert recent_values(connection)["coverage"] == tuple(number / 100 for number in range(24, 4, -1))
