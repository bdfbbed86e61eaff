"""What factory.md says, as one closed and frozen model, and the part of it that a person's approval binds."""

from typing import Any, Final, Literal

from pydantic import Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from state.configuration.values import Branch, Command, Name, Number, OneLine, OneLineOrNone, PatternList, SomeLines, SomePatterns, expression_problem
from state.measurement import TIER_WEIGHTS
from state.model import JSON, Model, digest

DEFAULT_THRESHOLD: Final = 0.8
_LARGEST_WEIGHT: Final = 1_000_000
_LONGEST_TIMEOUT: Final = 7 * 24 * 3600
# The names of dimensions and of parts of an evaluation that are there anyway.
_DIMENSIONS_OF_OURS: Final = frozenset((*(name for weights in TIER_WEIGHTS.values() for name in weights), "eval_command", "smoke"))

# What a person reads but nothing is measured or refused by: it may change without another approval.
_PROSE: Final[dict[str, Any]] = {"goal": True, "constraints": True, "project_evaluations": {"__all__": {"description"}}}


class ProjectEvaluation(Model):
    """One dimension of the user's own: a command, and how its result becomes a score from 0 to 1.

    `pattern` is the regular expression of `parse: regex`, whose first group is the score. `weight` counts within the project tier; `timeout` is in
    seconds.
    """

    name: Name
    command: Command
    parse: Literal["json", "regex", "exit_code"] = "json"
    pattern: OneLine | None = Field(default=None, validate_default=True)
    weight: Number = Field(default=1.0, gt=0, le=_LARGEST_WEIGHT)
    timeout: Number = Field(default=300.0, gt=0, le=_LONGEST_TIMEOUT)
    description: OneLineOrNone = ""

    @field_validator("name")
    @classmethod
    def _not_a_dimension_of_ours(cls, name: str) -> str:
        if name.lower() in _DIMENSIONS_OF_OURS:
            raise ValueError("a name that is none of the dimensions measured anyway")
        return name

    @field_validator("pattern")
    @classmethod
    def _pattern_where_it_is_used(cls, pattern: str | None, info: ValidationInfo) -> str | None:
        parse = info.data.get("parse", "regex" if pattern is not None else "json")  # absent where parse itself is wrong
        if parse == "regex" and pattern is None:
            raise ValueError("`pattern`, with a group around the score, beside `parse: regex`")
        if parse != "regex" and pattern is not None:
            raise ValueError(f"`parse: regex` beside a pattern, not `parse: {parse}`")
        if pattern is not None and (problem := expression_problem(pattern)):
            raise ValueError(problem)
        return pattern


class EvalWeights(Model):
    """The shares of the three tiers. They need not add up to 1: only their proportions count."""

    hygiene: Number = Field(ge=0, le=_LARGEST_WEIGHT)
    growth: Number = Field(ge=0, le=_LARGEST_WEIGHT)
    project: Number = Field(default=0.0, ge=0, le=_LARGEST_WEIGHT)


class Configuration(Model):
    """factory.md, as parsed. `read_only` wins over `modifiable`. Where `eval_command`, `target_branch` or `eval_weights` is None, others decide."""

    goal: OneLine
    modifiable: SomePatterns
    read_only: PatternList = ()
    guards: SomeLines
    eval_command: Command | None = None
    threshold: Number = Field(default=DEFAULT_THRESHOLD, ge=0, le=1)
    target_branch: Branch | None = None
    smoke_test: Command | None = None
    constraints: tuple[OneLine, ...] = ()
    project_evaluations: tuple[ProjectEvaluation, ...] = ()
    eval_weights: EvalWeights | None = None

    @field_validator("project_evaluations")
    @classmethod
    def _names_differ(cls, evaluations: tuple[ProjectEvaluation, ...]) -> tuple[ProjectEvaluation, ...]:
        names = [evaluation.name.lower() for evaluation in evaluations]
        for index, name in enumerate(names):
            if name in names[:index]:
                raise PydanticCustomError("not_unique", "a name that no other evaluation has, in any case", {"place": (index, "name")})
        return evaluations

    @field_validator("eval_weights")
    @classmethod
    def _some_tier_counts(cls, weights: EvalWeights | None, info: ValidationInfo) -> EvalWeights | None:
        if weights is None:
            return None
        evaluations = info.data.get("project_evaluations")  # absent where one of them is wrong
        if evaluations and not weights.project:
            raise ValueError("a share above 0 for `project`, as there is a Project Eval")
        if weights.hygiene + weights.growth + (0.0 if evaluations == () else weights.project) <= 0:
            raise ValueError("a share above 0 for a tier that is measured")
        return weights

    def contract(self) -> dict[str, JSON]:
        """What an approval binds: commands, weights, threshold, patterns, guards and target branch, with defaults spelled out.

        Optional parts that are not set are left out, so that a part which a later version adds does not void an approval.
        """
        bound = self.model_dump(mode="json", exclude=_PROSE, exclude_none=True)
        return {name: value for name, value in bound.items() if value != []}

    def contract_hash(self) -> str:
        """SHA-256, in hex, of the contract's canonical JSON."""
        return digest(self.contract())
