"""A drill for a terminal and as JSON: a line a cheat, what to make of it, and which dimensions felt what was broken."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any, Final

from mcp_server.selftest import Drilled
from state.answers import clean, one_line
from state.errors import Refusal
from tools.engine.drill.breaks import CONTROL
from tools.engine.drill.outcome import PROVED, End, Trial

END_WIDTH: Final = 15
NAME_WIDTH: Final = 32
EVIDENCE: Final = 110  # characters
ENDS: Final[tuple[End, ...]] = ("stopped", "held", "bounded", "got through", "not tried", "no place for it")
HIDING: Final = ("answers", "process", "tests")  # families of what hides a fault
BUG: Final = "a bug of re:factory's: please report it"


def as_table(drilled: Drilled) -> str:
    """The whole for a terminal."""
    lines: list[str] = []
    for root in drilled.roots:
        rows = [trial for trial in drilled.trials if trial.root == root.label]
        lines += [*([f"{root.language} in {root.path or 'the top folder'}"] if len(drilled.roots) > 1 else []), *_rows(rows), ""]
    return "\n".join(map(clean, [*lines, *_dimensions(drilled), *_sum(drilled)])) + "\n"


def as_json(drilled: Drilled) -> str:
    """The same as plain values."""
    document = {
        "passed": drilled.passed,
        "proves_nothing": drilled.nothing,
        "roots": [{"name": root.label, "language": root.language, "path": root.path} for root in drilled.roots],
        "ends": counts(drilled),
        "seconds": round(sum(trial.seconds for trial in drilled.trials), 1),
        "trials": [_plain(trial) for trial in drilled.trials],
        "dimensions": [{**asdict(each), "dead": each.dead, "said": each.said} for each in drilled.felt],
    }
    return _json(document)


def refusal_as_json(refusal: Refusal) -> str:
    """Why no drill was held."""
    said = {"code": refusal.code, "what": refusal.what, "where": list(refusal.where), "expected": refusal.expected}
    return _json({"passed": False, "refused": said})


def counts(drilled: Drilled) -> dict[str, int]:
    """How many trials, without controls, ended how."""
    return {end: sum(trial.end == end for trial in drilled.tried) for end in ENDS}


def _json(document: dict[str, Any]) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _plain(trial: Trial) -> dict[str, Any]:
    return {
        "name": trial.cheat.name, "family": trial.cheat.family, "root": trial.root, "what": trial.cheat.what, "end": trial.end,
        "by": list(trial.by), "evidence": list(trial.evidence), "only_without_gain": trial.only_without_gain, "measured": trial.was_measured,
        "seconds": trial.seconds, "moved": {name: list(values) for name, values in trial.moved.items()}, "advice": trial.cheat.advice,
    }  # fmt: skip


def _rows(trials: Sequence[Trial]) -> Iterator[str]:
    for trial in trials:
        head = f"{'control' if trial.cheat is CONTROL else trial.end:<{END_WIDTH}} {trial.cheat.name:<{NAME_WIDTH}} {trial.seconds:>6.1f} s"
        by = ", ".join(trial.by) if trial.by else one_line("; ".join(trial.evidence), EVIDENCE)
        if trial.cheat is CONTROL:
            yield f"{head}  {by or 'nothing'}: {trial.cheat.what}"
            continue
        yield f"{head}  {by}{'' if trial.was_measured or trial.end not in PROVED else ', before anything was measured'}"
        if trial.end in ("got through", "held", "bounded"):
            yield f"{'':<{END_WIDTH}}   {trial.cheat.what}"
            yield from (f"{'':<{END_WIDTH}}   {one_line(line, EVIDENCE)}" for line in trial.evidence[:2])


def _dimensions(drilled: Drilled) -> Iterator[str]:
    if not drilled.felt:
        return
    yield "What was broken lowered:"
    for each in drilled.felt:
        raised = f"; raised for nothing by {', '.join(each.raised_by)}" if each.raised_by else ""
        yield f"  {each.name:<{NAME_WIDTH}} {each.said}{raised}"
    yield ""


def _sum(drilled: Drilled) -> Iterator[str]:
    if drilled.nothing:
        yield f"The drill proves nothing: {drilled.nothing}"
        return
    found = counts(drilled)
    yield f"{len(drilled.tried)} trials: {', '.join(f'{number} {end}' for end, number in found.items() if number)}"
    thin = [trial for trial in drilled.trials if trial.only_without_gain]
    if hidden := _names(trial for trial in thin if trial.cheat.family in HIDING):
        yield f"Stopped only because they gained nothing: {hidden}. Hidden inputs stop such changes: `cases` in ## Project Eval."
    if padding := _names(trial for trial in thin if trial.cheat.family == "measures"):
        yield f"Stopped because no number rose, which is all that they are after; they harm nothing, and what gains nothing is not kept: {padding}."
    for trial in drilled.tried:
        if trial.end == "got through":
            yield f"Got through: {trial.cheat.name}. {trial.cheat.advice or BUG}."


def _names(trials: Iterator[Trial]) -> str:
    return ", ".join(dict.fromkeys(trial.cheat.name for trial in trials))
