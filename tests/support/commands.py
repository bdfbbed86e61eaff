"""This process as if it had been started for the command line or as a server: the same words, environment and folder, in a moment."""

import io
import os
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import pytest
from mcp import Client

from mcp_server.command_line import main
from mcp_server.server import build_server

Ask = Callable[..., Awaitable[dict[str, Any]]]  # a tool and its arguments; the structured content of the answer


@contextmanager
def started_in(folder: Path, environment: Mapping[str, str]) -> Iterator[None]:
    """This process in `folder` and with exactly `environment`."""
    with pytest.MonkeyPatch.context() as patch:
        for name in os.environ.keys() - environment.keys():
            patch.delenv(name)
        for name, value in environment.items():
            patch.setenv(name, value)
        patch.chdir(folder)
        yield


def run_here(words: Sequence[str], folder: Path, environment: Mapping[str, str], *, gone: bool = False) -> subprocess.CompletedProcess[str]:
    """`refactory WORDS` in `folder`, as far as one process can be another: what it printed, and its exit code. `gone`: that folder is deleted."""
    out, complaints = io.StringIO(), io.StringIO()
    with started_in(folder, environment), redirect_stdout(out), redirect_stderr(complaints):
        if gone:
            folder.rmdir()
        try:
            code = main(words)
        except SystemExit as wrong_usage:  # argparse leaves this way
            code = wrong_usage.code if isinstance(wrong_usage.code, int) else 1
    return subprocess.CompletedProcess(list(words), code, out.getvalue(), complaints.getvalue())


@asynccontextmanager
async def server_here(folder: Path, environment: Mapping[str, str]) -> AsyncIterator[Ask]:
    """A server in memory that was started in `folder`, and a way to ask it."""
    with started_in(folder, environment):
        async with Client(build_server()) as client:

            async def ask(tool: str, **arguments: Any) -> dict[str, Any]:
                answer: dict[str, Any] = (await client.call_tool(tool, arguments)).structured_content or {}
                return answer

            yield ask
