"""What was tried before: listed, explained, compared."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final, Literal

from state import experiments
from state.answers import SUMMARY_LIMIT, Answer, one_line
from state.errors import Refusal
from state.experiment_pages import EVERY, Wanted, page
from state.experiments import Experiment, ExperimentState
from state.imported import Import, imported_page, the_import
from state.original.experiment import ClaimedVerdict, OriginalExperiment
from state.totals import totals
from tools.answering import told
from tools.arguments import Cursor, Detail, Number, Query
from tools.compared import comparison_summary, side_by_side
from tools.engine.experiment.opening import required
from tools.engine.inheritance import to_come
from tools.engine.session import Session
from tools.gained import standing_drift
from tools.recounted import explained, fuller_line, imported_explained, imported_line, line_of

PAGE: Final[dict[Detail, int]] = {"brief": 10, "full": 6}  # in full each says much more
STATES: Final[dict[str, tuple[ExperimentState, ...]]] = {
    "open": experiments.OPEN_STATES,
    "held": ("held",),
    "kept": ("kept", "proposed", "landed"),
    "reverted": ("reverted", "superseded", "undone"),  # whatever is not on the target any more, or never was
    "abandoned": ("error",),
}
# How experiments of an earlier factory are found by the same words; none of them is open.
CLAIMED: Final[dict[str, tuple[ClaimedVerdict, ...]]] = {"kept": ("keep",), "reverted": ("revert",), "abandoned": ("error", "unfinished")}
# The words by which answers call one state alone; a query may ask for them, where `state` would name the whole group.
PRINTED: Final[dict[str, ExperimentState]] = {
    "begun": "begun", "candidate": "candidate", "measured": "measured", "proposed": "proposed", "landed": "landed", "superseded": "superseded",
    "undone": "undone",
}  # fmt: skip
Which = Literal["open", "held", "kept", "reverted", "abandoned"]


def experiment_history(
    session: Session,
    experiment: Number | None = None,
    compare_with: Number | None = None,
    state: Which | None = None,
    query: Query = "",
    detail: Detail = "brief",
    cursor: Cursor = "",
) -> Answer:
    """List past experiments (`query`: words, category, or cycle 3), explain one verdict, or compare two by dimension and test."""
    if compare_with is not None and experiment is None:
        raise Refusal("BAD_ARGUMENTS", "compare_with needs an experiment to compare", where=("experiment",), expected="two experiment numbers")
    if experiment is None:
        return _list(session, state, _meant(query), detail, cursor)
    if compare_with == experiment:
        raise Refusal("BAD_ARGUMENTS", f"experiment {experiment} beside itself tells nothing", where=("compare_with",), expected="another experiment")
    if compare_with is None and (imported := imported_explained(session, experiment)) is not None:
        return imported
    found = required(session, experiment)
    if compare_with is None:
        said = one_line((found.undo_reason if found.state == "undone" else found.reason) or found.title, 150)
        return told(session, f"Experiment {found.id}, {found.shown_state}: {said}", explained(session, found, detail))
    other = required(session, compare_with)
    return told(session, comparison_summary(found, other), side_by_side(session, found, other, detail))


def _meant(query: str) -> Wanted:
    """What a query asks for: `cycle 3`, `state landed`, and every other word in title, category, reason or lesson."""
    cycle = re.search(r"(?i)\bcycle ([0-9]{1,9})\b", query)
    rest = query[: cycle.start()] + query[cycle.end() :] if cycle else query
    state = re.search(rf"(?i)\bstate ({'|'.join(PRINTED)})\b", rest)
    rest = rest[: state.start()] + rest[state.end() :] if state else rest
    states = (PRINTED[state[1].lower()],) if state else ()
    return Wanted(states=states, cycle=int(cycle[1]) if cycle else None, words=tuple(rest.split()))


def _list(session: Session, state: Which | None, asked: Wanted, detail: Detail, cursor: str) -> Answer:
    before, limit = _before(cursor), PAGE[detail]
    session.warnings += standing_drift(session)
    with session.store.reading() as connection:
        own = page(connection, before=before, limit=limit + 1, wanted=replace(asked, states=STATES[state] if state else asked.states))
        taken_over = the_import(connection)
        rows: list[Experiment | OriginalExperiment] = [*own]
        # Their numbers all lie below ours, and they were in no cycle of ours.
        if taken_over is not None and len(own) <= limit and state in (None, *CLAIMED) and asked.cycle is None and not asked.states:
            verdicts = CLAIMED[state] if state else ()
            rows += imported_page(connection, before=before, limit=limit + 1 - len(own), verdicts=verdicts, words=asked.words)
    shown = rows[:limit]
    data: dict[str, Any] = {"experiments": [_shown(session, row, detail) for row in shown]}
    if taken_over is not None:
        data["imported"] = taken_over.verdicts
    none = "" if rows else "No experiment answers to this query. " if asked != EVERY else ""
    found = told(session, one_line(none + _summary(session, None if rows or none else state, taken_over), SUMMARY_LIMIT), data)
    return found.model_copy(update={"more": f"below-{shown[-1].id}"} if len(rows) > limit else {})


def _summary(session: Session, none_is: Which | None, taken_over: Import | None) -> str:
    """How many there are of what, with what is still to be imported; `none_is` is a filter that found nothing."""
    with session.store.reading() as connection:
        counts, held = totals(connection), page(connection, before=None, limit=1, wanted=Wanted(states=STATES["held"]))
        opened = experiments.open_experiments(connection)
    there, to_land = {"open": len(opened), "held": len(held)}, sum(each.state == "kept" for each in opened)
    apart = {name: counts.get(verdict, 0) for name, verdict in (("superseded", "supersede"), ("undone", "undo"))}
    there |= {"kept": counts.get("keep", 0), "reverted": counts.get("revert", 0) + sum(apart.values()), "abandoned": counts.get("abandon", 0)}
    said = [_none(none_is, there, taken_over)] if none_is else []
    waits = f" ({to_land} of them not landed yet)" if to_land else ""
    seldom = "".join(f", {number} {name}" for name, number in apart.items() if number)
    said.append(f"{there['kept']} kept{waits}, {counts.get('revert', 0)} reverted{seldom}, {there['abandoned']} abandoned.")
    if taken_over is not None:
        claimed = ", ".join(f"{number} {verdict}" for verdict, number in taken_over.verdicts.items() if number)
        imported = f"{taken_over.experiments}{f' ({claimed})' if claimed else ''}"
        said.append(f"Imported from an earlier factory: {imported}, nothing of it measured here.")
    if words := to_come(session):
        said.append(f"{words[0].upper()}{words[1:]}.")
    return one_line(" ".join(said), SUMMARY_LIMIT)


def _shown(session: Session, row: Experiment | OriginalExperiment, detail: Detail) -> dict[str, Any]:
    if isinstance(row, OriginalExperiment):
        return imported_line(row)
    return fuller_line(session, row) if detail == "full" else line_of(session, row)


def _none(state: Which, there: Mapping[str, int], taken_over: Import | None) -> str:
    """That a filter finds nothing, and which would."""
    claimed = taken_over.verdicts if taken_over else {}
    some = [name for name in STATES if there[name] or any(claimed.get(verdict) for verdict in CLAIMED.get(name, ()))]
    return f"No experiment is {state}; state has some for: {', '.join(some)}." if some else "There is no experiment yet."


def _before(cursor: str) -> int | None:
    if not cursor:
        return None
    found = re.fullmatch("below-([0-9]{1,9})", cursor)
    if found is None:
        raise Refusal("UNKNOWN_ID", "this cursor is none of ours", where=("cursor",), expected="`more` of the last answer; without it: page one")
    return int(found[1])
