"""The configuration as a model: what an approval binds, and what no caller can put into it."""

from typing import Any

import pytest
from hypothesis import given
from pydantic import ValidationError

from state.configuration import Configuration, CostBudget, GrowthWeights, HygieneWeights, InnerLoop, ResearchTarget
from state.measurement import TIER_WEIGHTS
from tests.support.configurations import configurations

EVALUATION: dict[str, Any] = {"name": "speed", "command": "make bench", "description": "How fast it is"}
TARGET: dict[str, Any] = {
    "objective": "maximize the rate", "metric": "resolved/total", "target": 0.35, "run_command": "make bench", "result_path": "out.json",
}  # fmt: skip
FACTS: dict[str, Any] = {
    "goal": "Make it faster.",
    "modifiable": ["src/**"],
    "guards": ["Keep the tests"],
    "project_evaluations": [EVALUATION],
    "hard_constraints": [{"name": "clean", "check": "make clean", "description": "Nothing is left"}],
    "holdout": {"paths": ["hidden/**"], "command": "make judge"},
    "setup": {"command": "make setup", "env": ["API_KEY"], "link": ["data/**"]},
    "clean_pr": {"clean_pr": True, "clean_pr_include": ["src/**"]},
    "research_target": TARGET,
    "inner_loop": {"runs_per_cycle": 5},
    "outer_loop": {"inner": ["prompts/*.md"], "outer": ["src/**"]},
}

TOLD = {"direction"}  # changes with the objective
APPROVED: dict[str, Any] = {
    "goal": "Make it faster.",
    "modifiable": ["src/**", "tests/**"],
    "read_only": ["data/**"],
    "guards": ["Keep the tests", "Keep the data"],
    "eval_command": "pytest -q",
    "threshold": 0.9,
    "target_branch": "factory/dev",
    "smoke_test": "make smoke\n\nmake check",
    "constraints": ["Small changes"],
    "project_evaluations": [
        {"name": "speed", "command": "make bench", "parse": "regex", "pattern": "score: ([0-9.]+)", "weight": 0.6, "timeout": 60},
        {"name": "size", "command": "make size", "parse": "exit_code"},
    ],
    "eval_weights": {"hygiene": 0.25, "growth": 0.25, "project": 0.5},
}


def with_changed(field: str, **changes: Any) -> dict[str, Any]:
    """FACTS with changes in one part."""
    part = FACTS[field]
    return {field: [part[0] | changes] if isinstance(part, list) else part | changes}


