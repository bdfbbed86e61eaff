"""Why an experiment ended as it did: said from its state and its checks alone, for every state there is."""

from typing import Any, get_args

import pytest

from state.experiments import Experiment, ExperimentState
from tools.engine.experiment.explaining import decided_by, would_change
from tools.engine.gate.checks import ACCEPTED
from tools.engine.gate.facts import Check

PASSES = (Check("scope", "pass"), Check("tests_kept", "pass"))
FAILS = (Check("scope", "pass"), Check("tests_kept", "fail", ("test_a is lost",)))
ACCEPTED_BY_A_PERSON = (Check("tests_kept", "pass", ("a test changed", ACCEPTED)),)


def experiment(state: str) -> Experiment:
    """An experiment in this state."""
    empty: dict[str, Any] = dict.fromkeys(Experiment.model_fields)
    known = {"id": 1, "hypothesis": 1, "cycle": 1, "title": "t", "category": "fix", "base": "b", "branch": "f", "worktree": "w", "started_at": "now"}
    return Experiment.model_construct(**{**empty, **known, "state": state})


@pytest.mark.parametrize(
    ("state", "checks", "said"),
    [
        ("landed", PASSES, "Kept: 2 of 2 checks passed."),
        ("landed", ACCEPTED_BY_A_PERSON, "Kept: 1 of 1 checks passed; a person accepted what was suspect: tests_kept."),
        ("undone", PASSES, "Kept: 2 of 2 checks passed. It was taken back by a later commit."),
        ("superseded", PASSES, "Given up because another arm of its hypothesis was kept, which measured no worse."),
        ("reverted", FAILS, "Given up; keep would have been stopped by: tests_kept."),
        ("reverted", PASSES, "Given up by whoever decided: every check passed, and keep would have landed it."),
        ("measured", FAILS, "Not decided yet; keep would be stopped by: tests_kept."),
        ("measured", PASSES, "Not decided yet; every check passes."),
        ("begun", (), "Nothing was captured, so no check could look at it."),
    ],
)  # fmt: skip
def test_what_a_verdict_rests_on_is_said_in_a_sentence(state: str, checks: tuple[Check, ...], said: str) -> None:
    assert decided_by(experiment(state), checks) == said


def test_what_stood_in_the_way_says_what_it_asks_and_of_what_was_kept_nothing_did() -> None:
    (asked,) = would_change(experiment("reverted"), FAILS)
    assert asked["check"] == "tests_kept"
    assert asked["asks"].startswith("Every test that passed at the base")
    assert would_change(experiment("landed"), FAILS) == []


@pytest.mark.parametrize("state", get_args(ExperimentState))
def test_every_state_has_its_sentence(state: str) -> None:
    assert decided_by(experiment(state), PASSES).split()[0] in {"Kept:", "Given", "Not"}
