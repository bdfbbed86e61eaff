"""Each example of the configuration reference gives what it says, as it stands there: some of them have lost their indentation."""

from typing import Any

import pytest

from state.factory_md import parse

MINIMAL = """\
## Goal
One sentence describing what the project should achieve.
## Scope
### Modifiable
- src/**
- tests/**
## Guards
- Do not delete existing tests
- Do not modify files outside scope
## Eval
### Command
pytest --tb=short -q
### Threshold
0.8
"""
USUAL = {
    "goal": "One sentence describing what the project should achieve.",
    "modifiable": ["src/**", "tests/**"],
    "guards": ["Do not delete existing tests", "Do not modify files outside scope"],
    "eval_command": "pytest --tb=short -q",
}
PROJECT_EVAL = """\
## Project Eval
- name: benchmark_accuracy
  command: python eval/benchmark.py
  parse: json
  weight: 0.6
  timeout: 300
  description: Run benchmark and report accuracy
- name: response_latency
  command: python eval/latency_test.py
  parse: exit_code
  weight: 0.4
"""
EVALUATIONS = [
    {
        "name": "benchmark_accuracy",
        "command": "python eval/benchmark.py",
        "parse": "json",
        "weight": 0.6,
        "timeout": 300.0,
        "description": "Run benchmark and report accuracy",
    },
    {"name": "response_latency", "command": "python eval/latency_test.py", "parse": "exit_code", "weight": 0.4, "timeout": 300.0, "description": ""},
]
RESEARCH_TARGET = """\
## Research Target
- objective: maximize SWE-bench resolve rate
- metric: resolved/total
- target: 0.35
- run_command: python run_benchmark.py
- result_path: results/output.json
- result_parser: json
- timeout: 3600
"""
OUTER_LOOP = """\
## Outer Loop Surfaces
- max_outer_cycles: 5
- inner: prompts/*.md
- inner: config/*.yaml
- outer: src/**/*.py
- outer: agents/**/*.md
"""
# By section: the text of the example, and what it gives.
EXAMPLES: dict[str, tuple[str, dict[str, Any]]] = {
    "target branch": ("## Target Branch\nfactory/dev\n", {"target_branch": "factory/dev"}),
    "hypothesis budget": (
        "## Hypothesis Budget\n- min_growth: 2\n- max_new: 2\n",
        {"hypothesis_budget": {"min_growth": 2, "max_new": 2}},
    ),
    "project eval, flattened": (PROJECT_EVAL.replace("\n  ", "\n"), {"project_evaluations": EVALUATIONS}),
    "project eval, indented": (PROJECT_EVAL, {"project_evaluations": EVALUATIONS}),
    "eval weights": (
        "## Project Eval\n- name: speed\n  command: make bench\n\n## Eval Weights\n- hygiene: 0.25\n- growth: 0.25\n- project: 0.50\n",
        {
            "project_evaluations": [{"name": "speed", "command": "make bench"}],
            "eval_weights": {"hygiene": 0.25, "growth": 0.25, "project": 0.5},
        },
    ),
    "smoke test": (
        "## Smoke Test\n```bash\ncurl -f http://localhost:8000/health\n```\n",
        {"smoke_test": "curl -f http://localhost:8000/health"},
    ),
    "smoke test, plain": (
        "## Smoke Test\ncurl -f http://localhost:8000/health\n",
        {"smoke_test": "curl -f http://localhost:8000/health"},
    ),
    "clean pr": (
        '## Clean PR\n- clean_pr: true\n- clean_pr_include: ["src/**", "lib/**"]\n- clean_pr_exclude: ["src/internal/**"]\n',
        {"clean_pr": {"clean_pr": True, "clean_pr_include": ["src/**", "lib/**"], "clean_pr_exclude": ["src/internal/**"]}},
    ),
    "clean pr, as the original took it": (
        "## Clean PR\ntrue\n## clean_pr_include\n- src/**\n- lib/**\n## clean_pr_exclude\n- src/internal/**\n",
        {"clean_pr": {"clean_pr": True, "clean_pr_include": ["src/**", "lib/**"], "clean_pr_exclude": ["src/internal/**"]}},
    ),
    "constraints": (
        "## Constraints\n- Prefer small, focused changes over large refactors\n- Add tests for any new public function\n",
        {"constraints": ["Prefer small, focused changes over large refactors", "Add tests for any new public function"]},
    ),
    "research target": (
        RESEARCH_TARGET,
        {
            "research_target": {
                "objective": "maximize SWE-bench resolve rate",
                "direction": "maximise",
                "metric": "resolved/total",
                "target": 0.35,
                "run_command": "python run_benchmark.py",
                "result_path": "results/output.json",
                "result_parser": "json",
                "timeout": 3600.0,
            }
        },
    ),
    "mutable surfaces": ("## Mutable Surfaces\nsrc/**/*.py\nconfig/*.yaml\n", {"mutable_surfaces": ["src/**/*.py", "config/*.yaml"]}),
    "mutable surfaces, bulleted": (
        "## Mutable Surfaces\n- src/**/*.py\n- config/*.yaml\n",
        {"mutable_surfaces": ["src/**/*.py", "config/*.yaml"]},
    ),
    "fixed surfaces": (
        "## Fixed Surfaces\n- tests/gold/*.json\n- eval/**/*.py\n- data/benchmark/*.jsonl\n",
        {"fixed_surfaces": ["tests/gold/*.json", "eval/**/*.py", "data/benchmark/*.jsonl"]},
    ),
    "fixed surfaces, fenced": (
        "## Fixed Surfaces\n```\ntests/gold/*.json\neval/**/*.py\ndata/benchmark/*.jsonl\n```\n",
        {"fixed_surfaces": ["tests/gold/*.json", "eval/**/*.py", "data/benchmark/*.jsonl"]},
    ),
    "research constraints": (
        "## Research Constraints\n- Do not use GPT-4 (cost constraint)\n- Each experiment must complete within 30 minutes\n",
        {"research_constraints": ["Do not use GPT-4 (cost constraint)", "Each experiment must complete within 30 minutes"]},
    ),
    "inner loop": (
        "## Inner Loop\n- runs_per_cycle: 5\n- aggregate: mean\n- plateau_threshold: 3\n- max_inner_runs_per_cycle: 10\n",
        {"inner_loop": {"runs_per_cycle": 5, "aggregate": "mean", "plateau_threshold": 3, "max_inner_runs_per_cycle": 10}},
    ),
    "outer loop surfaces": (
        OUTER_LOOP,
        {
            "outer_loop": {
                "max_outer_cycles": 5,
                "inner": ["prompts/*.md", "config/*.yaml"],
                "outer": ["src/**/*.py", "agents/**/*.md"],
            }
        },
    ),
    "cost budget": ("## Cost Budget\n$5/cycle, $50 total\n", {"cost_budget": {"max_per_cycle": 5.0, "max_total": 50.0}}),
}


