# The developer's commands; `just` lists them.
default:
    @just --list

# format, lint, types and import contracts
check:
    .venv/bin/pytest -q tests/contract

# everything
test:
    .venv/bin/pytest -n 2

# mend format and lint, write generated parts anew
fix:
    .venv/bin/ruff format . && .venv/bin/ruff check --fix . && .venv/bin/pytest -q --update-contract tests/contract

# watch one experiment land and one be reverted
demo:
    .venv/bin/refactory demo
