"""The front door for commands that are watched: by which means this machine confines them is found out once, by trying."""

import os
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Final

import anyio
import anyio.to_thread

from tools.engine.process.confine import Confine, Confinement, bubblewrap
from tools.engine.process.environment import child_environment
from tools.engine.process.supervision import Command, Finished, supervise_by

CONFINEMENT_VARIABLE: Final = "FACTORY_CONFINEMENT"  # "none" turns confinement off
PROBE_TIMEOUT: Final = 5.0  # seconds
# Succeeds where all of it holds: may write inside, not outside, does not see what is hidden, and has a network and process numbers of its own.
PROBE: Final = """
echo > inside/mark && ! (echo > mark) 2>/dev/null && [ ! -e hidden/mark ] && [ "$(grep -c : /proc/net/dev)" = 1 ] && [ $$ -lt 10 ]
"""


async def supervise(command: Command, on_line: Callable[[str], None] | None = None) -> Finished:
    """Run `command`, and leave nothing of it behind: not at its end, at its time limit, on cancellation, or when this process is killed.

    `on_line` gets the last complete line of the output, a few times a second at most. Where the command asks to be confined and this machine
    cannot, it runs as it is, and Finished says `none`. Raises NotADirectoryError for the directory and a writable folder, ValueError for an
    argument that no process can be given or too large an input, OSError if no process can be started or the raw output cannot be written.
    """
    means = "none" if command.confine is None else await anyio.to_thread.run_sync(confinement)
    return await supervise_by(means, command, on_line)


def confinement() -> Confinement:
    """By which means commands are confined on this machine: the first that a real command was confined by. Tried once; takes some 50 ms then.

    FACTORY_CONFINEMENT=none in this process's environment turns it off. To be called outside of an event loop's thread.
    """
    return "none" if os.environ.get(CONFINEMENT_VARIABLE) == "none" else _offered()


@cache
def _offered() -> Confinement:
    if bubblewrap() is not None and anyio.run(confines, "bubblewrap"):
        return "bubblewrap"
    return "namespaces" if anyio.run(confines, "namespaces") else "none"


async def confines(means: Confinement) -> bool:
    """Whether a command of ours was really confined by these means."""
    with tempfile.TemporaryDirectory(prefix="refactory-probe-") as name:
        done = await supervise_by(means, _probe(Path(name)))
    return (done.exit_code, done.confinement, done.network) == (0, means, "off")


def _probe(folder: Path) -> Command:
    """A command that succeeds only where it is confined, and what it looks at."""
    for below in ("inside", "hidden"):
        (folder / below).mkdir()
    (folder / "hidden" / "mark").touch()
    confine = Confine(writable=(folder / "inside",), hidden=(folder / "hidden",))
    return Command(("sh", "-c", PROBE), folder, child_environment(home=folder, temporary=folder), PROBE_TIMEOUT, confine=confine)
