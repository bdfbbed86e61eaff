"""Composing an answer: the tool's own result, and around it where the project stands and the one next step with its contract."""

from typing import Any

import prompts
from state.answers import Answer, Next, Option, one_line
from tools.engine.cycle.next_step import next_step
from tools.engine.cycle.situation import Situation, observe
from tools.engine.session import Session


def answer(
    session: Session,
    summary: str,
    data: dict[str, Any],
    *,
    situation: Situation | None = None,
    next_action: Next | None = None,
    repeated: bool = False,
) -> Answer:
    """The envelope around a tool's result. `next_action` overrides what the situation calls for; empty values in `data` are left out."""
    seen = situation or observe(session)
    step = next_step(seen)
    action = next_action or step.next
    options: tuple[Option, ...] = step.options if next_action is None else ()
    return Answer(
        summary=summary,
        next=action,
        contract="" if _mends(seen, action) else contract_of(action),
        data=without_empty(data),
        options=options,
        at=seen.at(),
        warnings=tuple(session.warnings[:5]),
        repeated=repeated,
        project=str(session.repository.root),
    )


def told(session: Session, summary: str, data: dict[str, Any], *, repeated: bool = False) -> Answer:
    """An answer to what the person asked to know or to keep: they are told, and nothing is begun for it. Within a cycle its step stays the next."""
    composed = answer(session, summary, data, repeated=repeated)
    due = composed.next
    if due is None or due.tool is None or (composed.at is not None and composed.at.cycle is not None):
        return composed
    later = Option(tool=due.tool, arguments=due.arguments, why=one_line(f"when they want to go on: {due.do}", 200))
    return composed.model_copy(
        update={"next": Next(do="Tell the person; nothing more was asked for.", role="ceo"), "options": (later,), "contract": ""}
    )


def _mends(seen: Situation, action: Next) -> bool:
    """Whether the builder goes on with what was begun: the contract was said then, and project_status says it again to whoever lost it."""
    return action.role == "builder" and seen.current is not None and seen.current.state != "begun"


def contract_of(action: Next) -> str:
    """What will be checked at the next step. The CEO's own contract stands in the instructions and is not said again with every call."""
    return prompts.contract(action.role, plans=action.tool == "submit_report") if action.role != "ceo" else ""


def without_empty(data: dict[str, Any]) -> dict[str, Any]:
    """`data` without None, empty texts, lists and objects, at any depth; zero and False stay."""
    trimmed = {name: _trimmed(value) for name, value in data.items()}
    return {name: value for name, value in trimmed.items() if value not in (None, "", [], {}, ())}


def _trimmed(value: Any) -> Any:
    if isinstance(value, dict):
        return without_empty(value)
    return [_trimmed(item) for item in value] if isinstance(value, list | tuple) else value
