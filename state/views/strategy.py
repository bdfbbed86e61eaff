"""strategy/: the cycle at work, what its baseline showed, and what the decided experiments teach."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from state.baselines import Baseline, BaselineRow, newest_baseline
from state.cycles import Cycle, StoredHypothesis, hypotheses_of, newest_cycle
from state.decisions import newest_decided
from state.experiments import Experiment, experiments_of
from state.totals import counts_by_category
from state.views.decided import decided
from state.views.text import block, cell, code, counted, line, number, page
from state.views.view import Source

if TYPE_CHECKING:
    import sqlite3

LESSONS: Final = 10
HYPOTHESES: Final = 100  # of a cycle, in one file


def current(source: Source) -> bytes | None:
    """current.md: the newest cycle, its hypotheses in their order, and where each of them stands."""
    cycle = newest_cycle(source.connection)
    if cycle is None:
        return None
    items = hypotheses_of(source.connection, cycle.id, HYPOTHESES)
    parts = [_proposal(source.connection, item) for item in items] or ["No hypotheses are proposed yet."]
    return page(f"# Cycle {cycle.id}", _about(cycle), *parts, more(items))


def more(items: list[StoredHypothesis]) -> str:
    """What a file says of a cycle that has more hypotheses than it shows."""
    return f"These are the first {HYPOTHESES}." if len(items) == HYPOTHESES else ""


def _about(cycle: Cycle) -> str:
    return f"{cycle.mode} on {code(cycle.target)} from {cycle.base[:7]}, begun {cycle.started_at} by {line(cycle.host, 60)}: {cycle.state}."


def _proposal(connection: "sqlite3.Connection", item: StoredHypothesis) -> str:
    content = item.content
    facts = [
        f"- category: {content.category}",
        f"- dimension: {line(content.dimension)}",
        f"- state: {stands(experiments_of(connection, item.id))}",
        *(f"- {name}: {', '.join(map(code, items))}" for name, items in (("files", content.files), ("own checks", content.own_checks)) if items),
        *(f"- source: {line(cited)}" for cited in content.sources),
    ]
    texts = [f"{name}:\n\n{block(text)}" for name, text in (("What", content.what), ("Why", content.why), ("Differs", content.differs)) if text]
    return "\n\n".join([f"#### {item.name}: {line(content.title)}", "\n".join(facts), *texts])


def stands(made: Sequence[Experiment]) -> str:
    """Where a hypothesis stands, by its experiments."""
    return "; ".join(map(_stands, made)) or "open"


def _stands(made: Experiment) -> str:
    ends = {
        "landed": f"landed as {(made.merge_commit or '')[:7]}",
        "kept": "kept, waits to land",
        "proposed": "proposed to upstream",
        "error": "abandoned",
    }
    return f"experiment {made.id}, {ends.get(made.state, made.state)}"


def observations(source: Source) -> bytes | None:
    """observations.md: the newest baseline, what weighs most first."""
    found = newest_baseline(source.connection)
    if found is None:
        return None
    measured = [row for row in found.rows if row.value is not None]
    missing = [row for row in found.rows if row.value is None]
    floor = "at least " if missing else ""
    return page(
        "# Observations",
        f"The newest baseline, tree {found.tree[:7]}: composite {floor}{number(found.composite)}, threshold {number(found.threshold)}, "
        f"{counted(found.tests, 'test')}.",
        *_weakest(measured),
        *_section("Not measured", [f"- {line(row.name)} (weight {number(row.weight)}): {line(row.detail)}" for row in missing]),
        *_section("Files with most lines that no test runs", [f"- {code(path)}: {counted(lines, 'line')}" for path, lines in found.uncovered]),
        *_section("Tests that fail", [f"- {code(test)}" for test in found.failing]),
        *_said(found),
    )


def _weakest(rows: list[BaselineRow]) -> list[str]:
    """The dimensions by what the composite could still gain from them: weight * (1 - value)."""
    if not rows:
        return []
    ordered = sorted(rows, key=lambda row: row.weight * ((row.value or 0.0) - 1))
    lines = [
        f"| {cell(row.name)} | {number(row.value)} | {number(row.weight)} | {number(row.weight * (1 - (row.value or 0.0)))} | {cell(row.detail)} |"
        for row in ordered
    ]
    head = ["| dimension | value | weight | to gain | made of |", "| --- | --- | --- | --- | --- |"]
    return ["## Dimensions, the most to gain first", "\n".join([*head, *lines])]


def _section(title: str, lines: list[str]) -> list[str]:
    return [f"## {title}", "\n".join(lines)] if lines else []


def _said(found: Baseline) -> list[str]:
    """What the run printed last, where something failed: words of a program."""
    return ["## What the run printed last", block(found.output)] if found.output.strip() else []


def insights(source: Source) -> bytes | None:
    """insights.md: how experiments of each category ended, and the newest lessons; counts only."""
    counts = counts_by_category(source.connection)
    if not counts:
        return None
    total = sum(map(sum, counts.values()))
    rows = [
        f"| {cell(category)} | {kept} of {kept + reverted + abandoned} | {reverted} | {abandoned} |"
        for category, (kept, reverted, abandoned) in counts.items()
    ]
    return page(
        "# Insights",
        f"From {counted(total, 'decided experiment')} of this project.",
        "\n".join(["| category | kept | reverted | abandoned |", "| --- | --- | --- | --- |", *rows]),
        *_section("The newest lessons", _lessons(source)),
    )


def _lessons(source: Source) -> list[str]:
    found = [decided(source, experiment) for experiment in newest_decided(source.connection, LESSONS)]
    return [
        f"- {each.experiment.id:03d}, {line(each.experiment.category, 40)}, {each.became}: {line(each.given.lesson, 500)}"
        for each in found
        if each and each.given.lesson.strip()
    ]
