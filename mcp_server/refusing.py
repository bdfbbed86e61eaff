"""A refusal as an answer: what was wrong, and the one call that leads on."""

import json
import re
from collections.abc import Sequence
from typing import Any, Final

from mcp_server.right_of_report import right_of_report
from mcp_server.schema import arguments_model
from state.answers import Answer, Next, Option, Refused, untrusted
from state.errors import Kind, Refusal
from tools.engine.cycle.next_step import next_step
from tools.engine.cycle.situation import observe
from tools.engine.cycle.steps import Step
from tools.engine.repository.git import GitFailed
from tools.engine.session import Session

SHOWN: Final = 20
GO_ON: Final = "Go on without this step."
KEPT_LIMIT: Final = 120  # characters of an argument that is said again
OPTIONS: Final = 2
ASK: Final = Option(tool="request_approval", arguments={"what": "evaluation"}, why="have the person approve factory.md as it is committed")
AMEND: Final = "Mend this call: every problem is named, and what was right of the report stands in its arguments."
# The call itself was wrong: it is to be made again, mended. Of some kinds it is known which argument that is.
SAME_CALL: Final = frozenset({"BAD_ARGUMENTS", "BAD_REPORT", "BAD_HYPOTHESIS", "UNKNOWN_ID", "EXISTS"})
SAME_CALL_BUT_FOR: Final = {"BAD_REPORT": "report", "BAD_HYPOTHESIS": "hypotheses", "EXISTS": "directory"}


def refused_answer(session: Session | None, tool: str, arguments: dict[str, Any], refusal: Refusal) -> Answer:
    """The envelope of a refusal. Nothing was changed, but for what the refusal itself says."""
    step = _step(session, tool, arguments, refusal)
    action = step.next
    refused = Refused(
        code=refusal.code,
        kind=refusal.kind,
        what=refusal.what,
        where=_shown(refusal.where),
        expected=refusal.expected,
        problems=tuple(
            {name: value for name, value in vars(problem).items() if value} for problem in refusal.problems[:SHOWN]
        ),
    )  # fmt: skip
    return Answer(
        summary=refusal.what[:300],
        refused=refused,
        next=action,
        data=untrusted(*refusal.untrusted) if refusal.untrusted else {},
        options=step.options,
        total=len(refusal.problems) if len(refusal.problems) > SHOWN else None,
        warnings=tuple(session.warnings[:5]) if session else (),
        project=str(session.repository.root) if session else "",
    )


def _shown(places: Sequence[str]) -> tuple[str, ...]:
    """The first of the places, and how many there are beyond them."""
    return tuple(places) if len(places) <= SHOWN else (*places[:SHOWN], f"and {len(places) - SHOWN} more")


def _step(session: Session | None, tool: str, arguments: dict[str, Any], refusal: Refusal) -> Step:
    """The call that leads on; where the project's own step does, with its other ways, such as giving up what the gate refused."""
    action = _own_next(session, tool, arguments, refusal)
    if action is not None or session is None:
        return Step(next=action or _tell(refusal.what, GO_ON))
    step = _from_the_situation(session, arguments, refusal)
    others = [each for each in step.options if not _is_refused(each, tool, arguments)]
    if refusal.code == "NEEDS_APPROVAL" and step.next.tool != ASK.tool:
        others.insert(0, ASK)
    return step.model_copy(update={"options": tuple(others[:OPTIONS])})


def _is_refused(option: Option, tool: str, arguments: dict[str, Any]) -> bool:
    """Whether an option is the very call that was refused."""
    return option.tool == tool and all(arguments.get(name) == value for name, value in option.arguments.items())


