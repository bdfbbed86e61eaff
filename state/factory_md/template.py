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

<!-- The branch that experiments start from and land on.

## Target Branch

main
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

<!-- What else is measured. `parse` is json ({"score": 0.9} on standard output), regex (its first group) or exit_code.

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
  weight: 0.4
-->

<!-- How much each tier counts. By default .50, .50 and 0; with a Project Eval .30, .20 and .50.

## Eval Weights

- hygiene: 0.25
- growth: 0.25
- project: 0.50
-->
"""