PROSE: list[dict[str, Any]] = [
    {"goal": "Make it smaller."},
    {"constraints": ["Small changes"]},
    {"eval_spec": ["The help is shown"]},
    {"research_constraints": ["No other model"]},
    {"hypothesis_budget": {"min_growth": 3}},
    {"cost_budget": {"max_total": 5}},
    with_changed("project_evaluations", description="Another text"),
    with_changed("hard_constraints", description="Another text"),
    with_changed("research_target", objective="increase the share"),
    with_changed("research_target", price=0.5),
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
    with_changed("project_evaluations", name="pace"),
    with_changed("project_evaluations", command="make other"),
    with_changed("project_evaluations", parse="exit_code"),
    with_changed("project_evaluations", parse="regex", pattern="(x)"),
    with_changed("project_evaluations", parse="regex", pattern="(y)"),
    with_changed("project_evaluations", weight=2),
    with_changed("project_evaluations", timeout=10),
    with_changed("project_evaluations", runs=1),
    with_changed("project_evaluations", cases="cases"),
    with_changed("project_evaluations", cases="cases", compare="exact"),
    with_changed("project_evaluations", cases="cases", case_timeout=1),
    {"eval_weights": {"hygiene": 1, "growth": 1, "project": 1}},
    {"hygiene_weights": {"tests": 0.4}},
    {"growth_weights": {"observability": 0}},
    {"hard_constraints": []},
    with_changed("hard_constraints", name="tidy"),
    with_changed("hard_constraints", check="make tidy"),
    with_changed("hard_constraints", timeout=10),
    {"holdout": None},
    with_changed("holdout", paths=["secret/**"]),
    with_changed("holdout", command="make other"),
    with_changed("holdout", parse="exit_code"),
    with_changed("holdout", parse="regex", pattern="(x)"),
    with_changed("holdout", timeout=10),
    {"setup": None},
    with_changed("setup", command="make other"),
    with_changed("setup", env=["API_KEY", "GH_TOKEN"]),
    with_changed("setup", network=True),
    with_changed("setup", link=[]),
    with_changed("setup", parallel=True),
    with_changed("setup", timeout=10),
    {"clean_pr": None},
    with_changed("clean_pr", clean_pr=False),
    with_changed("clean_pr", clean_pr_include=[]),
    with_changed("clean_pr", clean_pr_exclude=["src/internal/**"]),
    with_changed("clean_pr", land_by="pull_request"),
    {"research_target": None},
    with_changed("research_target", objective="minimize the rate"),
    with_changed("research_target", metric="resolved"),
    with_changed("research_target", target=0.4),
    with_changed("research_target", run_command="make other"),
    with_changed("research_target", result_path="other.json"),
    with_changed("research_target", result_parser="exit_code"),
    with_changed("research_target", instances="results"),
    with_changed("research_target", cost="cost_usd"),
    with_changed("research_target", timeout=10),
    {"mutable_surfaces": ["src/**"]},
    {"fixed_surfaces": ["gold/**"]},
    {"fixed_surfaces": ["gold/**"], "withheld_surfaces": ["gold/**"]},
    {"inner_loop": None},
    with_changed("inner_loop", runs_per_cycle=6),
    with_changed("inner_loop", aggregate="max"),
    with_changed("inner_loop", plateau_threshold=4),
    with_changed("inner_loop", max_inner_runs_per_cycle=10),
    with_changed("inner_loop", policy="rate"),
    with_changed("inner_loop", attempts=40),
    with_changed("inner_loop", min_effect=0.01),
    with_changed("inner_loop", confirm_runs=4),
    {"outer_loop": None},
    with_changed("outer_loop", max_outer_cycles=5),
    with_changed("outer_loop", inner=[]),
    with_changed("outer_loop", outer=["lib/**"]),
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


@pytest.mark.parametrize("field", [name for name in FACTS if isinstance(FACTS[name], dict) or isinstance(FACTS[name][0], dict)])
def test_every_part_of_a_field_is_either_bound_or_prose(field: str) -> None:
    value = getattr(Configuration.model_validate(FACTS), field)
    parts = type(value[0] if isinstance(value, tuple) else value).model_fields.keys()
    changed = [change[field] for change in [*BOUND, *PROSE] if change.get(field)]
    named = {name for part in changed for name, to in (part[0] if isinstance(part, list) else part).items() if to != fact(field, name)}
    assert named | TOLD == parts | TOLD


def fact(field: str, name: str) -> Any:
    """What FACTS says of one part of a field."""
    part = FACTS[field]
    return (part[0] if isinstance(part, list) else part).get(name)


def test_the_contract_spells_out_defaults_and_leaves_out_what_is_not_set() -> None:
    contract = Configuration.model_validate(
        {name: FACTS[name] for name in ("goal", "modifiable", "guards", "setup", "project_evaluations")}
    ).contract()
    assert contract == {
        "modifiable": ["src/**"],
        "guards": ["Keep the tests"],
        "threshold": 0.8,
        "setup": {"command": "make setup", "env": ["API_KEY"], "link": ["data/**"], "network": False, "parallel": False, "timeout": 1800.0},
        "project_evaluations": [{"name": "speed", "command": "make bench", "parse": "json", "weight": 1.0, "timeout": 300.0}],
    }


def test_what_was_approved_before_there_were_more_sections_stays_approved() -> None:
    """The hashes were taken from the version that first stored them."""
    usual = Configuration(goal="Make it faster.", modifiable=("src/**",), guards=("Keep the tests",))
    assert usual.contract_hash() == "1a2a53bed9f66d28ffb3fe3c4a480032d41caae720a459958318d2e6735ccda2"
    assert Configuration.model_validate(APPROVED).contract_hash() == "2df773ad51506037e5deca27afad8a76deb82df3d1542283c029f54fc06a79b5"


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
        {"project_evaluations": [EVALUATION | {"command": "a\nb"}]},
        {"project_evaluations": [EVALUATION | {"runs": 0}]}, {"project_evaluations": [EVALUATION | {"runs": 101}]},
        {"project_evaluations": [EVALUATION | {"cases": "../cases"}]}, {"project_evaluations": [EVALUATION | {"cases": "/"}]},
        {"project_evaluations": [EVALUATION | {"cases": "cases", "parse": "exit_code"}]},
        {"project_evaluations": [EVALUATION | {"compare": "exact"}]}, {"project_evaluations": [EVALUATION | {"case_timeout": 3}]},
        {"eval_weights": {"hygiene": 1, "growth": 1}}, {"eval_weights": {"hygiene": float("inf"), "growth": 1, "project": 1}},
    ],
)  # fmt: skip
def test_what_factory_md_may_not_say_no_caller_can_say_either(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Configuration.model_validate(FACTS | changes)


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("hypothesis_budget", {"min_growth": -1}), ("hypothesis_budget", {"max_new": "2.5"}), ("hypothesis_budget", {"max_new": True}),
        ("hygiene_weights", {}), ("hygiene_weights", {"tests": -1}), ("hygiene_weights", {"observability": 1}),
        ("hygiene_weights", dict.fromkeys(TIER_WEIGHTS["hygiene"], 0)), ("growth_weights", dict.fromkeys(TIER_WEIGHTS["growth"], 0)),
        ("clean_pr", {"land_by": "post"}),
        ("clean_pr", {"clean_pr": "maybe"}), ("clean_pr", {"clean_pr_include": ["../x"]}), ("clean_pr", {"clean_pr_exclude": ["!x"]}),
        ("hard_constraints", [{"name": "a"}]), ("hard_constraints", [{"name": "a", "check": "x"}, {"name": "A", "check": "y"}]),
        ("hard_constraints", [{"name": "a", "check": "x", "timeout": 0}]), ("hard_constraints", [{"name": "a b", "check": "x"}]),
        ("holdout", {"command": "x"}), ("holdout", {"paths": ["x"]}), ("holdout", {"paths": [], "command": "x"}),
        ("holdout", {"paths": ["x"], "command": "x", "parse": "regex"}),
        ("setup", {"env": ["PATH"]}), ("setup", {"env": ["a"]}), ("setup", {"env": ["A", "A"]}), ("setup", {"link": ["../x"]}),
        ("setup", {"command": "# nothing"}), ("setup", {"timeout": -1}), ("setup", {"network": "open"}), ("setup", {"exclusive": True}),
        ("research_target", TARGET | {"objective": "the rate"}), ("research_target", TARGET | {"direction": "minimise"}),
        ("research_target", TARGET | {"direction": "up"}), ("research_target", TARGET | {"metric": "a/b/c"}),
        ("research_target", TARGET | {"metric": "a..b"}), ("research_target", TARGET | {"metric": "/a"}),
        ("research_target", TARGET | {"result_parser": "regex", "metric": "score"}), ("research_target", TARGET | {"result_path": None}),
        ("research_target", TARGET | {"result_path": "/tmp/x"}), ("research_target", TARGET | {"result_path": "a/../../x"}),
        ("research_target", TARGET | {"result_path": "./x"}), ("research_target", TARGET | {"result_path": "results/"}),
        ("research_target", TARGET | {"result_path": ".git/config"}), ("research_target", TARGET | {"result_path": "C:/x"}),
        ("research_target", TARGET | {"target": float("nan")}), ("research_target", TARGET | {"timeout": 0}),
        ("inner_loop", {"runs_per_cycle": 0}), ("inner_loop", {"runs_per_cycle": 5, "max_inner_runs_per_cycle": 4}),
        ("inner_loop", {"aggregate": "min"}), ("inner_loop", {"plateau_threshold": 0}),
        ("inner_loop", {"policy": "all"}), ("inner_loop", {"policy": "rate", "attempts": 5}), ("inner_loop", {"attempts": 0}),
        ("inner_loop", {"min_effect": -0.1}), ("inner_loop", {"confirm_runs": 1}), ("inner_loop", {"confirm_runs": 101}),
        ("research_target", TARGET | {"instances": "a/b"}), ("research_target", TARGET | {"cost": "a..b"}),
        ("research_target", TARGET | {"result_parser": "exit_code", "cost": "a"}), ("research_target", TARGET | {"price": 0}),
        ("outer_loop", {}), ("outer_loop", {"max_outer_cycles": 3}), ("outer_loop", {"max_outer_cycles": 0, "outer": ["x"]}),
        ("cost_budget", {}), ("cost_budget", {"max_total": 0}), ("cost_budget", {"max_total": "€5"}),
        ("cost_budget", {"max_per_cycle": 6, "max_total": 5}), ("mutable_surfaces", ["!x"]), ("fixed_surfaces", ["prompts/*.md"]),
        ("cost_budget", {"max_runs_per_cycle": 6, "max_runs_total": 5}), ("cost_budget", {"max_time_per_cycle": "2 h", "max_time_total": "1 h"}),
        ("cost_budget", {"max_runs_total": 0}), ("cost_budget", {"max_time_total": "5m"}), ("cost_budget", {"max_time_total": "2 weeks"}),
        ("withheld_surfaces", ["gold/**"]),
    ],
)  # fmt: skip
def test_no_caller_can_say_of_a_section_what_factory_md_may_not_say(field: str, changes: Any) -> None:
    with pytest.raises(ValidationError):
        Configuration.model_validate(FACTS | {field: changes})


