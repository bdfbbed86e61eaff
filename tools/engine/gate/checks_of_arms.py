"""The check that holds an experiment against the other arms of its hypothesis."""

from tools.engine.gate.evidence import passes_unless
from tools.engine.gate.facts import Arm, Check, Facts


def best_of_arms(facts: Facts) -> Check:
    """No other arm of the hypothesis, measured and without a failing check, is better by more than noise.

    Facts: the composites of the other experiments of the hypothesis, each against its own base.
    Results: pass, fail.
    """
    if facts.comparison is None:
        return Check("best_of_arms", "pass")
    if facts.mode == "research":
        return passes_unless("best_of_arms", [_in_research(arm) for arm in facts.better])
    own = facts.comparison.assessment
    lines = tuple(f"{_said(arm)}; here delta {own.delta:+.4f}, composite {own.floor_candidate:.4f}" for arm in facts.better)
    return Check("best_of_arms", "fail" if lines else "pass", lines)


def _in_research(arm: Arm) -> str:
    return f"experiment {arm.experiment} ({arm.item}) raised the metric more: {arm.delta:+.4g} ({_way(arm)})"


def _said(arm: Arm) -> str:
    return f"experiment {arm.experiment} ({arm.item}) measured better: delta {arm.delta:+.4f}, composite {arm.composite:.4f} ({_way(arm)})"


def _way(arm: Arm) -> str:
    return "it is kept and waits to land" if arm.state == "kept" else "keep that one, or revert it first"
