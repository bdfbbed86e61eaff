"""The answer of a cycle that was opened: its baseline and a digest of where it hurts; the same from start_cycle and from the job that measured it."""

from collections.abc import Mapping
from typing import Any, Final

from state.answers import SUMMARY_LIMIT, Answer, one_line, quoted, untrusted
from state.baselines import Baseline
from state.cycles import Cycle
from state.reports import redirects_of
from state.specs import spec as stored_spec
from state.specs import written
from tools.answering import answer, without_empty
from tools.engine.backlog.focusing import targets_shown
from tools.engine.contract import Contract, standing
from tools.engine.cycle.evidence import WEAK_SHOWN, digest_of
from tools.engine.cycle.modes import MODES, REDIRECTS, Progress
from tools.engine.cycle.next_step import TOOLS_OF_A_CYCLE
from tools.engine.cycle.stuck import CHOSEN, barred_in
from tools.engine.research.failed_runs import failed_runs
from tools.engine.research.looping import A_PAIR, Loop, loop_at
from tools.engine.session import Session
from tools.engine.study.hurting import weakest
from tools.looped import loop_shown
from tools.measured import baseline_said, baseline_shown, cannot_start, instead_of_working
from tools.researched import noise_shown

SPEC_SHOWN: Final = 3000  # characters
BUDGET_SAYS: Final = "fixes aside, up to min_growth move a growth dimension; of all, at most max_new lack a backlog id"


def opened_answer(session: Session, cycle: Cycle, contract: Contract, baseline: Baseline, *, repeated: bool = False) -> Answer:
    """An open cycle whose baseline is measured. What could not be measured at the base is a warning: it will not be measured later either."""
    session.warnings += [f"not measured at the base: {row.name}, {row.detail}" for row in baseline.rows if row.value is None]
    session.warnings += [
        f"a hard constraint does not hold at the base, and nothing is kept until a change mends it: {quoted(line)}"
        for line in baseline.broken_constraints
    ]
    said = ", ".join(f"{row.name} {row.value:.2f}" for row in weakest(baseline)[:WEAK_SHOWN]) or "nothing that is measured"
    data = {
        **opened_data(session, cycle),
        "targets": targets_shown(session, cycle),
        "baseline": baseline_shown(baseline, with_digest=True),
        "digest": digest_of(session, cycle, contract, baseline),
    }
    broken = cannot_start(baseline)
    summary = f"Cycle {cycle.id} on {cycle.target}. {broken}{baseline_said(baseline)}; weakest: {said}."
    if data["research"]:
        opens, metric = _opens(data["research"], cycle), _metric_said(session, cycle, data["research"])
        summary = f"Cycle {cycle.id} on {cycle.target}, {cycle.level} loop. {opens}{broken}{metric}"
    mend = instead_of_working(baseline) if cycle.mode in CHOSEN else None  # what is built yet may bring what the command starts
    return answer(session, one_line(summary, SUMMARY_LIMIT), data, next_action=mend, repeated=repeated)


def _opens(research: Mapping[str, Any], cycle: Cycle) -> str:
    """That the outer surfaces open in this cycle, and why; empty where they do not."""
    return f"The outer surfaces open: {research.get('without_a_gain', 'research cycles')} brought no gain. " if cycle.after_a_plateau else ""


def _metric_said(session: Session, cycle: Cycle, research: Mapping[str, Any]) -> str:
    """Where the metric stands, and what can be told of it, in a sentence or two."""
    noise = research.get("noise") or {}
    stands = f"{quoted(research['metric'])} {research.get('value', noise.get('value', 'not known'))}, target {research['target']:g}"
    keeps = noise.get("keeps_since", 0)
    head = f"the head {keeps} keep{'' if keeps == 1 else 's'} ago" if keeps else "the head"
    spread = f"spread {noise['spread']} over {noise['pairs']} pairs of {head}" if "spread" in noise else ""
    told = "the same each time, one run decides" if "deterministic" in noise else noise.get("tells_nothing") or noise.get("not_calibrated", "")
    tells = f"told {noise['tells']}" if "tells" in noise else ""
    failed = failed_runs(session, cycle).names
    count = f" {len(failed)} instance{'' if len(failed) == 1 else 's'} failed." if failed else ""
    return f"{'; '.join(part for part in (stands, spread, tells, told, research.get('runs_left', '')) if part)}.{count}"


def runs_left(loop: Loop, noise: Mapping[str, Any], most: int) -> str:
    """How many runs the budget leaves, where that is less than the `most` that an attempt at a noisy metric may take; empty elsewhere."""
    left = loop.budget.runs_left
    return f"the budget leaves {left} of the {most} runs that an attempt may take" if "spread" in noise and left is not None and left < most else ""


def opened_data(session: Session, cycle: Cycle) -> dict[str, Any]:
    """What is known of an open cycle before its baseline is."""
    with session.store.reading() as connection:
        spec = written(connection, cycle.spec)
    configuration = standing(session).configuration
    loop = loop_at(session, configuration, cycle.base, cycle) if cycle.mode == "research" else None
    noise = noise_shown(session, cycle.base) if loop else None
    failures = failed_runs(session, cycle).said if loop else ""
    left = runs_left(loop, noise or {}, A_PAIR * configuration.loop.cap) if loop and configuration else ""
    return {
        "cycle": cycle.id,
        "mode": cycle.mode,
        "steps": steps_of(session, cycle, spec),
        "spec": spec_shown(session, cycle),
        "focus": list(cycle.focus),
        "budget": _budget(session, cycle),
        "research": without_empty({**loop_shown(loop), "level": cycle.level, "noise": noise, "failures": failures, "runs_left": left})
        if loop
        else None,
        "tools_ahead": list(TOOLS_OF_A_CYCLE[1:]),
    }


def spec_shown(session: Session, cycle: Cycle, limit: int = SPEC_SHOWN) -> dict[str, Any] | None:
    """What a cycle builds from: its beginning, as data, and the file that holds the whole of it."""
    with session.store.reading() as connection:
        found = stored_spec(connection, cycle.spec)
    if found is None:
        return None
    text = session.store.read_object(found.text).decode("utf-8", "replace")
    whole = str(session.store.object_file(found.text)) if len(text) > limit else ""
    return {"id": found.id, "kind": found.kind, "text": untrusted(f"{found.kind} {found.id}", text[:limit], limit), "whole": whole}


def _budget(session: Session, cycle: Cycle) -> dict[str, Any]:
    """What may be proposed, and how often work may be sent back. Where the person said what to do, no numbers hold."""
    with session.store.reading() as connection:
        left = REDIRECTS - len(redirects_of(connection, cycle.id))
    if cycle.mode not in CHOSEN:
        return {"redirects_left": left}
    barred = list(barred_in(session, cycle.mode))
    return without_empty({"min_growth": cycle.min_growth, "max_new": cycle.max_new, "redirects_left": left, "barred": barred, "says": BUDGET_SAYS})


def steps_of(session: Session, cycle: Cycle, spec: int = 0) -> list[str]:
    """The steps of a cycle in words; one that may be left out stands in brackets."""
    failed = failed_runs(session, cycle).names if cycle.mode == "research" else ()
    return steps_in(Progress(cycle.mode, spec, failed=failed, plateau=cycle.after_a_plateau))


def steps_in(progress: Progress) -> list[str]:
    """The steps of a mode in words, as far as is known what is needed of them."""
    return [
        "per experiment: start, edit, review, measure, verdict" if name == "experiments" else name for name in MODES[progress.mode].shown(progress)
    ]
