"""A program that a person works with in the terminal they sit at, such as their editor: it gets the terminal, and their whole environment."""

import signal
import subprocess
from collections.abc import Sequence

from tools.engine.process.starting import CommandNotFound


def run_at_the_terminal(argv: Sequence[str]) -> int:
    """Run `argv` in this terminal until it ends; its exit code. Ctrl-C is the program's own matter. Raises CommandNotFound."""
    ours = signal.signal(signal.SIGINT, lambda *_: None)  # a handler, unlike "ignore", is not handed down to the program
    try:
        return subprocess.run(list(argv), check=False).returncode
    except (FileNotFoundError, NotADirectoryError, PermissionError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise CommandNotFound(argv[0] if argv else "", reason) from error
    finally:
        signal.signal(signal.SIGINT, ours)
