"""The fire drill as a whole: control first, then what is broken plainly, then every cheat, in as few cycles as the tools allow."""

import tempfile
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import anyio
import anyio.to_thread

from mcp_server.selftest_progress import Progress, about
from mcp_server.selftest_stage import Stage, stage
from mcp_server.selftest_trial import NO_FAULT, try_cheat
from state.measurement import Root
from tools.engine.drill.breaks import CONTROL, PLAINLY
from tools.engine.drill.dimensions import Felt, felt
from tools.engine.drill.faults import faults_of
from tools.engine.drill.grounds import Cheat, Fault, Grounds
from tools.engine.drill.outcome import PROVED, Trial, proves_nothing
from tools.engine.drill.staging import Approved
from tools.engine.drill.table import chosen

AT_ONCE: Final = 10  # hypotheses of a cycle
FOCUS: Final = "A fire drill."  # the person's words: what every hypothesis of a drill gives as its evidence
DIFFERS: Final = "Nothing is tried again; whoever drills wants every disguise stopped separately."
GAINS: Final = ("exploit", "explore", "combine")
FAULTS_TRIED: Final = 6  # runs of all tests, at most, to find a fault


@dataclass(frozen=True)
class Order:
    """What is to be drilled: the contract as approved, the variables that it may hand on, the roots, and the names of cheats (none: all)."""

    approved: Approved
    variables: Mapping[str, str] = field(repr=False)
    roots: tuple[Root, ...]
    only: tuple[str, ...] = ()


@dataclass(frozen=True)
class Drilled:
    """What a drill saw. `nothing` says why it proves nothing; empty where every control ended as it must."""

    trials: tuple[Trial, ...]
    felt: tuple[Felt, ...]
    roots: tuple[Root, ...]
    nothing: str = ""

    @property
    def tried(self) -> tuple[Trial, ...]:
        """All but the controls."""
        return tuple(trial for trial in self.trials if trial.cheat is not CONTROL)

    @property
    def passed(self) -> bool:
        """Whether every cheat was stopped, held or bounded, or has no place in the project."""
        return not self.nothing and all(trial.end in PROVED or trial.end == "no place for it" for trial in self.tried)


@dataclass(frozen=True)
class Row:
    """One cheat on the grounds of one root."""

    cheat: Cheat
    grounds: Grounds


