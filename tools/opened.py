"""The answer of a cycle that was opened: its baseline and a digest of where it hurts; the same from start_cycle and from the job that measured it."""

from typing import Any, Final

from state.answers import Answer, quoted
from state.baselines import Baseline, BaselineRow
from state.cycles import Cycle, ModeName
from state.patterns import Patterns
from tools.answering import answer
from tools.engine.backlog.focusing import targets_shown
from tools.engine.contract import Contract
from tools.engine.cycle.modes import MODES, Progress
from tools.engine.cycle.next_step import TOOLS_OF_A_CYCLE
from tools.engine.repository.history import hotspots
from tools.engine.session import Session
from tools.measured import baseline_said, baseline_shown

BUDGET_SAYS: Final = (
    "of the hypotheses of this cycle that are no fixes at least min_growth should move a growth dimension, and at most max_new be ideas that nobody "
    "asked for; a wish, by which nothing is refused yet"
)
WEAK_SHOWN: Final = 4
HOTSPOTS_SHOWN: Final = 3
HISTORY_READ: Final = 100  # commits that hotspots are counted in


def opened_answer(session: Session, cycle: Cycle, contract: Contract, baseline: Baseline, *, repeated: bool = False) -> Answer:
    """An open cycle whose baseline is measured. What could not be measured at the base is a warning: it will not be measured later either."""
    session.warnings += [f"not measured at the base: {row.name}, {row.detail}" for row in baseline.rows if row.value is None]
    session.warnings += [
        f"a hard constraint does not hold at the base, and nothing is kept until a change mends it: {quoted(line)}"
        for line in baseline.broken_constraints
    ]
    said = ", ".join(f"{row.name} {row.value:.2f}" for row in _weakest(baseline)) or "nothing that is measured"
    data = {
        **opened_data(cycle),
        "targets": targets_shown(session, cycle),
        "baseline": baseline_shown(baseline),
        "digest": _digest(session, cycle, contract, baseline),
    }
    summary = f"Cycle {cycle.id} on {cycle.target}. {baseline_said(baseline)}; weakest: {said}."
    return answer(session, summary, data, repeated=repeated)


def opened_data(cycle: Cycle) -> dict[str, Any]:
    """What is known of an open cycle before its baseline is."""
    return {
        "cycle": cycle.id,
        "mode": cycle.mode,
        "steps": steps_of(cycle.mode, cycle.spec),
        "focus": list(cycle.focus),
        "budget": {"min_growth": cycle.min_growth, "max_new": cycle.max_new, "says": BUDGET_SAYS},
        "tools_ahead": list(TOOLS_OF_A_CYCLE[1:]),
    }


def steps_of(mode: ModeName, spec: int = 0) -> list[str]:
    """The steps of a mode in words; one that may be left out stands in brackets."""
    return [
        "per experiment: start, edit, review, measure, verdict" if name == "experiments" else name for name in MODES[mode].shown(Progress(mode, spec))
    ]


def _weakest(baseline: Baseline) -> list[BaselineRow]:
    """The weakest dimensions of those that count in the score."""
    below = [row for row in baseline.rows if row.value is not None and row.value < 1 and row.weight > 0]
    return sorted(below, key=lambda row: row.value or 0.0)[:WEAK_SHOWN]


def _digest(session: Session, cycle: Cycle, contract: Contract, baseline: Baseline) -> list[str]:
    """Where it hurts: C for hard constraints that do not hold, W for weak dimensions, F for the files that changed most."""
    lines = [f"C{number} hard constraint that does not hold: {quoted(line)}" for number, line in enumerate(baseline.broken_constraints, 1)]
    weak = _weakest(baseline)
    lines += [f"W{number} {row.name} {row.value:.3f}: {row.detail}" for number, row in enumerate(weak, 1)]
    lines += [f"W{len(weak) + 1} not measured: {row.name}, {row.detail}" for row in baseline.rows if row.value is None][:1]
    scope = Patterns(contract.configuration.modifiable)
    spots = [(path, count) for path, count in hotspots(session.repository, cycle.base, HISTORY_READ) if scope.matches(path)][:HOTSPOTS_SHOWN]
    lines += [f"F{number} {quoted(path)}: changed in {count} of the last {HISTORY_READ} commits" for number, (path, count) in enumerate(spots, 1)]
    lines += [f"uncovered: {quoted(path)} ({count} lines)" for path, count in baseline.uncovered]
    return lines
