"""What a measurement is: readings of dimensions, taken together in a sample on one exact tree, by one instrument in one environment."""

from enum import StrEnum
from typing import Any, Final, Literal

from pydantic import Field, model_validator

from state.model import Model, digest

Tier = Literal["hygiene", "growth", "project"]
# By what the commands of a sample were kept from writing elsewhere, seeing the main checkout, and reaching the network.
Confinement = Literal["bubblewrap", "namespaces", "unconfined"]
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
    confinement: Confinement = "unconfined"
    network: Literal["off", "open"] = "open"

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


class Root(Model):
    """A folder of the project with a toolchain of its own, and how what lies in it is measured.

    `path` is relative to the top of the project, and empty for the top itself; `source_paths` are relative to the folder. `interpreter` is the
    program that runs the language, relative to the main checkout where it lies inside. `manager` is what installs the dependencies. A tool that is
    not there is an empty name. `test_arguments` select what the runner collects; with `counted` its functions count for growth. `apart` are folders
    within it that are roots of their own.
    """

    path: str = ""
    language: str
    manager: str = ""
    interpreter: str = ""
    test_runner: str = ""
    test_arguments: tuple[str, ...] = ()
    coverage: str = ""
    lint: str = ""
    types: str = ""
    source_paths: tuple[str, ...] = ()
    counted: bool = False
    apart: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """What tells it from every other root of a project."""
        return f"{self.language}:{self.path}"

    def holds(self, path: str) -> bool:
        """Whether a path of the project lies in this folder."""
        return not self.path or path.startswith(f"{self.path}/")

    def inner(self, path: str) -> str:
        """A path of the project as it is called within this folder."""
        return path.removeprefix(f"{self.path}/") if self.path else path

    def outer(self, path: str) -> str:
        """A path within this folder as the project calls it."""
        return f"{self.path}/{path}" if self.path else path


class Profile(Model):
    """How a project is measured, as discovered and approved: it fixes the applicable dimensions of the contract.

    `roots` are its folders with a toolchain; a project that only its own commands measure has none. `commands` is what approval lets run, one line
    each, for a person to read.
    """

    roots: tuple[Root, ...] = ()
    dimensions: tuple[PlannedDimension, ...]
    commands: tuple[str, ...]

    @model_validator(mode="before")
    @classmethod
    def _of_one_root(cls, given: Any) -> Any:
        """A profile of the time when a project had exactly one root, at its top."""
        if not isinstance(given, dict) or "language" not in given:
            return given
        root = {name: value for name, value in given.items() if name in Root.model_fields}
        if "coverage" in {each["name"] for each in given["dimensions"] if each["applicable"]}:
            root["coverage"] = "coverage"
        return {"roots": (root,), **{name: value for name, value in given.items() if name not in Root.model_fields}}

    def applicable(self) -> tuple[PlannedDimension, ...]:
        """The dimensions that count (A in algorithms.md 5)."""
        return tuple(dimension for dimension in self.dimensions if dimension.applicable)

    def counts(self, *names: str) -> bool:
        """Whether one of these dimensions counts."""
        return any(dimension.name in names for dimension in self.applicable())

    @property
    def tested(self) -> bool:
        """Whether a test runner was found anywhere."""
        return any(root.test_runner for root in self.roots)
