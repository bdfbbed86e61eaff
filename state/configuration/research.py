"""What research mode goes by: the metric and its aim, how often it is measured, which files are open when, and what it may cost."""

import re
from typing import Any, Final, Literal

from pydantic import Field, ValidationInfo, field_validator, model_validator

from state.configuration.quantities import LARGEST_COUNT, Direction, Dollars, Number, PositiveCount, Seconds
from state.configuration.values import Command, File, OneLine, PatternList, expression_problem
from state.model import Model

_FIRST_WORD = re.compile(r"[A-Za-z]+")
_TOLD_BY: Final = {
    **dict.fromkeys(("maximise", "maximize", "increase", "raise", "improve"), "maximise"),
    **dict.fromkeys(("minimise", "minimize", "reduce", "lower", "decrease"), "minimise"),
}
_KEYS = re.compile(r"[^\s./](?:[^./]*[^\s./])?(?:\.[^\s./](?:[^./]*[^\s./])?)*")


def told_direction(objective: str) -> str | None:
    """The direction that the first word of an objective gives, or None."""
    word = _FIRST_WORD.search(objective)
    return _TOLD_BY.get(word[0].lower()) if word else None


class ResearchTarget(Model):
    """The metric that research improves, and the command that measures it.

    `metric` is, by `result_parser`: for json a path of keys (`summary.resolved`) or a ratio of two (`resolved/total`), for regex an expression whose
    first group is the value, for exit_code only a name. It is taken from the file `result_path`, which regex and exit_code may leave out in favour of
    standard output. `target` is the value at which research ends; `timeout` is in seconds.
    """

    objective: OneLine
    direction: Direction = Field(default=None, validate_default=True)
    result_parser: Literal["json", "regex", "exit_code"] = "json"
    metric: OneLine
    target: Number
    run_command: Command
    result_path: File | None = Field(default=None, validate_default=True)
    timeout: Seconds = 3600.0

    @field_validator("direction", mode="before")
    @classmethod
    def _direction_is_known(cls, direction: Any, info: ValidationInfo) -> Any:
        told = told_direction(info.data.get("objective", "maximise"))  # where the objective itself is wrong, nothing is said of the direction
        if direction is None and told is None:
            raise ValueError("`direction: maximise` or `direction: minimise`, as the first word of the objective does not tell it")
        return told if direction is None else direction

    @field_validator("direction")
    @classmethod
    def _direction_agrees(cls, direction: str, info: ValidationInfo) -> str:
        if told_direction(info.data.get("objective", "")) not in (None, direction):
            raise ValueError("the direction that the first word of the objective tells")
        return direction

    @field_validator("metric")
    @classmethod
    def _metric_can_be_read(cls, metric: str, info: ValidationInfo) -> str:
        parser = info.data.get("result_parser")  # absent where it is wrong
        if parser == "regex" and (problem := expression_problem(metric)):
            raise ValueError(problem)
        parts = metric.split("/")
        if parser == "json" and (len(parts) > 2 or not all(_KEYS.fullmatch(part) for part in parts)):
            raise ValueError("a path of keys such as summary.resolved, or a ratio of two such as resolved/total")
        return metric

    @field_validator("result_path")
    @classmethod
    def _result_is_somewhere(cls, path: str | None, info: ValidationInfo) -> str | None:
        if path is None and info.data.get("result_parser") == "json":
            raise ValueError("`result_path`, the file that the command writes")
        return path


class InnerLoop(Model):
    """How often the metric is measured within a cycle, and how the values become one.

    `plateau_threshold` counts cycles in a row without a gain, after which the outer surfaces open.
    """

    runs_per_cycle: PositiveCount = 1
    aggregate: Literal["mean", "median", "max", "all_pass"] = "mean"
    plateau_threshold: PositiveCount = 3
    max_inner_runs_per_cycle: PositiveCount | None = None

    @field_validator("max_inner_runs_per_cycle")
    @classmethod
    def _no_less_than_are_asked_for(cls, most: int | None, info: ValidationInfo) -> int | None:
        runs = info.data.get("runs_per_cycle", 1)
        if most is not None and most < runs:
            raise ValueError(f"a number from {runs}, the runs of a cycle, to {LARGEST_COUNT}")
        return most


class OuterLoop(Model):
    """Which files are open at first, and which more after a plateau; None for `max_outer_cycles` sets no limit."""

    max_outer_cycles: PositiveCount | None = None
    inner: PatternList = ()
    outer: PatternList = ()

    @model_validator(mode="after")
    def _some_surface(self) -> "OuterLoop":
        if not self.inner and not self.outer:
            raise ValueError("at least one `inner: PATTERN` or `outer: PATTERN`")
        return self


class CostBudget(Model):
    """What research may cost, in dollars: a cycle, and all of it together. None sets no limit."""

    max_per_cycle: Dollars | None = None
    max_total: Dollars | None = None

    @model_validator(mode="after")
    def _some_limit(self) -> "CostBudget":
        if self.max_per_cycle is None and self.max_total is None:
            raise ValueError("at least one limit, such as $5/cycle or $50 total")
        if self.max_per_cycle is not None and self.max_total is not None and self.max_total < self.max_per_cycle:
            raise ValueError("a total that is no less than the limit of one cycle")
        return self
