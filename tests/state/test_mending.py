"""Which failures an experiment was to mend, and how their instances did in its own runs: from the store, and in its archive note."""

from pathlib import Path
from typing import Literal

import pytest

from state.campaigns import AttemptOpened, AttemptPlan, Question
from state.cycles import HypothesesProposed, NumberedHypothesis
from state.experiments import experiment
from state.instances import Instance, keep_instances
from state.mending import Mended, Passes, meant_to_mend, mended
from state.reports import ReportSubmitted
from state.runs import PairDiscarded, Run, RunTaken
from state.store import Store
from state.views import export
from tests.support.histories import TREE, hypothesis_of
from tests.support.stores import append, append_all, begun, cycle_started, verdict

ANALYSIS = {
    "failures": [
        {"instance": "p03", "stage": "parsing", "category": "EMPTY", "cause": "It was cut."},
        {"instance": "p07", "stage": "synthesis", "category": "OVERRIDE", "cause": "It guessed."},
    ]
}


def attempt(number: int, question: Question = "keep") -> AttemptOpened:
    plan = AttemptPlan(question=question, kind="noisy", alpha=0.001, spent=0.0, looks=(3, 6), direction="maximise")
    return AttemptOpened(
        attempt=number, key=f"key {number}", campaign=1, number=number, experiment=1, cycle=1, tree=TREE, base_tree="b" * 40, plan=plan
    )


def run(store: Store, number: int, side: Literal["base", "candidate"], passed: dict[str, bool], of: int = 1) -> RunTaken:
    instances = keep_instances(store, tuple(Instance(name=name, passed=each) for name, each in passed.items()))
    return RunTaken(
        run=Run(
            number=number, campaign=1, purpose="pair", attempt=of, pair=(number + 1) // 2, side=side, tree=TREE, seed=7, status="pass", value=0.5,
            seconds=0.1, at="2026-11-20T10:00:00.000Z", instances=instances,
        )
    )  # fmt: skip


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """An experiment that is to mend EMPTY, in a cycle whose analysis found that and something else."""
    store = Store(tmp_path / "store")
    proposed = HypothesesProposed(cycle=1, hypotheses=(NumberedHypothesis(id=1, content=hypothesis_of().model_copy(update={"failure": ("EMPTY",)})),))
    analysed = ReportSubmitted(report=50, role="failure_analyst", cycle=1, summary="Read.", decision="submitted", body=ANALYSIS)
    append_all(store, [cycle_started(), analysed, proposed, *begun(1)[1:]])
    return store


def found(store: Store) -> tuple[Mended, ...]:
    with store.reading() as connection:
        made = experiment(connection, 1)
        assert made is not None
        return mended(store, connection, made)


def test_the_instances_of_its_failures_are_counted_on_both_sides(store: Store) -> None:
    append(store, attempt(1))
    for pair in range(3):
        append(store, run(store, 2 * pair + 1, "base", {"p03": pair == 0, "p07": False}))
        append(store, run(store, 2 * pair + 2, "candidate", {"p03": pair < 2, "p07": True}))
    assert found(store) == (
        Mended(instance="p03", category="EMPTY", base=Passes(passed=1, runs=3), candidate=Passes(passed=2, runs=3)),
    )  # fmt: skip
    assert found(store)[0].passes is True


def test_a_discarded_pair_and_the_runs_of_a_pruning_do_not_count(store: Store) -> None:
    append_all(store, [attempt(1), attempt(2, "prune"), run(store, 1, "base", {"p03": False}), run(store, 2, "candidate", {"p03": False})])
    append_all(store, [run(store, 3, "candidate", {"p03": True}), PairDiscarded(campaign=1, pair=2, reason="load")])
    append(store, run(store, 5, "candidate", {"p03": True}, of=2))
    assert found(store)[0].candidate == Passes(passed=0, runs=1)
    assert found(store)[0].passes is False


def test_what_was_not_run_neither_passes_nor_fails(store: Store) -> None:
    assert found(store)[0].passes is None


def test_the_archive_note_says_what_was_to_be_mended_and_how_it_did(store: Store, tmp_path: Path) -> None:
    append_all(store, [attempt(1), run(store, 1, "base", {"p03": False}), run(store, 2, "candidate", {"p03": True}), verdict(1, "revert")])
    export(store, tmp_path / ".factory")
    note = (tmp_path / ".factory" / "archive" / "experiments" / "001.md").read_text(encoding="utf-8")
    assert "## Meant to mend: EMPTY\n\n- `p03` (EMPTY): passed in 0 of 1 run at the base, passed in 1 of 1 run with the change\n" in note


def test_an_experiment_that_names_no_failure_mends_none(tmp_path: Path) -> None:
    store = Store(tmp_path / "other")
    append_all(store, [cycle_started(), *begun(1)])
    with store.reading() as connection:
        made = experiment(connection, 1)
        assert made is not None
        assert meant_to_mend(connection, made) == ()
        assert mended(store, connection, made) == ()
