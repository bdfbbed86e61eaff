"""Where a project stands: the first call of every session, and the one to make whenever unsure."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import Field

from state import backlog
from state.answers import SUMMARY_LIMIT, Answer, Next, one_line, quoted, short
from state.cycles import ended_last, hypotheses_of
from state.decisions import newest_in
from state.errors import Refusal
from state.experiment_pages import Wanted, page
from state.experiments import Experiment, experiment, experiments_of_cycle, open_experiments
from state.store import head
from state.totals import totals as counted
from tools.answering import answer, contract_of
from tools.arguments import Detail
from tools.configured import config_shown, outgrown
from tools.engine.backlog.focusing import missing_issues
from tools.engine.contract import Contract
from tools.engine.cycle.leading import Asked, leads_to
from tools.engine.cycle.next_step import TOOLS_OF_A_CYCLE
from tools.engine.cycle.situation import Beside, Situation, observe
from tools.engine.experiment.measuring import stored_baseline
from tools.engine.experiment.upstream import taken_upstream
from tools.engine.inheritance import to_come
from tools.engine.intent.reading import Intent, Known, read_request
from tools.engine.intent.targets import Place
from tools.engine.repository.location import operation_in_progress
from tools.engine.repository.own_folder import why_unusable
from tools.engine.research.looping import Loop
from tools.engine.session import Session
from tools.gained import drift_warning, gains_shown
from tools.handover import handover
from tools.looped import loop_shown
from tools.measured import unmoved
from tools.pending import pending
from tools.researched import unconfirmed_shown

Request = Annotated[str, Field(max_length=4000, description="The person's words.")]
_SHOWN: Final = 3
GIVEN_UP: Final = frozenset({"reverted", "superseded", "error", "undone"})
_METRIC_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:_[A-Za-z0-9]+)+|^[A-Za-z][A-Za-z0-9]{3,}$")
_LATELY: Final = timedelta(hours=24)  # so long after a cycle what the person asks for is taken to be about what it did
ON_A_BRANCH: Final = ("discover_project", "start_cycle", "start_experiment")  # calls that need a branch in the main checkout
BEFORE_A_CYCLE: Final = ("discover_project", "request_approval")


def project_status(session: Session, request: Request = "", detail: Detail = "brief") -> Answer:
    """Where a project stands and the exact next call. Call it first, after a restart, and whenever unsure.

    To improve, fix, build, refine, discuss or benchmark something, pass the person's words as `request` (wish, idea, path, spec file, GitHub URL,
    issue): the answer names the mode and the next call, filled in.
    """
    situation = observe(session)
    if operation := operation_in_progress(session.repository.common):
        session.warnings.append(f"a {operation} is in progress in the checkout: landing waits until it is finished")
    unusable = why_unusable(session.repository)
    if unusable is not None and unusable.code == "UNSUPPORTED_REPO":
        session.warnings.append(f"{unusable.what}: nothing new can be begun here. It takes {unusable.expected}")
    session.warnings += [*_unguarded(session), *outgrown(session, situation.standing)]
    if words := to_come(session):
        session.warnings.append(words)
    taken = [str(each.id) for each, _ in taken_upstream(session)]
    session.warnings += [f"upstream holds experiment {', '.join(taken)} by now: the next call that writes takes it in as landed"] if taken else []
    with session.store.reading() as connection:
        totals, waiting = counted(connection), backlog.count_open(connection)
        to_land = sum(each.state == "kept" for each in open_experiments(connection))
        last = page(connection, before=None, limit=_SHOWN if detail == "brief" else 10)
    asked = _asked(session, situation, request, tried=bool(last))
    data = {
        "project_state": situation.standing.state,
        "intent": intent_shown(asked.intent) if asked else None,
        "scores": _scores(session, situation, last),
        "waits": _waits(session, last),
        "open": _open(session, situation),
        "history": {**_ended(totals, to_land), "last": [_line(item) for item in last]} if last else None,
        "research": _research(session, situation.loop) if situation.loop else None,
        "backlog": {"open": waiting} if waiting else None,
        "handover": handover(session, situation),
        "unmoved": unmoved(session) if detail == "full" else None,
        "config": config_shown(session, situation.standing, detail),
        "tools_ahead": [*(() if situation.standing.is_ready else BEFORE_A_CYCLE)]
        + [name for name in TOOLS_OF_A_CYCLE if name != "start_cycle" or situation.cycle is None],
    }
    composed = answer(session, _summary(situation), data, situation=situation)
    if asked is not None:
        step = leads_to(asked, situation)
        composed = composed.model_copy(update={"next": step.next, "options": step.options})
    if unusable is not None:
        composed = _mended_first(composed, unusable)
    return composed.model_copy(update={"contract": contract_of(composed.next)}) if composed.next else composed


def _research(session: Session, loop: Loop) -> dict[str, Any]:
    """Where research stands, and what it brought; a warning where the metric and what is held out part."""
    if loop.campaign is None:
        return loop_shown(loop)
    session.warnings += drift_warning(session.store, loop.campaign)
    return {**loop_shown(loop), **gains_shown(session, loop.campaign), **unconfirmed_shown(session)}


def _mended_first(composed: Answer, unusable: Refusal) -> Answer:
    """The same, with what mends the checkout in the place of a call that would be refused for it."""
    if composed.next is None or composed.next.tool not in ON_A_BRANCH:
        return composed
    do = f"Tell the person: {unusable.what}. What it takes: {unusable.expected}"
    summary = composed.summary if composed.at is not None and composed.at.cycle is not None else f"Not ready: {unusable.what}."
    return composed.model_copy(update={"summary": summary, "next": Next(do=do, role="ceo"), "options": ()})


def intent_shown(intent: Intent) -> dict[str, Any]:
    """What a request was taken for; the words themselves only where no focus repeats them."""
    return {
        "kind": intent.kind, "mode": intent.mode, "focus": list(intent.focus), "target": quoted(intent.target),
        "words": "" if intent.focus else intent.words, "or": intent.otherwise[0] if intent.otherwise else None,
    }  # fmt: skip


def _asked(session: Session, situation: Situation, request: str, *, tried: bool) -> Asked | None:
    """The request as it reads where the project stands; None without one."""
    where = situation.standing
    research = where.configuration.research_target if where.configuration else None
    with session.store.reading() as connection:
        ended, newest = ended_last(connection), newest_in(connection, ("landed",))
        landed = experiment(connection, newest) if newest else None
    known = Known(
        measured=where.is_ready, has_target=research is not None, names=_names_of(research.metric) if research else (), waits=where.waits,
        ended_lately=bool(ended) and datetime.now(UTC) - datetime.fromisoformat(ended) < _LATELY,
    )  # fmt: skip
    root = session.repository.root
    intent = read_request(request, known, Place(root))
    if intent is None:
        return None
    missing = missing_issues(session, intent.focus) if intent.kind == "issue" else ()
    return Asked(request, intent, Path(intent.target).is_relative_to(root), tried, tuple(missing), landed)


def _names_of(metric: str) -> tuple[str, ...]:
    """How people call a metric that factory.md gives as a path of keys, a ratio or a regular expression."""
    return tuple(_METRIC_NAME.findall(metric))


def _unguarded(session: Session) -> list[str]:
    """A warning where git no longer ignores the factory's folder, as after a `git clean` that leaves the worktrees."""
    if not session.views.is_dir() or (session.views / ".gitignore").exists():
        return []
    with session.store.reading() as connection:
        if head(connection)[0] == 0:  # the folder is somebody else's, and nothing was written yet
            return []
    return [".factory/.gitignore is gone; the next call that changes something writes it, until then git add would take the worktrees"]


