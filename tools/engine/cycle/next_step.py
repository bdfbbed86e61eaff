"""The one next step: a pure function of the situation."""

from collections.abc import Sequence
from typing import Final

from state.answers import Next, Option, one_line
from state.cycles import StoredHypothesis
from state.experiments import Experiment
from tools.engine.contract import Standing
from tools.engine.cycle import modes
from tools.engine.cycle.modes import Progress, not_started, open_step, possible_steps
from tools.engine.cycle.of_research import ABORT, NO_VALUE, after_research, at_its_end, gives_no_value, research_ended, run_on, without_budget
from tools.engine.cycle.situation import ASKED_OF, Situation
from tools.engine.cycle.steps import AFTERWARDS, Step, revert
from tools.engine.cycle.stuck import barred_said
from tools.engine.gate.checks import of_result
from tools.engine.gate.facts import Facts

CLOSED: Final = ("scope", "protected", "fixed_surfaces")  # checks that fail on files which no experiment may change
RATCHET: Final = "ratchet"  # the check that fails where research did not raise its metric
REPEAT: Final = "not_a_repeat"  # the check that fails where the same was given up before
BEST: Final = "best_of_arms"  # the check that fails where another arm measured better
OPTIONS: Final = 2  # that an answer names
NAMED: Final = 5  # failed instances that a step names
OTHERS_LIMIT: Final = 500  # characters by which the experiments beside the one in work are named
REVIEWED: Final = frozenset({"reviewed", "guards"})  # checks that a review answers
TOOLS_OF_A_CYCLE: Final = ("start_cycle", "propose_hypotheses", "start_experiment", "submit_report", "run_eval", "get_job", "verdict")
_PLAN_ANEW: Final = Option(
    tool="submit_report", arguments={"report": {"role": "ceo", "decision": "redirect", "about": "strategist"}},
    why="a phase was given up: where the others build on it, have the rest planned anew",
)  # fmt: skip


def next_step(situation: Situation) -> Step:
    """The exact next call for this situation (surface.md 4)."""
    if situation.cycle is not None:
        return _with_approval_first(situation) if situation.standing.is_unapproved and situation.job is None else _in_cycle(situation)
    if situation.job is not None:
        return _wait(situation.job.name)
    if situation.ended is not None:
        do = f"Tell the person how cycle {situation.ended.id} ended: what was kept, what was reverted, what it taught. Start another if they want."
        if situation.ended.mode == "research" and (loop := situation.loop) is not None:
            return after_research(loop, do)
        return Step(next=Next(do=do, role="ceo"), options=AFTERWARDS)
    return _without_cycle(situation)


def _without_cycle(situation: Situation) -> Step:
    match situation.standing.state:
        case "no_factory" if situation.standing.lies_there:
            do = "factory.md lies in the checkout, not committed: discover takes it as it is, and approval commits it."
            return Step(next=Next(do=do, tool="discover_project", role="ceo"))
        case "no_factory":
            do = "Discover how this project is tested and measured; give its goal in one sentence."
            return Step(next=Next(do=do, tool="discover_project", fill=("goal",), role="ceo"))
        case "evals_pending_review":
            return Step(next=_approval(situation.standing))
        case "incomplete":
            talk = Option(tool="start_cycle", arguments={"mode": "interactive"}, why="the spec is still vague: talk it through first")
            other = Option(tool="start_cycle", arguments={"mode": "improve"}, why="something else first: the spec goes on waiting")
            options = (talk, *((other,) if situation.standing.is_ready else ()))
            return Step(next=Next(do="Build what the spec says.", tool="start_cycle", arguments={"mode": "build"}, role="ceo"), options=options)
        case _ if situation.loop is not None and situation.loop.end is not None:
            return research_ended(situation.loop)
        case _:
            mode = "improve" if situation.loop is None else "research"
            return Step(next=Next(do="Start a cycle.", tool="start_cycle", arguments={"mode": mode}, role="ceo"))


