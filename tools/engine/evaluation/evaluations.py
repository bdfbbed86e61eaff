"""Running what the contract names itself: project evaluations, the evaluation command, hard constraints, the smoke test and what is held out."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import anyio
import anyio.to_thread

from state.measurement import Reading, ReadingState
from tools.engine.evaluation.cases import BadCases, Case, CaseEnd, agrees, read_cases, reading_of_cases
from tools.engine.evaluation.commanded import Evaluation, read_evaluation, unfinished
from tools.engine.evaluation.repeats import mean_of_runs
from tools.engine.evaluation.results import result_of, take_away
from tools.engine.languages.bench import Place, Taken, not_taken, output_tail
from tools.engine.languages.running import run_command
from tools.engine.process import Finished
from tools.engine.repository.location import Repository

SHELL: Final = "/bin/sh"


@dataclass(frozen=True)
class Supply:
    """Where cases are read from, a tree of git that no command can look into, and how many of them may be answered at once."""

    repository: Repository
    tree: str
    at_once: int = 1


async def run_evaluation(evaluation: Evaluation, place: Place, variables: Mapping[str, str], supply: Supply | None = None) -> Taken:
    """Run the command at the top of the tree as often as it says, and read what came of it; a run that gives no number is the last.

    Raises Refusal BUSY where it is stopped from outside.
    """
    runs: list[Taken] = []
    while len(runs) < evaluation.runs and (not runs or runs[-1].readings[0].value is not None):
        runs.append(await _answer(evaluation, place, variables, supply) if evaluation.cases and supply else await _run(evaluation, place, variables))
    return replace(runs[-1], readings=(mean_of_runs([taken.readings[0] for taken in runs]),))


async def _run(evaluation: Evaluation, place: Place, variables: Mapping[str, str]) -> Taken:
    if evaluation.keeps:
        await anyio.to_thread.run_sync(take_away, place, evaluation.keeps)
    environment = {**variables, **dict(evaluation.variables)}
    finished = await run_command(place.command((SHELL, "-c", evaluation.command), environment, evaluation.timeout))
    material = {} if evaluation.keeps is None else await anyio.to_thread.run_sync(result_of, place, evaluation.keeps, finished)
    return Taken((read_evaluation(evaluation, finished),), commands=(evaluation.command,), material=material, output=output_tail(finished))


async def _answer(evaluation: Evaluation, place: Place, variables: Mapping[str, str], supply: Supply) -> Taken:
    """Have the command answer every case, each in a process of its own that gets the input alone; answers are compared here."""
    begun = time.monotonic()
    try:
        cases = await anyio.to_thread.run_sync(read_cases, supply.repository, supply.tree, evaluation.cases)
    except BadCases as problem:
        return not_taken((evaluation.name,), ReadingState.UNAVAILABLE, str(problem))
    answers = _Answers(evaluation, place, variables, {})
    limit = anyio.CapacityLimiter(supply.at_once)

    async def one(case: Case) -> None:
        async with limit:
            await answers.take(case)

    with anyio.move_on_after(evaluation.timeout) as whole:
        async with anyio.create_task_group() as tasks:
            for case in cases:
                tasks.start_soon(one, case)
    seconds = time.monotonic() - begun
    if whole.cancelled_caught:
        reason = f"{len(answers.found)} of {len(cases)} cases were answered within {evaluation.timeout:g} s"
        return not_taken((evaluation.name,), ReadingState.TIMEOUT, reason)
    return Taken((answers.reading(cases, seconds),), commands=(evaluation.command,), output=answers.said())


@dataclass(frozen=True)
class _Answers:
    """What the command answered so far, by the names of cases."""

    evaluation: Evaluation
    place: Place
    variables: Mapping[str, str]
    found: dict[str, tuple[CaseEnd, Finished]]

    async def take(self, case: Case) -> None:
        """Ask one case."""
        timeout = case.timeout or self.evaluation.case_timeout
        command = replace(self.place.command((SHELL, "-c", self.evaluation.command), self.variables, timeout), stdin=case.given)
        finished = await run_command(command)
        self.found[case.name] = (self._end(case, finished), finished)

    def _end(self, case: Case, finished: Finished) -> CaseEnd:
        if finished.outcome == "timeout":
            return "timeout"
        answered = finished.outcome == "exited" and finished.exit_code == 0 and not finished.dropped
        return "passed" if answered and agrees(self.evaluation.compare, case.expected, finished.stdout) else "failed"

    def reading(self, cases: Sequence[Case], seconds: float) -> Reading:
        """The share that passed; where nothing could be started at all, why not."""
        broken = [unfinished(self.evaluation, finished) for _, finished in self.found.values()]
        if broken and broken[0] is not None and all(each is not None and each.state is ReadingState.ERROR for each in broken):
            return broken[0].model_copy(update={"seconds": seconds})
        return reading_of_cases(self.evaluation.name, {case.name: self.found[case.name][0] for case in cases}, seconds)

    def said(self) -> str:
        """The tail of what the first failing case printed."""
        return next((output_tail(finished) for end, finished in self.found.values() if end != "passed"), "")