def _summary(situation: Situation) -> str:
    where = situation.standing
    if situation.cycle is not None:
        current = situation.current
        doing = f"experiment {current.id} is {_stands(current)}{_besides(situation.others)}" if current else f"step {situation.step()}"
        return (
            f"Cycle {situation.cycle.id} ({situation.cycle.mode}) is open on {where.target} since {situation.cycle.started_at[11:16]} UTC: {doing}."
        )
    match where.state:
        case "incomplete":
            return f"A spec waits to be built on {where.target} at {short(where.tip)}."
        case "no_factory" if where.lies_there:
            return f"factory.md lies in the checkout, and is not committed on {where.target} yet. Nothing was measured."
        case "no_factory":
            return f"No factory here yet; the target is {where.target} at {short(where.tip)}. Nothing was measured."
        case "evals_pending_review":
            if where.draft:
                return "The evaluation waits for a person's approval."
            if not where.problems:
                return f"factory.md is committed on {where.target}, and nobody approved it as it stands."
            return f"factory.md needs attention: {len(where.problems)} problem{'s' if len(where.problems) > 1 else ''}."
        case _:
            ended = f" Research is at its end: {situation.loop.why}." if situation.loop is not None and situation.loop.end is not None else ""
            return one_line(f"Ready: {where.target} at {short(where.tip)}, factory.md approved, no open cycle.{ended}", SUMMARY_LIMIT)


