"""Beginning a cycle: which mode a word means on this project, what it needs before it can start, and the event that opens it."""

from dataclasses import dataclass
from typing import Final

from state.answers import one_line
from state.configuration import Configuration, HypothesisBudget
from state.cycles import Cycle, CycleStarted, Level, ModeName, open_cycle
from state.errors import Problem, Refusal
from state.factory_md import parse
from state.factory_md.examples import EXAMPLES
from state.nearest import nearest
from state.rows import next_number
from state.specs import SpecStored, open_spec, spec_text
from tools.engine.backlog.focusing import targets
from tools.engine.contract import Contract, Standing, contract_at, require_sound
from tools.engine.creating.making import text_name, title_of
from tools.engine.creating.sources import Source
from tools.engine.cycle.modes import MODES, mode_named
from tools.engine.research.looping import aim_of, loop_at
from tools.engine.scope.files import files_of
from tools.engine.scope.surfaces import Surfaces, surfaces_of
from tools.engine.session import Session

UNMEASURED: Final[frozenset[ModeName]] = frozenset(("build", "interactive"))  # modes that begin before anything can be measured
WITH_A_FOCUS: Final[frozenset[ModeName]] = frozenset(("focus", "refine"))
END_IT: Final = 'submit_report {"report": {"role": "ceo", "decision": "abort"}, "summary": "WHY"}'
_TARGET: Final = EXAMPLES["Research Target"].strip()
ONE_EACH: Final[frozenset[ModeName]] = frozenset(("refine",))  # takes exactly one focus


@dataclass(frozen=True)
class Wish:
    """What a cycle is to be: `mode` may be auto or an alias; a budget of None is the project's own; `spec` is what is to be built."""

    mode: str = "auto"
    focus: tuple[str, ...] = ()
    min_growth: int | None = None
    max_new: int | None = None
    spec: Source | None = None


def meant_mode(session: Session, where: Standing, wish: Wish) -> ModeName:
    """The mode of a wish, `auto` as the project's state has it (surface.md 4). Raises Refusal BAD_ARGUMENTS for a word that is none."""
    if wish.mode != "auto":
        found = mode_named(wish.mode)
        if found is None:
            known = ("auto", "discover", *MODES)
            problem = Problem("mode", one_line(wish.mode), f"one of {', '.join(known)}", nearest(wish.mode, known))
            raise Refusal("BAD_ARGUMENTS", "there is no such mode", problems=[problem])
        return found
    with session.store.reading() as connection:
        running, waiting = open_cycle(connection, where.target), open_spec(connection)
    if running is not None:
        return running.mode
    if wish.spec is not None:
        return "build"
    if wish.focus:
        return "focus"
    if where.is_unapproved:
        return "discover"
    if waiting is not None:
        return "build"
    if where.configuration is None:
        return "discover"
    return "research" if where.configuration.research_target is not None else "improve"


def begin(session: Session, where: Standing, mode: ModeName, wish: Wish) -> tuple[Cycle, bool]:
    """The open cycle of the target, begun now unless it was; answers also whether it was open already.

    Raises Refusal CYCLE_OPEN where one of another mode or focus is open, BAD_CONFIG, NEEDS_APPROVAL, BAD_ARGUMENTS, NO_TARGET, and UNKNOWN_ISSUE or
    UNKNOWN_ID where the focus names an issue or an item that is not here.
    """
    with session.store.writing() as connection:
        found = joined(session, where, mode, wish)
        if found is not None:
            return found, True
        if wish.spec is not None:
            _store(session, wish.spec)
        spec = open_spec(connection)
        of_research = _of_research(session, where, mode)
        budget = (where.configuration.hypothesis_budget if where.configuration else None) or HypothesisBudget()
        started = CycleStarted(
            cycle=next_number(connection, "cycles"), mode=mode, target=where.target, base=where.tip, host=session.host.name, focus=wish.focus,
            min_growth=budget.min_growth if wish.min_growth is None else wish.min_growth,
            max_new=budget.max_new if wish.max_new is None else wish.max_new, spec=spec.id if spec and mode in UNMEASURED else 0,
            level=of_research.level, aim=of_research.aim, after_a_plateau=of_research.after_a_plateau,
        )  # fmt: skip
        session.store.append(started, actor=session.host.actor, channel=session.host.name)
        found = open_cycle(connection, where.target)
    if found is None:
        raise Refusal("STORE_BROKEN", "the cycle was recorded and is not there", where=(str(session.store.path),))
    return found, False


@dataclass(frozen=True)
class _OfResearch:
    """What a research cycle is begun with: the level of its turn, and what such cycles are counted by."""

    level: Level | None = None
    aim: str = ""
    after_a_plateau: bool = False