def test_the_minimal_configuration_gives_what_it_says() -> None:
    configuration = parse(MINIMAL)
    assert configuration.plain() == USUAL
    assert configuration.threshold == 0.8


def test_the_example_of_a_scope_gives_what_it_says() -> None:
    assert parse(MINIMAL.replace("- tests/**\n", "- tests/**\n- docs/**\n")).modifiable == ("src/**", "tests/**", "docs/**")


def test_the_example_of_guards_gives_what_it_says() -> None:
    guards = "- Do not delete existing tests\n- Do not modify files outside scope\n"
    assert parse(MINIMAL.replace(guards, guards + "- Do not remove error handling\n")).guards == (
        "Do not delete existing tests",
        "Do not modify files outside scope",
        "Do not remove error handling",
    )


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_gives_what_it_says(name: str) -> None:
    text, expected = EXAMPLES[name]
    configuration = parse(MINIMAL + text)
    values = configuration.model_dump(mode="json")
    assert configuration.plain().keys() == USUAL.keys() | expected.keys()
    for field, value in expected.items():
        assert shared(values[field], value) == value


def test_the_examples_of_the_reference_fit_together() -> None:
    text = "".join(text for name, (text, _) in EXAMPLES.items() if "," not in name)
    expected = {field for name, (_, fields) in EXAMPLES.items() if "," not in name for field in fields}
    assert parse(MINIMAL + text).plain().keys() == USUAL.keys() | expected


def shared(value: Any, named: Any) -> Any:
    """Of a value, what an example names of it."""
    if isinstance(named, dict):
        return {key: shared(value[key], part) for key, part in named.items()}
    if isinstance(named, list):
        assert len(value) == len(named)
        return [shared(each, part) for each, part in zip(value, named, strict=True)]
    return value
