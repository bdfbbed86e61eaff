"""Findings of linters and type checkers made comparable: by rule, file and text of the line, so that a line that only moved is the same."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from state.measurement import Reading, ReadingState

LINES: Final = 1000  # findings are counted per so many lines of code
TEXT_KEPT: Final = 200  # characters of a line
RULES_SHOWN: Final = 10


@dataclass(frozen=True)
class Finding:
    """What a linter or type checker found: `count` times the same rule at the same text of a line of the same file."""

    rule: str
    path: str
    text: str
    count: int = 1


def findings_value(count: int, lines: int) -> float:
    """v = 1/(1 + f/10), f = findings per 1,000 code lines (algorithms.md 5)."""
    return 1 / (1 + (count * LINES / lines) / 10)


def gather(places: Iterable[tuple[str, str, int]], tree: Path) -> tuple[Finding, ...]:
    """Findings out of (rule, path in the tree, line from 1), sorted. The text of the line stands for its number."""
    texts: dict[str, Sequence[str]] = {}
    counts: Counter[tuple[str, str, str]] = Counter()
    for rule, path, line in places:
        if path not in texts:
            texts[path] = _lines(tree / path)
        text = texts[path][line - 1].strip()[:TEXT_KEPT] if 0 < line <= len(texts[path]) else ""
        counts[rule, path, text] += 1
    return tuple(Finding(rule, path, text, count) for (rule, path, text), count in sorted(counts.items()))


def code_lines(files: Iterable[Path]) -> int:
    """Non-blank lines of the files."""
    return sum(bool(line.strip()) for file in files for line in _lines(file))


def reading(dimension: str, findings: Sequence[Finding], files: Sequence[Path], seconds: float) -> Reading:
    """The dimension's reading; where nothing was checked it is unavailable, not perfect."""
    lines = code_lines(files)
    if not lines:
        return Reading(dimension=dimension, state=ReadingState.UNAVAILABLE, reason="the tool checked no code line", seconds=seconds)
    count = sum(finding.count for finding in findings)
    facts: Mapping[str, int | float | str] = {"findings": count, "files": len(files), "lines": lines}
    return Reading(
        dimension=dimension, state=ReadingState.MEASURED, value=findings_value(count, lines), facts={**facts, **_by_rule(findings)}, seconds=seconds
    )


def _by_rule(findings: Sequence[Finding]) -> dict[str, int]:
    rules: Counter[str] = Counter()
    for finding in findings:
        rules[finding.rule] += finding.count
    return {f"rule {rule}": count for rule, count in rules.most_common(RULES_SHOWN)}


def _lines(file: Path) -> list[str]:
    try:
        return file.read_text(encoding="utf-8", errors="replace").splitlines()
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
        return []
