"""Conversations with one process that answers line by line, such as `git cat-file --batch` and `git update-ref --stdin`."""

import contextlib
import os
import select
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Final, Self

from tools.engine.process.starting import ProcessTimeout, Streams, ends_within, kill_group, start_process

CLOSE_GRACE: Final = 5.0  # seconds that the process has to end after its input was closed
READ_SIZE: Final = 256 * 1024  # bytes asked for at a time


class ConversationEnded(Exception):  # noqa: N818 - named for what happened
    """The process ended, or closed its output, although an answer was expected. `stderr` holds its own words."""

    def __init__(self, argv: Sequence[str], exit_code: int, stderr: bytes) -> None:
        super().__init__(f"{' '.join(argv)} ended with {exit_code} in the middle of a conversation: {stderr.decode(errors='replace').strip()}")
        self.argv = tuple(argv)
        self.exit_code = exit_code
        self.stderr = stderr


class Conversation:
    """A running process that we write to and read from, in bytes. Use it in a `with` block: leaving it ends the process.

    One thread may write while another reads (a batch larger than the pipes needs that); otherwise it belongs to one thread.
    """

    def __init__(self, argv: Sequence[str], process: subprocess.Popen[bytes], complaints: IO[bytes], timeout: float) -> None:
        if process.stdin is None or process.stdout is None:
            raise ValueError("a conversation needs a process with a pipe to its input and one from its output")
        self._argv = tuple(argv)
        self._process = process
        self._stdin = process.stdin
        self._stdout = process.stdout
        self._complaints = complaints
        self._timeout = timeout
        self._unread = bytearray()

    def write(self, data: bytes) -> None:
        """Say something; it may wait in a buffer until flush. Raises ConversationEnded if the process no longer listens."""
        try:
            self._stdin.write(data)
        except BrokenPipeError as error:
            raise self._ended() from error

    def flush(self) -> None:
        """Send what was said so far. Raises ConversationEnded if the process no longer listens."""
        try:
            self._stdin.flush()
        except BrokenPipeError as error:
            raise self._ended() from error

    def read_line(self) -> bytes:
        """The next line, with its line feed. Raises ConversationEnded, or ProcessTimeout if no whole line comes in time."""
        deadline = time.monotonic() + self._timeout
        searched = 0
        while (end := self._unread.find(b"\n", searched)) < 0:
            searched = len(self._unread)
            self._receive(deadline)
        return self._take(end + 1)

    def read_exactly(self, size: int) -> bytes:
        """The next `size` bytes. Raises ConversationEnded, or ProcessTimeout if they do not come in time."""
        deadline = time.monotonic() + self._timeout
        while len(self._unread) < size:
            self._receive(deadline)
        return self._take(size)

    def close(self) -> int:
        """Close the process's input and wait for its end, at most CLOSE_GRACE seconds before it is killed; returns its exit code."""
        with contextlib.suppress(BrokenPipeError):  # what is still buffered has no reader; who waited for an answer was told when reading
            self._stdin.close()
        exit_code = self._end()
        self._stdout.close()
        self._complaints.close()
        return exit_code

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        self.close()

    def _take(self, size: int) -> bytes:
        taken = bytes(self._unread[:size])
        del self._unread[:size]
        return taken

    def _receive(self, deadline: float) -> None:
        """Wait for more output until `deadline` (monotonic clock), and keep it."""
        ready = select.poll()
        ready.register(self._stdout, select.POLLIN)
        if not ready.poll(max(0.0, deadline - time.monotonic()) * 1000):
            kill_group(self._process)
            raise ProcessTimeout(self._argv, self._timeout)
        data = os.read(self._stdout.fileno(), READ_SIZE)
        if not data:
            raise self._ended()
        self._unread += data

    def _ended(self) -> ConversationEnded:
        """End the process, which may only have closed its output, and say how it ended and why by its own words."""
        exit_code = self._end()
        self._complaints.seek(0)
        return ConversationEnded(self._argv, exit_code, self._complaints.read())

    def _end(self) -> int:
        """Wait for the process, at most CLOSE_GRACE seconds, kill what is left of its group, and return its exit code."""
        if self._process.returncode is None:
            ends_within(self._process, CLOSE_GRACE)
            kill_group(self._process)
        return self._process.wait()


def start_conversation(argv: Sequence[str], *, directory: Path, environment: Mapping[str, str], timeout: float = 60) -> Conversation:
    """Start `argv` in `directory` with exactly `environment`, to talk with it; each read waits for at most `timeout` seconds.

    Raises CommandNotFound, NotADirectoryError for the directory, ValueError for an argument that no process can be given.
    """
    complaints = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the conversation; a file, as nobody reads stderr while we talk
    try:
        process = start_process(argv, directory, environment, Streams(subprocess.PIPE, subprocess.PIPE, complaints))
    except BaseException:
        complaints.close()
        raise
    return Conversation(argv, process, complaints, timeout)
