"""Proposals gathered, held against the rules of their cycle, and stored: all of them, or none."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from state.backlog import backlog_item, backlog_page
from state.configuration import Configuration
from state.cycles import Cycle, HypothesesProposed, Hypothesis, NumberedHypothesis, StoredHypothesis, hypotheses_of, open_cycle
from state.errors import Problem, Refusal, counted
from state.measurement import TIER_WEIGHTS
from state.model import digest
from state.patterns import Patterns
from state.reports import reports_of_cycle
from state.rows import next_number
from state.sources import archived_sources
from state.track_record import reverted
from tools.engine.contract import Contract
from tools.engine.cycle.evidence import evidence, named_in, waits
from tools.engine.cycle.modes import MODES
from tools.engine.cycle.proposals import Ground
from tools.engine.cycle.rules import CODES, Fault, Given, Rules, in_order
from tools.engine.cycle.situation import Situation, observe
from tools.engine.cycle.stuck import barred_in
from tools.engine.cycle.turns import require_step
from tools.engine.scope.files import files_of
from tools.engine.scope.surfaces import surfaces_of
from tools.engine.session import Session

REVERTED_READ: Final = 500  # of those that were reverted last
WAITING_NAMED: Final = 3
WAITING_READ: Final = 50
_ITEM: Final = "B"
_LONGEST_NUMBER: Final = 9


@dataclass(frozen=True)
class Proposed:
    """What is stored of a set, in its order; `replaced` are the open hypotheses that it took the place of, by id."""

    stored: tuple[StoredHypothesis, ...]
    replaced: tuple[str, ...] = ()
    repeated: bool = False


def rules_of(session: Session, cycle: Cycle, contract: Contract, given: Sequence[Given]) -> Rules:
    """Gather what the proposals are held against. Reads the store and git, changes nothing."""
    configuration = contract.configuration
    own = frozenset(item.name for item in configuration.project_evaluations) | _names_of_the_metric(cycle, configuration)
    ids = dict.fromkeys(name for each in given for name in named_in(each.proposal.why))
    with session.store.reading() as connection:
        named = {name: backlog_item(connection, number) for each in given if (number := _number(name := each.proposal.backlog))}
        sources = {source.name: source.address for source in archived_sources(connection)}
        analysis = reports_of_cycle(connection, cycle.id).get("failure_analyst")
        tried = reverted(connection, REVERTED_READ)
    ground = Ground(
        files=files_of(session.repository, cycle.base), scope=Patterns(configuration.modifiable),
        closed=Patterns((*configuration.read_only, *configuration.fixed_surfaces)),
        dimensions={name for tier in TIER_WEIGHTS.values() for name in tier} | own | {"none"},
        evidence=evidence(session, cycle, contract, ids), focus=cycle.focus, backlog={name: item for name, item in named.items() if item},
        sources=sources,
        failures=tuple(dict.fromkeys(str(each["category"]) for each in analysis.body.get("failures", ()))) if analysis else (),
        tried=cycle.mode == "build", surfaces=surfaces_of(configuration, cycle.level) if cycle.level else None,
    )  # fmt: skip
    return Rules(cycle, ground, frozenset(TIER_WEIGHTS["growth"]) | own, barred_in(session, cycle.mode), tried)


def _names_of_the_metric(cycle: Cycle, configuration: Configuration) -> frozenset[str]:
    """What a hypothesis of research may say that it moves, beside the dimensions: the metric by its own name, or as `metric`."""
    target = configuration.research_target
    return frozenset(("metric", target.metric)) if target is not None and cycle.mode == "research" else frozenset()


def refuse(problems: Sequence[Problem], faults: Sequence[Fault]) -> None:
    """Raises Refusal with every problem at once, under the code of the first rule that is broken; nothing where there are none."""
    found = [Fault("BAD_HYPOTHESIS", problem) for problem in problems] + list(faults)
    if found:
        code = min((fault.code for fault in found), key=CODES.index)
        raise Refusal(code, f"{counted(found)}; none was accepted", problems=[fault.problem for fault in found])


def stored_already(session: Session, cycle: Cycle, given: Sequence[Given], rules: Rules) -> Proposed | None:
    """The set, where exactly these proposals are stored already. Rules may have come to say no since: a reverted one is like itself."""
    with session.store.reading() as connection:
        before = _of_proposals(hypotheses_of(connection, cycle.id))
    if not before or _contents([item.content for item in before]) != _contents(in_order(given, rules)):
        return None
    return Proposed(tuple(before), repeated=True)


def require_turn(session: Session, cycle: Cycle) -> None:
    """Proposals are due in modes that work on hypotheses, after what their mode asks for before; and in a build whose trial did not pass.

    Raises Refusal OUT_OF_ORDER otherwise, and where experiments use the set already.
    """
    mode = MODES[cycle.mode]
    if cycle.mode == "build":
        return _require_a_failed_trial(observe(session))
    with session.store.reading() as connection:
        _require_unused(cycle, _of_proposals(hypotheses_of(connection, cycle.id)))
    place = next((place for place, step in enumerate(mode.steps) if step.tool == "propose_hypotheses"), None)
    progress = observe(session).progress
    if progress is None:
        return None
    before = next((step for step in mode.steps[:place] if step.needed(progress) and not step.done(progress)), None)
    if place is None or before is not None:
        due = f"the open step: {before.name}, by {before.tool} as {before.role}" if before else "the call that project_status names next"
        raise Refusal("OUT_OF_ORDER", f"nothing is proposed now in mode {cycle.mode}", expected=due)
    return None


def _require_a_failed_trial(situation: Situation) -> None:
    """In a build a fix is due when what was built did not run; until an experiment uses it another may take its place."""
    replaceable = situation.current is None and bool(situation.waiting) and situation.waiting[0].content.kind == "hypothesis"
    if not replaceable:
        require_step(situation, "propose_hypotheses")


def store(session: Session, cycle: Cycle, ordered: Sequence[Hypothesis]) -> Proposed:
    """Number the set and store it, in the place of one that no experiment has used.

    Another server may just have stored the same. Raises Refusal OUT_OF_ORDER where an experiment has used it meanwhile, or the cycle ended.
    """
    with session.store.writing() as connection:
        now = open_cycle(connection, cycle.target)
        if now is None or now.id != cycle.id:
            raise Refusal("OUT_OF_ORDER", f"cycle {cycle.id} has ended meanwhile", expected="start_cycle first")
        before = _of_proposals(hypotheses_of(connection, cycle.id))
        if _contents([item.content for item in before]) == _contents(ordered):
            return Proposed(tuple(before), repeated=True)
        _require_unused(cycle, before)
        first = next_number(connection, "hypotheses")
        numbered = tuple(NumberedHypothesis(id=number, content=item) for number, item in enumerate(ordered, first))
        session.store.append(HypothesesProposed(cycle=cycle.id, hypotheses=numbered), actor=session.host.actor, channel=session.host.name)
        stored = tuple(item for item in hypotheses_of(connection, cycle.id) if item.id >= first)
    session.write_views()
    return Proposed(stored, tuple(item.name for item in before if item.state == "open"))


def left_waiting(session: Session, stored: Sequence[StoredHypothesis]) -> list[str]:
    """What waits on the backlog with normal or high priority, and no proposal took up: the first of it in lines, the rest counted."""
    taken = {item.content.backlog for item in stored}
    with session.store.reading() as connection:
        waiting = [item for item in backlog_page(connection, limit=WAITING_READ) if item.priority != "low" and item.name not in taken]
    more = len(waiting) - WAITING_NAMED
    lines = [f"{item.name} is left waiting, {waits(item)}" for item in waiting[:WAITING_NAMED]]
    return [*lines, *([f"and {more} more: list_backlog"] if more > 0 else [])]


def _require_unused(cycle: Cycle, before: Sequence[StoredHypothesis]) -> None:
    """A set is replaced as a whole, or not at all. In a build each set joins what was tried before."""
    used = [item.name for item in before if item.state == "used"]
    if used and MODES[cycle.mode].items == "hypothesis":
        what = f"{', '.join(used)} of this set are in experiments already"
        raise Refusal("OUT_OF_ORDER", what, expected="finish this cycle; propose more in the next")


def _of_proposals(items: Sequence[StoredHypothesis]) -> list[StoredHypothesis]:
    return [item for item in items if item.content.kind == "hypothesis"]


def _contents(items: Sequence[Hypothesis]) -> list[str]:
    """A set without its order: the backlog may have changed that since."""
    return sorted(digest(item.plain()) for item in items)


def _number(name: str) -> int:
    """The number of a backlog item's id; 0 for what is no such id."""
    number = name.removeprefix(_ITEM)
    return int(number) if name.startswith(_ITEM) and number.isascii() and number.isdigit() and len(number) <= _LONGEST_NUMBER else 0
