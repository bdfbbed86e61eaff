"""A cycle: opened in a mode on a target, with a baseline and a digest of where it hurts where there is anything to measure."""

from dataclasses import replace
from typing import Annotated, Final

from pydantic import Field

from state.answers import SUMMARY_LIMIT, Answer, Next, one_line
from state.cycles import Cycle, ModeName
from state.errors import Refusal
from tools.answering import answer
from tools.arguments import Count
from tools.configured import outgrown
from tools.engine.contract import Contract, Standing, contract_at, standing
from tools.engine.creating.sources import spec_source
from tools.engine.cycle.beginning import UNMEASURED, Wish, begin, joined, meant_mode
from tools.engine.cycle.modes import Progress
from tools.engine.cycle.next_step import next_step
from tools.engine.cycle.of_research import research_ended
from tools.engine.cycle.refining import many_refinements
from tools.engine.cycle.situation import Situation, observe
from tools.engine.experiment.deciding import take_up
from tools.engine.experiment.measuring import baseline_plan, stored_baseline
from tools.engine.experiment.raising import is_known
from tools.engine.intent.reading import FOCUS_LIMIT
from tools.engine.repository.location import has_branch, make_branch
from tools.engine.repository.own_folder import require_usable
from tools.engine.research.looping import loop_at
from tools.engine.session import Session
from tools.looped import loop_shown
from tools.opened import opened_answer, opened_data, steps_in

OWN_BRANCHES: Final = "factory/"
ModeWord = Annotated[str, Field(max_length=40, description="auto (default), discover, build, interactive, improve, focus, refine, research or meta.")]
FocusText = Annotated[str, Field(max_length=FOCUS_LIMIT)]
Focus = Annotated[list[FocusText], Field(max_length=10, description="For focus and refine: one target each, an id or the person's words.")]
SpecPath = Annotated[str, Field(max_length=1000, description="Path of a spec file, for build and interactive.")]
Branch = Annotated[str, Field(max_length=200, description="Land on this branch; made where missing.")]


def start_cycle(
    session: Session,
    mode: ModeWord = "auto",
    focus: Focus | None = None,
    spec: SpecPath = "",
    branch: Branch = "",
    min_growth: Count | None = None,
    max_new: Count | None = None,
    dry_run: bool = False,  # noqa: FBT001, FBT002 - an argument of a tool is given by name
) -> Answer:
    """Start working in a mode; `auto` chooses.

    Answers with the steps, the baseline, a digest of where it hurts and the next call. Repeating it returns the open cycle.
    dry_run: only say what would begin.
    """
    require_usable(session.repository)
    take_up(session)
    where = _meant_place(session, branch, make=not dry_run)
    wish = Wish(mode, tuple(focus or ()), min_growth, max_new, spec_source(spec, session.repository.root) if spec else None)
    meant = meant_mode(session, where, wish)
    if meant == "discover":
        if mode == "auto" and wish.spec is None:
            contract_at(session, where.tip)  # says what is missing: no cycle was begun
        return _discovering(session, where)
    if meant == "research" and (ended := _research_ended(session, where, wish)) is not None:
        return ended
    if dry_run:
        return _would_begin(session, where, meant, wish, branch)
    cycle, repeated = begin(session, where, meant, wish)
    session.write_views()
    if cycle.mode in UNMEASURED:
        return _unmeasured_cycle(session, cycle, repeated=repeated)
    contract = contract_at(session, where.tip)
    if where.draft is not None:
        session.warnings.append("a newer draft of factory.md waits for approval; this cycle works by the committed one")
    session.warnings += [] if repeated else [*outgrown(session, where), *many_refinements(session, cycle)]
    session.warnings += map(str, where.problems)  # of a cycle that was open before the problems came
    return _started(session, cycle, contract, repeated=repeated)


def _meant_place(session: Session, branch: str, *, make: bool) -> Standing:
    """Where the cycle is to land: the project's target, or a branch of its own, which begins where that target is.

    Raises Refusal BAD_ARGUMENTS for a name that is none, or that is the factory's own.
    """
    usual = standing(session)
    if not branch or branch == usual.target:
        return usual
    expected = "the name of a branch, such as next or feature/dark-mode"
    if branch.startswith(OWN_BRANCHES):
        raise Refusal("BAD_ARGUMENTS", f"{OWN_BRANCHES} holds the experiments' own branches", where=("branch",), expected=expected)
    try:
        if make:
            make_branch(session.repository, branch, usual.tip)
        return standing(session, branch) if has_branch(session.repository, branch) else replace(usual, target=branch)
    except Refusal as refusal:
        if refusal.code != "BAD_CONFIG":
            raise
        raise Refusal("BAD_ARGUMENTS", refusal.what, where=("branch",), expected=expected, untrusted=refusal.untrusted) from refusal


