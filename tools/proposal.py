"""Hypotheses: what a cycle tries, proposed together, checked together, ordered by the server."""

from collections.abc import Sequence
from typing import Any, Final

from pydantic import ValidationError

from state.answers import Answer, one_line
from state.cycles import StoredHypothesis, open_cycle
from state.errors import Problem, Refusal
from tools.answering import answer, without_empty
from tools.arguments import Hypotheses
from tools.engine.contract import contract_at, standing
from tools.engine.cycle.answers_handed_in import notes_on_hypotheses
from tools.engine.cycle.proposals import LISTS, Proposal
from tools.engine.cycle.proposing import left_waiting, refuse, require_turn, rules_of, store, stored_already
from tools.engine.cycle.rules import Given, faults_of, in_order
from tools.engine.session import Session
from tools.problems import problems_of_shape

# Stands in for what has the wrong shape, so that all else of a proposal is looked at too.
PLACEHOLDER: Final[dict[str, Any]] = {"title": "-", "category": "fix", "dimension": "none", "what": "-", "why": ""}


def propose_hypotheses(session: Session, hypotheses: Hypotheses) -> Answer:
    """Propose what to try in this cycle, each one small change.

    Accepted or returned together, with every problem: budget, growth, evidence, likeness to reverted ones. The server orders them and names the
    first.
    """
    where = standing(session)
    contract = contract_at(session, where.tip)
    with session.store.reading() as connection:
        cycle = open_cycle(connection, where.target)
    if cycle is None:
        raise Refusal("OUT_OF_ORDER", "no cycle is open", expected="start_cycle first")
    given, problems = _read(hypotheses)
    rules = rules_of(session, cycle, contract, given)
    notes: tuple[str, ...] = ()
    proposed = None if problems else stored_already(session, cycle, given, rules)
    if proposed is None:
        require_turn(session, cycle)
        notes = notes_on_hypotheses(session, cycle, where.tip, hypotheses)  # before all other rules, which say again what was handed in
        shapeless = {problem.where for problem in problems}
        refuse(problems, [fault for fault in faults_of(given, rules) if fault.problem.where not in shapeless])
        proposed = store(session, cycle, in_order(given, rules))
    data = {
        "accepted": [_accepted(item) for item in proposed.stored],
        "replaced": list(proposed.replaced),
        "notes": [*notes, *left_waiting(session, proposed.stored)],
    }
    first = proposed.stored[0]
    replacing = f", in place of {', '.join(proposed.replaced)}" if proposed.replaced else ""
    summary = f"{len(proposed.stored)} accepted{replacing}; first {first.name}: {one_line(first.content.title, 80)}."
    return answer(session, summary, without_empty(data), repeated=proposed.repeated)


def _read(given: Sequence[dict[str, Any]]) -> tuple[list[Given], list[Problem]]:
    """The proposals, and what is wrong with their shape. One of the wrong shape is read as far as it goes."""
    read: list[Given] = []
    problems: list[Problem] = []
    for number, item in enumerate(given, 1):
        place = _place(number, item, len(given))
        listed = {name: [value] if name in LISTS and isinstance(value, str) else value for name, value in item.items()}
        try:
            read.append(Given(number, place, Proposal.model_validate(listed)))
        except ValidationError as error:
            problems += problems_of_shape(error, Proposal, place)
            faulty = {fault["loc"][0] for fault in error.errors()}
            as_far = {**PLACEHOLDER, **{name: value for name, value in listed.items() if name not in faulty}}
            read.append(Given(number, place, Proposal.model_validate(as_far)))
    return read, problems


def _place(number: int, item: dict[str, Any], of: int) -> str:
    """Where a proposal stands among those handed in, from 1, and of several its title: an id, such as H2, it has only when it is accepted."""
    title = one_line(str(item.get("title") or ""), 60)
    return f"hypotheses[{number}] ({title})" if title and of > 1 else f"hypotheses[{number}]"


def _accepted(item: StoredHypothesis) -> dict[str, Any]:
    content = item.content
    shown = {
        "id": item.name, "title": one_line(content.title), "category": content.category, "backlog": content.backlog, "order": item.place,
        "state": item.state, "ordered": content.ordered or None, "differs": one_line(content.differs),
    }  # fmt: skip
    return without_empty(shown)
