"""Silenced checkers: a line that tells a tool to look away makes its numbers better without making the code better."""

import re
from collections.abc import Mapping
from typing import Final

from state.answers import one_line, quoted
from tools.engine.repository.changes import ChangedLines

SUPPRESSION: Final = re.compile(
    r"#\s*(?:ruff\s*:\s*|flake8\s*:\s*)?noqa\b|#\s*type\s*:\s*ignore\b|#\s*pyright\s*:\s*ignore\b|#\s*mypy\s*:|#\s*pylint\s*:\s*(?:disable|skip-file)"
    r"|#\s*pragma\s*:\s*no\s+(?:cover|branch)|#\s*nosec\b"
    r"|/[/*]\s*(?:eslint(?:-disable|\s+[\w@/-]+\s*:)|biome-ignore|@ts-(?:ignore|expect-error|nocheck)|(?:istanbul|v8|c8)\s+ignore"
    r"|node:coverage\s+(?:ignore|disable))",
    re.IGNORECASE,
)


def silenced(changed: Mapping[str, ChangedLines]) -> tuple[str, ...]:
    """Every added line that silences a tool and was not there before, as path:line and text; moving such a line is no addition."""
    found = []
    for path, lines in changed.items():
        before = [" ".join(text.split()) for hunk in lines.hunks for text in hunk.removed]
        for hunk in lines.hunks:
            for number, text in enumerate(hunk.added, hunk.new_start):
                if SUPPRESSION.search(text) and " ".join(text.split()) not in before:
                    found.append(f"{quoted(path)}:{number} silences a checker: {one_line(text)}")
    return tuple(found)
