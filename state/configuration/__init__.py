"""What factory.md says, as one closed and frozen model, and the part of it that a person's approval binds."""

from state.configuration.measuring import EvalWeights, GrowthWeights, HardConstraint, Holdout, HygieneWeights, ProjectEvaluation
from state.configuration.research import CostBudget, InnerLoop, OuterLoop, ResearchTarget
from state.configuration.whole import DEFAULT_THRESHOLD, Configuration
from state.configuration.working import CleanPullRequest, HypothesisBudget, Setup

__all__ = [
    "DEFAULT_THRESHOLD", "CleanPullRequest", "Configuration", "CostBudget", "EvalWeights", "GrowthWeights", "HardConstraint", "Holdout",
    "HygieneWeights", "HypothesisBudget", "InnerLoop", "OuterLoop", "ProjectEvaluation", "ResearchTarget", "Setup",
]  # fmt: skip
