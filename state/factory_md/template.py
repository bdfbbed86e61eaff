"""The factory.md to start from: valid as it stands but for the goal, with an example of each further section in a comment."""

from typing import Final

TEMPLATE: Final = """\
# Factory

<!--
What the factory may do here, and what it is measured by. Only the committed version counts.
Nothing within a comment is active: take an example out of its comment to use it.
-->

## Goal

Replace this line: say in one sentence what this project should achieve.

## Scope

### Modifiable

- src/**
- tests/**

<!-- Patterns are those of a .gitignore. What is read-only stays so, whatever is modifiable.

### Read-only

- `src/vendor/**`
-->

## Guards

- Do not delete existing tests
- Do not modify files outside scope

## Eval

<!-- Without a command the tests are found by the project's own tools.

### Command

pytest --tb=short -q
-->

### Threshold

0.8

<!-- The branch that experiments start from and land on: by default main, else the branch that the remote shows first, else the current one.

## Target Branch

factory/dev
-->

<!-- How a fresh copy of the project becomes runnable, and what its commands get: a command (which may use the network), variables by name,
ignored paths of this checkout to read, whether candidate code may use the network, whether several copies may be under test at once.

## Setup

- env: DATABASE_URL, API_KEY
- link: data/**
- network: false
- parallel: false
- timeout: 1800

```sh
pip install -e .
```
-->

<!-- A fast check that must pass before any change is kept.

## Smoke Test

```sh
python -c "import the_package"
```
-->

<!-- What is preferred, but stops nothing.

## Constraints

- Prefer small, focused changes over large refactors
- Add tests for any new public function
-->

<!-- Commands that must end well before any change is kept, whatever the score.

## Hard Constraints

- name: no_debug_output
  check: "! grep -rn breakpoint src"
  description: No breakpoint is left behind
  timeout: 120
-->

<!-- What else is measured. `parse` is json ({"score": 0.9} on standard output), regex (its first group) or exit_code; `runs` takes the mean
of several. With `cases`, a folder of NAME.in and NAME.out or a .jsonl file of {"input", "expected"}, the command answers one input at a time on
standard output; `compare` is text (blanks at the ends of lines do not count), exact, json or number.

## Project Eval

- name: benchmark_accuracy
  command: python eval/benchmark.py
  parse: json
  weight: 0.6
  timeout: 300
  description: Run the benchmark and report its accuracy
- name: response_latency
  command: python eval/latency_test.py
  parse: regex
  pattern: score: ([0-9.]+)
  runs: 5
  weight: 0.4
- name: known_answers
  command: python -m the_package
  cases: tests/cases
  compare: text
-->

<!-- How much each tier counts. By default .50, .50 and 0; with a Project Eval .30, .20 and .50.

## Eval Weights

- hygiene: 0.25
- growth: 0.25
- project: 0.50
-->

<!-- How much single dimensions count within the hygiene tier; those not named keep their weight.
0 takes one out of the score alone: a change that lets it fall is refused all the same.

## Hygiene Weights

- tests: 0.40
- type_check: 0.20
-->

<!-- The same within the growth tier.

## Growth Weights

- capability_surface: 0.40
- research_grounding: 0
-->

<!-- What a finished project does, in sentences that a person or a reviewer can check by hand.

## Eval Spec

- The command line shows its help
- The example of the README works as it stands
-->

<!-- What no candidate gets to see: these files are in no worktree, and the command measures by them once for each change that would be kept.

## Holdout

- paths: holdout/**
- command: python holdout/score.py
- parse: json
- timeout: 300
-->

<!-- How many hypotheses of a cycle at least aim at growth, and how many new items at most the backlog gains.

## Hypothesis Budget

- min_growth: 2
- max_new: 2
-->

<!-- What stays out of pull requests. With an include list only what it matches stays in; what both lists match goes out.

## Clean PR

- clean_pr: true
- clean_pr_include: ["src/**", "lib/**"]
- clean_pr_exclude: ["src/internal/**"]
- land_by: pull_request
-->

<!-- For research: the metric to improve, and the command that measures it. `metric` is a path of keys or a ratio of two for json,
an expression with a group for regex. `direction` is maximise or minimise; the first word of the objective may tell it. `instances` is the path of
what was tried one by one, `cost` that of a run's dollars in its result; without one a run counts as `price`.

## Research Target

- objective: maximize the rate of resolved tasks
- metric: resolved/total
- target: 0.35
- run_command: python run_benchmark.py
- result_path: results/output.json
- result_parser: json
- instances: results
- cost: cost_usd
- price: 0.40
- timeout: 3600
-->

<!-- For research: the files that experiments may change.

## Mutable Surfaces

- src/**/*.py
- config/*.yaml
-->

<!-- Files that no experiment may ever change, in any mode: truth, data, evaluation. What is withheld is in no worktree of an experiment either.

## Fixed Surfaces

- tests/gold/*.json
- eval/**/*.py
- withheld: data/benchmark/*.jsonl
-->

<!-- For research: rules in sentences.

## Research Constraints

- Each experiment must complete within 30 minutes
-->

<!-- For research: how often the metric is measured, and how the values become one (mean, median, max, all_pass). An attempt takes pairs of runs:
`runs_per_cycle` before it is first judged, `max_inner_runs_per_cycle` at most. `policy` is any (hardly ever one false gain) or rate (few of those
kept), `attempts` the number of them if it is known beforehand; a gain below `min_effect` is none; `confirm_runs` pairs measure a kept one afresh.

## Inner Loop

- runs_per_cycle: 5
- aggregate: mean
- plateau_threshold: 3
- max_inner_runs_per_cycle: 30
- policy: any
- attempts: 40
- min_effect: 0.01
- confirm_runs: 5
-->

<!-- For research: the files open at first, and those that open after so many cycles without a gain.

## Outer Loop Surfaces

- max_outer_cycles: 5
- inner: prompts/*.md
- inner: config/*.yaml
- outer: src/**/*.py
- outer: agents/**/*.md
-->

<!-- For research: what it may cost, in dollars, runs and the wall time of runs, each a cycle and in total.

## Cost Budget

$5/cycle, $50 total, 200 runs/cycle, 1000 runs total, 2 h/cycle, 10 h total
-->
"""