def _stands(found: Experiment) -> str:
    return "kept, and not landed yet" if found.state == "kept" else found.state


def _besides(others: Sequence[Beside]) -> str:
    """The experiments that are open beside the one in work; a landing that waits is the person's to make way for."""
    kept = [str(each.experiment.id) for each in others if each.experiment.state == "kept"]
    more = len(others) - len(kept)
    opened = f", {more} more {'are' if more > 1 else 'is'} open" if more else ""
    return opened + "".join(f"; experiment {number} is kept, and not landed yet" for number in kept[:2])


def _scores(session: Session, situation: Situation, last: list[Experiment]) -> dict[str, Any] | None:
    """Where the target stands, by its baseline or by the experiment that landed there; else both sides of the experiment in work, or of the newest.

    What was given up says nothing of where the project stands.
    """
    where, current = situation.standing, situation.current
    if where.configuration is not None and where.approval is not None and where.approval.profile is not None:
        baseline = stored_baseline(session, Contract(where.configuration, where.approval.profile), where.tip)
        if baseline is not None:
            return {"composite": round(baseline.composite, 4), "threshold": baseline.threshold, "of": f"{where.target} at {short(where.tip)}"}
    for item in (*(each for each in last if each.merge_commit == where.tip), *filter(None, [current]), *last):
        if item.assessment and item.state not in GIVEN_UP:
            compared = item.assessment["assessment"]
            if item.state == "landed" and item.merge_commit == where.tip:
                of = f"{where.target} at {short(where.tip)}, as experiment {item.id} landed"
                return {"composite": round(compared["floor_candidate"], 4), "threshold": compared["threshold"], "of": of}
            sides = {side: round(compared[f"floor_{side}"], 4) for side in ("base", "candidate")}
            return {**sides, "threshold": compared["threshold"], "of_experiment": item.id, "state": item.shown_state}
    return None


def _waits(session: Session, last: list[Experiment]) -> list[str]:
    """What was decided and is not done yet, with what is in the way of it."""
    with session.store.reading() as connection:
        decided = page(connection, before=None, limit=_SHOWN, wanted=Wanted(states=("kept", "proposed")))
    found = {each.id: each for each in (*decided, *last)}
    return [f"experiment {number}: {said}" for number, each in sorted(found.items()) if (said := pending(session, each))]


def _open(session: Session, situation: Situation) -> dict[str, Any] | None:
    if situation.cycle is None:
        return None
    current = situation.current
    with session.store.reading() as connection:
        items = hypotheses_of(connection, situation.cycle.id)
        made = experiments_of_cycle(connection, situation.cycle.id)
    waiting = [
        f"{item.name} {item.content.category}{_states(each for each in made if each.hypothesis == item.id)}: {one_line(item.content.title)}"
        for item in items
    ]
    return {
        "cycle": situation.cycle.id,
        "hypotheses": waiting,
        "experiment": {"experiment": current.id, "state": current.state, "worktree": current.worktree} if current else None,
        "besides": [each.said for each in situation.others],
        "job": situation.job.name if situation.job else None,
    }


def _states(made: Iterable[Experiment]) -> str:
    """Where the experiments of a hypothesis stand; nothing where it was not tried yet."""
    counts = Counter(each.shown_state for each in made)
    said = ", ".join(f"{number} {state}" if counts.total() > 1 else state for state, number in counts.items())
    return f" ({said})" if said else ""


def _ended(totals: Mapping[str, int], to_land: int) -> dict[str, int]:
    """How experiments ended; what happens seldom is named only where it happened. `to_land` of those that are kept have not landed yet."""
    seldom = {word: totals[verdict] for verdict, word in (("supersede", "superseded"), ("undo", "undone")) if totals.get(verdict)}
    waits = {"kept_not_landed": to_land} if to_land else {}
    return {"kept": totals.get("keep", 0), **waits, "reverted": totals.get("revert", 0), **seldom}


def _line(item: Experiment) -> dict[str, Any]:
    delta = round(item.delta, 4) if item.delta is not None else None
    return {"experiment": item.id, "title": one_line(item.title, 80), "state": item.shown_state, "delta": delta}
