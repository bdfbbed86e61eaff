"""archive/: a note for each decided experiment and each ended cycle, what hypotheses cite, and the patterns that counts show."""

from typing import Final

from state.cycles import Hypothesis, StoredHypothesis, cycle, hypotheses_of
from state.experiments import Experiment, experiments_of
from state.mending import Passes, meant_to_mend, mended
from state.reports import Report, latest_review
from state.rows import one
from state.totals import counts_by_category
from state.views.decided import VERDICTS, Decided, decided
from state.views.strategy import HYPOTHESES, more, stands
from state.views.text import block, cell, code, counted, line, number, page
from state.views.view import Source

# As the original has it: what is kept at least so often works, what is kept less often than that does not; fewer experiments say nothing.
WORKS: Final = 0.8
FAILS: Final = 0.5
ENOUGH: Final = 3
INSTANCES: Final = 50  # of failures that an experiment was to mend


def experiment_note(source: Source, subject: int) -> bytes | None:
    """experiments/NNN.md: one experiment, from facts."""
    found = decided(source, subject)
    if found is None:
        return None
    made, given = found.experiment, found.given
    review = latest_review(source.connection, made.id, made.review_tree or "")
    head = [
        "---", f"experiment_id: {made.id}", f"cycle: {made.cycle}", f"category: {made.category if made.category.isalpha() else 'unknown'}",
        f"verdict: {VERDICTS[given.decision]}", f"state: {made.state}", f"score_delta: {'null' if given.delta is None else f'{given.delta:.6g}'}",
        f"date: {found.at}", "---",
    ]  # fmt: skip
    return page(
        "\n".join(head),
        f"# {line(made.title)}",
        f"Experiment {made.id} of cycle {made.cycle}, {line(made.category, 40)}: {found.became}.",
        *_texts(found.hypothesis),
        f"## Verdict: {given.decision}",
        block(given.reason),
        *(["## Lesson", block(given.lesson)] if given.lesson.strip() else []),
        *(["## Undone", block(made.undo_reason)] if made.undo_reason else []),
        *_measured(found),
        *_mended(source, made),
        *_reviewed(review),
        *([f"The branch is kept as {code(given.backup)}."] if given.backup else []),
    )


def _texts(content: Hypothesis | None) -> list[str]:
    if content is None:
        return []
    return ["## What", block(content.what), "## Why", block(content.why)]


def _measured(found: Decided) -> list[str]:
    """The composites, and each dimension that moved or could not be compared."""
    comparison = found.comparison
    if not comparison:
        return ["Nothing was measured."]
    whole = f"Composite {number(comparison.get('floor_base'))} -> {number(comparison.get('floor_candidate'))}, delta {number(found.given.delta)}."
    moved = [
        f"| {cell(str(row['name']))} | {number(row.get('base'))} | {number(row.get('candidate'))} | {number(row.get('delta'))} |"
        for row in comparison.get("rows", [])
        if row.get("delta") or row.get("base") is None or row.get("candidate") is None
    ]
    table = ["\n".join(["| dimension | base | candidate | delta |", "| --- | --- | --- | --- |", *moved])] if moved else ["No dimension moved."]
    return ["## Measured", whole, *table]


def _mended(source: Source, made: Experiment) -> list[str]:
    """Which failures it was to mend, and how their instances did in its own runs."""
    categories = meant_to_mend(source.connection, made)
    if not categories:
        return []
    found = [
        f"- {code(each.instance)} ({line(each.category, 120)}): {_passing(each.base)} at the base, {_passing(each.candidate)} with the change"
        for each in mended(source.store, source.connection, made)[:INSTANCES]
    ]
    return [f"## Meant to mend: {', '.join(line(category, 120) for category in categories)}", "\n".join(found) or "No run tells of its instances."]


def _passing(found: Passes) -> str:
    return f"passed in {found.passed} of {counted(found.runs, 'run')}" if found.runs else "not run"


def _reviewed(review: Report | None) -> list[str]:
    if review is None:
        return []
    who = f"{line(str(review.body.get('reviewer', 'unnamed')), 200)} ({line(str(review.body.get('independence', 'unknown')), 40)})"
    return [f"## Review: {line(review.decision, 40)} by {who}", block(review.summary)]


def strategy_note(source: Source, subject: int) -> bytes | None:
    """strategies/NNN.md: an ended cycle's hypotheses, and what became of each."""
    found = cycle(source.connection, subject)
    if found is None or found.state == "open":
        return None
    items = hypotheses_of(source.connection, subject, HYPOTHESES)
    ended = one(source.connection, "SELECT ended_at FROM cycles WHERE id = ?", subject)
    return page(
        "\n".join(["---", f"cycle: {found.id}", f"state: {found.state}", f"date: {ended['ended_at'] if ended else ''}", "---"]),
        f"# Cycle {found.id}: {found.mode} on {line(found.target)}, {found.state}",
        *([_outcome(source, item) for item in items] or ["Nothing was proposed."]),
        more(items),
    )


def _outcome(source: Source, item: StoredHypothesis) -> str:
    made = experiments_of(source.connection, item.id)
    facts = [f"- {item.content.category}, {line(item.content.dimension)}: {stands(made) if made else 'not tried'}"]
    facts += [said for each in made for said in _decided(source, each, len(made) > 1)]
    return f"## {item.name}: {line(item.content.title)}\n\n" + "\n".join(facts)


def _decided(source: Source, made: Experiment, by_number: bool) -> list[str]:  # noqa: FBT001 - said once, above
    found = decided(source, made.id)
    if found is None:
        return []
    whose = f" of experiment {made.id}" if by_number else ""
    lesson = [f"- lesson{whose}: {line(found.given.lesson, 500)}"] if found.given.lesson.strip() else []
    return [f"- delta{whose}: {number(found.given.delta)}", f"- reason{whose}: {line(found.given.reason, 500)}", *lesson]


def sources(source: Source, subject: int) -> bytes | None:
    """sources/NNN.md: what the hypotheses of a cycle cite."""
    cited: dict[str, list[str]] = {}
    for item in hypotheses_of(source.connection, subject, HYPOTHESES):
        for each in item.content.sources:
            cited.setdefault(line(each, 600), []).append(item.name)
    if not cited:
        return None
    return page(f"# Cited in cycle {subject}", "\n".join(f"- {text} ({', '.join(dict.fromkeys(names))})" for text, names in cited.items()))


def patterns(source: Source) -> bytes | None:
    """patterns/patterns.md: categories that are kept often, or seldom; or that there is no pattern yet."""
    counts = counts_by_category(source.connection)
    if not counts:
        return None
    found = [text for category, numbers in counts.items() if (text := _pattern(category, *numbers))]
    rule = (
        f"A category says something from {ENOUGH} decided experiments on: it works when at least {WORKS:.0%} of them are kept, "
        f"and does not when fewer than {FAILS:.0%} are."
    )
    most = max(counts, key=lambda category: sum(counts[category]))
    none_yet = f"No pattern yet: the category with most experiments is {cell(most)}, with {sum(counts[most])}."
    return page("# Patterns", rule, "\n".join(found) or none_yet)


def _pattern(category: str, kept: int, reverted: int, abandoned: int) -> str:
    total = kept + reverted + abandoned
    if total < ENOUGH or FAILS <= kept / total < WORKS:
        return ""
    works = "works" if kept / total >= WORKS else "does not work"
    return f"- {cell(category)} {works} here: {kept} of {total} kept, {reverted} reverted, {abandoned} abandoned."
