"""The whole of factory.md as one closed and frozen model, and the part of it that a person's approval binds."""

from collections.abc import Mapping
from typing import Any, Final

from pydantic import Field, ValidationInfo, field_validator

from state.configuration.measuring import (
    EvalWeights,
    GrowthWeights,
    HardConstraint,
    Holdout,
    HygieneWeights,
    ProjectEvaluation,
    some_tier_counts,
)
from state.configuration.quantities import Number
from state.configuration.research import CostBudget, InnerLoop, OuterLoop, ResearchTarget
from state.configuration.values import Branch, Command, Lines, OneLine, PatternList, SomeLines, SomePatterns, refuse_items, refuse_repeated
from state.configuration.working import CleanPullRequest, HypothesisBudget, Setup
from state.measurement import TIER_WEIGHTS, Tier
from state.model import JSON, Model, digest

DEFAULT_THRESHOLD: Final = 0.8
NAMES_DIFFER: Final = "a name that no other item here has, in any case"
NAMED: Final = ("project_evaluations", "hard_constraints")  # lists whose items differ by name

# What a person or a model reads but nothing is measured or refused by, and budgets, which only stop: they may change without another approval.
_UNBOUND: Final[dict[str, Any]] = {
    **dict.fromkeys(("goal", "constraints", "research_constraints", "eval_spec", "hypothesis_budget", "cost_budget"), True),
    **{name: {"__all__": {"description"}} for name in ("project_evaluations", "hard_constraints")},
    "research_target": {"objective", "price"},
}
# What acts only in research mode, and so only beside a research target. Fixed surfaces protect their files in every mode.
_OF_RESEARCH: Final = ("mutable_surfaces", "research_constraints", "inner_loop", "outer_loop", "cost_budget")


class Configuration(Model):
    """factory.md, as parsed. `read_only` wins over `modifiable`. Where `eval_command`, `target_branch` or `eval_weights` is None, others decide.

    `withheld_surfaces` are those of the fixed surfaces that are in no worktree of an experiment.

    A field at its default stands for a section that is not there.
    """

    goal: OneLine
    modifiable: SomePatterns
    read_only: PatternList = ()
    guards: SomeLines
    eval_command: Command | None = None
    threshold: Number = Field(default=DEFAULT_THRESHOLD, ge=0, le=1)
    target_branch: Branch | None = None
    smoke_test: Command | None = None
    constraints: Lines = ()
    project_evaluations: tuple[ProjectEvaluation, ...] = ()
    eval_weights: EvalWeights | None = None
    hygiene_weights: HygieneWeights | None = None
    growth_weights: GrowthWeights | None = None
    hard_constraints: tuple[HardConstraint, ...] = ()
    eval_spec: Lines = ()
    holdout: Holdout | None = None
    setup: Setup | None = None
    hypothesis_budget: HypothesisBudget | None = None
    clean_pr: CleanPullRequest | None = None
    research_target: ResearchTarget | None = None
    mutable_surfaces: PatternList = ()
    outer_loop: OuterLoop | None = None
    fixed_surfaces: PatternList = ()
    withheld_surfaces: PatternList = ()
    research_constraints: Lines = ()
    inner_loop: InnerLoop | None = None
    cost_budget: CostBudget | None = None

    _some_tier_counts = field_validator("eval_weights")(some_tier_counts)

    @field_validator(*NAMED)
    @classmethod
    def _names_differ(cls, named: tuple[Any, ...]) -> tuple[Any, ...]:
        refuse_repeated([each.name for each in named], NAMES_DIFFER, "name")
        return named

    @field_validator("fixed_surfaces")
    @classmethod
    def _fixed_is_not_open(cls, fixed: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        loop = info.data.get("outer_loop")
        is_open = {*info.data.get("mutable_surfaces", ()), *(loop.inner + loop.outer if loop else ())}
        both = [(index,) for index, pattern in enumerate(fixed) if pattern in is_open]
        refuse_items("a pattern that is not among the surfaces that may change as well", both)
        return fixed

    @field_validator("withheld_surfaces")
    @classmethod
    def _withheld_is_fixed(cls, withheld: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        fixed = info.data.get("fixed_surfaces", withheld)  # absent where they are wrong
        refuse_items("a pattern that is among the fixed surfaces", [(index,) for index, pattern in enumerate(withheld) if pattern not in fixed])
        return withheld

    @property
    def loop(self) -> InnerLoop:
        """How the metric is measured and decided by, with defaults where the file says nothing."""
        return self.inner_loop or InnerLoop()

    def weights_of(self, tier: Tier) -> Mapping[str, float]:
        """The weight of each dimension of a tier, within it: the usual ones, but for those that the project sets; for `project` those of its own."""
        if tier == "project":
            return {evaluation.name: evaluation.weight for evaluation in self.project_evaluations}
        own = self.hygiene_weights if tier == "hygiene" else self.growth_weights
        return own.every() if own else TIER_WEIGHTS[tier]

    def waiting_for_a_target(self) -> tuple[str, ...]:
        """The fields that are set but do nothing, as they act beside a research target only and there is none."""
        return () if self.research_target else tuple(name for name in _OF_RESEARCH if getattr(self, name))

    def contract(self) -> dict[str, JSON]:
        """What an approval binds, with defaults spelled out: commands, how their output is read, weights, threshold, patterns, guards, target branch.

        Optional parts that are not set are left out, so that a part which a later version adds does not void an approval.
        """
        bound: dict[str, JSON] = _set_parts(self.model_dump(mode="json", exclude=_UNBOUND))
        return bound

    def contract_hash(self) -> str:
        """SHA-256, in hex, of the contract's canonical JSON."""
        return digest(self.contract())


def _set_parts(value: Any) -> Any:
    """`value` without what is None or an empty list, on every level."""
    if isinstance(value, dict):
        return {name: _set_parts(part) for name, part in value.items() if part is not None and part != []}
    return [_set_parts(part) for part in value] if isinstance(value, list) else value