def _approval(where: Standing) -> Next:
    """What brings factory.md to a person's approval."""
    if where.draft is not None:
        do = "Have the person approve how this project is measured."
        return Next(do=do, tool="request_approval", arguments={"what": "evaluation"}, role="ceo")
    if where.problems:
        return Next(do="Mend factory.md: give the corrected text as factory_md.", tool="discover_project", fill=("factory_md",), role="ceo")
    do = "factory.md is committed, but nobody approved its commands: have the person approve them."
    return Next(do=do, tool="request_approval", arguments={"what": "evaluation"}, role="ceo")


def _with_approval_first(situation: Situation) -> Step:
    """The target's factory.md was changed within a cycle: nothing lands until a person approved it, so they are asked now; work may go on."""
    on = _in_cycle(situation)
    going_on = Option(tool=on.next.tool, arguments=on.next.arguments, why=one_line(f"meanwhile: {on.next.do}", 200)) if on.next.tool else None
    ask = _approval(situation.standing)
    changed = ask.model_copy(update={"do": f"The target's factory.md changed, and nothing lands until it is approved. {ask.do}"})
    return Step(next=changed, options=tuple(option for option in (going_on, *on.options) if option)[:2])


def _in_cycle(situation: Situation) -> Step:
    if situation.current is not None:
        return _with_the_others(_experiment(situation, situation.current), situation)
    if situation.job is not None:
        return _wait(situation.job.name)
    if gives_no_value(situation):
        return Step(next=Next(do=NO_VALUE, role="ceo"), options=(ABORT,))
    return at_its_end(situation, _next_of_cycle(situation))


def _next_of_cycle(situation: Situation) -> Step:
    """The open step of a cycle in which nothing is in work."""
    opened = open_step(situation.progress) if situation.progress else None
    if situation.progress is not None and (asked := not_started(situation.progress)):
        do = f"The {asked} is approved, and what it starts was interrupted: asking again takes it up, and asks nobody."
        return Step(next=Next(do=do, tool="request_approval", arguments={"what": asked}, role="ceo"))
    if opened is None:
        return Step(next=Next(do="Everything of this cycle is done: tell the person what came of it.", role="ceo"))
    if opened.tool == "start_experiment" and situation.waiting:
        item = situation.waiting[0]
        do = f"Open {item.name}: its branch and worktree."
        anew = (_PLAN_ANEW,) if situation.given_up and item.content.kind == "phase" else ()
        return Step(next=Next(do=do, tool="start_experiment", arguments={"item": item.name}, role="ceo"), options=anew)
    action = _of_step(opened, situation.progress)
    if opened.tool == "propose_hypotheses" and situation.barred:
        action = action.model_copy(update={"do": f"{action.do} {barred_said(situation.barred)}"})
    meanwhile = [_start(item, "meanwhile, measured as approved") for item in situation.waiting[:1]]
    again = [_try_again()] if opened.name == "mend" else []
    return Step(next=action, options=(*_before(situation.progress), *meanwhile, *again))


def _of_step(opened: modes.Step, progress: Progress | None) -> Next:
    """The call that satisfies a step; what sent its role back goes with it."""
    said = one_line(_sent_back(opened, progress), 200) if progress else ""
    do = f"{opened.do} {_to_explain(progress.failed)}" if progress and opened.role == "failure_analyst" else opened.do
    return Next(
        do=f"{do} It was sent back: {said}" if said else do, tool=opened.tool, arguments=dict(opened.arguments), fill=opened.fill,
        role=opened.role,
    )  # fmt: skip


def _to_explain(failed: Sequence[str]) -> str:
    """The instances that failed, as far as a step has room for them."""
    more = f" and {len(failed) - NAMED} more: get_role names them" if len(failed) > NAMED else ""
    return f"They are {', '.join(one_line(name, 40) for name in failed[:NAMED])}{more}."


