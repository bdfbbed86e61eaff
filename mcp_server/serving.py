"""Serving over standard input and output, and dying well: whatever ends the server, nothing that it started stays behind."""

import logging
import os
import signal
import sys
from typing import Final, NoReturn

import anyio
from mcp.server.lowlevel import NotificationOptions
from mcp.server.stdio import stdio_server

from mcp_server.server import build_server
from tools.engine.process import kill_everything

PARENT_POLL_SECONDS: Final = 0.5
log = logging.getLogger("refactory")


def serve() -> NoReturn:
    """Serve until standard input ends, then leave. Logs go to standard error."""
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    logging.getLogger("refactory").setLevel(os.environ.get("FACTORY_LOG", "WARNING").upper())
    anyio.run(_serve)
    leave(0)


async def _serve() -> None:
    server = build_server()
    options = server.create_initialization_options(NotificationOptions(tools_changed=True, prompts_changed=True))
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(_watch_signals)
        tasks.start_soon(_watch_parent)
        async with stdio_server() as (read, write):
            await server.run(read, write, options)
        tasks.cancel_scope.cancel()


async def _watch_signals() -> None:
    """One host sends SIGINT, SIGTERM 0.1 s later and SIGKILL soon after; the thread that reads standard input cannot be interrupted."""
    with anyio.open_signal_receiver(signal.SIGINT, signal.SIGTERM, signal.SIGHUP) as signals:
        async for received in signals:
            log.warning("signal %s: stopping", received.name)
            leave(128 + received)


async def _watch_parent() -> None:
    """A parent that was killed closes standard input only when nobody else holds its other end: look at the parent itself, too."""
    parent = os.getppid()
    while os.getppid() == parent:  # noqa: ASYNC110 - the kernel tells nobody; there is no event to wait for
        await anyio.sleep(PARENT_POLL_SECONDS)
    log.warning("the parent is gone: stopping")
    leave(0)


def leave(code: int) -> NoReturn:
    """Kill every child and go at once. Nothing is half written by that: the store commits whole or not at all, git refs move by transaction."""
    kill_everything()
    sys.stderr.flush()
    os._exit(code)
