"""The end of a command: nothing of it lives on."""

import os
import signal
import sys
import time

from tools.engine.process.supervisor.children import Children
from tools.engine.process.supervisor.listening import KILL, Ears
from tools.engine.process.supervisor.table import Process, send

TERM_GRACE = 0.5  # seconds that processes have to end after SIGTERM
KILL_LIMIT = 1.5  # seconds without one process less after which survivors of SIGKILL (another user's, or stuck in the kernel) are left
SWEEP_PAUSE = 0.02  # seconds between two sweeps


def end_all(children: Children, ears: Ears, *, hurry: bool) -> tuple[int, int]:
    """Kill the command and everything below it: SIGTERM once, SIGKILL after TERM_GRACE or at once in a hurry, until nothing lives.

    Returns how many processes beside the command had to be signalled, and how many live on after all.
    """
    seen: set[int] = set()
    begun = progressed = time.monotonic()
    fewest = sys.maxsize
    gentle = 0.0 if hurry else TERM_GRACE
    children.reap()
    confined_command = 1 if children.guardian is not None and children.exit_code is None else 0  # its number is known inside alone
    while not children.none_left:
        living = children.living()
        now = time.monotonic()
        elapsed = now - begun
        if len(living) < fewest:
            fewest, progressed = len(living), now  # thousands of processes take a while to die
        if elapsed > gentle + KILL_LIMIT and now - progressed > KILL_LIMIT:
            return _beside(children, seen, confined_command), len(living)
        if living and elapsed < gentle:
            ask_to_end([process for process in living if process.identifier not in seen])
        else:
            kill(living, children.around())
        seen.update(process.identifier for process in living)
        if ears.wait(SWEEP_PAUSE, lifeline=elapsed < gentle) == KILL:
            gentle = 0.0
        children.reap()
    return _beside(children, seen, confined_command), 0


def _beside(children: Children, seen: set[int], confined_command: int) -> int:
    """How many of those seen are not the command itself."""
    return max(0, len(seen - {children.command}) - confined_command)


def ask_to_end(asked: list[Process]) -> None:
    """SIGTERM, and SIGCONT so that a stopped process hears it."""
    for process in asked:
        send(process.identifier, signal.SIGTERM)
        send(process.identifier, signal.SIGCONT)


def kill(living: list[Process], around: set[int]) -> None:
    """SIGKILL, first to what stands around: with the first process of a process namespace the kernel ends all in it.

    Then by group: the kernel signals a whole group at once, so that a process which forks faster than we sweep cannot slip through.
    """
    for identifier in around:
        send(identifier, signal.SIGKILL)
    for group in {process.group for process in living} - {0, os.getpgrp()}:
        send(group, signal.SIGKILL, group=True)
    for process in living:
        send(process.identifier, signal.SIGKILL)
