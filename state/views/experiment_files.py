"""experiments/NNN/: what was tried, measured on both sides, changed and decided; there once the experiment is decided."""

import hashlib
from typing import Any

from state.errors import Refusal
from state.publishing import pull_requests_of
from state.reports import latest_review
from state.views.decided import Decided, decided, record
from state.views.reviews import report_page
from state.views.text import block, code, line, page, pretty
from state.views.view import Source


def hypothesis_file(source: Source, number: int) -> bytes | None:
    """hypothesis.md: what was to be tried, and why."""
    found = decided(source, number)
    if found is None:
        return None
    content = found.hypothesis
    if content is None:
        return page(f"# {line(found.experiment.title)}")
    facts = [f"- category: {content.category}", f"- dimension: {line(content.dimension)}"]
    facts += [f"- {name}: {', '.join(map(code, items))}" for name, items in (("files", content.files), ("own checks", content.own_checks)) if items]
    facts += [f"- source: {line(item)}" for item in content.sources]
    parts = ["## What", block(content.what), "## Why", block(content.why)]
    differs = ["## How it differs from what was tried before", block(content.differs)] if content.differs.strip() else []
    return page(f"# {line(content.title)}", "\n".join(facts), *parts, *differs)


def verdict_file(source: Source, number: int) -> bytes | None:
    """verdict.json: the original's fields, then what the server knows beyond them."""
    found = decided(source, number)
    if found is None:
        return None
    made, given = found.experiment, found.given
    return pretty(
        {
            **record(found),
            "decision": given.decision,
            "state": made.state,
            "reason": given.reason,
            "lesson": given.lesson,
            "threshold": given.scores.get("threshold"),
            "checks": given.checks,
            **({"holdout": given.holdout} if given.holdout else {}),
            "category": made.category,
            "cycle": made.cycle,
            "base": made.base,
            "candidate": made.candidate,
            "tree": made.tree,
            "merge_commit": made.merge_commit,
            "backup": given.backup or None,
            **_pull_request(source, number),
        }
    )


def _pull_request(source: Source, number: int) -> dict[str, Any]:
    """The newest pull request that the forge has of an experiment; nothing where there never was one."""
    found = [each for each in pull_requests_of(source.connection, number) if each.number is not None]
    if not found:
        return {}
    newest = found[-1]
    return {"pr_number": newest.number, "pull_request": {"url": newest.url, "state": newest.state, "branch": newest.branch.branch}}


def changes(source: Source, number: int) -> bytes | None:
    """changes.diff: the patch as stored; where it is lost, the file says so."""
    found = decided(source, number)
    if found is None or not found.given.diff:
        return None
    try:
        return source.store.read_object(found.given.diff)
    except Refusal as refusal:
        return f"The patch is lost: {refusal.what}.\n".encode()


def is_the_patch(source: Source, number: int, content: bytes) -> bool:
    """Whether this is the patch that the verdict names, by its hash."""
    found = decided(source, number)
    return found is not None and hashlib.sha256(content).hexdigest() == found.given.diff


def checks_file(source: Source, number: int) -> bytes | None:
    """checks.json: every check of the gate as it was when the verdict was given, with its evidence; not there for verdicts of earlier versions."""
    found = decided(source, number)
    if found is None or not found.given.evidence:
        return None
    given = found.given
    return pretty([{"check": name, "result": result, "evidence": given.evidence.get(name, ())} for name, result in given.checks.items()])


def review_file(source: Source, number: int) -> bytes | None:
    """review.md: the review of the candidate that was decided on."""
    found = decided(source, number)
    review = latest_review(source.connection, number, found.experiment.review_tree) if found and found.experiment.review_tree else None
    return report_page(review) if review else None


def evaluation_file(source: Source, number: int) -> bytes | None:
    """evaluation.json: the whole comparison with the base, as stored: dimensions, tests by id, own checks, instruments, what looked suspect."""
    found = decided(source, number)
    return pretty(found.experiment.assessment) if found and found.experiment.assessment else None


def before(source: Source, number: int) -> bytes | None:
    """eval_before.json: the base's side of the comparison."""
    found = decided(source, number)
    return pretty(_composite(found, "base", [])) if found and found.comparison else None


def after(source: Source, number: int) -> bytes | None:
    """eval_after.json: the candidate's side, with the guards that its review found broken."""
    found = decided(source, number)
    if found is None or not found.comparison:
        return None
    review = latest_review(source.connection, number, found.experiment.review_tree or "")
    answers = review.body.get("guards", []) if review else []
    return pretty(_composite(found, "candidate", [answer["guard"] for answer in answers if not answer.get("holds")]))


def _composite(found: Decided, side: str, violations: list[str]) -> dict[str, Any]:
    """One side in the original's form. What was not measured has no score; `total` is a lower bound then, as `details` say."""
    comparison = found.comparison
    total, threshold = comparison.get(f"floor_{side}"), comparison.get("threshold")
    fallen = {fall["name"]: fall.get("evidence", []) for fall in comparison.get("falls", [])} if side == "candidate" else {}
    results = [_result(row, side, fallen.get(row["name"])) for row in comparison.get("rows", [])]
    passed = None if total is None or threshold is None else total >= threshold
    return {"total": total, "threshold": threshold, "passed": passed, "results": results, "guard_violations": violations}


def _result(row: dict[str, Any], side: str, fall: list[str] | None) -> dict[str, Any]:
    score = row.get(side)
    state = row.get(f"{side}_state", "")
    reason = [row["reason"]] if row.get("reason") and score is None else []
    details = "; ".join([state, *reason, *(fall or [])])
    return {"name": row["name"], "score": score, "weight": round(row["weight"], 6), "passed": score is not None and fall is None, "details": details}
