"""A drill for a terminal and as JSON: a line a cheat, what to make of it, and which dimensions felt what was broken."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any, Final

from mcp_server.selftest import Drilled
from state.answers import clean, one_line
from tools.engine.drill.breaks import CONTROL
from tools.engine.drill.outcome import End, Trial

END_WIDTH: Final = 15
NAME_WIDTH: Final = 32
EVIDENCE: Final = 110  # characters
ENDS: Final[tuple[End, ...]] = ("stopped", "held", "got through", "not tried", "no place for it")


def as_table(drilled: Drilled) -> str:
    """The whole for a terminal."""
    lines = [*_rows(drilled.trials), "", *_dimensions(drilled), *_sum(drilled)]
    return "\n".join(map(clean, lines)) + "\n"


def as_json(drilled: Drilled) -> str:
    """The same as plain values."""
    document = {
        "passed": drilled.passed,
        "proves_nothing": drilled.nothing,
        "trials": [_plain(trial) for trial in drilled.trials],
        "dimensions": [{**asdict(each), "dead": each.dead} for each in drilled.felt],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _plain(trial: Trial) -> dict[str, Any]:
    return {
        "name": trial.cheat.name, "family": trial.cheat.family, "what": trial.cheat.what, "end": trial.end, "by": list(trial.by),
        "evidence": list(trial.evidence), "only_without_gain": trial.only_without_gain, "seconds": trial.seconds,
        "moved": {name: list(values) for name, values in trial.moved.items()},
    }  # fmt: skip


def _rows(trials: Sequence[Trial]) -> Iterator[str]:
    for trial in trials:
        if trial.cheat is CONTROL:
            by = ", ".join(trial.by) or "nothing"
            yield f"{'control':<{END_WIDTH}} {trial.cheat.name:<{NAME_WIDTH}} {trial.seconds:>6.1f} s  {by}: {trial.cheat.what}"
            continue
        by = ", ".join(trial.by) if trial.by else one_line("; ".join(trial.evidence), EVIDENCE)
        yield f"{trial.end:<{END_WIDTH}} {trial.cheat.name:<{NAME_WIDTH}} {trial.seconds:>6.1f} s  {by}"
        if trial.end in ("got through", "held"):
            yield f"{'':<{END_WIDTH}}   {trial.cheat.what}"
            yield from (f"{'':<{END_WIDTH}}   {one_line(line, EVIDENCE)}" for line in trial.evidence[:2])


def _dimensions(drilled: Drilled) -> Iterator[str]:
    if not drilled.felt:
        return
    yield "What was broken lowered:"
    for each in drilled.felt:
        if not each.of_the_code:
            said = "not asked: it is of factory.md or the history, not of the code"
        elif each.dead:
            said = "by nothing that was broken: dead, or to be gamed"
        else:
            said = f"by {', '.join(each.lowered_by)}"
        raised = f"; raised for nothing by {', '.join(each.raised_by)}" if each.raised_by else ""
        yield f"  {each.name:<{NAME_WIDTH}} {said}{raised}"
    yield ""


def _sum(drilled: Drilled) -> Iterator[str]:
    if drilled.nothing:
        yield f"The drill proves nothing: {drilled.nothing}"
        return
    ends = [trial.end for trial in drilled.trials if trial.cheat is not CONTROL]
    yield ", ".join(f"{ends.count(end)} {end}" for end in ENDS if end in ends)
    if thin := [trial.cheat.name for trial in drilled.trials if trial.only_without_gain and trial.cheat.family in ("answers", "process", "tests")]:
        yield f"Stopped only because they gained nothing: {', '.join(thin)}. Hidden inputs stop such changes: `cases` in ## Project Eval."
    if through := [trial.cheat.name for trial in drilled.trials if trial.end == "got through"]:
        yield f"Got through: {', '.join(through)}. That is a bug of re:factory's: please report it."
