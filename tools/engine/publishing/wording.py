"""The words that go upstream: messages of commits, and the title and body of a pull request. Pure."""

import re
from collections.abc import Sequence
from typing import Final

from state.answers import clean as cleaned
from state.answers import one_line
from state.cycles import Hypothesis
from state.experiments import Experiment
from state.masking import mask_text
from state.publishing import TreeChecked
from tools.engine.gate.facts import Comparison
from tools.engine.publishing.kept import Kept

SUBJECT: Final = 72
TEXT: Final = 2000  # characters of one text of a hypothesis
BODY: Final = 50_000  # characters; GitHub takes 65,536
DIMENSIONS: Final = 12
_IDS: Final = re.compile(r"(?:[A-Z]\d{1,9}[\s,;.]*)*")  # evidence by ids of ours, which say nothing to anybody upstream


def commit_message(experiment: Experiment, idea: Hypothesis, *, clean: bool) -> str:
    """What was done, and why; of the factory only where nothing is stripped."""
    texts = [_subject(experiment.title), *([_text(idea.what)] if idea.what.strip() != experiment.title.strip() else [])]
    if not clean:
        scores = _scores(experiment)
        score = f"Factory-Score: {scores[0]:.4f} -> {scores[1]:.4f}\n" if scores else ""
        texts.append(f"Factory-Experiment: {experiment.id}\nFactory-Verdict: keep\n{score}")
    return "\n\n".join(text for text in texts if text.strip()).rstrip() + "\n"


def title(experiments: Sequence[Experiment]) -> str:
    """The title of a pull request."""
    first = _subject(experiments[0].title)
    return first if len(experiments) == 1 else f"{first}, and {len(experiments) - 1} more"


def body(kept: Sequence[Kept], checked: TreeChecked, repository: str) -> str:
    """What was tried and why, what it measured against its base, the checks, and the issues; `repository` is the one that is to take it."""
    sections = "\n\n".join(_section(each, repository) for each in kept)[:BODY]
    tests = (
        f"{checked.tests} tests pass, none fails that does not fail at its base" if checked.tests else "nothing fails that does not fail at its base"
    )
    notes = "".join(f"\n- {note}" for note in checked.notes)
    return f"{sections}\n\nThis branch was measured as it stands: {tests}.{notes}\n"


def _section(kept: Kept, repository: str) -> str:
    idea, issue = kept.idea, kept.issue
    lines = [f"## {_subject(kept.experiment.title)}", _text(idea.what)]
    if not _IDS.fullmatch(idea.why.strip()):
        lines.append(f"**Why:** {_text(idea.why)}")
    if issue is not None:
        lines.append(f"Closes #{issue.number}" if issue.repository == repository else f"For {issue.address}")
    if kept.experiment.assessment:
        lines += _measured(Comparison.model_validate(kept.experiment.assessment), kept)
    return "\n\n".join(lines)


def _measured(comparison: Comparison, kept: Kept) -> list[str]:
    """The table of scores with the dimensions that moved, the threshold, and what the gate said."""
    found = comparison.assessment
    moved = [row for row in found.rows if row.delta]
    rows = [("composite", found.floor_base, found.floor_candidate, found.delta), *((row.name, row.base, row.candidate, row.delta) for row in moved)]
    table = [f"| {name} | {_number(base)} | {_number(candidate)} | {_signed(delta)} |" for name, base, candidate, delta in rows[:DIMENSIONS]]
    proofs = [f"- `{one_line(check.test, 200)}` fails before and passes now" for check in comparison.own_checks if check.proves]
    head = ["| measured | base | candidate | delta |", "| --- | --- | --- | --- |"]
    passed = [name for name, result in kept.checks.items() if result == "pass"]
    others = [f"{name} ({result}, accepted by a person)" for name, result in kept.checks.items() if result != "pass"]
    said = f"Threshold {found.threshold:.3f}. {len(passed)} of {len(kept.checks)} checks pass: {', '.join([*passed, *others])}."
    return ["\n".join([*head, *table]), said, *(["\n".join(proofs)] if proofs else [])]


def _scores(experiment: Experiment) -> tuple[float, float] | None:
    if not experiment.assessment:
        return None
    found = Comparison.model_validate(experiment.assessment).assessment
    return found.floor_base, found.floor_candidate


def _number(value: float | None) -> str:
    return "not measured" if value is None else f"{value:.4f}"


def _signed(value: float | None) -> str:
    return "" if value is None else f"{value:+.4f}"


def _subject(text: str) -> str:
    return one_line(mask_text(text), SUBJECT)


def _text(text: str) -> str:
    return mask_text(cleaned(text)).strip()[:TEXT]
