"""The server as a process: standard streams, signals, and an end after which no child stays behind."""

import logging
import os
import select
import signal
import sys
import time
from collections.abc import Mapping
from typing import Final, NoReturn

import anyio
from mcp.server.lowlevel import NotificationOptions
from mcp.server.stdio import stdio_server

from mcp_server.server import build_server
from mcp_server.this_process import settings_of_this_process
from state.settings import SettingsSource
from tools.engine.process import kill_everything, live_groups
from tools.engine.process.supervisor import descendants, send

WATCH_SECONDS: Final = 0.25  # between two looks at the host
FAREWELL_SECONDS: Final = 0.5  # that calls under way may take to end once the host has hung up
ERRAND_SECONDS: Final = 0.2  # that git may take to end when the server goes; one host kills 0.4 s after its first signal
POLL_SECONDS: Final = 0.01
NO_TURN_SECONDS: Final = 60.0
# The second for sockets, whose other end may close one direction only; by name, because not every system has them.
HUNG_UP: Final[int] = getattr(select, "POLLHUP", 0) | getattr(select, "POLLRDHUP", 0)
ENDING_SIGNALS: Final = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
log = logging.getLogger("refactory")


def serve(parent: int, flags: Mapping[str, str]) -> NoReturn:
    """Serve until standard input ends or `parent`, the process id of the host, is gone; then leave. Logs go to standard error."""
    settings = settings_of_this_process(flags)
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    logging.getLogger("refactory").setLevel(settings.current().text("log").upper())
    for note in settings.current().notes:
        log.warning("settings: %s", note)
    # Of our own, because the transport takes descriptor 0 away; open until the process ends.
    anyio.run(_serve, parent, os.dup(sys.stdin.fileno()), settings)
    leave(0)


async def _serve(parent: int, standard_input: int, settings: SettingsSource) -> None:
    server = build_server(settings)
    options = server.create_initialization_options(NotificationOptions(tools_changed=True, prompts_changed=True))
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(_watch_signals)
        tasks.start_soon(_watch_host, parent, standard_input)
        async with stdio_server() as (read, write):
            await server.run(read, write, options)
        tasks.cancel_scope.cancel()


async def _watch_signals() -> None:
    """One host sends SIGINT, SIGTERM 0.1 s later and SIGKILL soon after; the thread that reads standard input cannot be interrupted."""
    with anyio.open_signal_receiver(*ENDING_SIGNALS) as signals:
        async for received in signals:
            log.warning("signal %s: stopping", received.name)
            leave(128 + received)


async def _watch_host(parent: int, standard_input: int) -> None:
    """Leave when the host is gone: killed while another process holds our standard input open, or hung up while a call does not end."""
    ends = select.poll()
    ends.register(standard_input, HUNG_UP)
    deadline = float("inf")
    while time.monotonic() < deadline:
        if os.getppid() != parent:
            log.warning("the parent is gone: stopping")
            leave(0)
        if deadline == float("inf") and ends.poll(0):
            deadline = time.monotonic() + FAREWELL_SECONDS
        await anyio.sleep(WATCH_SECONDS)
    log.warning("the host hung up and a call did not end: stopping")
    leave(0)


def leave(code: int) -> NoReturn:
    """Kill every child and go at once. Nothing is half written by that: the store commits whole or not at all, git refs move by transaction."""
    kill_everything()
    deadline = time.monotonic() + ERRAND_SECONDS
    while errands := _errands():
        if time.monotonic() >= deadline:
            break
        time.sleep(POLL_SECONDS)
    sys.stderr.flush()
    # Whoever waits for an errand must not go on as if it had failed by itself: from here to the end no other thread gets its turn.
    sys.setswitchinterval(NO_TURN_SECONDS)
    for errand in errands:
        send(errand, signal.SIGKILL)
    os._exit(code)


def _errands() -> list[int]:
    """What runs below us and has no supervisor, by process id: git, and what it or a probe started."""
    supervised = {identifier for group in live_groups() for identifier in (group, *(process.identifier for process in descendants(group)))}
    return [process.identifier for process in descendants(os.getpid()) if process.identifier not in supervised]
