"""Processes of their own that append to a store, to be raced, locked out and killed."""

import subprocess
import sys
from pathlib import Path

from tests.support.sources import CHECKOUT

# Appends job ends (their fold needs nothing before them); a line on standard output says that an event was acknowledged.
_APPENDS = """
import sys
from pathlib import Path
from state.jobs import JobEnded
from state.store import Store

store = Store(Path(sys.argv[1]))
name, number, last = sys.argv[2], 0, int(sys.argv[3])
print("ready", flush=True)
sys.stdin.readline()
while number != last:
    number += 1
    event, _ = store.append(JobEnded(job=number, outcome="done", reason=name), actor="server", channel=name, key=f"{name}:{number}")
    print(event.seq, flush=True)
"""
_HOLDS = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("ready", flush=True)
sys.stdin.readline()
"""
# Runs a statement in a process whose files may not grow beyond a size, as on a full disk.
_ON_A_FULL_DISK = """
import resource, signal, sys
from pathlib import Path
from state.errors import Refusal
from state.store import Store
from tests.support.stores import cycle_started

store = Store(Path(sys.argv[1]))
if sys.argv[3] == "append":
    store.append(cycle_started(1), actor="server", channel="server")
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
try:
    for number in range(2, 2000):
        if sys.argv[3] == "append":
            store.append(cycle_started(number, f"branch {number}"), actor="server", channel="server")
        else:
            store.keep_object(b"x" * 1000 * number)
        print(number, flush=True)
except Refusal as refusal:
    print(refusal)
"""


def start_appending(folder: Path, name: str, count: int) -> "subprocess.Popen[str]":
    """A process that waits for a line on its standard input, then appends `count` events (-1: without end)."""
    return _start(_APPENDS, str(folder), name, str(count))


def hold_the_lock(database: Path) -> "subprocess.Popen[str]":
    """A process that is in the middle of a write transaction until it gets a line."""
    return _start(_HOLDS, str(database))


def write_until_full(folder: Path, limit: int, what: str) -> list[str]:
    """Append events (`append`) or keep objects (`keep`) until no file may grow beyond `limit` bytes; answers what was said, a line each."""
    done = subprocess.run(
        [sys.executable, "-c", _ON_A_FULL_DISK, str(folder), str(limit), what],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    return done.stdout.splitlines()


def go(process: "subprocess.Popen[str]") -> None:
    """Let a waiting process go on."""
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()


def _start(script: str, *arguments: str) -> "subprocess.Popen[str]":
    process = subprocess.Popen(
        [sys.executable, "-c", script, *arguments], cwd=CHECKOUT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process
