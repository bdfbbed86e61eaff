"""What answers tell of experiments: one in a line, one as a whole, and those that an earlier factory left."""

from collections.abc import Sequence
from typing import Any, Final

from state.answers import Answer, one_line, quoted, short
from state.cycles import Hypothesis, hypothesis
from state.experiments import Experiment
from state.imported import files_of_experiment, imported_experiment
from state.importing import lies_at
from state.mending import meant_to_mend, mended
from state.original.experiment import OriginalExperiment
from state.publishing import pull_requests_of
from tools.answering import answer, without_empty
from tools.arguments import REASON_LIMIT, Detail
from tools.engine.experiment.explaining import decided_by, would_change
from tools.engine.experiment.looking_back import checks_of, review_then
from tools.engine.experiment.patches import LATE
from tools.engine.gate.checks import of_result
from tools.engine.gate.facts import Check, Comparison
from tools.engine.research.kept_changes import kept_gain
from tools.engine.session import Session
from tools.measured import rounded, row_shown
from tools.pending import pending
from tools.researched import gain_shown, raised_shown

CITATIONS: Final = 10
FILES: Final = 10
EVIDENCE: Final = 3
INSTANCES: Final = 12
GIVEN_UP: Final = ("reverted", "error", "superseded")
SAID: Final = 200  # characters of a reason in a list


def line_of(session: Session, found: Experiment) -> dict[str, Any]:
    """An experiment in a line of a list; of one that research kept with what it gained, and what that was on what is held out."""
    gain = kept_gain(session.store, found.id)
    line = {
        "experiment": found.id,
        "title": one_line(found.title, 80),
        "category": found.category,
        "state": found.shown_state,
        "waits": pending(session, found),
        "delta": rounded(found.delta),
        "gain": rounded(gain.visible),
        "held_out_gain": rounded(gain.held_out),
        "cycle": found.cycle,
        "commit": short(found.merge_commit),
    }
    return without_empty(line)


def fuller_line(session: Session, found: Experiment) -> dict[str, Any]:
    """The same with why it was decided so."""
    review = review_then(session, found)
    more = {
        "reason": one_line(found.reason or "", SAID),
        "lesson": one_line(found.lesson or "", SAID),
        "composite": composite_of(found),
        "failed_checks": [check.name for check in of_result(checks_of(session, found), "fail")],
        "review": review.decision if review else None,
        "archive_note": _archive_note(session, found),
    }
    return {**line_of(session, found), **without_empty(more)}


def explained(session: Session, found: Experiment, detail: Detail) -> dict[str, Any]:
    """All that is known of one experiment: what was tried, every check with its evidence, what else would have come of it."""
    with session.store.reading() as connection:
        stored = hypothesis(connection, found.hypothesis)
    comparison = comparison_of(found)
    checks = checks_of(session, found)
    folder = session.views / "experiments" / f"{found.id:03d}"
    return {
        **line_of(session, found),
        "hypothesis": _hypothesis(stored.content) if stored else None,
        "reason": one_line(found.reason or "", REASON_LIMIT),
        "lesson": one_line(found.lesson or "", REASON_LIMIT),
        "mends": _mends(session, found),
        "research": without_empty({**raised_shown(session, found), "gain": gain_shown(session, found)}),
        "composite": composite_of(found),
        "decided_by": one_line(decided_by(found, checks), 300),
        "note": LATE if found.state in GIVEN_UP and comparison and _result(checks, "measured") == "not_yet" else None,
        "would_change": would_change(found, checks),
        "gate": _gate(checks, detail),
        "review": _review(session, found),
        "backup": found.backup,
        "pull_requests": _pull_requests(session, found),
        "dimensions": rows_of(comparison),
        "hard_constraints": [quoted(f"{each.name} {'holds' if each.holds else each.ended}") for each in comparison.constraints]
        if comparison
        else None,
        "lost_tests": [quoted(test) for test in comparison.assessment.tests.lost[:10]] if comparison else None,
        "archive_note": _archive_note(session, found),
        "files": sorted(str(path) for path in folder.glob("*")) if folder.is_dir() else None,
    }


