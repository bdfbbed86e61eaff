"""What a measurement is: readings of dimensions, taken together in a sample on one exact tree, by one instrument in one environment."""

from enum import StrEnum
from typing import Any, Final, Literal

from pydantic import Field, model_validator

from state.model import Model, digest

Tier = Literal["hygiene", "growth", "project"]
TIERS: Final[tuple[Tier, ...]] = ("hygiene", "growth", "project")

# Weights within a tier, from the original, so that its users feel at home (design.md 5).
TIER_WEIGHTS: Final[dict[Tier, dict[str, float]]] = {
    "hygiene": {"tests": 0.30, "coverage": 0.25, "lint": 0.15, "type_check": 0.10, "guard_patterns": 0.10, "config_parser": 0.10},
    "growth": {
        "capability_surface": 0.28,
        "experiment_diversity": 0.22,
        "observability": 0.20,
        "research_grounding": 0.16,
        "factory_effectiveness": 0.14,
    },
}


class ReadingState(StrEnum):
    """Not measured is never a number: only `measured` carries a value."""

    MEASURED = "measured"
    NOT_APPLICABLE = "not_applicable"
    UNAVAILABLE = "unavailable"
    ERROR = "error"
    TIMEOUT = "timeout"


class Reading(Model):
    """One dimension of one sample: a value from 0 to 1 where it was measured, else the reason why not."""

    dimension: str
    state: ReadingState
    value: float | None = Field(default=None, ge=0, le=1)
    reason: str = ""
    facts: dict[str, int | float | str] = Field(default_factory=dict)
    seconds: float = 0.0

    @model_validator(mode="after")
    def _value_iff_measured(self) -> "Reading":
        if (self.state is ReadingState.MEASURED) != (self.value is not None):
            raise ValueError(f"{self.dimension}: {self.state} with value {self.value}")
        if self.state is not ReadingState.MEASURED and not self.reason:
            raise ValueError(f"{self.dimension}: {self.state} needs a reason")
        return self


class Sample(Model):
    """One part of an evaluation, run once on one tree.

    `part` is tests, lint, types, static, smoke, project:NAME, or constraint:NAME. `material` is what comparisons need and answers do not show:
    outcomes by test id, findings, uncovered lines. `output` is the tail of what the commands printed (untrusted). `load` is the machine's load
    average.
    """

    part: str
    tree: str
    instrument: str
    environment: str
    readings: tuple[Reading, ...]
    commands: tuple[str, ...] = ()
    tools: dict[str, str] = Field(default_factory=dict)
    material: dict[str, Any] = Field(default_factory=dict)
    output: str = ""
    at: str
    seconds: float
    load: float = 0.0
    confinement: Literal["confined", "unconfined"] = "unconfined"

    @property
    def key(self) -> str:
        """What was measured and with what: the same key means that the sample may stand for another run."""
        return sample_key(self.part, self.tree, self.instrument, self.environment)


def sample_key(part: str, tree: str, instrument: str, environment: str) -> str:
    """The cache key of a sample."""
    return digest([part, tree, instrument, environment])


class PlannedDimension(Model):
    """What an approved profile says of one dimension: how it is measured, or why it is not."""

    name: str
    tier: Tier
    applicable: bool
    how: str = ""
    why: str = ""


class Profile(Model):
    """How a project is measured, as discovered and approved: it fixes the applicable dimensions of the contract.

    `interpreter` is relative to the main checkout where it lies inside. `test_arguments` select what the runner collects. `lint` and `types` name
    the tool, or are empty. `commands` is what approval lets run, one line each, for a person to read.
    """

    language: str
    interpreter: str
    test_runner: str = ""
    test_arguments: tuple[str, ...] = ()
    lint: str = ""
    types: str = ""
    source_paths: tuple[str, ...] = ()
    dimensions: tuple[PlannedDimension, ...]
    commands: tuple[str, ...]

    def applicable(self) -> tuple[PlannedDimension, ...]:
        """The dimensions that count (A in algorithms.md 5)."""
        return tuple(dimension for dimension in self.dimensions if dimension.applicable)
