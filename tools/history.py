"""What was tried before: listed, explained, compared."""

import re
from typing import Any, Final, Literal

from state import experiments
from state.answers import Answer, one_line, quoted, short
from state.cycles import Hypothesis, hypothesis
from state.errors import Refusal
from state.experiments import Experiment, ExperimentState
from tools.answering import answer, without_empty
from tools.arguments import REASON_LIMIT, Cursor, Detail, Number
from tools.engine.experiment.opening import required
from tools.engine.gate.facts import Comparison
from tools.engine.session import Session

PAGE: Final[dict[Detail, int]] = {"brief": 10, "full": 30}
STATES: Final[dict[str, tuple[ExperimentState, ...]]] = {
    "open": experiments.OPEN_STATES,
    "held": ("held",),
    "kept": ("kept", "landed"),
    "reverted": ("reverted",),
    "error": ("error",),
}
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
    found = required(session, experiment)
    if compare_with is None:
        return answer(session, f"Experiment {found.id}, {found.state}: {one_line(found.reason or found.title, 150)}", _explained(session, found))
    other = required(session, compare_with)
    return answer(session, f"Experiments {found.id} and {other.id} side by side.", {"dimensions": _side_by_side(found, other)})


def _list(session: Session, state: Which | None, limit: int, cursor: str) -> Answer:
    before = _before(cursor)
    with session.store.reading() as connection:
        rows = experiments.page(connection, before=before, limit=limit + 1, states=STATES[state] if state else ())
        counts = experiments.totals(connection)
    shown = rows[:limit]
    kept, reverted = counts.get("keep", 0), counts.get("revert", 0)
    found = answer(
        session, f"{kept} kept, {reverted} reverted, {counts.get('abandon', 0)} abandoned.", {"experiments": [_line(row) for row in shown]}
    )
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
        "lost_tests": [quoted(test) for test in comparison.assessment.tests.lost[:10]] if comparison else None,
        "files": sorted(str(path) for path in folder.glob("*")) if folder.is_dir() else None,
    }


def _hypothesis(content: Hypothesis) -> dict[str, Any]:
    return {"what": one_line(content.what, REASON_LIMIT), "why": one_line(content.why, REASON_LIMIT), "dimension": one_line(content.dimension)}


def _rows(comparison: Comparison | None) -> list[dict[str, Any]]:
    rows = comparison.assessment.rows if comparison else ()
    return [
        without_empty({"name": row.name, "base": _rounded(row.base), "candidate": _rounded(row.candidate), "delta": _rounded(row.delta)})
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