def _sent_back(opened: modes.Step, progress: Progress) -> str:
    """What the CEO, or the person, said of the work of a step's role; the person's word is the newer one where there is one."""
    for asked, role in ASKED_OF.items():
        if opened.role == role and opened.tool == "submit_report" and progress.answer(asked) == "changes":
            return progress.comments.get(asked) or "the person asks for changes, without saying which"
    redirects = [each for each in progress.redirects if each.body.get("about") == opened.role]
    return str(redirects[-1].body.get("feedback", "")) if redirects else ""


def _start(item: StoredHypothesis, why: str) -> Option:
    return Option(tool="start_experiment", arguments={"item": item.name}, why=why)


def _try_again() -> Option:
    return Option(tool="run_eval", arguments={"purpose": "end_to_end"}, why="try once more, where something outside of the project was in the way")


def _before(progress: Progress | None) -> tuple[Option, ...]:
    """What may be done first, though nobody asks for it."""
    steps = possible_steps(progress) if progress else []
    opened = open_step(progress) if progress else None
    closer = (Option(tool="study_project", why="look closer first"),) if opened and opened.tool == "propose_hypotheses" else ()
    return (*closer, *(Option(tool=step.tool, arguments=dict(step.arguments), why=step.do) for step in steps[:1]))


def _with_the_others(step: Step, situation: Situation) -> Step:
    """A step of the experiment in work, with the others that are open named; where there are none, the next item may be begun beside it."""
    others = situation.others
    if others:
        why = one_line(f"open besides: {'; '.join(each.said for each in others)}", OTHERS_LIMIT)
        return Step(next=step.next, options=(*step.options[:1], _look_at(others[0].experiment, why)))
    if len(step.options) < OPTIONS and situation.waiting and situation.current is not None and situation.current.state == "begun":
        return Step(next=step.next, options=(*step.options, _start(situation.waiting[0], "side by side, in a worktree of its own")))
    return step


def _look_at(other: Experiment, why: str) -> Option:
    if other.state == "kept":
        return Option(tool="verdict", arguments={"experiment": other.id, "decision": "keep"}, why=why)
    return Option(tool="check_experiment", arguments={"experiment": other.id}, why=why)


def _experiment(situation: Situation, current: Experiment) -> Step:
    number = current.id
    if situation.job is not None:
        return _wait(situation.job.name)
    if current.state == "kept":
        do = "Give the verdict again: it takes the landing up, and names what is in the way."
        landing = Next(do=do, tool="verdict", arguments={"experiment": number, "decision": "keep"}, fill=("reason",), role="ceo")
        return Step(next=landing, options=(revert(number),))
    if situation.facts is None:
        do = f"The worktree of experiment {number} is gone: open it again."
        return Step(next=Next(do=do, tool="start_experiment", arguments={"item": situation.item}, role="ceo"))
    if current.state == "held" and situation.facts.comparison is not None:
        do = f"Have the person look at experiment {number}."
        asking = Next(do=do, tool="request_approval", arguments={"what": "held", "experiment": number}, role="ceo")
        return Step(next=asking, options=(_measure_mended(number), revert(number)))
    if not situation.facts.changes:
        return Step(next=_build(current, "Edit there, then have the change reviewed."), options=(_abandon(number),))
    return _candidate(situation, current)


