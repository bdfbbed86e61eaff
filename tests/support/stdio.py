"""A host at the other end of the server's standard streams: raw newline-delimited JSON-RPC in both eras of the protocol, without the SDK."""

import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from tests.support.processes import plain_environment

HANDSHAKE: Final = "2025-06-18"
MODERN: Final = "2026-07-28"
ERAS: Final = (HANDSHAKE, MODERN)
PATIENCE: Final = 60.0  # seconds until a test gives up on an answer
META: Final = "io.modelcontextprotocol/"
CONSOLE_SCRIPT: Final = (str(Path(sys.executable).parent / "refactory"), "serve")
MODULE: Final = (sys.executable, "-I", "-m", "mcp_server", "serve")

Message = dict[str, Any]


@dataclass
class Host:
    """One client. `received` are all lines of the server in order, also those that were nobody's answer."""

    process: subprocess.Popen[bytes]
    log: Path
    era: str = HANDSHAKE
    capabilities: Message = field(default_factory=dict)
    received: list[bytes] = field(default_factory=list)
    answers: dict[int, Message] = field(default_factory=dict)
    last: int = 0
    unread: bytes = b""
    on_request: Callable[[Message], Message] | None = None  # answers what the server asks, such as elicitation/create

    def greet(self) -> Message:
        """The first exchange of the era; returns its result."""
        about = {"name": "claude-code", "version": "1"}
        if self.era == MODERN:
            return self.request("server/discover")["result"]  # type: ignore[no-any-return]  # JSON
        result = self.request("initialize", {"protocolVersion": HANDSHAKE, "capabilities": self.capabilities, "clientInfo": about})["result"]
        self.send({"jsonrpc": "2.0", "method": "notifications/initialized"})
        return result  # type: ignore[no-any-return]  # JSON

    def request(self, method: str, params: Message | None = None) -> Message:
        """Ask and wait; the whole response, result or error."""
        return self.answer(self.ask(method, params))

    def call(self, tool: str, **arguments: Any) -> Message:
        """Call a tool; its structured content."""
        response = self.request("tools/call", {"name": tool, "arguments": arguments})
        return response["result"]["structuredContent"]  # type: ignore[no-any-return]  # JSON

    def ask(self, method: str, params: Message | None = None) -> int:
        """Send a request without waiting; its id."""
        self.last += 1
        self.send({"jsonrpc": "2.0", "id": self.last, "method": method, "params": {**(params or {}), **self._envelope(params or {})}})
        return self.last

    def answer(self, number: int) -> Message:
        """Wait for the response to a request; answers what the server asks meanwhile."""
        while number not in self.answers:
            line = self.next_line()
            assert line is not None, f"no answer to request {number}; the log says:\n{self.log.read_text()[-2000:]}"
            message = json.loads(line)
            if "method" in message and "id" in message and self.on_request is not None:
                self.send({"jsonrpc": "2.0", "id": message["id"], "result": self.on_request(message)})
            elif "method" not in message and message.get("id") is not None:
                self.answers[message["id"]] = message
        return self.answers.pop(number)

    def next_line(self, seconds: float = PATIENCE) -> bytes | None:
        """The server's next line; None at the end of its output or when none came in time."""
        assert self.process.stdout is not None
        deadline = time.monotonic() + seconds
        while b"\n" not in self.unread:
            ready, _, _ = select.select([self.process.stdout], [], [], max(0.0, deadline - time.monotonic()))
            block = os.read(self.process.stdout.fileno(), 1 << 20) if ready else b""
            if not block:
                return None
            self.unread += block
        line, _, self.unread = self.unread.partition(b"\n")
        self.received.append(line)
        return line

    def rest(self) -> list[bytes]:
        """Every line of the server until its output ends."""
        while self.next_line() is not None:
            pass
        return self.received

    def send(self, message: Message) -> None:
        """Send a message as one line."""
        self.send_raw(json.dumps(message).encode())

    def send_raw(self, line: bytes) -> None:
        """Send a line as it is."""
        assert self.process.stdin is not None
        self.process.stdin.write(line + b"\n")
        self.process.stdin.flush()

    def hang_up(self) -> None:
        """Close the server's standard input."""
        assert self.process.stdin is not None
        self.process.stdin.close()

    def _envelope(self, params: Message) -> Message:
        if self.era != MODERN:
            return {}
        about = {"name": "claude-code", "version": "1"}
        stamp = {f"{META}protocolVersion": MODERN, f"{META}clientInfo": about, f"{META}clientCapabilities": self.capabilities}
        return {"_meta": {**params.get("_meta", {}), **stamp}}


@contextmanager
def running_server(
    folder: Path, home: Path, argv: Sequence[str] = CONSOLE_SCRIPT, extra: Mapping[str, str] | None = None, era: str = HANDSHAKE
) -> Iterator[Host]:
    """The server, started in `folder` with `home` as its HOME and not yet greeted; killed at the end if it still runs.

    It starts in a session of its own, so that a test which ends it ends nobody else.
    """
    log = home / "server.log"
    with log.open("wb") as complaints:
        process = subprocess.Popen(
            argv, cwd=folder, env={**plain_environment(home), **(extra or {})}, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=complaints,
            start_new_session=True, bufsize=0,
        )  # fmt: skip
    try:
        yield Host(process, log, era)
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
        process.wait()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                stream.close()


def greeted(host: Host) -> Host:
    """The host after its first exchange."""
    host.greet()
    return host
