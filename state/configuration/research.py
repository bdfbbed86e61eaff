"""What research mode goes by: the metric and its aim, how often it is measured, which files are open when, and what it may cost."""

import re
from typing import Any, Final, Literal

from pydantic import Field, ValidationInfo, field_validator, model_validator

from state.configuration.quantities import LARGEST_COUNT, MOST_RUNS, Count, Direction, Dollars, Duration, Number, PositiveCount, RunLimit, Seconds
from state.configuration.values import Command, File, OneLine, PatternList, expression_problem
from state.model import Model

_FIRST_WORD = re.compile(r"[A-Za-z]+")
_TOLD_BY: Final = {
    **dict.fromkeys(("maximise", "maximize", "increase", "raise", "improve"), "maximise"),
    **dict.fromkeys(("minimise", "minimize", "reduce", "lower", "decrease"), "minimise"),
}
_KEYS = re.compile(r"[^\s./](?:[^./]*[^\s./])?(?:\.[^\s./](?:[^./]*[^\s./])?)*")
DEFAULT_CAP: Final = 30  # pairs of one attempt; fewer see no effect as small as the noise of one run
DEFAULT_CONFIRMING: Final = 5  # pairs
FEWEST_CONFIRMING: Final = 2  # pairs: one has no spread

Policy = Literal["any", "rate"]


def told_direction(objective: str) -> str | None:
    """The direction that the first word of an objective gives, or None."""
    word = _FIRST_WORD.search(objective)
    return _TOLD_BY.get(word[0].lower()) if word else None


class ResearchTarget(Model):
    """The metric that research improves, and the command that measures it.

    `metric` is, by `result_parser`: for json a path of keys (`summary.resolved`) or a ratio of two (`resolved/total`), for regex an expression whose
    first group is the value, for exit_code only a name. It is taken from the file `result_path`, which regex and exit_code may leave out in favour of
    standard output. `target` is the value at which research ends; `timeout` is in seconds.

    In a JSON result, `instances` is the path of what was tried one by one (None: `instances` or `results` at the top, where they have that form), and
    `cost` that of the dollars the run took (None: `cost_usd` at the top). `price` is what a run counts as, in dollars, where its result names none.
    """

    objective: OneLine
    direction: Direction = Field(default=None, validate_default=True)
    result_parser: Literal["json", "regex", "exit_code"] = "json"
    metric: OneLine
    target: Number
    run_command: Command
    result_path: File | None = Field(default=None, validate_default=True)
    instances: OneLine | None = None
    cost: OneLine | None = None
    price: Dollars | None = None
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

    @field_validator("instances", "cost")
    @classmethod
    def _path_of_a_json_result(cls, path: str | None, info: ValidationInfo) -> str | None:
        if path is not None and info.data.get("result_parser", "json") != "json":  # absent where it is wrong
            raise ValueError(f"`result_parser: json` beside `{info.field_name}`")
        if path is not None and not _KEYS.fullmatch(path):
            raise ValueError("a path of keys such as summary.results")
        return path


class InnerLoop(Model):
    """How often the metric is measured within a cycle, how the values become one, and what a gain has to be.

    `runs_per_cycle` pairs of runs come before the first decision, `max_inner_runs_per_cycle` before the last (None: DEFAULT_CAP).
    `plateau_threshold` counts cycles in a row without a gain, after which the outer surfaces open. `policy` says what the error budget of a campaign
    promises: `any`, hardly ever one false gain; `rate`, few among those kept. `attempts`, where it is declared, divides the budget evenly and ends
    the campaign. A gain of less than `min_effect` is none. `confirm_runs` pairs measure a kept gain afresh (None: DEFAULT_CONFIRMING).
    """

    runs_per_cycle: PositiveCount = 1
    aggregate: Literal["mean", "median", "max", "all_pass"] = "mean"
    plateau_threshold: PositiveCount = 3
    max_inner_runs_per_cycle: PositiveCount | None = None
    policy: Policy | None = None
    attempts: PositiveCount | None = None
    min_effect: Number | None = Field(default=None, ge=0)
    confirm_runs: Count | None = Field(default=None, ge=FEWEST_CONFIRMING, le=MOST_RUNS)

    @property
    def cap(self) -> int:
        """The most pairs of one attempt."""
        return self.max_inner_runs_per_cycle or max(DEFAULT_CAP, self.runs_per_cycle)

    @property
    def confirming(self) -> int:
        """The pairs that measure a kept gain afresh."""
        return self.confirm_runs or DEFAULT_CONFIRMING

    @field_validator("attempts")
    @classmethod
    def _declared_under_any(cls, attempts: int | None, info: ValidationInfo) -> int | None:
        if attempts is not None and info.data.get("policy") == "rate":
            raise ValueError("no `attempts` beside `policy: rate`, which needs no number")
        return attempts

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
    """What research may cost, a cycle and all of it together: dollars, runs, and the wall time of runs in seconds. None sets no limit."""

    max_per_cycle: Dollars | None = None
    max_total: Dollars | None = None
    max_runs_per_cycle: RunLimit | None = None
    max_runs_total: RunLimit | None = None
    max_time_per_cycle: Duration | None = None
    max_time_total: Duration | None = None

    @model_validator(mode="after")
    def _some_limit(self) -> "CostBudget":
        limits = (
            (self.max_per_cycle, self.max_total),
            (self.max_runs_per_cycle, self.max_runs_total),
            (self.max_time_per_cycle, self.max_time_total),
        )
        if all(limit is None for both in limits for limit in both):
            raise ValueError("at least one limit, such as $5/cycle, 200 runs/cycle or 10 h total")
        if any(cycle is not None and total is not None and total < cycle for cycle, total in limits):
            raise ValueError("a total that is no less than the limit of one cycle")
        return self
