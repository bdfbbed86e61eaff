"""Lines that make numbers better without making the code better: they tell a checker to look away, or ask whether a test runs."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from state.answers import one_line, quoted
from state.masking import mask_text
from tools.engine.repository.changes import ChangedLines

SUPPRESSION: Final = re.compile(
    r"#\s*(?:ruff\s*:\s*|flake8\s*:\s*)?noqa\b|#\s*type\s*:\s*ignore\b|#\s*pyright\s*:\s*ignore\b|#\s*mypy\s*:|#\s*pylint\s*:\s*(?:disable|skip-file)"
    r"|#\s*pragma\s*:\s*no\s+(?:cover|branch)|#\s*nosec\b"
    r"|/[/*]\s*(?:eslint(?:-disable|\s+[\w@/-]+\s*:)|biome-ignore|@ts-(?:ignore|expect-error|nocheck)|(?:istanbul|v8|c8)\s+ignore"
    r"|node:coverage\s+(?:ignore|disable))",
    re.IGNORECASE,
)
# What only a product asks that means to behave otherwise under test. Python, JavaScript, Go, Rust.
RUNNER: Final = re.compile(
    r"PYTEST_(?:CURRENT_TEST|VERSION|XDIST_WORKER)|[\"']_?(?:pytest|unittest|coverage)[\"']\s+(?:not\s+)?in\b|JEST_WORKER_ID|VITEST(?:_WORKER_ID|_POOL_ID|_MODE)?\b"
    r"|COVERAGE_(?:RUN|PROCESS_START)\b|NODE_V8_COVERAGE|\bsys\.gettrace\s*\("
    r"|NODE_TEST_CONTEXT|NODE_ENV\s*[!=]==?\s*[\"']test|\btesting\.Testing\(\)|\bcfg!\s*\(\s*(?:not\s*\(\s*)?test\b"
)

# The end of a Python function's head with more than `...` behind it: coverage sees that line run when the module is imported.
HEAD: Final = re.compile(r"^\s*(?:(?:async\s+)?def\s+\w+\s*[\[(].*)?\)\s*(?:->[^:]+)?:\s*(?!\.\.\.|pass\b|#)\S")


def silenced(changed: Mapping[str, ChangedLines]) -> tuple[str, ...]:
    """Every added line that silences a tool and was not there before, as path:line and text; moving such a line is no addition."""
    return tuple(f"{place} silences a checker: {text}" for place, text in _added(changed, SUPPRESSION))


def asking_for_the_runner(changed: Mapping[str, ChangedLines]) -> tuple[str, ...]:
    """The same of every added line of the product that asks whether it is being tested; `changed` holds no tests."""
    return tuple(f"{place} asks whether it is tested: {text}" for place, text in _added(changed, RUNNER))


def on_the_line_of_a_head(changed: Mapping[str, ChangedLines]) -> tuple[str, ...]:
    """The same of every added body of a Python function that stands on the line of its head: it counts as covered and never ran."""
    product = {path: lines for path, lines in changed.items() if path.endswith(".py")}
    return tuple(f"{place} has a body on the line of its head, which coverage sees run at import: {text}" for place, text in _added(product, HEAD))


def _added(changed: Mapping[str, ChangedLines], meant: re.Pattern[str]) -> Iterator[tuple[str, str]]:
    for path, lines in changed.items():
        before = [" ".join(text.split()) for hunk in lines.hunks for text in hunk.removed]
        for hunk in lines.hunks:
            for number, text in enumerate(hunk.added, hunk.new_start):
                if meant.search(text) and " ".join(text.split()) not in before:
                    yield f"{quoted(path)}:{number}", one_line(mask_text(text))
