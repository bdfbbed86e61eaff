"""Checks of what others say: the guards of factory.md, the review, and the target branch, which goes on meanwhile."""

from collections.abc import Collection
from typing import Final

from state.answers import one_line, quoted
from tools.engine.gate.evidence import cut
from tools.engine.gate.facts import Check, Facts
from tools.engine.gate.guards_known import known_guard

BY_THE_REVIEW: Final = "on the reviewer's word: "
SHOWN: Final = 3  # lines that show why a guard does not hold


def guards(facts: Facts) -> Check:
    """Every guard of factory.md holds: those that the server knows by facts, every other by an answer of the review, with its evidence.

    Facts: what decides the known ones, and the review; its no to a known one counts as well, its yes does not.
    Results: pass, fail, suspect, not_yet.
    """
    known = {guard: found.decides(facts) for guard in facts.configuration.guards if (found := known_guard(guard))}
    failing = [_broken(guard, check) for guard, check in known.items() if check.result == "fail"]
    failing += _answered(facts, known.keys()) if facts.review is not None else []
    if failing:
        return Check("guards", "fail", cut(failing))
    if facts.review is None and len(known) < len(facts.configuration.guards):
        return Check("guards", "not_yet", ("no review has answered the guards yet",))
    if any(check.result == "not_yet" for check in known.values()):
        return Check("guards", "not_yet")
    doubtful = [_broken(guard, check) for guard, check in known.items() if check.result == "suspect"]
    return Check("guards", "suspect", cut(doubtful)) if doubtful else Check("guards", "pass", cut(_by_the_review(facts, known.keys())))


def _by_the_review(facts: Facts, known: Collection[str]) -> list[str]:
    """The guards that nothing but the reviewer's word stands for."""
    body = facts.review.body if facts.review is not None else {}
    said = {str(answer.get("guard")): str(answer.get("evidence", "")) for answer in body.get("guards", ())}
    alone = (guard for guard in facts.configuration.guards if guard in said and guard not in known)
    return [f"{BY_THE_REVIEW}{quoted(guard)}: {one_line(said[guard], 120)}" for guard in alone]


def _broken(guard: str, check: Check) -> str:
    lines = f"{'; '.join(check.evidence[:SHOWN])}{f', and {len(check.evidence) - SHOWN} more' if len(check.evidence) > SHOWN else ''}"
    return f"{'a person has to judge' if check.result == 'suspect' else 'does not hold'}: {quoted(guard)}: {lines}"


def _answered(facts: Facts, known: Collection[str]) -> list[str]:
    """What the review leaves open, and what it says does not hold."""
    body = facts.review.body if facts.review is not None else {}
    answers = [(str(answer.get("guard")), answer.get("holds") is True) for answer in body.get("guards", ())]
    answered, broken = {guard for guard, _ in answers}, {guard for guard, holds in answers if not holds}
    lines = [f"unanswered: {quoted(guard)}" for guard in facts.configuration.guards if guard not in answered and guard not in known]
    return lines + [f"does not hold: {quoted(guard)}" for guard in facts.configuration.guards if guard in broken]


def reviewed(facts: Facts) -> Check:
    """Somebody who did not build it reviewed this candidate and said pass.

    Facts: the newest review of exactly this candidate.
    Results: pass, fail, not_yet.
    """
    if facts.review is None:
        return Check("reviewed", "not_yet", ("no review of this candidate",))
    by = f"{facts.review.body.get('decision')} by {quoted(str(facts.review.body.get('reviewer')))} ({facts.review.body.get('independence')})"
    return Check("reviewed", "pass" if facts.review.decision == "pass" else "fail", (by,))


def up_to_date(facts: Facts) -> Check:
    """The candidate stands on the newest commit of its target.

    Facts: where the target branch stands, what is kept and waits for it, and whether a merge of it is unresolved.
    Results: pass, fail, not_yet.
    """
    if facts.experiment.merging is not None:
        return Check("up_to_date", "fail", (f"conflicts with {facts.target} are not resolved and captured yet",))
    if not facts.target_moved:
        return Check("up_to_date", "pass")
    ahead = f"{facts.target} moved" if facts.kept_before is None else f"experiment {facts.kept_before} was kept before it, and waits to land"
    return Check("up_to_date", "not_yet", (f"{ahead}; keep merges it in and measures again",))
