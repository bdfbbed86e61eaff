"""What research may take of runs, dollars and time, as a person is told it before they approve; no approval binds the limits."""

from typing import Final

from state.configuration import Configuration, CostBudget

_A_PAIR: Final = 2  # runs
_HOUR, _MINUTE = 3600, 60


def spent_on_research(configuration: Configuration) -> list[str]:
    """How many runs of the metric an attempt may take, and what bounds them all; nothing without a research target."""
    if configuration.research_target is None:
        return []
    loop, limits = configuration.loop, configuration.cost_budget
    by_default = "" if loop.max_inner_runs_per_cycle else ", by default"
    attempt = f"up to {loop.cap} pairs ({_A_PAIR * loop.cap} runs){by_default}; a change that is kept takes {loop.confirming} more"
    bounded = _limits(limits) if limits else "none: what attempts take is all that bounds it"
    return [f"Each attempt of research: {attempt}", f"Cost Budget: {bounded}"]


def _limits(limits: CostBudget) -> str:
    """$5 a cycle, 200 runs in total."""
    found = []
    for span, dollars, runs, seconds in (
        ("a cycle", limits.max_per_cycle, limits.max_runs_per_cycle, limits.max_time_per_cycle),
        ("in total", limits.max_total, limits.max_runs_total, limits.max_time_total),
    ):
        found += [f"${dollars:g} {span}"] if dollars is not None else []
        found += [f"{runs} runs {span}"] if runs is not None else []
        found += [f"{_time(seconds)} of runs {span}"] if seconds is not None else []
    return ", ".join(found)


def _time(seconds: float) -> str:
    return f"{seconds / _HOUR:g} h" if seconds >= _HOUR else f"{seconds / _MINUTE:g} min"
