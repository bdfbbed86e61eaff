"""Checks of what others say: the guards of factory.md, the review, and the target branch, which goes on meanwhile."""

from state.answers import quoted
from tools.engine.gate.evidence import passes_unless
from tools.engine.gate.facts import Check, Facts


def guards(facts: Facts) -> Check:
    """Every guard of factory.md was answered by the review, and holds by every answer.

    Facts: the review.
    Results: pass, fail, not_yet.
    """
    if facts.review is None:
        return Check("guards", "not_yet", ("no review has answered the guards yet",))
    answers = [(str(answer.get("guard")), answer.get("holds") is True) for answer in facts.review.body.get("guards", ())]
    answered, broken = {guard for guard, _ in answers}, {guard for guard, holds in answers if not holds}
    lines = [f"unanswered: {quoted(guard)}" for guard in facts.configuration.guards if guard not in answered]
    lines += [f"does not hold: {quoted(guard)}" for guard in facts.configuration.guards if guard in broken]
    return passes_unless("guards", lines)


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

    Facts: where the target branch stands, and whether a merge of it is unresolved.
    Results: pass, fail, not_yet.
    """
    if facts.experiment.merging is not None:
        return Check("up_to_date", "fail", (f"conflicts with {facts.target} are not resolved and captured yet",))
    return Check(
        "up_to_date",
        "not_yet" if facts.target_moved else "pass",
        (f"{facts.target} moved; keep merges it in and measures again",) * facts.target_moved,
    )
