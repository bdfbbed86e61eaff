"""The rules for a set of proposals: budget and growth, one for each focus, what is barred, and likeness to what was reverted. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from state.answers import one_line
from state.cycles import CATEGORY_ORDER, Category, Cycle, Hypothesis
from state.errors import Problem
from state.track_record import Tried
from tools.engine.cycle.likeness import ALIKE, Worded, likeness, states_a_difference
from tools.engine.cycle.proposals import Ground, Proposal, problems_of_proposal
from tools.engine.cycle.stuck import CHOSEN, IN_A_ROW

# Which code a refusal has where several rules say no: the first of these.
CODES: Final = ("BAD_HYPOTHESIS", "NOT_ONE", "BARRED", "HYPOTHESIS_BUDGET", "TOO_SIMILAR")
ORDERED: Final = frozenset(("focus", "build"))  # modes in which a proposal carries a person's order: their words, or the plan that they approved
IN_RESEARCH: Final = 3  # hypotheses of a cycle
_RANKS: Final = {"high": 0, "normal": 1, "low": 2}
_NEW: Final = 2  # the rank of a proposal without an item of the backlog that waits


@dataclass(frozen=True)
class Given:
    """A proposal with its place in the call, from 1; `place` is how problems name it. An id, such as H2, it has only when it is accepted."""

    number: int
    place: str
    proposal: Proposal


@dataclass(frozen=True)
class Fault:
    """A problem, and the code of the rule that is broken."""

    code: str
    problem: Problem


@dataclass(frozen=True)
class Rules:
    """What a set is held against, beside the ground of each proposal. `growth` are the dimensions that count as growth."""

    cycle: Cycle
    ground: Ground
    growth: frozenset[str]
    barred: tuple[Category, ...] = ()
    tried: tuple[Tried, ...] = ()

    @cached_property
    def words_tried(self) -> tuple[Worded, ...]:
        """The words of what was reverted, taken once for all proposals."""
        return tuple(Worded(each.title, each.what) for each in self.tried)


def faults_of(given: Sequence[Given], rules: Rules) -> list[Fault]:
    """Everything that is wrong with a set, rule by rule."""
    found = [Fault("BAD_HYPOTHESIS", problem) for each in given for problem in problems_of_proposal(each.place, each.proposal, rules.ground)]
    found += [Fault("BAD_HYPOTHESIS", problem) for problem in _twice(given)]
    found += [Fault("NOT_ONE", problem) for problem in (*_of_focus(given, rules), *_of_a_build(given, rules))]
    if rules.cycle.mode in CHOSEN:
        found += [Fault("BARRED", problem) for problem in _of_bars(given, rules)]
        counted = (*_of_new_ones(given, rules), *_of_growth(given, rules), *_of_research(given, rules))
        found += [Fault("HYPOTHESIS_BUDGET", problem) for problem in counted]
    return found + [Fault("TOO_SIMILAR", problem) for each in given for problem in _of_likeness(each, rules)]


def in_order(given: Sequence[Given], rules: Rules) -> list[Hypothesis]:
    """The set as it is worked off: fix, exploit, explore, combine; within each what waits on the backlog before what is new, by its priority."""
    ranked = sorted(given, key=lambda each: (CATEGORY_ORDER.index(each.proposal.category), _rank(each.proposal, rules), each.number))
    return [each.proposal.stored(rules.ground.sources, ordered=rules.cycle.mode in ORDERED) for each in ranked]


def _rank(proposal: Proposal, rules: Rules) -> int:
    item = rules.ground.backlog.get(proposal.backlog)
    return _RANKS[item.priority] if item is not None and item.state == "open" else _NEW


def _twice(given: Sequence[Given]) -> Iterator[Problem]:
    for field_name, said in (("title", "a title of its own"), ("backlog", "an item of its own")):
        seen: dict[str, int] = {}
        for each in given:
            value = " ".join(str(getattr(each.proposal, field_name)).lower().split())
            first = seen.setdefault(value, each.number) if value else each.number
            if first != each.number:
                yield Problem(f"{each.place}.{field_name}", one_line(value), f"{said}; hypotheses[{first}] has this one")


def _of_focus(given: Sequence[Given], rules: Rules) -> Iterator[Problem]:
    wanted = len(rules.cycle.focus)
    if rules.cycle.mode == "focus" and len(given) != wanted:
        yield Problem("hypotheses", f"{len(given)} for {wanted} focus{'' if wanted == 1 else 'es'}", "exactly one for each focus")


def _of_a_build(given: Sequence[Given], rules: Rules) -> Iterator[Problem]:
    """What mends a build that does not run: one fix, then it is tried again."""
    if rules.cycle.mode != "build":
        return
    if len(given) != 1:
        yield Problem("hypotheses", f"{len(given)}", "one fix of what does not run, then the trial again")
    yield from (Problem(f"{each.place}.category", each.proposal.category, "fix") for each in given if each.proposal.category != "fix")


def _of_bars(given: Sequence[Given], rules: Rules) -> Iterator[Problem]:
    for each in given:
        if each.proposal.category in rules.barred:
            free = ", ".join(category for category in CATEGORY_ORDER if category not in rules.barred)
            yield Problem(
                f"{each.place}.category", f"{each.proposal.category}, reverted {IN_A_ROW} times in a row",
                f"another category until something is kept: {free}; or the person's own order (start_cycle in mode focus)",
            )  # fmt: skip


def _of_new_ones(given: Sequence[Given], rules: Rules) -> Iterator[Problem]:
    new = sum(not each.proposal.backlog for each in given)
    if new > rules.cycle.max_new:
        yield Problem(
            "hypotheses", f"{new} new, {rules.cycle.max_new} allowed",
            f"at most {rules.cycle.max_new} without an item of the backlog (max_new); add_backlog_item keeps the others for later",
        )  # fmt: skip


def _of_research(given: Sequence[Given], rules: Rules) -> Iterator[Problem]:
    """Each attempt at a metric costs runs, and error that is not returned."""
    if rules.cycle.mode == "research" and len(given) > IN_RESEARCH:
        yield Problem("hypotheses", f"{len(given)}", f"at most {IN_RESEARCH} in a cycle of research; several ways to do one are its arms (H1.2)")


def _of_growth(given: Sequence[Given], rules: Rules) -> Iterator[Problem]:
    """Counted among those that are no fixes: else one small repair would be refused (surface.md 9.7)."""
    others = [each for each in given if each.proposal.category != "fix"]
    least, there = min(rules.cycle.min_growth, len(others)), sum(each.proposal.dimension in rules.growth for each in others)
    if there < least:
        said = f"{there} of {len(others)} that are no fix move{'s' if there == 1 else ''} a growth dimension"
        why = f"as min_growth is {rules.cycle.min_growth} and {len(others)} {'is' if len(others) == 1 else 'are'} no fix"
        yield Problem("hypotheses", said, f"at least {least}, {why}: one of {', '.join(sorted(rules.growth))}")


def _of_likeness(each: Given, rules: Rules) -> Iterator[Problem]:
    new = Worded(each.proposal.title, each.proposal.what)
    alike = [(likeness(new, old), place) for place, old in enumerate(rules.words_tried)]
    degree, place = max(alike, key=lambda found: found[0], default=(0.0, 0))
    if degree < ALIKE or states_a_difference(each.proposal.differs, new, rules.words_tried[place]):
        return
    tried = rules.tried[place]
    lesson = f"; its lesson: {one_line(tried.lesson)}" if tried.lesson.strip() else ""
    found = f"like experiment {tried.experiment}, {one_line(tried.title, 80)}, which was {tried.state}{lesson}"
    yield Problem(f"{each.place}.differs", found, "what is different this time, in words that neither of the two has")
