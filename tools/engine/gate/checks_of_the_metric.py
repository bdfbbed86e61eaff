"""The check of research: the metric went up because the change is better, as pairs of runs tell it."""

from typing import Final

from state.campaigns import Attempt, AttemptPlan, LookTaken, Outcome
from tools.engine.gate.facts import Check, Facts

HALF: Final = 0.5
_SAID: Final[dict[Outcome, str]] = {
    "better": "better", "not_better": "not better", "cannot_tell": "cannot tell", "error": "no verdict, the candidate lost its runs",
    "unstable": "no verdict, the base lost its runs", "environment": "no verdict, nothing runs",
}  # fmt: skip


def ratchet(facts: Facts) -> Check:
    """In research, the metric was raised: pairs of runs tell this very tree from its base, within what the attempt paid of the error budget.

    Facts: the attempt at the tree in the worktree against the base's, its looks, how it ended, and whether its runs differ.
    A noisy metric that gives exactly one value in the candidate may be one whose answers are known: a person looks.
    Results: pass, suspect, fail, not_yet.
    """
    if facts.mode != "research":
        return Check("ratchet", "pass", (f"no metric is raised in mode {facts.mode}",) if facts.mode else ())
    attempt = facts.attempt
    if attempt is None:
        return Check("ratchet", "not_yet", ("no pair of runs holds this tree against its base yet",))
    if attempt.ending is None:
        return Check("ratchet", "not_yet", (f"{told(attempt)}: cannot tell yet is not better",))
    line = f"{told(attempt)}: {attempt.ending.reason}"
    if attempt.outcome == "better" and facts.quiet is not None:
        gone = f"every run gave exactly {facts.quiet:g}: noise is gone, look whether answers are known"
        return Check("ratchet", "suspect", (line, gone))
    return Check("ratchet", "pass" if attempt.outcome == "better" else "fail", (line,))


def told(attempt: Attempt) -> str:
    """How an attempt stands, in a line with its numbers."""
    last = attempt.looks[-1] if attempt.looks else None
    word = _SAID[attempt.ending.outcome] if attempt.ending else "not told yet"
    if last is None:
        estimate = attempt.ending.estimate if attempt.ending else None
        return f"{word}, {estimate:+.4g}" if estimate is not None else word
    limit = f"{last.limit:.2g}" if is_reachable(attempt.plan, last) else "none yet"
    return f"{word}, {last.estimate:+.4g} over {last.n} pairs (p {last.p:.2g}, limit {limit})"


def is_reachable(plan: AttemptPlan, look: LookTaken) -> bool:
    """Whether any p could be as small as the limit of a look: of n pairs the smallest that flips of signs give is 2^-n."""
    return look.limit > 0 and (plan.unit != "pair" or look.limit >= HALF**look.n)
