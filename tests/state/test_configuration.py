"""The configuration as a model: what an approval binds, and what no caller can put into it."""

from typing import Any

import pytest
from hypothesis import given
from pydantic import ValidationError

from state.configuration import Configuration
from tests.support.configurations import configurations

FACTS: dict[str, Any] = {
    "goal": "Make it faster.",
    "modifiable": ["src/**"],
    "guards": ["Keep the tests"],
    "project_evaluations": [{"name": "speed", "command": "make bench", "description": "How fast it is"}],
}
EVALUATION: dict[str, Any] = FACTS["project_evaluations"][0]
PROSE: list[dict[str, Any]] = [
    {"goal": "Make it smaller."},
    {"constraints": ["Small changes"]},
    {"project_evaluations": [EVALUATION | {"description": "Another text"}]},
]
BOUND: list[dict[str, Any]] = [
    {"modifiable": ["src/**", "lib/**"]},
    {"read_only": ["data/**"]},
    {"guards": ["Keep the data"]},
    {"eval_command": "pytest"},
    {"threshold": 0.9},
    {"target_branch": "dev"},
    {"smoke_test": "make smoke"},
    {"project_evaluations": []},
    {"project_evaluations": [EVALUATION | {"command": "make other"}]},
    {"project_evaluations": [EVALUATION | {"parse": "exit_code"}]},
    {"project_evaluations": [EVALUATION | {"parse": "regex", "pattern": "(x)"}]},
    {"project_evaluations": [EVALUATION | {"weight": 2}]},
    {"project_evaluations": [EVALUATION | {"timeout": 10}]},
    {"eval_weights": {"hygiene": 1, "growth": 1, "project": 1}},
]


def contract_hash(**changes: Any) -> str:
    return Configuration.model_validate(FACTS | changes).contract_hash()


@pytest.mark.parametrize("changes", PROSE)
def test_prose_may_change_without_another_approval(changes: dict[str, Any]) -> None:
    assert contract_hash(**changes) == contract_hash()


def test_whatever_decides_is_bound_by_the_approval() -> None:
    hashes = [contract_hash(), *(contract_hash(**changes) for changes in BOUND)]
    assert len(set(hashes)) == len(hashes)


def test_every_field_is_either_bound_or_prose() -> None:
    assert {name for changes in [*BOUND, *PROSE] for name in changes} == Configuration.model_fields.keys()


def test_the_contract_spells_out_defaults_and_leaves_out_what_is_not_set() -> None:
    contract = Configuration.model_validate(FACTS).contract()
    assert contract.keys() == {"modifiable", "guards", "threshold", "project_evaluations"}
    assert contract["project_evaluations"] == [{"name": "speed", "command": "make bench", "parse": "json", "weight": 1.0, "timeout": 300.0}]


@given(configurations())
def test_a_stored_configuration_is_the_same_when_it_is_read_back(configuration: Configuration) -> None:
    assert Configuration.model_validate(configuration.plain()) == configuration
    assert Configuration.model_validate_json(configuration.model_dump_json()).contract_hash() == configuration.contract_hash()


@pytest.mark.parametrize(
    "changes",
    [
        {"threshold": float("nan")}, {"threshold": 1.01}, {"threshold": "0_8"}, {"modifiable": []}, {"guards": []}, {"modifiable": ["../x"]},
        {"modifiable": ["!src/x"]}, {"read_only": ["/etc/passwd"]}, {"goal": "a\nb"}, {"goal": " "}, {"smoke_test": "# nothing"},
        {"smoke_test": "a\rb"}, {"target_branch": "-x"}, {"target_branch": "HEAD"}, {"target_branch": "refs/heads/main"},
        {"target_branch": "a.lock"}, {"target_branch": "a b"}, {"unknown": 1},
        {"project_evaluations": [EVALUATION, EVALUATION]}, {"project_evaluations": [EVALUATION | {"name": "Tests"}]},
        {"project_evaluations": [EVALUATION | {"parse": "regex"}]}, {"project_evaluations": [EVALUATION | {"pattern": "(x)"}]},
        {"project_evaluations": [EVALUATION | {"parse": "regex", "pattern": "(x"}]},
        {"project_evaluations": [EVALUATION | {"parse": "regex", "pattern": "x"}]},
        {"project_evaluations": [EVALUATION | {"parse": "regex", "pattern": "(x){99999999999}"}]},
        {"project_evaluations": [EVALUATION | {"parse": "regex", "pattern": "(" * 400 + ")" * 400}]},
        {"eval_weights": {"hygiene": 1, "growth": 1}}, {"eval_weights": {"hygiene": float("inf"), "growth": 1, "project": 1}},
    ],
)  # fmt: skip
def test_what_factory_md_may_not_say_no_caller_can_say_either(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Configuration.model_validate(FACTS | changes)


def test_the_shares_of_tiers_that_are_not_measured_do_not_count() -> None:
    with pytest.raises(ValidationError, match="a tier that is measured"):
        Configuration.model_validate(FACTS | {"project_evaluations": [], "eval_weights": {"hygiene": 0, "growth": 0, "project": 1}})