def _discovering(session: Session, where: Standing) -> Answer:
    """Discovering is no cycle: its steps are what the project's own state asks for."""
    situation = Situation(where)
    said = f"{where.target} has nothing approved to measure by yet: discovering comes first, and opens no cycle."
    if where.is_ready:
        said = "factory.md is approved. To look again at how the project is measured: discover_project; else start a cycle."
    return answer(session, said, {"mode": "discover"}, situation=situation)


def _research_ended(session: Session, where: Standing, wish: Wish) -> Answer | None:
    """That research is at its end, and no cycle was begun; None where it goes on. No error: whoever asked could not know."""
    if joined(session, where, "research", wish) is not None or where.configuration is None:
        return None
    loop = loop_at(session, where.configuration, where.tip)
    if loop is None or loop.end is None:
        return None
    step = research_ended(loop)
    composed = answer(session, one_line(f"No cycle was begun: {loop.why}.", SUMMARY_LIMIT), {"research": loop_shown(loop)}, next_action=step.next)
    return composed.model_copy(update={"options": step.options})


def _would_begin(session: Session, where: Standing, mode: ModeName, wish: Wish, branch: str) -> Answer:
    """What start_cycle would do, without doing it; refused where that would be refused."""
    joins = joined(session, where, mode, wish)
    budget = where.configuration.hypothesis_budget if where.configuration else None
    data = {
        "mode": mode, "target": where.target, "focus": list(wish.focus), "steps": steps_in(Progress(mode, int(wish.spec is not None))),
        "budget": {"min_growth": wish.min_growth, "max_new": wish.max_new} if wish.min_growth or wish.max_new else budget and budget.plain(),
    }  # fmt: skip
    situation = observe(session)
    given = {
        "mode": mode, "focus": list(wish.focus), "spec": wish.spec.origin if wish.spec else "", "branch": branch, "min_growth": wish.min_growth,
        "max_new": wish.max_new,
    }  # fmt: skip
    begun = Next(
        do="Begin it.", tool="start_cycle", arguments={name: value for name, value in given.items() if value not in ("", [], None)}, role="ceo"
    )
    action = begun if joins is None else next_step(situation).next
    said = f"A cycle in mode {mode} on {where.target} would begin." if joins is None else f"Cycle {joins.id} is open and would be joined."
    return answer(session, said, data, situation=situation, next_action=action)


def _unmeasured_cycle(session: Session, cycle: Cycle, *, repeated: bool) -> Answer:
    """A cycle that begins before there is anything to measure."""
    summary = f"Cycle {cycle.id} ({cycle.mode}) is open on {cycle.target}; nothing is measured in it yet."
    return answer(session, summary, opened_data(session, cycle), repeated=repeated)


def _started(session: Session, cycle: Cycle, contract: Contract, *, repeated: bool) -> Answer:
    """The answer to start_cycle: the baseline where it is stored or quickly measured, else the job that measures it."""
    baseline = stored_baseline(session, contract, cycle.base)
    job = None
    unknown = cycle.mode == "research" and not is_known(session, contract, cycle.base)
    if baseline is None or unknown:
        job = session.wait(session.launch(baseline_plan(session, cycle.base, cycle=cycle)))
        baseline = stored_baseline(session, contract, cycle.base)
    if baseline is None and job is not None and job.state == "failed":
        raise _unmeasured(job.reason)
    if baseline is None or (job is not None and job.state == "running"):
        name = job.name if job else ""
        wait = Next(do="Wait for the baseline.", tool="get_job", arguments={"job": name}, role="evaluator")
        summary = f"Cycle {cycle.id} is open on {cycle.target}; the baseline is still being measured as {name}."
        return answer(session, summary, {**opened_data(session, cycle), "job": name}, next_action=wait, repeated=repeated)
    return opened_answer(session, cycle, contract, baseline, repeated=repeated)


def _unmeasured(reason: str) -> Refusal:
    """Why there is no baseline: trouble with the store is no trouble of the project's tools."""
    what = f"the baseline could not be measured: {one_line(reason, 200)}"
    if reason.startswith("STORE_BROKEN"):
        return Refusal("STORE_BROKEN", what, expected="a store that can be read and written; what is wrong with it: refactory doctor")
    return Refusal("NO_TOOLCHAIN", what, expected="a project whose tests can be run")
