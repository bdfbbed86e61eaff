"""The command line without a process of its own: the same words, environment and folder, in a moment."""

import io
import os
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest

from mcp_server.command_line import main


def run_here(words: Sequence[str], folder: Path, environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """`refactory WORDS` in `folder` with exactly `environment`, as far as one process can be another: what it printed, and its exit code."""
    out, complaints = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(complaints):
        for name in os.environ.keys() - environment.keys():
            patch.delenv(name)
        for name, value in environment.items():
            patch.setenv(name, value)
        patch.chdir(folder)
        try:
            code = main(words)
        except SystemExit as wrong_usage:  # argparse leaves this way
            code = wrong_usage.code if isinstance(wrong_usage.code, int) else 1
    return subprocess.CompletedProcess(list(words), code, out.getvalue(), complaints.getvalue())
