"""Facts for the gate: a candidate that every check lets through, to be made worse in one place."""

from dataclasses import replace
from typing import Any, Final

from state.configuration import Configuration, HardConstraint
from state.cycles import Hypothesis
from state.experiments import Experiment
from state.holdouts import HeldOut
from state.measurement import Reading, ReadingState
from state.reports import Report
from tests.support.histories import COMMIT, TREE, hypothesis_of
from tools.engine.evaluation.assessment import Assessment, Row, TestAccount
from tools.engine.gate.facts import Comparison, ConstraintResult, Facts, Seen
from tools.engine.repository.objects import Change

CONSTRAINT: Final = "no_print"
GUARD: Final = "Keep the names"
REVIEW: Final[dict[str, Any]] = {
    "role": "reviewer", "reviewer": "reviewer-1", "independence": "subagent", "decision": "pass", "quotes": [], "issues": [],
    "guards": [{"guard": GUARD, "holds": True, "evidence": "none is gone"}],
}  # fmt: skip


def account(**changes: Any) -> TestAccount:
    """Three tests that passed at the base and still do."""
    return TestAccount(base_total=3, base_passed=3, lost=(), new=(), failed=(), unexplained=()).model_copy(update=changes)


def assessment(**changes: Any) -> Assessment:
    """Coverage rose, nothing fell, the threshold is reached."""
    states: dict[str, Any] = {"base_state": ReadingState.MEASURED, "candidate_state": ReadingState.MEASURED}
    rows = (
        Row(name="tests", tier="hygiene", weight=0.6, base=1.0, candidate=1.0, delta=0.0, **states),
        Row(name="coverage", tier="hygiene", weight=0.4, base=0.5, candidate=0.55, delta=0.05, **states),
    )
    whole = Assessment(
        floor_base=0.8, floor_candidate=0.82, delta=0.02, tolerance=0.0, threshold=0.5, rows=rows, lost=(), gained=(), unmeasured=(), falls=(),
        tests=account(), progress=True, not_worse=True, threshold_ok=True,
    )  # fmt: skip
    return whole.model_copy(update=changes)


def comparison(**changes: Any) -> Comparison:
    """The comparison that goes with it; fields of the assessment are set through `assessment`."""
    smoke = Reading(dimension="smoke", state=ReadingState.MEASURED, value=1.0, seconds=0.1)
    whole = Comparison(
        tree=TREE, base_tree="b" * 40, assessment=assessment(), smoke=smoke, constraints=(constraint(),), instruments={"tests": ("i", "i")}
    )
    return whole.model_copy(update=changes)


def constraint(**changes: Any) -> ConstraintResult:
    """The hard constraint, which holds."""
    return ConstraintResult(name=CONSTRAINT, holds=True, on_base=True, ended="exit code 0 after 0.1 s").model_copy(update=changes)


def assessed(**changes: Any) -> Comparison:
    """A comparison whose assessment differs in `changes`."""
    return comparison(assessment=assessment(**changes))


def experiment(**changes: Any) -> Experiment:
    """A measured experiment."""
    whole = Experiment(
        id=1, hypothesis=1, arm=1, cycle=1, title="Test shout", category="exploit", state="measured", base=COMMIT, branch="factory/001",
        worktree="/worktrees/001", candidate=COMMIT, tree=TREE, review_tree=TREE, merging=None, merge_commit=None, delta=0.02, assessment=None,
        decision=None, reason=None, lesson=None, approved_tree=None, backup=None, undo_commit=None, undo_reason=None,
        started_at="2026-11-20T10:00:00.000Z", ended_at=None,
    )  # fmt: skip
    return whole.model_copy(update=changes)


def review(**changes: Any) -> Report:
    """A review that passes the candidate and answers the guard; `changes` are of its body."""
    body = {**REVIEW, **changes}
    return Report(cycle=1, id=1, role="reviewer", experiment=1, tree=TREE, revision=1, summary="Read it.", decision=str(body["decision"]), body=body)


def held_out(base: float | None, candidate: float | None) -> HeldOut:
    """Both numbers of what is held out; None ended in an error."""
    states = [ReadingState.ERROR if value is None else ReadingState.MEASURED for value in (base, candidate)]
    return HeldOut(tree=TREE, base_tree="b" * 40, base=base, candidate=candidate, base_state=states[0], candidate_state=states[1])


def change(path: str, mode: str = "100644", status: Any = "M") -> Change:
    """One changed path."""
    return Change(status, path, "100644", mode, "1" * 40, "2" * 40)


def facts(**changes: Any) -> Facts:
    """A candidate that every check passes, but for `changes`."""
    configuration = Configuration(
        goal="Slugs.", modifiable=("**",), read_only=("docs/**",), guards=(GUARD,), smoke_test="python -c pass", fixed_surfaces=("data/**",),
        hard_constraints=(HardConstraint(name=CONSTRAINT, check="! grep -r print src"),),
    )  # fmt: skip
    whole = Facts(
        experiment=experiment(), hypothesis=hypothesis_of(), tree=TREE, configuration=configuration, comparison=comparison(), review=review(),
        changes=(change("src/a.py"),), target="main", target_moved=False, seen=Seen(),
    )  # fmt: skip
    return replace(whole, **changes)


def fix(*own_checks: str) -> Hypothesis:
    """A fix with these own checks."""
    return hypothesis_of("Mend it", "fix").model_copy(update={"own_checks": own_checks})
