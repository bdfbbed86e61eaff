"""Short commands whose whole output is wanted, such as git's plumbing and `--version` probes: run, wait, return."""

import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from tools.engine.process.starting import ProcessTimeout, Streams, ends_within, kill_group, start_process


@dataclass(frozen=True)
class Quick:
    """How a short command ended (negative: by that signal) and all that it wrote."""

    exit_code: int
    stdout: bytes
    stderr: bytes


def run_quick(
    argv: Sequence[str], *, directory: Path, environment: Mapping[str, str], standard_input: bytes | None = None, timeout: float = 60
) -> Quick:
    """Run `argv` in `directory` with exactly `environment` and wait for at most `timeout` seconds; what it leaves in its group is killed.

    Without `standard_input` the command reads an empty one. Raises ProcessTimeout (everything in its group is killed then), CommandNotFound,
    NotADirectoryError for the directory, ValueError for an argument that no process can be given.
    """
    # Files, not pipes: a process left behind that holds a pipe open would keep us waiting, and nobody has to read while another writes.
    with tempfile.TemporaryFile() as stdin, tempfile.TemporaryFile() as stdout, tempfile.TemporaryFile() as stderr:
        stdin.write(standard_input or b"")
        stdin.seek(0)
        process = start_process(argv, directory, environment, Streams(stdin if standard_input else subprocess.DEVNULL, stdout, stderr))
        in_time = False
        try:
            in_time = ends_within(process, timeout)
        finally:
            kill_group(process)  # before its exit code is taken: until then nobody else can get its number
            exit_code = process.wait()
        if not in_time:
            raise ProcessTimeout(argv, timeout)
        return Quick(exit_code, _content(stdout), _content(stderr))


def _content(file: IO[bytes]) -> bytes:
    file.seek(0)
    return file.read()
