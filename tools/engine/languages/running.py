"""Running a command of a measurement: one that was stopped from outside has measured nothing, and leaves no sample that says otherwise."""

from state.errors import Refusal
from tools.engine.process import Command, Finished, supervise


async def run_command(command: Command) -> Finished:
    """Run it to its end or its time limit. Raises Refusal BUSY where it was stopped from outside, as when the server shuts down."""
    finished = await supervise(command)
    if finished.outcome == "cancelled":
        raise Refusal("BUSY", "A measurement was stopped from outside before its end; nothing of it was kept.", expected="the same call once more")
    return finished
