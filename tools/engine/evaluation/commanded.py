"""Readings of commands that the contract names: project evaluations, the evaluation command, hard constraints and the smoke test."""

import re
from dataclasses import dataclass
from typing import Final

from state.configuration.measuring import Compare
from state.measurement import Reading, ReadingState
from tools.engine.evaluation.score import NoScore, ParseForm, score_from_json, score_from_pattern
from tools.engine.languages.bench import how_it_ended
from tools.engine.process import Finished

# What a shell answers for a command that it did not find, or could not run.
NOT_FOUND: Final = 127
NOT_RUNNABLE: Final = 126
# How reasons begin of commands that did not so much as start.
CANNOT_START: Final = ("command not found: ", "command cannot be run: ", "command cannot start: ")
# What python, env and make say of a program that is not there, where they end with a code of their own.
_NOT_THERE: Final = re.compile(
    r"^(?:\S*python[\d.]*: (?P<module>No module named \S+)|make(?:\[\d+\])?: (?P<made>\S+: (?:No such file or directory|Command not found))"
    r"|make(?:\[\d+\])?: \*\*\* \[.*\] Error 12(?P<code>[67]))$",
    re.MULTILINE,
)
EVAL_COMMAND: Final = "eval_command"
SMOKE: Final = "smoke"
TRIAL: Final = "trial"  # what was built, started for real
METRIC: Final = "metric"  # one run of what research raises
CONSTRAINT: Final = "constraint:"  # before the name of a hard constraint
PARTS_SHOWN: Final = 50
STANDARD_OUTPUT: Final = ""  # what `keeps` says of a result that is printed
RESULT: Final = "result"
NO_RESULT: Final = "no_result"
HOLDOUT: Final = "holdout"
DEFAULT_TIMEOUT: Final = 300.0  # seconds, for commands that factory.md gives no limit of their own
CASE_TIMEOUT: Final = 10.0  # seconds, for a case that has no limit of its own


@dataclass(frozen=True)
class Evaluation:
    """A shell command that yields one dimension. `timeout` in seconds; `pattern` has one group, for the form regex.

    With `cases`, a path of the base's tree, it is asked one input at a time, and `parse` does not count. The mean of `runs` is the value.
    With `keeps`, the file of that path which the command has to write, or its standard output, is kept whole in the material of its sample, as
    RESULT, or why there is none, as NO_RESULT. `variables` are handed to the command besides.
    """

    name: str
    command: str
    parse: ParseForm
    pattern: str = ""
    timeout: float = DEFAULT_TIMEOUT
    runs: int = 1
    cases: str = ""
    compare: Compare = "text"
    case_timeout: float = CASE_TIMEOUT
    keeps: str | None = None
    variables: tuple[tuple[str, str], ...] = ()


def form_of_eval_command(command: str) -> ParseForm:
    """How `## Eval Command` is read where it is no known test runner: JSON for the original's score.py, else its exit code.

    It follows from the command's text alone, which the contract binds: what a candidate prints can never choose the easier form.
    """
    return "json" if "score.py" in command else "exit_code"


def read_evaluation(evaluation: Evaluation, finished: Finished) -> Reading:
    """The dimension's reading. Only a command that ended by itself gives a number; json and regex want exit code 0 and a share of 1."""
    broken = unfinished(evaluation, finished)
    if broken:
        return broken
    if evaluation.parse == "exit_code":
        value, parts = (1.0 if finished.exit_code == 0 else 0.0), dict[str, float]()
    else:
        try:
            value, parts = _score(evaluation, finished)
        except NoScore as problem:
            return _reading(evaluation, finished, ReadingState.ERROR, reason=str(problem))
    facts: dict[str, int | float | str] = {"exit_code": finished.exit_code or 0}
    facts |= {f"score of {name}": score for name, score in list(parts.items())[:PARTS_SHOWN]}
    return Reading(dimension=evaluation.name, state=ReadingState.MEASURED, value=value, facts=facts, seconds=finished.seconds)


def unfinished(evaluation: Evaluation, finished: Finished) -> Reading | None:
    """The reading of a command that could not be started, or did not come to an end of its own; None where it did."""
    if finished.outcome == "timeout":
        return _reading(evaluation, finished, ReadingState.TIMEOUT, reason=f"still running after {evaluation.timeout:g} s")
    if finished.outcome != "exited" or finished.exit_code is None:
        return _reading(evaluation, finished, ReadingState.ERROR, reason=f"the command {how_it_ended(finished)}")
    if finished.exit_code == NOT_FOUND:
        return _reading(evaluation, finished, ReadingState.ERROR, reason=f"{CANNOT_START[0]}{evaluation.command[:200]}")
    if finished.exit_code == NOT_RUNNABLE:
        return _reading(evaluation, finished, ReadingState.ERROR, reason=f"{CANNOT_START[1]}{evaluation.command[:200]}")
    if finished.exit_code and (said := _NOT_THERE.search(finished.stderr)):
        what = said["module"] or said["made"] or "a program that make runs is not there"
        return _reading(evaluation, finished, ReadingState.ERROR, reason=f"{CANNOT_START[2]}{what}: {evaluation.command[:200]}")
    if finished.exit_code < 0:
        return _reading(evaluation, finished, ReadingState.ERROR, reason=f"killed by signal {-finished.exit_code}")
    return None


def _score(evaluation: Evaluation, finished: Finished) -> tuple[float, dict[str, float]]:
    if finished.exit_code != 0:
        raise NoScore(f"exit code {finished.exit_code}: a score counts only out of a command that ended well")
    if finished.dropped:
        raise NoScore(f"more output than is kept ({finished.dropped} bytes did not fit): print the score alone")
    if evaluation.parse == "regex":
        return score_from_pattern(finished.stdout, evaluation.pattern), {}
    return score_from_json(finished.stdout)


def _reading(evaluation: Evaluation, finished: Finished, state: ReadingState, *, reason: str) -> Reading:
    return Reading(dimension=evaluation.name, state=state, reason=reason, seconds=finished.seconds)
