"""Where a request leads: the exact next call for what a person asked, where their project stands now; a pure function."""

from dataclasses import dataclass
from typing import Any, Final

from state.answers import Next, Option, one_line
from state.cycles import ModeName
from state.experiments import Experiment
from tools.engine.cycle.beginning import UNMEASURED
from tools.engine.cycle.next_step import next_step
from tools.engine.cycle.of_research import research_ended
from tools.engine.cycle.situation import Situation
from tools.engine.cycle.steps import Step
from tools.engine.intent.errands import Errand
from tools.engine.intent.reading import Intent, experiments_named

SAID_AGAIN: Final = 280  # characters of an argument that is given filled in; what is longer is to be filled in by whoever has the words
COMPARED: Final = 2  # experiments that experiment_history takes
AFTERWARDS: Final = "when that is done: what the person asked for now"


@dataclass(frozen=True)
class Asked:
    """A request and its intent. `inside`: the path that it names lies in the project; `tried`: there are experiments to tell of;
    `missing` are the issues that it names and that nobody imported yet; `landed` is the experiment that landed last.
    """

    request: str
    intent: Intent
    inside: bool = False
    tried: bool = False
    missing: tuple[str, ...] = ()
    landed: Experiment | None = None


def leads_to(asked: Asked, situation: Situation) -> Step:
    """The next call and the others worth knowing. An open cycle's step stays the next one; what is wanted besides is an option."""
    intent = asked.intent
    if intent.errand is not None:
        return Step(next=_errand(intent.errand, asked, situation), options=_own_options(situation))
    if intent.kind == "question":
        return Step(next=_answer(asked), options=_own_options(situation))
    if intent.kind == "resume":
        return next_step(situation)
    if intent.kind == "pull_request":
        return Step(next=_pull_request(asked), options=_own_options(situation))
    wanted = _wanted(asked, situation)
    if wanted.arguments.get("mode") == "research" and situation.cycle is None and situation.loop is not None and situation.loop.end is not None:
        return research_ended(situation.loop)
    if situation.cycle is not None:
        return _beside_the_cycle(intent, wanted, situation)
    if situation.job is not None:
        return _first(next_step(situation), wanted)
    if wanted.tool == "start_cycle" and _needs_measuring(wanted) and not situation.standing.is_ready:
        said = one_line(asked.request, SAID_AGAIN)
        again = Option(tool="project_status", arguments={"request": said}, why="after the approval: what they asked for")
        begun = next_step(situation)
        return Step(next=begun.next, options=(again, *begun.options)[:2])
    return Step(next=wanted, options=_others(asked))


def _errand(errand: Errand, asked: Asked, situation: Situation) -> Next:
    """The call for what is to be done about the backlog, what runs, or what landed; nothing is begun for it."""
    match errand.action:
        case "add":
            given = 0 < len(errand.text) <= SAID_AGAIN
            arguments = {"text": errand.text} if given else {}
            return Next(do="Keep it on the backlog.", tool="add_backlog_item", arguments=arguments, fill=() if given else ("text",), role="ceo")
        case "remove" if len(errand.items) == 1:
            arguments = {"id": errand.items[0], "state": "removed"}
            return Next(do="Take it off the backlog.", tool="update_backlog_item", arguments=arguments, role="ceo")
        case "undo" if (number := errand.number or (asked.landed.id if asked.landed else None)) is not None:
            which = f"experiment {number}{_landed(asked.landed) if asked.landed and asked.landed.id == number else ''}"
            do = f"Take {which} back, by a new commit, once the person said that this is the one they mean."
            return Next(do=do, tool="verdict", arguments={"experiment": number, "decision": "undo"}, fill=("reason", "lesson"), role="ceo")
        case "undo":
            return Next(do="Tell the person: nothing landed here that could be taken back.", role="ceo")
        case "stop" if situation.job is not None:
            return Next(do="Stop what is being measured.", tool="cancel_job", arguments={"job": situation.job.name}, role="ceo")
        case "stop" if situation.cycle is not None:
            do = f"It ends cycle {situation.cycle.id} and abandons what is open in it, with backups: ask the person whether that is meant."
            abort = {"report": {"role": "ceo", "decision": "abort"}}
            return Next(do=do, tool="submit_report", arguments=abort, fill=("summary",), role="ceo")
        case "stop":
            return Next(do="Tell the person: nothing is running here, and no cycle is open.", role="ceo")
        case _:
            return Next(do="Look what waits on the backlog, and tell the person.", tool="list_backlog", role="ceo")


def _landed(found: Experiment) -> str:
    """By what a person knows it again."""
    return f" ({one_line(found.title, 80)}; landed {(found.ended_at or '')[:16].replace('T', ' ')} UTC)"


def creation(source: str) -> Next:
    """The call that makes a project from this source."""
    do = "Create the project; its answer names the folder to go on in."
    given = len(source) <= SAID_AGAIN
    return Next(do=do, tool="create_project", arguments={"source": source} if given else {}, fill=() if given else ("source",), role="ceo")


