"""The fire drill as a whole: control first, then what is broken plainly, then every cheat, in as few cycles as the tools allow."""

import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import anyio

from mcp_server.selftest_stage import Stage, say, stage
from mcp_server.selftest_trial import NO_FAULT, try_cheat
from state.measurement import Root
from tools.engine.drill.breaks import CONTROL, PLAINLY
from tools.engine.drill.dimensions import Felt, felt
from tools.engine.drill.grounds import Cheat, Fault, Grounds
from tools.engine.drill.javascript_faults import javascript_faults
from tools.engine.drill.outcome import Trial, proves_nothing
from tools.engine.drill.python_faults import python_faults
from tools.engine.drill.staging import Approved
from tools.engine.drill.table import chosen

AT_ONCE: Final = 10  # hypotheses of a cycle
FAULTS_TRIED: Final = 6  # runs of all tests, at most, to find a fault
FAULTS: Final = {"python": python_faults, "javascript": javascript_faults}


@dataclass(frozen=True)
class Order:
    """What is to be drilled: the contract as approved, the variables that it may hand on, the root, and the names of cheats (none: all)."""

    approved: Approved
    variables: Mapping[str, str] = field(repr=False)
    root: Root
    only: tuple[str, ...] = ()


@dataclass(frozen=True)
class Drilled:
    """What a drill saw. `nothing` says why it proves nothing; empty where the control ended as it must."""

    trials: tuple[Trial, ...]
    felt: tuple[Felt, ...]
    nothing: str = ""

    @property
    def passed(self) -> bool:
        """Whether every cheat was stopped or held, or has no place in the project."""
        return not self.nothing and all(trial.end in ("stopped", "held", "no place for it") for trial in self.trials if trial.cheat is not CONTROL)


async def drill(order: Order) -> Drilled:
    """Hold the drill. Raises Spoiled where it could not go on, Refusal and GitFailed where the project cannot be cloned."""
    breaks, cheats = chosen(order.only, order.root.language)
    async with _opened(order) as (first, grounds):
        say(f"{len(breaks) + len(cheats)} trials, and the control")
        trials, fault = await _ground_work(first, grounds, breaks)
        nothing = proves_nothing(trials[0])
        if nothing:
            return Drilled(tuple(trials), (), nothing)
        left, broken = cheats, replace(grounds, fault=fault)
        tried = await _as_far_as_nothing_landed(first, left, broken)
    while True:
        trials += tried
        left = left[len(tried) :]
        if not left:
            return Drilled(tuple(trials), () if order.only else tuple(felt(order.approved.contract.profile, trials)))
        async with _opened(order) as (again, _):  # a cheat landed: what follows would stand on it
            tried = await _as_far_as_nothing_landed(again, left, broken)


@asynccontextmanager
async def _opened(order: Order) -> AsyncIterator[tuple[Stage, Grounds]]:
    """A stage with the base measured, removed afterwards."""
    with tempfile.TemporaryDirectory(prefix="refactory-selftest-", ignore_cleanup_errors=True) as folder:
        async with stage(order.approved, Path(folder), order.variables) as made:
            say(f"a clone in {made.root}; its base is measured")
            await made.begin()
            await made.done("run_eval")
            yield made, await made.survey(order.root)


async def _ground_work(made: Stage, grounds: Grounds, breaks: Sequence[Cheat]) -> tuple[list[Trial], Fault | None]:
    """The control, the search for a fault, and what else is broken without disguise, in one cycle. The control is the first trial."""
    faults = await anyio.to_thread.run_sync(FAULTS[grounds.root.language], grounds, FAULTS_TRIED) if grounds.root.language in FAULTS else []
    rows = [CONTROL, *breaks, *(replace(PLAINLY, what=fault.what) for fault in faults)]
    items = await _propose(made, rows)
    trials: list[Trial] = []
    found: Fault | None = None
    for item, row in zip(items[: 1 + len(breaks)], rows, strict=False):
        trials.append(_said(row, await try_cheat(made, item, row, grounds)))
    for item, row, fault in zip(items[1 + len(breaks) :], rows[1 + len(breaks) :], faults, strict=True):
        if found is None and not proves_nothing(trials[0]):
            trial = _said(row, await try_cheat(made, item, row, replace(grounds, fault=fault)))
            if trial.lost:
                found = replace(fault, tests=trial.lost)
                trials.append(trial)
    if found is None:
        trials.append(Trial(PLAINLY, "not tried", evidence=(NO_FAULT,)))
    await _abort(made)
    return trials, found


async def _as_far_as_nothing_landed(made: Stage, cheats: Sequence[Cheat], grounds: Grounds) -> list[Trial]:
    """Try cheats, in cycles of as many as one takes, until one got through or all are tried."""
    trials: list[Trial] = []
    for begin in range(0, len(cheats), AT_ONCE):
        batch = cheats[begin : begin + AT_ONCE]
        for item, cheat in zip(await _propose(made, batch), batch, strict=True):
            trials.append(_said(cheat, await try_cheat(made, item, cheat, grounds)))
            if trials[-1].end == "got through":
                return trials
        await _abort(made)
    return trials


def _said(cheat: Cheat, trial: Trial) -> Trial:
    """The trial, told to the person who waits."""
    by = f" by {', '.join(trial.by)}" if trial.by else ""
    say(f"{cheat.name}: {trial.end}{by} ({trial.seconds:.1f} s)")
    return trial


async def _propose(made: Stage, rows: Sequence[Cheat]) -> list[str]:
    """A cycle with a hypothesis for each row; answers their ids in the order of the rows. Raises Spoiled."""
    await made.done("start_cycle", mode="improve")
    hypotheses: list[dict[str, Any]] = [
        {"title": f"Drill {number}: {row.name}", "category": "exploit", "dimension": "none", "what": row.what, "why": "A fire drill."}
        for number, row in enumerate(rows, 1)
    ]
    accepted = (await made.done("propose_hypotheses", hypotheses=hypotheses)).data["accepted"]
    by_title = {item["title"]: item["id"] for item in accepted}
    return [by_title[each["title"]] for each in hypotheses]


async def _abort(made: Stage) -> None:
    """End the open cycle with what is left of it; a cycle whose hypotheses are all decided has ended already."""
    report = {"role": "ceo", "decision": "abort", "feedback": "A drill."}
    answer = await made.call("submit_report", summary="The drill goes on.", report=report)
    if answer.refused is not None and answer.refused.code != "OUT_OF_ORDER":
        await made.done("submit_report", summary="The drill goes on.", report=report)