def _candidate(situation: Situation, current: Experiment) -> Step:
    facts = situation.facts
    number = current.id
    failing = [check.name for check in of_result(situation.checks, "fail")]
    give_up = (revert(number),)
    if current.merging is not None:
        return Step(next=_mend(current, "Resolve the conflicts written there, then have the change reviewed again."), options=give_up)
    if RATCHET not in failing and (unpaid := without_budget(situation, number)) is not None:
        return unpaid
    if facts is not None and (closed := [name for name in failing if name in CLOSED]):
        do = f"Undo what the experiment may not change ({', '.join(closed)}; the base's version: git checkout {facts.experiment.base[:12]} -- PATH)"
        rest = [name for name in failing if name not in (*CLOSED, *REVIEWED)]
        also = f", mend {', '.join(rest)}" if rest else ""
        return Step(next=_mend(current, f"{do}{also}; then have it reviewed.{_suspects(situation)}"), options=give_up)
    if facts is None or (facts.review is None and (facts.comparison is None or not set(failing) - REVIEWED)):
        return Step(next=_build(current, "Have the change reviewed by somebody who did not build it."), options=give_up)
    if facts.review is not None and facts.review.decision != "pass":
        return Step(next=_mend(current, "Mend what the review found, then have it reviewed again."), options=give_up)
    if facts.comparison is None:
        return Step(next=Next(do="Measure the candidate.", tool="run_eval", arguments={"experiment": number}, role="evaluator"))
    if failing and not set(failing) - REVIEWED:
        return Step(next=_mend(current, "Mend what the review found, then have it reviewed again."), options=give_up)
    if failing:
        return _failing(current, facts, failing, _suspects(situation))
    if RATCHET in [check.name for check in of_result(situation.checks, "not_yet")]:
        return run_on(situation, number)
    return _keep(situation, number)


def _suspects(situation: Situation) -> str:
    """What looks suspect besides what fails: mended in the same go, no person is needed for it."""
    names = [check.name for check in of_result(situation.checks, "suspect")]
    return f" Suspect besides, and a person's to judge if it stays: {', '.join(names)}." if names else ""


def _failing(current: Experiment, facts: Facts, failing: list[str], suspects: str) -> Step:
    """Something fails that neither a review nor an open path mends."""
    if failing == [BEST]:
        best = facts.better[0]
        do = f"Experiment {best.experiment} ({best.item}) measured better: go on with that one; once it lands, this one is superseded."
        action = Next(do=do, tool="check_experiment", arguments={"experiment": best.experiment}, role="ceo")
    elif RATCHET in failing and set(failing) <= {RATCHET, BEST, REPEAT}:
        return _give_up(current, "Its metric was not raised, and this tree is not run again: give it up, and say what it taught.")
    else:
        action = _mend(current, f"Mend what fails there, have it reviewed, then measure again; or revert.{suspects}")
    return Step(next=action, options=(revert(current.id),))


def _give_up(current: Experiment, do: str) -> Step:
    arguments = {"experiment": current.id, "decision": "revert"}
    return Step(next=Next(do=do, tool="verdict", arguments=arguments, fill=("reason", "lesson"), role="ceo"))


def _keep(situation: Situation, number: int) -> Step:
    """Nothing fails."""
    do = "Every check passes: keep it."
    if of_result(situation.checks, "not_yet"):
        do = "Nothing fails; the target moved, so keep merges it in and measures again."
    if of_result(situation.checks, "suspect"):
        do = "Nothing fails, but something looks suspect: keep will hold it for a person."
    keep = Next(do=do, tool="verdict", arguments={"experiment": number, "decision": "keep"}, fill=("reason",), role="ceo")
    return Step(next=keep, options=(revert(number),))


def _build(current: Experiment, do: str) -> Next:
    return Next(
        do=f"In {current.worktree}: {do}",
        tool="submit_report",
        arguments={"experiment": current.id, "report": {"role": "reviewer"}},
        fill=("summary", "report"),
        role="reviewer" if current.state != "begun" else "builder",
    )


def _mend(current: Experiment, do: str) -> Next:
    """The builder's turn; a review of what was mended ends it."""
    return _build(current, do).model_copy(update={"role": "builder"})


def _wait(name: str) -> Step:
    stop = Option(tool="cancel_job", arguments={"job": name}, why="stop measuring")
    return Step(next=Next(do="Wait for the evaluation.", tool="get_job", arguments={"job": name}, role="evaluator"), options=(stop,))


def _measure_mended(number: int) -> Option:
    why = "mend in the worktree what looks suspect, have it reviewed, then measure: no person is needed for what is gone"
    return Option(tool="run_eval", arguments={"experiment": number}, why=why)


def _abandon(number: int) -> Option:
    return Option(tool="verdict", arguments={"experiment": number, "decision": "abandon"}, why="it cannot be built")