@pytest.mark.parametrize(
    ("objective", "direction"),
    [
        ("maximize the rate", "maximise"), ("Maximise it", "maximise"), ("Increase x", "maximise"), ("raise x", "maximise"),
        ("Improve: x", "maximise"), ("minimize x", "minimise"), ("Minimise x", "minimise"), ("reduce x", "minimise"),
        ("**Lower** x", "minimise"), ("decrease x", "minimise"),
    ],
)  # fmt: skip
def test_the_first_word_of_an_objective_tells_the_direction(objective: str, direction: str) -> None:
    assert ResearchTarget.model_validate(TARGET | {"objective": objective}).direction == direction


@pytest.mark.parametrize(
    ("spelled", "seconds"), [("2 h", 7200), ("2h", 7200), ("1.5 hours", 5400), ("30 min", 1800), ("90 s", 90), ("1 day", 86400), ("45", 45)]
)
def test_a_time_is_said_in_any_of_its_units(spelled: str, seconds: float) -> None:
    assert CostBudget.model_validate({"max_time_total": spelled}).max_time_total == seconds


@pytest.mark.parametrize(("said", "cap"), [({}, 30), ({"runs_per_cycle": 50}, 50), ({"max_inner_runs_per_cycle": 12}, 12)])
def test_an_attempt_has_thirty_pairs_unless_the_project_says_otherwise(said: dict[str, int], cap: int) -> None:
    assert InnerLoop.model_validate(said).cap == cap