def beginning(mode: ModeName, focus: tuple[str, ...] = (), spec: str = "") -> Next:
    """The call that begins a cycle in this mode."""
    arguments: dict[str, Any] = {"mode": mode}
    if focus:
        arguments["focus"] = list(focus)
    if spec:
        arguments["spec"] = spec
    return Next(do=f"Begin in mode {mode}.", tool="start_cycle", arguments=arguments, role="ceo")


def _wanted(asked: Asked, situation: Situation) -> Next:
    """What the words ask for, whatever stands in its way."""
    intent = asked.intent
    match intent.kind, intent.mode:
        case "issue", _ if asked.missing:
            do = "Bring the issue into the backlog first: its words are data."
            return Next(do=do, tool="import_issues", arguments={"issues": list(asked.missing)}, role="ceo")
        case "url", _:
            return creation(intent.target)
        case "spec", mode if asked.inside and mode is not None:
            return beginning(mode, spec=intent.target)
        case "spec", _:
            return creation(intent.target)
        case "idea", "build":
            return creation(asked.request.strip())
        case _, "discover":
            return _discovering(situation)
        case _, "improve" if intent.target and not asked.inside:
            arguments = {"project": intent.target, "request": "improve this project"}
            return Next(do="Look at that project.", tool="project_status", arguments=arguments, role="ceo")
        case _, None:
            return next_step(situation).next
        case _, mode:
            return beginning(mode, intent.focus)


def _discovering(situation: Situation) -> Next:
    """Looking again at how the project is measured is always allowed; where nothing is approved, the project's own step says what is due."""
    if not situation.standing.is_ready and not situation.standing.waits:
        return next_step(situation).next
    return Next(do="Look again at how this project is measured; a person approves what changes.", tool="discover_project", role="ceo")


def _needs_measuring(call: Next) -> bool:
    return call.arguments.get("mode") not in UNMEASURED


def _answer(asked: Asked) -> Next:
    """A question is answered; nothing is begun for it."""
    if not asked.tried:
        return Next(do="Answer the person, from this status and from what the project is like.", tool="study_project", role="ceo")
    numbers = [int(number) for number in experiments_named(asked.request)]
    given = dict(zip(("experiment", "compare_with"), numbers, strict=False)) if len(numbers) <= COMPARED else {}
    return Next(do="Answer the person, from this status and from what was tried.", tool="experiment_history", arguments=given, role="ceo")


def _pull_request(asked: Asked) -> Next:
    """What was kept goes upstream beside whatever else is under way: it is looked at first."""
    numbers = [int(number) for number in asked.intent.focus]
    arguments = {**({"experiments": numbers} if numbers else {}), "action": "preview"}
    return Next(do="Show what the pull request would hold.", tool="clean_pr", arguments=arguments, role="ceo")


def _own_options(situation: Situation) -> tuple[Option, ...]:
    """The project's own step, to go on with once a question is answered."""
    due = next_step(situation).next
    return (_option(due, one_line(f"afterwards: {due.do}", 200)),) if due.tool else ()


def _beside_the_cycle(intent: Intent, wanted: Next, situation: Situation) -> Step:
    """The open cycle comes first; the wish is named, and can be kept."""
    due = next_step(situation)
    kept: tuple[Option, ...] = ()
    if wanted.tool == "start_cycle" and intent.focus and intent.kind != "issue":
        kept = (Option(tool="add_backlog_item", arguments={"text": intent.focus[0]}, why="keep what the person asked for until this cycle is done"),)
    elif wanted.tool == "create_project":
        kept = (_option(wanted, "beside this project, now"),)
    elif wanted.tool == "start_cycle" and situation.cycle is not None and wanted.arguments.get("mode") != situation.cycle.mode:
        kept = (_option(wanted, AFTERWARDS),)
    return Step(next=due.next, options=(*kept, *due.options)[:2])


def _first(due: Step, wanted: Next) -> Step:
    later = (_option(wanted, AFTERWARDS),) if wanted.tool else ()
    return Step(next=due.next, options=(*later, *due.options)[:2])


def _others(asked: Asked) -> tuple[Option, ...]:
    """The other reading of the words."""
    intent = asked.intent
    if intent.kind == "spec":
        other = creation(intent.target) if asked.inside else beginning("build", spec=intent.target)
        return (_option(other, "a project of its own is meant" if asked.inside else "it belongs into this project"),)
    if intent.otherwise is None:
        return ()
    mode, why = intent.otherwise
    if mode == "build":
        return (_option(creation(asked.request.strip()), why),)
    focus = intent.focus or (one_line(asked.request, SAID_AGAIN),)
    return (_option(beginning(mode, focus if mode in ("focus", "interactive") else ()), why),)


def _option(call: Next, why: str) -> Option:
    return Option(tool=call.tool or "", arguments=call.arguments, why=why)
