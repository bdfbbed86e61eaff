"""What the project says of its own measurement: dimensions, weights, hard constraints, and what is held out."""

from collections.abc import Mapping
from typing import Any, ClassVar, Final, Literal

from pydantic import Field, ValidationInfo, field_validator, model_validator

from state.configuration.quantities import LARGEST_WEIGHT, Number, Runs, Seconds, Weight
from state.configuration.values import Command, CommandLine, Expression, FileOrFolder, Name, OneLineOrNone, SomePatterns
from state.measurement import TIER_WEIGHTS, Tier
from state.model import Model

Parse = Literal["json", "regex", "exit_code"]
Compare = Literal["exact", "text", "json", "number"]

# The names of dimensions and of parts of an evaluation that are there anyway.
_DIMENSIONS_OF_OURS: Final = frozenset((*(name for weights in TIER_WEIGHTS.values() for name in weights), "eval_command", "smoke"))


class ProjectEvaluation(Model):
    """One dimension of the user's own: a command, and how its result becomes a score from 0 to 1.

    With `cases`, a folder of NAME.in and NAME.out or a .jsonl file, the command answers one input at a time, and the score is the share of answers
    that agree with what is expected, as `compare` says (None: as text). Else its output is read as `parse` says; `pattern` is the regular
    expression of `parse: regex`, whose first group is the score. The mean of `runs` counts (None: one). `weight` counts within the project tier.
    `timeout` is for a run as a whole, `case_timeout` for one case (None: 10), in seconds.
    """

    name: Name
    command: CommandLine
    cases: FileOrFolder | None = None
    compare: Compare | None = None
    case_timeout: Seconds | None = None
    parse: Parse = "json"
    pattern: Expression = Field(default=None, validate_default=True)
    runs: Runs | None = None
    weight: Number = Field(default=1.0, gt=0, le=LARGEST_WEIGHT)
    timeout: Seconds = 300.0
    description: OneLineOrNone = ""

    @field_validator("compare", "case_timeout")
    @classmethod
    def _only_of_cases(cls, given: Any, info: ValidationInfo) -> Any:
        if given is not None and info.data.get("cases", "") is None:  # absent where the cases themselves are wrong
            raise ValueError(f"`cases` beside `{info.field_name}`")
        return given

    @field_validator("parse")
    @classmethod
    def _cases_are_compared(cls, parse: str, info: ValidationInfo) -> str:
        if info.data.get("cases") and parse != "json":
            raise ValueError("no `parse` beside `cases`: answers are compared, as `compare` says")
        return parse

    @field_validator("name")
    @classmethod
    def _not_a_dimension_of_ours(cls, name: str) -> str:
        if name.lower() in _DIMENSIONS_OF_OURS:
            raise ValueError("a name that is none of the dimensions measured anyway")
        return name


class EvalWeights(Model):
    """The shares of the three tiers. They need not add up to 1: only their proportions count."""

    hygiene: Weight
    growth: Weight
    project: Weight = 0.0


class DimensionWeights(Model):
    """Weights of single dimensions within their tier, in place of the usual ones; what is not named keeps its own."""

    tier: ClassVar[Tier]

    def every(self) -> Mapping[str, float]:
        """The weight of each dimension of the tier."""
        return TIER_WEIGHTS[self.tier] | self.model_dump(exclude_none=True)

    @model_validator(mode="after")
    def _something_counts(self) -> "DimensionWeights":
        if not self.model_dump(exclude_none=True):
            raise ValueError("a weight for at least one dimension")
        if not any(self.every().values()):
            raise ValueError("a weight above 0 for at least one dimension of the tier")
        return self


class HygieneWeights(DimensionWeights):
    """Weights within the hygiene tier."""

    tier = "hygiene"

    tests: Weight | None = None
    coverage: Weight | None = None
    lint: Weight | None = None
    type_check: Weight | None = None
    guard_patterns: Weight | None = None
    config_parser: Weight | None = None


class GrowthWeights(DimensionWeights):
    """Weights within the growth tier."""

    tier = "growth"

    capability_surface: Weight | None = None
    experiment_diversity: Weight | None = None
    observability: Weight | None = None
    research_grounding: Weight | None = None
    factory_effectiveness: Weight | None = None


class HardConstraint(Model):
    """A command that must end well for a change to be kept, whatever the score; `timeout` is in seconds."""

    name: Name
    check: CommandLine
    description: OneLineOrNone = ""
    timeout: Seconds = 120.0


class Holdout(Model):
    """What no candidate gets to see: its files, and the command that scores a kept change by them, once.

    Files that `paths` match are in no worktree and in no answer of a tool. `parse` and `pattern` are those of a Project Eval; `timeout` is in
    seconds.
    """

    paths: SomePatterns
    command: Command
    parse: Parse = "json"
    pattern: Expression = Field(default=None, validate_default=True)
    timeout: Seconds = 300.0


def some_tier_counts(weights: EvalWeights | None, info: ValidationInfo) -> EvalWeights | None:
    """A check of a model that has `project_evaluations` before the shares: they must give something to what is measured. Raises ValueError."""
    if weights is None:
        return None
    evaluations = info.data.get("project_evaluations")  # absent where one of them is wrong
    if evaluations and not weights.project:
        raise ValueError("a share above 0 for `project`, as there is a Project Eval")
    if weights.hygiene + weights.growth + (0.0 if evaluations == () else weights.project) <= 0:
        raise ValueError("a share above 0 for a tier that is measured")
    return weights
