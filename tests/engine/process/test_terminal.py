"""A program at the person's terminal: it has the terminal and the environment, and Ctrl-C is its own matter."""

import os
import signal
import sys
from pathlib import Path

import pytest

from tests.support.terminals import at_a_terminal
from tools.engine.process import CommandNotFound, run_at_the_terminal

CHECKOUT = Path(__file__).parents[3]
READING = "import sys, os; print('here', os.environ['MARK'], sys.stdin.isatty()); sys.stdout.flush(); sys.exit(len(sys.stdin.readline()))"
PATIENT = "import os, signal, sys; signal.signal(signal.SIGINT, lambda *_: sys.exit(7)); os.write(1, b'waiting'); sys.stdin.readline()"
RUNNING = "import sys; from tools.engine.process import run_at_the_terminal; print('ended', run_at_the_terminal([sys.executable, '-c', sys.argv[1]]))"


def environment() -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "HOME": os.environ["HOME"], "PYTHONPATH": str(CHECKOUT), "MARK": "a mark"}


def test_the_program_reads_from_the_terminal_and_has_the_whole_environment(tmp_path: Path) -> None:
    with at_a_terminal([sys.executable, "-c", RUNNING, READING], tmp_path, environment()) as terminal:
        assert terminal.shows("here a mark True")
        terminal.type("four")
        assert terminal.shows("ended 5")
        assert terminal.end() == 0


def test_ctrl_c_reaches_the_program_and_does_not_end_us(tmp_path: Path) -> None:
    with at_a_terminal([sys.executable, "-c", RUNNING, PATIENT], tmp_path, environment()) as terminal:
        assert terminal.shows("waiting")
        terminal.press(b"\x03")
        assert terminal.shows("ended 7")
        assert terminal.end() == 0


@pytest.mark.parametrize("name", ["no-such-program", "/", "/etc/passwd/x"])
def test_a_program_that_cannot_be_run_is_said(name: str) -> None:
    handler = signal.getsignal(signal.SIGINT)
    with pytest.raises(CommandNotFound):
        run_at_the_terminal([name])
    assert signal.getsignal(signal.SIGINT) is handler