def _mends(session: Session, found: Experiment) -> dict[str, Any] | None:
    """The failures that it was to mend, and how many runs their instances pass in at the base and with the change."""
    with session.store.reading() as connection:
        categories, instances = meant_to_mend(connection, found), mended(session.store, connection, found)
    if not categories:
        return None
    lines = [f"{quoted(each.instance)}: {each.base.passed}/{each.base.runs} -> {each.candidate.passed}/{each.candidate.runs}" for each in instances]
    return without_empty(
        {
            "failure": list(categories),
            "passing": f"{sum(each.passes is True for each in instances)} of {len(instances)} instances pass now" if instances else "",
            "runs_passed": lines[:INSTANCES],
        }
    )


def _result(checks: Sequence[Check], name: str) -> str:
    return next((check.result for check in checks if check.name == name), "")


def imported_line(found: OriginalExperiment) -> dict[str, Any]:
    """An experiment of an earlier factory. A model typed its scores: they stand apart from `delta`, which is measured."""
    line = {
        "experiment": found.id,
        "title": one_line(found.hypothesis, 80),
        "imported": True,
        "claimed": {"verdict": found.verdict, "before": found.score_before, "after": found.score_after, "delta": found.delta},
    }
    return without_empty(line)


def imported_explained(session: Session, number: int) -> Answer | None:
    """All that is known of an imported experiment; None where there is none of this number."""
    with session.store.reading() as connection:
        found = imported_experiment(connection, number)
        files = files_of_experiment(connection, number) if found else []
    if found is None:
        return None
    texts = {name: one_line(getattr(found, name), REASON_LIMIT) for name in ("hypothesis", "change_summary", "notes")}
    data = {
        **imported_line(found),
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


def comparison_of(found: Experiment) -> Comparison | None:
    return Comparison.model_validate(found.assessment) if found.assessment else None


def composite_of(found: Experiment) -> dict[str, Any] | None:
    comparison = comparison_of(found)
    if comparison is None:
        return None
    assessed = comparison.assessment
    return {"base": rounded(assessed.floor_base), "candidate": rounded(assessed.floor_candidate), "threshold": rounded(assessed.threshold)}


def _gate(checks: Sequence[Check], detail: Detail) -> dict[str, Any]:
    """The checks by their result: those that pass by name, with what shows it, and the others with evidence."""
    lines = 1 if detail == "brief" else EVIDENCE
    return {
        "pass": [check.name for check in of_result(checks, "pass")],
        "shown_by": {check.name: [quoted(line) for line in check.evidence[:lines]] for check in of_result(checks, "pass") if check.evidence},
        "others": [
            {"check": check.name, "result": check.result, "evidence": [quoted(line) for line in check.evidence[:EVIDENCE]]}
            for check in checks
            if check.result != "pass"
        ],
    }


def _pull_requests(session: Session, found: Experiment) -> list[dict[str, Any]]:
    """The branches that were made of it for upstream, and what became of each."""
    with session.store.reading() as connection:
        made = pull_requests_of(connection, found.id)
    return [{"branch": each.branch.branch, "state": each.state, "number": each.number, "url": each.url} for each in made]


def _review(session: Session, found: Experiment) -> dict[str, Any] | None:
    review = review_then(session, found)
    if review is None:
        return None
    by = {name: one_line(str(review.body.get(name, ""))) for name in ("reviewer", "independence")}
    return {"decision": review.decision, **by, "summary": one_line(review.summary, REASON_LIMIT)}


def _archive_note(session: Session, found: Experiment) -> str | None:
    note = session.views / "archive" / "experiments" / f"{found.id:03d}.md"
    return str(note) if note.is_file() else None


def _hypothesis(content: Hypothesis) -> dict[str, Any]:
    return {"what": one_line(content.what, REASON_LIMIT), "why": one_line(content.why, REASON_LIMIT), "dimension": one_line(content.dimension)}


def rows_of(comparison: Comparison | None) -> list[dict[str, Any]]:
    return [row_shown(row) for row in comparison.assessment.rows] if comparison else []