def _of_research(session: Session, where: Standing, mode: ModeName) -> _OfResearch:
    loop = loop_at(session, where.configuration, where.tip) if mode == "research" else None
    if loop is None or where.configuration is None:
        return _OfResearch()
    return _OfResearch(loop.turn.level, aim_of(where.configuration), loop.turn.after_a_plateau)


def joined(session: Session, where: Standing, mode: ModeName, wish: Wish) -> Cycle | None:
    """The open cycle that a wish would join; None where it would begin one. Changes nothing, and raises Refusal as `begin` does."""
    with session.store.reading() as connection:
        found = open_cycle(connection, where.target)
        if found is not None:
            _require_same(found, mode, wish, spec_text(connection, found.spec))
            return found
    _require_ready(session, where, mode, wish)
    return None


def _require_ready(session: Session, where: Standing, mode: ModeName, wish: Wish) -> None:
    """What a mode needs before it begins."""
    if mode in WITH_A_FOCUS and not wish.focus:
        raise Refusal(
            "BAD_ARGUMENTS", f"{mode} takes up something", where=("focus",), expected="what to do, in the person's words, or an id (B2, 42)"
        )
    if mode in ONE_EACH and len(wish.focus) > 1:
        raise Refusal("BAD_ARGUMENTS", f"{mode} takes one wish at a time", where=("focus",), expected="one; the others afterwards")
    targets(session, wish.focus)
    if mode in UNMEASURED:
        return
    if wish.spec is not None:
        raise Refusal("BAD_ARGUMENTS", f"{mode} takes no spec", where=("spec",), expected=f"mode {' or '.join(sorted(UNMEASURED))}, or no spec")
    contract = _contract(session, where, mode)
    require_sound(where)
    if mode == "research" and contract.configuration.research_target is None:
        raise Refusal("NO_TARGET", "factory.md has no `## Research Target`", expected=f"a section of this form, and a person's approval:\n{_TARGET}")
    if mode == "research":
        _require_open_files(session, where, contract.configuration)


def _contract(session: Session, where: Standing, mode: ModeName) -> Contract:
    """The approved contract; where nobody approved one yet, research is told its section too, so that a person is asked once."""
    try:
        return contract_at(session, where.tip)
    except Refusal as refusal:
        texts = [parse(where.draft.text)] if where.draft is not None else []
        named = any(each is not None and each.research_target is not None for each in (where.configuration, *texts))
        if refusal.code != "NEEDS_APPROVAL" or mode != "research" or named:
            raise
        expected = f"{refusal.expected}; with a section of this form in factory_md:\n{_TARGET}"
        raise Refusal(
            "NEEDS_APPROVAL", f"{refusal.what}, and research takes a `## Research Target`", where=refusal.where, expected=expected
        ) from refusal


def _require_open_files(session: Session, where: Standing, configuration: Configuration) -> None:
    """Raises Refusal BAD_CONFIG where the level that comes next opens no file at all: no experiment could change anything."""
    level = _of_research(session, where, "research").level
    surfaces = surfaces_of(configuration, level)
    if any(not surfaces.closed_by(path) for path in files_of(session.repository, where.tip).paths):
        return
    found = f"the {level} loop opens {', '.join(surfaces.listed)}, and no committed file is among them{_bounded(surfaces)}"
    problem = Problem("factory.md", found, "surfaces that match committed files, within Mutable Surfaces and Modifiable")
    raise Refusal("BAD_CONFIG", "research could change nothing here", where=("factory.md",), problems=[problem])


def _bounded(surfaces: Surfaces) -> str:
    return f" and within {', '.join(surfaces.within)}" if surfaces.within else ""


def _store(session: Session, source: Source) -> None:
    """The spec as what waits to be built, unless it is; within the same transaction."""
    text = session.store.keep_object(source.text.encode())
    with session.store.writing() as connection:
        waiting = open_spec(connection)
        if waiting is None or waiting.text != text:
            stored = SpecStored(spec=next_number(connection, "specs"), kind="spec", title=title_of(source), source=source.origin, text=text)
            session.store.append(stored, actor=session.host.actor, channel=session.host.name)


def _require_same(found: Cycle, mode: ModeName, wish: Wish, spec: str) -> None:
    """The same call again joins what is open; another one is refused."""
    if wish.mode != "auto" and mode != found.mode:
        what = f"cycle {found.id} is open in mode {found.mode}"
    elif wish.focus and wish.focus != found.focus:
        what = f"cycle {found.id} is open on {', '.join(found.focus) or 'no focus'}"
    elif wish.spec is not None and text_name(wish.spec) != spec:
        what = f"cycle {found.id} is open with {'another' if spec else 'no'} spec"
    else:
        return
    raise Refusal("CYCLE_OPEN", what, expected=f"finish it, or end it: {END_IT}")
