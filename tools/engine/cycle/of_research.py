"""The steps that only research has: going on with runs, going on to the next cycle, and telling the person why it is at an end."""

from typing import Final

from state.answers import Next, Option, one_line
from tools.engine.cycle.situation import Situation
from tools.engine.cycle.steps import AFTERWARDS, Step, revert
from tools.engine.research.budget import stops
from tools.engine.research.loop import End
from tools.engine.research.looping import A_PAIR, Loop

SAID_LIMIT: Final = 600  # characters of what the person is to be told
NO_VALUE: Final = (
    "The command of ## Research Target gives no value on the target itself, so no candidate can be told from it: tell the person what its runs "
    "printed (study_project, topic failures). What is broken is mended in mode focus; factory.md is theirs."
)
ABORT: Final = Option(
    tool="submit_report", arguments={"report": {"role": "ceo", "decision": "abort"}}, why="end this cycle, to mend the command first",
)  # fmt: skip
END: Final = Option(
    tool="submit_report", arguments={"report": {"role": "ceo", "decision": "abort"}}, why="end this cycle; what was kept stays",
)  # fmt: skip
# What would make research go on, by the end that it is at; each is the person's to decide, in factory.md.
_GOES_ON: Final[dict[End, str]] = {
    "target": "It goes on if they set a further `target` in factory.md.",
    "plateau": "It goes on if they open other surfaces in factory.md (Mutable Surfaces, Outer Loop Surfaces), or allow more cycles there "
    "(plateau_threshold, max_outer_cycles).",
    "attempts": "It goes on if they declare more `attempts` in ## Inner Loop, or leave their number open there.",
    "budget": "It goes on if they raise `## Cost Budget` in factory.md; a limit a cycle holds anew in each.",
}
_TOTAL: Final = Option(tool="run_eval", arguments={"purpose": "total"}, why="what all kept changes gained together, by fresh pairs")
_PRUNE: Final = Option(tool="run_eval", arguments={"purpose": "prune"}, why="which kept changes no longer matter; removes nothing")


def research_ended(loop: Loop) -> Step:
    """Research is at an end: the person decides what comes of it."""
    do = f"Tell the person that research is at its end: {loop.why}. {_GOES_ON[loop.end or 'plateau']}"
    return Step(next=Next(do=one_line(do, SAID_LIMIT), role="ceo"), options=_of_the_whole(loop))


def at_its_end(situation: Situation, on: Step) -> Step:
    """The target is reached, or the budget spent, amid a cycle: the person decides; `on`, what the cycle would try next, stays allowed."""
    loop = situation.loop
    if situation.cycle is None or situation.cycle.mode != "research" or loop is None or loop.end not in ("target", "budget"):
        return on
    do = f"Tell the person: {loop.why}. {_GOES_ON[loop.end]} The cycle is still open: what is left of it may be tried, or it is ended."
    going_on = [Option(tool=on.next.tool, arguments=on.next.arguments, why=f"go on all the same: {on.next.do}")] if on.next.tool else []
    return Step(next=Next(do=one_line(do, SAID_LIMIT), role="ceo"), options=(*going_on, END))


def _of_the_whole(loop: Loop) -> tuple[Option, ...]:
    """What tells of all kept changes together, where there are any and the budget has runs for it, before something else is begun."""
    return (_TOTAL, _PRUNE) if loop.confirmed is not None and loop.end != "budget" else AFTERWARDS[1:]


def after_research(loop: Loop, do: str) -> Step:
    """A research cycle ended: the next one, or why there is none."""
    if loop.end is not None:
        end = f"{do.removesuffix(' Start another if they want.')} Research is at its end: {loop.why}. {_GOES_ON[loop.end]}"
        return Step(next=Next(do=one_line(end, SAID_LIMIT), role="ceo"), options=_of_the_whole(loop))
    opens = "the outer surfaces open in it" if loop.turn.after_a_plateau else f"in the {loop.turn.level} loop"
    again = Option(tool="start_cycle", arguments={"mode": "research"}, why=f"the next cycle of research, {opens}")
    return Step(next=Next(do=do, role="ceo"), options=(again, AFTERWARDS[1]))


def run_on(situation: Situation, number: int) -> Step:
    """The metric is not told yet: more runs, unless the budget says no, or the command gives no value even on the target itself."""
    more = Option(tool="run_eval", arguments={"experiment": number}, why="run the metric on, once that is mended")
    if (unpaid := without_budget(situation, number)) is not None:
        return Step(next=unpaid.next, options=(more,))
    if gives_no_value(situation):
        return Step(next=Next(do=NO_VALUE, role="ceo"), options=(more, revert(number)))
    do = "Run the metric on: it is not told yet whether it rose."
    return Step(next=Next(do=do, tool="run_eval", arguments={"experiment": number}, role="evaluator"), options=(revert(number),))


def without_budget(situation: Situation, number: int) -> Step | None:
    """Nothing that is done about an experiment could lead to a keep: its metric is not told, and no more runs are paid for. None where they are."""
    loop, facts = situation.loop, situation.facts
    attempt = facts.attempt if facts else None
    if loop is None or facts is None or facts.mode != "research" or (attempt is not None and attempt.ending is not None):
        return None
    if not (why := stops(loop.budget, A_PAIR * (attempt.plan.group if attempt else 1))):
        return None
    do = f"No more runs are paid for: {why}. Give it up untold, or have the person raise ## Cost Budget first."
    return Step(next=Next(do=do, tool="verdict", arguments={"experiment": number, "decision": "revert"}, fill=("reason", "lesson"), role="ceo"))


def gives_no_value(situation: Situation) -> bool:
    """Whether a research cycle is open whose metric has no value even where nothing was changed: nothing could be held against that."""
    loop = situation.loop
    return situation.cycle is not None and loop is not None and loop.calibration is not None and loop.calibration.mean is None