def _own_next(session: Session | None, tool: str, arguments: dict[str, Any], refusal: Refusal) -> Next | None:
    """What follows from the refusal by itself; None where the project's step does."""
    if refusal.code == "UNKNOWN_TOOL":
        return Next(do="Take one of the tools named.", tool="project_status")
    if tool == "clean_pr" and (publishing := _of_publishing(arguments, refusal)) is not None:
        return publishing
    if refusal.code in SAME_CALL:
        again = _the_same_call("Mend this call: every problem is named.", tool, arguments, _wrong(refusal))
        kept = right_of_report(arguments.get("report"), refusal.problems) if refusal.code == "BAD_REPORT" else {}
        return again.model_copy(update={"arguments": {**again.arguments, "report": kept}, "do": AMEND}) if kept else again
    if refusal.code == "UNKNOWN_ISSUE":
        return Next(do="Fetch what the focus names.", tool="import_issues", arguments={"issues": list(refusal.where)}, role="ceo")
    if refusal.kind is Kind.WAIT:
        return _the_same_call("Once more; if it is refused again, tell the person.", tool, arguments, set())
    if refusal.kind is Kind.PERSON and refusal.code not in ("HELD", "NEEDS_APPROVAL", "APPROVAL_VOID"):
        return _tell(refusal.what, f"What it takes: {refusal.expected}")
    if refusal.kind in (Kind.END, Kind.BROKEN) or session is None:
        return _tell(refusal.what, GO_ON)
    if refusal.code == "BAD_CONFIG" and tool in ("discover_project", "request_approval"):
        return Next(do="Mend the text of factory.md as named.", tool="discover_project", fill=("factory_md",), role="ceo")
    return None


def _of_publishing(arguments: dict[str, Any], refusal: Refusal) -> Next | None:
    """What follows from a refused pull request, where neither its kind nor the project's step says it."""
    match refusal.code:
        case "NEEDS_APPROVAL" if any(place.startswith("publish ") for place in refusal.where):
            return Next(do="Ask the person whether this may be published.", tool="request_approval", arguments={"what": "publish"}, role="ceo")
        case "CONFLICT":
            return _the_same_call("Name every experiment that this one builds on.", "clean_pr", arguments, {"experiments"})
        case "GATE" | "DUPLICATE" | "NO_CANDIDATE" | "ALREADY_DECIDED":
            return _tell(refusal.what, f"What it takes: {refusal.expected}")
        case "UNKNOWN_ID" if not refusal.untrusted:
            return _the_same_call("Mend this call: every problem is named.", "clean_pr", arguments, {"experiments"})
        case "UNKNOWN_ID":  # the forge knows no such project, or does not show it
            return _tell(refusal.what, f"What it takes: {refusal.expected}")
        case _:
            return None


def _wrong(refusal: Refusal) -> set[str]:
    """The arguments that a refusal complains of, and the names that were probably meant."""
    if refusal.code in SAME_CALL_BUT_FOR:
        return {SAME_CALL_BUT_FOR[refusal.code]}
    return {
        *refusal.where,
        *(re.split(r"[.\[]", problem.where)[0] for problem in refusal.problems),
        *(problem.nearest for problem in refusal.problems),
    }


def _the_same_call(do: str, tool: str, arguments: dict[str, Any], wrong: set[str]) -> Next:
    """The call once more: what was right of it stands, what was wrong or is too long to be said again is to be filled in."""
    fields = arguments_model(tool).model_fields
    kept = {
        name: value
        for name, value in arguments.items()
        if name in fields and name != "project" and name not in wrong and value is not None and len(json.dumps(value)) <= KEPT_LIMIT
    }
    fill = [name for name, field in fields.items() if name not in kept and (name in wrong or name in arguments or field.is_required())]
    # A cursor that has expired is left out: that is the call for page one.
    return Next(do=do, tool=tool, arguments=kept, fill=tuple(name for name in fill if name != "cursor" and (name != "project" or name in wrong)))


def _from_the_situation(session: Session, arguments: dict[str, Any], refusal: Refusal) -> Step:
    """The step that the project itself waits for; where that cannot be told, the person's turn."""
    focus = arguments.get("experiment")
    try:
        return next_step(observe(session, focus=focus if isinstance(focus, int) else None))
    except Refusal as other:
        return Step(next=_tell(refusal.what, other.what, f"What it takes: {other.expected}"))
    except (GitFailed, OSError):  # what ended the call keeps us from looking too
        return Step(next=_tell(refusal.what, f"What it takes: {refusal.expected}"))


def _tell(*sentences: str) -> Next:
    """The person's turn, with these sentences, each with one end."""
    *first, last = sentences
    ended = [f"{each.rstrip('.')}." for each in first]
    return Next(do=f"Tell the person: {' '.join(ended)} {last}", role="ceo")
