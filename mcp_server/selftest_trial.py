"""One cheat tried as a real experiment: opened, edited, reviewed, measured, decided, all through the tools."""

import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import anyio.to_thread

from mcp_server.selftest_stage import Stage
from state.answers import Answer
from tools.engine.drill.grounds import Cheat, Edits, Grounds, Link, NoFault, NotHere
from tools.engine.drill.outcome import Seen, Trial, ended, within_bounds

REVIEW: Final = "A drill's review lets everything through: what is tried is the gate, not the reviewer."
# What is asked of these is how the dimensions move; of all others only whether the gate refuses, which it may do before anything is measured.
ALWAYS_MEASURED: Final = frozenset({"control", "break", "measures"})
NO_FAULT: Final = "no small change of the code was found that makes a test fail"


async def try_cheat(stage: Stage, item: str, cheat: Cheat, grounds: Grounds) -> Trial:
    """Try a cheat under the hypothesis `item` (H1). Whatever comes of it, no experiment is left open. Raises Spoiled."""
    try:
        edits = await anyio.to_thread.run_sync(cheat.edits, grounds)
    except NotHere as reason:
        return Trial(cheat, "no place for it", evidence=(str(reason),))
    except NoFault:
        return Trial(cheat, "not tried", evidence=(NO_FAULT,))
    begun = time.monotonic()
    trial = await _tried(stage, item, cheat, edits)
    return replace(trial, seconds=round(time.monotonic() - begun, 1))


async def _tried(stage: Stage, item: str, cheat: Cheat, edits: Edits) -> Trial:
    opened = (await stage.done("start_experiment", item=item)).data
    number, worktree = int(opened["experiment"]), Path(opened["worktree"])
    await anyio.to_thread.run_sync(write_edits, worktree, edits)
    await _review(stage, number, opened.get("guards", ()))
    checked = await stage.call("check_experiment", experiment=number)
    measured = None
    if cheat.family in ALWAYS_MEASURED or not any(check.result == "fail" for check in _checks(checked)):
        measured = await stage.call("run_eval", experiment=number)
        checked = await stage.call("check_experiment", experiment=number)
    kept = await stage.call("verdict", experiment=number, decision="keep", reason="A drill: is this let through?")
    code, said = (kept.refused.code, (kept.refused.what, *kept.refused.where)) if kept.refused else ("", (kept.summary,))
    if measured is not None and measured.refused is not None:
        code, said = measured.refused.code, (measured.refused.what, *map(str, measured.refused.problems))
    trial = ended(cheat, _checks(checked), code, said)
    if trial.end != "got through":
        await _given_up(stage, number)
    if measured is None:
        return trial
    lost = tuple(measured.data.get("tests", {}).get("lost", ()))
    return within_bounds(replace(trial, was_measured=trial.end != "not tried", moved=_moved(measured.data), lost=lost))


async def _review(stage: Stage, number: int, guards: Sequence[str]) -> None:
    """A review that lets everything through; where it is refused, that is seen at the verdict."""
    quotes = await stage.quotes(number)
    answers = [{"guard": guard, "holds": True, "evidence": ", ".join(quote["at"] for quote in quotes[:3])} for guard in guards]
    review = {
        "role": "reviewer", "reviewer": "refactory selftest", "independence": "fresh_pass", "decision": "pass",
        "quotes": quotes, "guards": answers,
    }  # fmt: skip
    await stage.call("submit_report", experiment=number, summary=REVIEW, report=review)


async def _given_up(stage: Stage, number: int) -> None:
    """End the experiment, so that the next can begin: what was not measured is abandoned, the rest reverted. Raises Spoiled."""
    given = {"experiment": number, "reason": "A drill.", "lesson": "Tried, to see what the gate makes of it."}
    if (await stage.call("verdict", decision="revert", **given)).refused is not None:
        await stage.done("verdict", decision="abandon", **given)


def write_edits(worktree: Path, edits: Edits) -> None:
    """Type the edits in a worktree. Raises OSError."""
    for path, content in edits.items():
        file = worktree / path
        file.parent.mkdir(parents=True, exist_ok=True)
        if os.path.lexists(file) and not isinstance(content, str):
            file.unlink()
        match content:
            case Link(target):
                file.symlink_to(target)
            case str():
                file.write_text(content, encoding="utf-8", newline="")
            case None:
                pass


def _checks(answer: Answer) -> tuple[Seen, ...]:
    return tuple(Seen(check["name"], check["result"], tuple(check.get("evidence", ()))) for check in answer.data.get("checks", ()))


def _moved(data: Mapping[str, Any]) -> dict[str, tuple[float, float | None]]:
    """The dimensions that changed: at the base and in the candidate."""
    return {row["name"]: (row["base"], row.get("candidate")) for row in data.get("changed", ()) if "base" in row}
