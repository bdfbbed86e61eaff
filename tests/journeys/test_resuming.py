"""After every single call the server is gone and another host goes on: by project_status alone, to the same end as if nobody had been interrupted."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.everything import events_of, store_of
from tests.support.host import Host
from tests.support.journeys import Answer, Call, Journey, assert_log_tells_all, play, resumed
from tests.support.mode_journeys import JOURNEYS
from tests.support.repositories import git
from tests.support.states import States

HANDOVER = 2048  # bytes


async def told(host: Host) -> Answer:
    """What a host that was not there is told; looking writes nothing."""
    before = store_of(host.project)
    status = await host.done("project_status")
    assert store_of(host.project) == before
    handover = status["data"].get("handover", "")
    assert len(handover.encode()) <= HANDOVER
    if "cycle" in status["at"]:
        assert handover.startswith(f"Cycle {status['at']['cycle']}, mode {status['at']['mode']}")
        assert f"Due: {status['at']['step']}." in handover
    return status


def call_of(answer: Answer) -> tuple[Any, ...]:
    """The call that an answer leads to, whoever makes it."""
    action = answer["next"]
    return action.get("tool"), action.get("arguments"), action.get("fill")


async def interrupted(states: States, journey: Journey) -> list[tuple[Answer, Answer]]:
    """Each answer, and what the next server says that was asked nothing before; the walk goes on by what that one says."""
    found: list[tuple[Answer, Answer]] = []
    call: Call | None = next(journey)
    while call is not None:
        async with states.open_here() as host:
            answer = await host.call(call.tool, **call.arguments)
            assert "refused" not in answer or answer["refused"]["code"] == "HELD", host.text
        async with states.open_here() as host:
            found.append((answer, await told(host)))
        call = resumed(journey, found[-1][1] if "cycle" in found[-1][1]["at"] else answer)
    return found


# What the hand-over says after a call, counted from 0, of each mode.
SAID: dict[str, dict[int, str]] = {
    "improve": {4: "Measured as it stood: delta +0.", 5: "Experiment 1 landed: Score more.", 1: "To try: H1 Score more; H2 Try another thing"},
    "focus": {
        2: "Said to the strategist: sent back by the CEO: Smaller steps, please.",
        3: "To try: H2 Score a little more", 5: "Reviewed as it stands: pass",
    },
    "refine": {1: "refiner (r1): Small.", 5: "Due: approve."},
    "interactive": {1: "researcher (r1): Looked.", 2: "distiller (r2): Written."},
    "build": {2: "strategist (r2): Planned.", 3: "Due: approve."},
}  # fmt: skip
PASSING = ("job.", "baseline.", "sample.")  # events of work that an interruption costs, and that is done again


@pytest.mark.parametrize("mode", JOURNEYS)
async def test_another_host_goes_on_after_every_call_of_a_mode_to_the_same_end(procedure: States, mode: str) -> None:
    state, journey = JOURNEYS[mode]
    await procedure.put(state)
    through = await _uninterrupted(procedure, journey)
    await procedure.put(state)
    found = await interrupted(procedure, journey(procedure.place))
    for answer, status in found:
        if "cycle" in status["at"] and answer["next"].get("tool") != "get_job":
            assert call_of(status) == call_of(answer)
    for place, words in SAID[mode].items():
        assert words in found[place][1]["data"]["handover"]
    assert _end(procedure.place) == through
    assert "cycle" not in found[-1][1]["at"]
    assert_log_tells_all(procedure.place)


async def _uninterrupted(states: States, journey: Callable[[Path], Journey]) -> tuple[Any, ...]:
    async with states.open_here() as host:
        await play(host, journey(host.project))
    return _end(states.place)


def _end(project: Path) -> tuple[Any, ...]:
    """What was landed, what is kept beside it, and what was done, in order."""
    backups = git(project, "for-each-ref", "--format=%(refname)", "refs/factory/backup").split()
    trees = [git(project, "rev-parse", f"{name}^{{tree}}") for name in ("main", *backups)]
    return trees, [event for event in events_of(project) if not event.startswith(PASSING)]
