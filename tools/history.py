"""What was tried before: listed, explained, compared."""

import re
from typing import Any, Final, Literal

from state import experiments
from state.answers import Answer, one_line, quoted, short
from state.cycles import Hypothesis, hypothesis
from state.errors import Refusal
from state.experiments import Experiment, ExperimentState
from state.imported import files_of_experiment, imported_experiment, imported_page, the_import
from state.importing import lies_at
from state.original.experiment import ClaimedVerdict, OriginalExperiment
from tools.answering import answer, without_empty
from tools.arguments import REASON_LIMIT, Cursor, Detail, Number
from tools.engine.experiment.opening import required
from tools.engine.gate.facts import Comparison
from tools.engine.inheritance import to_come
from tools.engine.session import Session

PAGE: Final[dict[Detail, int]] = {"brief": 10, "full": 30}
CITATIONS: Final = 10
FILES: Final = 10
STATES: Final[dict[str, tuple[ExperimentState, ...]]] = {
    "open": experiments.OPEN_STATES,
    "held": ("held",),
    "kept": ("kept", "landed"),
    "reverted": ("reverted",),
    "error": ("error",),
}
# How experiments of an earlier factory are found by the same words; none of them is open.
CLAIMED: Final[dict[str, tuple[ClaimedVerdict, ...]]] = {"kept": ("keep",), "reverted": ("revert",), "error": ("error", "unfinished")}
Which = Literal["open", "held", "kept", "reverted", "error"]


def experiment_history(
    session: Session,
    experiment: Number | None = None,
    compare_with: Number | None = None,
    state: Which | None = None,
    detail: Detail = "brief",
    cursor: Cursor = "",
) -> Answer:
    """List past experiments, explain one verdict, or compare two, dimension by dimension."""
    if compare_with is not None and experiment is None:
        raise Refusal("BAD_ARGUMENTS", "compare_with needs an experiment to compare", where=("experiment",), expected="two experiment numbers")
    if experiment is None:
        return _list(session, state, PAGE[detail], cursor)
    if compare_with is None and (explained := _imported_explained(session, experiment)) is not None:
        return explained
    found = required(session, experiment)
    if compare_with is None:
        return answer(session, f"Experiment {found.id}, {found.state}: {one_line(found.reason or found.title, 150)}", _explained(session, found))
    other = required(session, compare_with)
    return answer(session, f"Experiments {found.id} and {other.id} side by side.", {"dimensions": _side_by_side(found, other)})


def _list(session: Session, state: Which | None, limit: int, cursor: str) -> Answer:
    before = _before(cursor)
    with session.store.reading() as connection:
        own = experiments.page(connection, before=before, limit=limit + 1, states=STATES[state] if state else ())
        counts, taken_over = experiments.totals(connection), the_import(connection)
        rows: list[Experiment | OriginalExperiment] = [*own]
        if taken_over is not None and len(own) <= limit and state in (None, *CLAIMED):  # their numbers all lie below ours
            verdicts = CLAIMED[state] if state else ()
            rows += imported_page(connection, before=before, limit=limit + 1 - len(own), verdicts=verdicts)
    shown = rows[:limit]
    kept, reverted = counts.get("keep", 0), counts.get("revert", 0)
    summary = f"{kept} kept, {reverted} reverted, {counts.get('abandon', 0)} abandoned."
    if taken_over is not None:
        claimed = ", ".join(f"{number} {verdict}" for verdict, number in taken_over.verdicts.items() if number)
        summary += f" Imported from an earlier factory: {taken_over.experiments}{f' ({claimed})' if claimed else ''}, nothing of it measured here."
    elif words := to_come(session):
        summary += f" {words[0].upper()}{words[1:]}."
    data: dict[str, Any] = {"experiments": [_line(row) if isinstance(row, Experiment) else _imported_line(row) for row in shown]}
    if taken_over is not None:
        data["imported"] = taken_over.verdicts
    found = answer(session, summary, data)
    return found.model_copy(update={"more": f"below-{shown[-1].id}"} if len(rows) > limit else {})


