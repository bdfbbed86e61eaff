"""Processes of their own that take an original's `.factory` over, to be raced, killed and run on a full disk."""

import subprocess
import sys
from pathlib import Path

from tests.support.sources import CHECKOUT

# Waits for a line, then imports; says the number of experiments, `nothing` where another one was quicker, or the refusal.
_IMPORTS = """
import resource, signal, sys
from pathlib import Path
from state.errors import Refusal
from state.importing import restore, take_over
from state.store import Store

store, folder, limit = Store(Path(sys.argv[1])), Path(sys.argv[2]), int(sys.argv[3])
print("ready", flush=True)
sys.stdin.readline()
if limit:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
try:
    found = take_over(store, folder)
    restore(store, folder)
    print(found.experiments if found else "nothing")
except Refusal as refusal:
    print(refusal)
"""


def start_importing(store: Path, folder: Path, limit: int = 0) -> "subprocess.Popen[str]":
    """A process that waits for a line on its standard input, then imports; none of its files may grow beyond `limit` bytes (0: no limit)."""
    process = subprocess.Popen(
        [sys.executable, "-c", _IMPORTS, str(store), str(folder), str(limit)],
        cwd=CHECKOUT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8",
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process