@pytest.mark.parametrize(
    ("spelled", "meant"), [("maximize", "maximise"), ("Maximise", "maximise"), ("minimize", "minimise"), ("MINIMISE", "minimise")]
)
def test_both_spellings_of_a_direction_are_one(spelled: str, meant: str) -> None:
    assert ResearchTarget.model_validate(TARGET | {"objective": "the rate", "direction": spelled}).direction == meant


@pytest.mark.parametrize("parser", ["regex", "exit_code"])
def test_only_json_needs_a_file_to_read_the_result_from(parser: str) -> None:
    target = ResearchTarget.model_validate(TARGET | {"result_parser": parser, "metric": "(x)", "result_path": None})
    assert target.result_path is None


def test_weights_of_dimensions_are_the_usual_ones_where_the_project_sets_no_others() -> None:
    usual = Configuration.model_validate(FACTS)
    assert (usual.weights_of("hygiene"), usual.weights_of("growth")) == (TIER_WEIGHTS["hygiene"], TIER_WEIGHTS["growth"])
    own = Configuration.model_validate(FACTS | {"hygiene_weights": {"tests": 2, "lint": 0}, "growth_weights": {"observability": 0.5}})
    assert own.weights_of("hygiene") == {**TIER_WEIGHTS["hygiene"], "tests": 2.0, "lint": 0.0}
    assert own.weights_of("growth") == {**TIER_WEIGHTS["growth"], "observability": 0.5}
    assert own.weights_of("project") == {"speed": 1.0}


def test_every_dimension_of_a_tier_can_be_given_a_weight() -> None:
    assert list(HygieneWeights.model_fields) == list(TIER_WEIGHTS["hygiene"])
    assert list(GrowthWeights.model_fields) == list(TIER_WEIGHTS["growth"])


def test_sections_that_wait_for_a_research_target_are_named() -> None:
    sections = {"mutable_surfaces": ["a"], "fixed_surfaces": ["b"], "inner_loop": {}, "cost_budget": {"max_total": 5}, "outer_loop": None}
    assert Configuration.model_validate(FACTS | sections).waiting_for_a_target() == ()
    without = Configuration.model_validate(FACTS | sections | {"research_target": None})
    assert without.waiting_for_a_target() == ("mutable_surfaces", "inner_loop", "cost_budget")


def test_the_shares_of_tiers_that_are_not_measured_do_not_count() -> None:
    with pytest.raises(ValidationError, match="a tier that is measured"):
        Configuration.model_validate(FACTS | {"project_evaluations": [], "eval_weights": {"hygiene": 0, "growth": 0, "project": 1}})
