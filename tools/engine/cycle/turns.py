"""Whose turn it is in a cycle: whether a report is due, and whether an earlier one may still be handed in anew."""

from typing import Literal

from state.cycles import Cycle
from state.errors import Refusal
from state.reports import Report, ReportRole
from tools.engine.cycle.modes import MODES, ROUNDS, Progress, Step, open_step
from tools.engine.cycle.situation import Situation
from tools.engine.roles.shapes import OfACycle


def require_turn(situation: Situation, report: OfACycle, summary: str) -> Cycle:
    """The open cycle, if this report is due in it, may be handed in, or may still be handed in again; what stands already may always be.

    Raises Refusal OUT_OF_ORDER, or DIFFERENT_CONTENT where the next step has used the report that stands.
    """
    cycle, progress, role = situation.cycle, situation.progress, report.role
    if cycle is None or progress is None:
        raise Refusal("OUT_OF_ORDER", "no cycle is open", expected="start_cycle first")
    if progress.has(role) and says(progress.reports[role], report, summary):
        return cycle
    of_role = [step for step in MODES[cycle.mode].steps if step.role == role and step.tool == "submit_report"]
    if not of_role:
        raise Refusal("OUT_OF_ORDER", f"mode {cycle.mode} has no step of the {role.replace('_', ' ')}", expected=due(progress))
    step = of_role[0]
    if role == "distiller" and progress.rounds >= ROUNDS:
        what = f"the person asked for changes of the spec {ROUNDS} times, and {ROUNDS} rounds are what a cycle has"
        raise Refusal(
            "BUDGET_SPENT", what, expected="the person's word on the spec as it stands (request_approval), or submit_report of the ceo, abort"
        )
    if step.done(progress) or progress.has(role):
        _require_unused(progress, step, role)
    elif not _is_due(progress, step):
        raise Refusal("OUT_OF_ORDER", f"the {role.replace('_', ' ')}'s step is not open", expected=due(progress))
    return cycle


def require_step(situation: Situation, *tools: str) -> Progress:
    """How far the open cycle is, if its open step is done by one of these tools. Raises Refusal OUT_OF_ORDER, which names the open step."""
    if situation.cycle is None or situation.progress is None:
        raise Refusal("OUT_OF_ORDER", "no cycle is open", expected="start_cycle first")
    if situation.current is not None:
        raise Refusal("OUT_OF_ORDER", f"experiment {situation.current.id} is open", expected="its verdict first")
    opened = open_step(situation.progress)
    if opened is None or opened.tool not in tools:
        raise Refusal("OUT_OF_ORDER", f"{tools[0]} is not what cycle {situation.cycle.id} waits for", expected=due(situation.progress))
    return situation.progress


def due(progress: Progress) -> str:
    """What the cycle waits for, as an error's `expected` says it."""
    step = open_step(progress)
    return f"the open step: {step.name}, by {step.tool} as {step.role}" if step else "nothing: the cycle is at its end"


def says(before: Report, report: OfACycle, summary: str) -> bool:
    """Whether a stored report is this one."""
    return before.body == report.model_dump(mode="json") and before.summary == summary


def _is_due(progress: Progress, step: Step) -> bool:
    """Whether a step is the open one, or one that may be done before it: nothing that comes after it is done yet."""
    opened = open_step(progress)
    steps = MODES[progress.mode].steps
    if opened is None or steps.index(step) > steps.index(opened):
        return False
    return not any(between.done(progress) for between in steps[steps.index(step) + 1 : steps.index(opened)] if between.needed(progress))


def _require_unused(progress: Progress, step: Step, role: ReportRole) -> None:
    """A report may be handed in anew until the next step used it."""
    steps = MODES[progress.mode].steps
    later = steps[steps.index(step) + 1 :]
    reported = any(after.tool == "submit_report" and after.role in progress.reports and after.role != "ceo" for after in later)
    asked: Literal["plan", "spec"] | None = "plan" if role == "strategist" else "spec" if role == "distiller" else None
    approved = asked is not None and progress.answer(asked) == "approve"
    used = reported or approved or (progress.proposed > 0 and (role != "refiner" or not progress.undecided))
    if used and progress.has(role):
        what = f"the {role.replace('_', ' ')}'s report {progress.reports[role].name} was used by the next step"
        raise Refusal("DIFFERENT_CONTENT", what, expected="go on; or submit_report of the ceo, redirect, which reopens it")
