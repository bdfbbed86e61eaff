"""Starting a child process for a short errand: a session of its own, nothing inherited, and plain words for what cannot be started."""

import os
import select
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO


class CommandNotFound(Exception):  # noqa: N818 - named for what happened, like ProcessTimeout
    """The command cannot be run: there is no such program in its PATH, or it may not be executed. `reason` is the system's word."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"cannot run {name}: {reason}")
        self.name = name
        self.reason = reason


class ProcessTimeout(Exception):  # noqa: N818 - named for what happened, like subprocess.TimeoutExpired
    """The command did not end, or did not answer, in time; it and its process group were killed."""

    def __init__(self, argv: Sequence[str], seconds: float) -> None:
        super().__init__(f"{' '.join(argv)} did not answer within {seconds:g} s and was killed")
        self.argv = tuple(argv)
        self.seconds = seconds


@dataclass(frozen=True)
class Streams:
    """Where a process's standard streams lead: a file, or one of subprocess's words."""

    stdin: int | IO[bytes]
    stdout: int | IO[bytes]
    stderr: int | IO[bytes]


def start_process(argv: Sequence[str], directory: Path, environment: Mapping[str, str], streams: Streams) -> subprocess.Popen[bytes]:
    """Start `argv` in `directory` with exactly `environment`, as leader of a session, so that its group can be killed as one.

    Raises CommandNotFound; NotADirectoryError for the directory; ValueError for no command at all, and for a NUL byte in it.
    """
    if not argv:
        raise ValueError("a command needs the name of a program; found none")
    if not directory.is_dir():
        raise NotADirectoryError(f"{directory} is no folder to run {argv[0]} in")
    try:
        return subprocess.Popen(
            list(argv),
            cwd=directory,
            env=dict(environment),
            stdin=streams.stdin,
            stdout=streams.stdout,
            stderr=streams.stderr,
            start_new_session=True,
        )
    except (FileNotFoundError, NotADirectoryError, PermissionError) as error:
        raise CommandNotFound(argv[0], error.strerror or str(error)) from error


def ends_within(process: subprocess.Popen[bytes], seconds: float) -> bool:
    """Wait for the end of a process without taking its exit code, where the system can tell (Linux); returns whether it came in time."""
    if sys.platform != "linux":
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True
    descriptor = os.pidfd_open(process.pid)
    try:
        ended = select.poll()
        ended.register(descriptor, select.POLLIN)
        return bool(ended.poll(max(0.0, seconds) * 1000))
    finally:
        os.close(descriptor)


def kill_group(process: subprocess.Popen[bytes]) -> None:
    """SIGKILL to everything in the process's group; a group that has ended already is what we want."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