@dataclass(frozen=True)
class _Drill:
    """A drill at work."""

    order: Order
    progress: Progress

    async def whole(self) -> Drilled:
        """Ground work in every root, then all cheats; after each that landed in a stage of its own."""
        async with self._opened() as (first, seconds):
            surveyed = [await first.survey(root) for root in self.order.roots]
            self._announce(surveyed, seconds)
            trials: list[Trial] = []
            left: list[Row] = []
            for number, grounds in enumerate(surveyed):
                found, fault = await self._ground_work(first, grounds, chosen(self.order.only, grounds.root.language)[0])
                trials += found
                if nothing := proves_nothing(found[0]):
                    return Drilled(tuple(trials), (), self.order.roots, nothing)
                left += [Row(cheat, replace(grounds, fault=fault)) for cheat in self._cheats(grounds.root, first=number == 0)]
            tried = await self._as_far_as_nothing_landed(first, left)
        while True:
            trials += tried
            left = left[len(tried) :]
            if not left:
                break
            async with self._opened() as (again, _):  # something landed: what follows would stand on it
                tried = await self._as_far_as_nothing_landed(again, left)
        values = surveyed[0].values
        return Drilled(tuple(trials), () if self.order.only else tuple(felt(self.order.approved.contract.profile, trials, values)), self.order.roots)

    def _cheats(self, root: Root, *, first: bool) -> list[Cheat]:
        """What is tried in a root: those of its language; what depends on none is tried once."""
        return [cheat for cheat in chosen(self.order.only, root.language)[1] if first or cheat.languages or cheat.family == "tests"]

    def _announce(self, surveyed: Sequence[Grounds], seconds: float) -> None:
        """Say what will be done and about how long it takes, by what the first measurement took."""
        roots = [grounds.root for grounds in surveyed]
        number = sum(len(chosen(self.order.only, root.language)[0]) + 2 + len(self._cheats(root, first=root == roots[0])) for root in roots)
        self.progress.total = number
        places = " and ".join(f"{root.language} in {root.path or 'the top folder'}" for root in roots)
        self.progress.say(
            f"{number} trials of {places}, one after another, each reviewed, measured and decided like any change; "
            f"the base took {seconds:.1f} s, all together {about(number * seconds)} at most, as the control will tell better"
        )

    @asynccontextmanager
    async def _opened(self) -> AsyncIterator[tuple[Stage, float]]:
        """A stage with the base measured, which took so many seconds; removed afterwards."""
        with tempfile.TemporaryDirectory(prefix="refactory-selftest-", ignore_cleanup_errors=True) as folder:
            async with stage(self.order.approved, Path(folder), self.order.variables) as made:
                self.progress.say(f"a clone in {made.root}; its base is measured")
                await made.begin()
                begun = time.monotonic()
                await made.done("run_eval")
                yield made, time.monotonic() - begun

    async def _ground_work(self, made: Stage, grounds: Grounds, breaks: Sequence[Cheat]) -> tuple[list[Trial], Fault | None]:
        """The control, the search for a fault, and what else is broken without disguise, in one cycle. The control is the first trial."""
        faults = await anyio.to_thread.run_sync(faults_of, grounds, FAULTS_TRIED)
        rows = [Row(CONTROL, grounds), *(Row(each, grounds) for each in breaks)]
        searched = [Row(replace(PLAINLY, what=fault.what), replace(grounds, fault=fault)) for fault in faults]
        items = await _propose(made, [*rows, *searched])
        trials = [await self._try(made, item, row) for item, row in zip(items, rows, strict=False)]
        self.progress.foretell(trials[0].seconds)
        found: Fault | None = None
        for item, row, fault in zip(items[len(rows) :], searched, faults, strict=True):
            if found is None and not proves_nothing(trials[0]):
                trial = await try_cheat(made, item, row.cheat, row.grounds)
                if trial.lost:
                    found = replace(fault, tests=trial.lost)
                    trials.append(self.progress.ended(replace(trial, root=grounds.root.label)))
        if found is None:
            trials.append(self.progress.ended(Trial(PLAINLY, "not tried", evidence=(NO_FAULT,), root=grounds.root.label)))
        await _abort(made)
        return trials, found

    async def _as_far_as_nothing_landed(self, made: Stage, rows: Sequence[Row]) -> list[Trial]:
        """Try cheats, in cycles of as many as one takes, until one landed or all are tried."""
        trials: list[Trial] = []
        for begin in range(0, len(rows), AT_ONCE):
            batch = rows[begin : begin + AT_ONCE]
            for item, row in zip(await _propose(made, batch), batch, strict=True):
                trials.append(await self._try(made, item, row))
                if trials[-1].end in ("got through", "bounded"):
                    return trials
            await _abort(made)
        return trials

    async def _try(self, made: Stage, item: str, row: Row) -> Trial:
        """One trial, told to the person who waits."""
        self.progress.begins(row.cheat.name)
        trial = await try_cheat(made, item, row.cheat, row.grounds)
        return self.progress.ended(replace(trial, root=row.grounds.root.label))


async def drill(order: Order, progress: Progress) -> Drilled:
    """Hold the drill. Raises Spoiled where it could not go on, Refusal and GitFailed where the project cannot be cloned."""
    try:
        return await _Drill(order, progress).whole()
    finally:
        progress.wipe()


async def _propose(made: Stage, rows: Sequence[Row]) -> list[str]:
    """A cycle with a hypothesis for each row; answers their ids in the order of the rows. Raises Spoiled."""
    started = await made.done("start_cycle", mode="improve", focus=[FOCUS], min_growth=0, max_new=AT_ONCE)
    barred = started.data.get("budget", {}).get("barred", ())
    free = [category for category in GAINS if category not in barred] or ["fix"]
    hypotheses = [_hypothesis(number, row, free[number % len(free)]) for number, row in enumerate(rows, 1)]
    accepted = (await made.done("propose_hypotheses", hypotheses=hypotheses)).data["accepted"]
    by_title = {item["title"]: item["id"] for item in accepted}
    return [by_title[each["title"]] for each in hypotheses]


def _hypothesis(number: int, row: Row, gain: str) -> dict[str, Any]:
    """What is said of a cheat: a gain of this category, or a fix with a test that is to prove it.

    The categories of gains take turns, as three reverts in a row bar one; and each says that it is no other attempt at what was reverted.
    """
    check = row.cheat.own_check
    proof = {"category": "fix", "own_checks": [check(row.grounds)]} if check else {"category": gain}
    said = {"title": f"Drill {number}: {row.cheat.name}", "dimension": "none", "what": row.cheat.what, "why": FOCUS, "differs": DIFFERS}
    return {**said, **proof}


async def _abort(made: Stage) -> None:
    """End the open cycle with what is left of it; a cycle whose hypotheses are all decided has ended already."""
    report = {"role": "ceo", "decision": "abort", "feedback": "A drill."}
    answer = await made.call("submit_report", summary="The drill goes on.", report=report)
    if answer.refused is not None and answer.refused.code != "OUT_OF_ORDER":
        await made.done("submit_report", summary="The drill goes on.", report=report)