def _before(cursor: str) -> int | None:
    if not cursor:
        return None
    found = re.fullmatch("below-([0-9]{1,9})", cursor)
    if found is None:
        raise Refusal("UNKNOWN_ID", "this cursor is none of ours", where=("cursor",), expected="`more` of the last answer; without it: page one")
    return int(found[1])


def _line(found: Experiment) -> dict[str, Any]:
    line = {
        "experiment": found.id,
        "title": one_line(found.title, 80),
        "category": found.category,
        "state": found.state,
        "delta": _rounded(found.delta),
        "cycle": found.cycle,
        "commit": short(found.merge_commit),
    }
    return without_empty(line)


def _imported_line(found: OriginalExperiment) -> dict[str, Any]:
    """An experiment of an earlier factory. A model typed its scores: they stand apart from `delta`, which is measured."""
    line = {
        "experiment": found.id,
        "title": one_line(found.hypothesis, 80),
        "imported": True,
        "claimed": {"verdict": found.verdict, "before": found.score_before, "after": found.score_after, "delta": found.delta},
    }
    return without_empty(line)


def _imported_explained(session: Session, number: int) -> Answer | None:
    """All that is known of an imported experiment; None where there is none of this number."""
    with session.store.reading() as connection:
        found = imported_experiment(connection, number)
        files = files_of_experiment(connection, number) if found else []
    if found is None:
        return None
    texts = {name: one_line(getattr(found, name), REASON_LIMIT) for name in ("hypothesis", "change_summary", "notes")}
    data = {
        **_imported_line(found),
        **texts,
        "at": found.timestamp,
        "issue": found.issue_number,
        "pull_request": found.pr_number,
        "cost_usd": found.cost_usd,
        "citations": [one_line(cited) for cited in found.research_citations[:CITATIONS]],
        "files": [quoted(str(session.views / lies_at(file.path))) for file in files[:FILES]],
    }
    summary = f"Experiment {number}, imported from an earlier factory, which says: {found.verdict}. Nothing of it was measured here."
    return answer(session, summary, data)


def _explained(session: Session, found: Experiment) -> dict[str, Any]:
    with session.store.reading() as connection:
        stored = hypothesis(connection, found.hypothesis)
    content = stored.content if stored else None
    comparison = Comparison.model_validate(found.assessment) if found.assessment else None
    folder = session.views / "experiments" / f"{found.id:03d}"
    return {
        **_line(found),
        "hypothesis": _hypothesis(content) if content else None,
        "reason": one_line(found.reason or "", REASON_LIMIT),
        "lesson": one_line(found.lesson or "", REASON_LIMIT),
        "backup": found.backup,
        "dimensions": _rows(comparison),
        "hard_constraints": [quoted(f"{each.name} {'holds' if each.holds else each.ended}") for each in comparison.constraints]
        if comparison
        else None,
        "lost_tests": [quoted(test) for test in comparison.assessment.tests.lost[:10]] if comparison else None,
        "files": sorted(str(path) for path in folder.glob("*")) if folder.is_dir() else None,
    }


def _hypothesis(content: Hypothesis) -> dict[str, Any]:
    return {"what": one_line(content.what, REASON_LIMIT), "why": one_line(content.why, REASON_LIMIT), "dimension": one_line(content.dimension)}


def _rows(comparison: Comparison | None) -> list[dict[str, Any]]:
    rows = comparison.assessment.rows if comparison else ()
    return [
        without_empty(
            {
                "name": row.name,
                "weight": _rounded(row.weight),
                "base": _rounded(row.base),
                "candidate": _rounded(row.candidate),
                "delta": _rounded(row.delta),
            }
        )
        for row in rows
    ]


def _side_by_side(one: Experiment, other: Experiment) -> list[dict[str, Any]]:
    sides = [{row["name"]: row for row in _rows(Comparison.model_validate(side.assessment) if side.assessment else None)} for side in (one, other)]
    names = sorted(sides[0].keys() | sides[1].keys())
    return [
        without_empty(
            {
                "name": name,
                **{
                    f"{field}_{found.id}": side.get(name, {}).get(field)
                    for found, side in zip((one, other), sides, strict=True)
                    for field in ("candidate", "delta")
                },
            }
        )
        for name in names
    ]


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
