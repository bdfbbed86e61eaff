"""A person at a terminal: a program with a pseudo-terminal on both ends, what it shows, and what is typed."""

import os
import pty
import select
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PATIENCE = 60.0  # seconds until a test gives up on words


@dataclass
class Terminal:
    """The person's side. `shown` is all that stood on the screen so far; `name` the device, such as /dev/pts/3."""

    process: subprocess.Popen[bytes]
    descriptor: int
    name: str
    shown: str = ""

    def shows(self, words: str) -> bool:
        """Wait until `words` stand on the screen; False at the program's end without them."""
        deadline = time.monotonic() + PATIENCE
        while words not in self.shown and time.monotonic() < deadline and self._read(deadline):
            pass
        return words in self.shown

    def type(self, line: str) -> None:
        """Type a line and press Enter."""
        os.write(self.descriptor, f"{line}\n".encode())

    def press(self, key: bytes) -> None:
        """Press one key, such as Ctrl-C."""
        os.write(self.descriptor, key)

    def end(self) -> int:
        """Read the rest of what is shown and wait for the program's end; its exit code."""
        deadline = time.monotonic() + PATIENCE
        while self._read(deadline):
            pass
        return self.process.wait(PATIENCE)

    def _read(self, deadline: float) -> bool:
        ready, _, _ = select.select([self.descriptor], [], [], max(0.0, deadline - time.monotonic()))
        try:
            block = os.read(self.descriptor, 65536) if ready else b""
        except OSError:  # EIO: nobody holds the other side any more
            return False
        self.shown += block.decode("utf-8", "replace").replace("\r\n", "\n")
        return bool(block)


@contextmanager
def at_a_terminal(argv: Sequence[str], folder: Path, environment: Mapping[str, str]) -> Iterator[Terminal]:
    """Run `argv` in `folder` with exactly `environment`, at a terminal of its own that it controls; killed at the end if it still runs."""
    ours, theirs = pty.openpty()
    name = os.ttyname(theirs)
    # The first terminal that a session leader opens becomes the one it is controlled by; a person's shell lets what it starts be interrupted.
    opening = (
        "import os, signal, sys; signal.signal(signal.SIGINT, signal.SIG_DFL); "
        "os.close(os.open(os.ttyname(0), os.O_RDWR)); os.execvp(sys.argv[1], sys.argv[1:])"
    )
    process = subprocess.Popen(
        [sys.executable, "-I", "-S", "-c", opening, *argv], cwd=folder, env=dict(environment), stdin=theirs, stdout=theirs, stderr=theirs,
        start_new_session=True,
    )  # fmt: skip
    os.close(theirs)
    try:
        yield Terminal(process, ours, name)
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
        os.close(ours)
