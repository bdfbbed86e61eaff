"""Hypotheses: what a cycle tries, proposed together, checked together, ordered by the server."""

from typing import Any, Final

from pydantic import ValidationError

from state.answers import Answer, one_line
from state.cycles import CATEGORY_ORDER, HypothesesProposed, Hypothesis, NumberedHypothesis, StoredHypothesis, hypotheses_of, next_number, open_cycle
from state.errors import Problem, Refusal, counted
from state.measurement import TIER_WEIGHTS
from tools.answering import answer
from tools.arguments import Hypotheses
from tools.engine.contract import Contract, contract_at, standing
from tools.engine.session import Session
from tools.problems import problems_of_shape

TEXT_LIMITS: Final = {"title": 120, "what": 2000, "why": 2000, "differs": 500}
LIST_LIMIT: Final = 20
ITEM_LIMIT: Final = 500
LISTS: Final = ("files", "own_checks", "characterises", "sources", "failure")  # one text here is a list of one


def propose_hypotheses(session: Session, hypotheses: Hypotheses) -> Answer:
    """Propose what to try in this cycle, each one small change.

    Accepted or returned together, with every problem. The server orders them (fix, exploit, explore, combine) and names the first.
    """
    where = standing(session)
    proposed = _checked(hypotheses, contract_at(session, where.tip))
    ordered = sorted(proposed, key=lambda item: CATEGORY_ORDER.index(item.category))
    with session.store.writing() as connection:
        cycle = open_cycle(connection, where.target)
        if cycle is None:
            raise Refusal("OUT_OF_ORDER", "no cycle is open", expected="start_cycle first")
        before = hypotheses_of(connection, cycle.id)
        repeated = [item.content for item in before] == ordered
        if not repeated:
            _may_replace(before)
            first = next_number(connection, "hypotheses")
            numbered = tuple(NumberedHypothesis(id=number, content=item) for number, item in enumerate(ordered, first))
            session.store.append(HypothesesProposed(cycle=cycle.id, hypotheses=numbered), actor=session.host.actor, channel=session.host.name)
        stored = hypotheses_of(connection, cycle.id)
    session.write_views()
    data = {"accepted": [_accepted(item) for item in stored]}
    return answer(session, f"{len(stored)} accepted; first {stored[0].name}: {one_line(stored[0].content.title, 80)}.", data, repeated=repeated)


def _checked(given: list[dict[str, Any]], contract: Contract) -> list[Hypothesis]:
    """The proposals as hypotheses. Raises Refusal BAD_HYPOTHESIS with every problem of every one."""
    problems: list[Problem] = []
    found: list[Hypothesis] = []
    titles: dict[str, int] = {}
    for number, item in enumerate(given, 1):
        place = _place(number, item, len(given))
        try:
            hypothesis = Hypothesis.model_validate(
                {name: [value] if name in LISTS and isinstance(value, str) else value for name, value in item.items()}
            )
        except ValidationError as error:
            problems += problems_of_shape(error, Hypothesis, place)
            continue
        problems += _problems_of(place, hypothesis, contract)
        first = titles.setdefault(" ".join(hypothesis.title.lower().split()), number)
        if first != number:
            problems.append(Problem(f"{place}.title", one_line(hypothesis.title), f"a title of its own; hypotheses[{first}] has this one"))
        found.append(hypothesis)
    if problems:
        raise Refusal("BAD_HYPOTHESIS", f"{counted(problems)}; none was accepted", problems=problems)
    return found


def _place(number: int, item: dict[str, Any], of: int) -> str:
    """Where a proposal stands among those handed in, from 1, and of several its title: an id, such as H2, it has only when it is accepted."""
    title = one_line(str(item.get("title") or ""), 60)
    return f"hypotheses[{number}] ({title})" if title and of > 1 else f"hypotheses[{number}]"


def _problems_of(place: str, hypothesis: Hypothesis, contract: Contract) -> list[Problem]:
    known = {name for tier in TIER_WEIGHTS.values() for name in tier} | {item.name for item in contract.configuration.project_evaluations} | {"none"}
    problems = [
        Problem(f"{place}.{field}", f"{len(getattr(hypothesis, field))} characters", f"at most {limit}")
        for field, limit in TEXT_LIMITS.items()
        if len(getattr(hypothesis, field)) > limit
    ]
    problems += [Problem(f"{place}.{field}", "nothing", "some words") for field in ("title", "what", "why") if not getattr(hypothesis, field).strip()]
    if hypothesis.dimension not in known:
        problems.append(Problem(f"{place}.dimension", one_line(hypothesis.dimension), f"one of {', '.join(sorted(known))}"))
    problems += [
        Problem(f"{place}.{name}", f"{len(getattr(hypothesis, name))} items", f"at most {LIST_LIMIT}, each of at most {ITEM_LIMIT} characters")
        for name in LISTS
        if len(getattr(hypothesis, name)) > LIST_LIMIT or any(len(item) > ITEM_LIMIT for item in getattr(hypothesis, name))
    ]
    bad = [test for test in hypothesis.own_checks if "::" not in test]
    return problems + [Problem(f"{place}.own_checks", one_line(test), "a test id such as tests/test_core.py::test_name") for test in bad]


def _may_replace(before: list[StoredHypothesis]) -> None:
    used = [item.name for item in before if item.state == "used"]
    if used:
        raise Refusal(
            "OUT_OF_ORDER", f"{', '.join(used)} of this set are in experiments already", expected="finish this cycle; propose more in the next"
        )


def _accepted(item: StoredHypothesis) -> dict[str, Any]:
    return {"id": item.name, "title": one_line(item.content.title), "category": item.content.category, "order": item.place, "state": item.state}
