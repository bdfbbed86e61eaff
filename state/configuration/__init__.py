"""What factory.md says, as one closed and frozen model, and the part of it that a person's approval binds."""

from state.configuration.whole import DEFAULT_THRESHOLD, Configuration, EvalWeights, ProjectEvaluation

__all__ = ["DEFAULT_THRESHOLD", "Configuration", "EvalWeights", "ProjectEvaluation"]
