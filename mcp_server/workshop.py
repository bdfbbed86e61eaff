"""The workshop: what lives as long as the server, that is the stores of the projects it has seen, its jobs and its settings."""

import os
import shlex
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from anyio import CapacityLimiter
from anyio.abc import TaskGroup

from state.answers import quoted
from state.errors import Refusal
from state.events import Actor
from state.model import digest
from state.store import Store
from tools.engine.jobs.running import Jobs
from tools.engine.repository.location import Repository, is_argument, locate
from tools.engine.session import Host, Session

LONG_WAIT: Final = 100.0  # seconds, in hosts that are known to wait longer than that
SHORT_WAIT: Final = 45.0
PATIENT_HOSTS: Final = ("claude-code", "codex", "gemini", "opencode", "refactory")
CALLS_AT_ONCE: Final = 100  # most of them only wait
STANDING_ORDERS: Final = frozenset({"evaluation"})  # held is never approved by one


@dataclass
class Workshop:
    """One server process. `environment` is the one it was started with, `directory` where.

    `threads` are those of tool calls. The transport takes its own from the event loop's: calls that wait must not keep it from reading.
    """

    jobs: Jobs
    environment: Mapping[str, str]
    directory: Path
    threads: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(CALLS_AT_ONCE))
    stores: dict[Path, Store] = field(default_factory=dict)
    known: dict[Path, tuple[tuple[int, ...], Repository]] = field(default_factory=dict)

    def session(self, project: str, host_name: str, actor: Actor = "host") -> Session:
        """A session on the project that is meant. Raises Refusal NO_PROJECT or UNSUPPORTED_REPO."""
        repository = self._repository(self._meant(project))
        store = self.stores.setdefault(repository.common, Store(repository.common / "refactory"))
        return Session(
            repository=repository, store=store, host=Host(host_name, actor, self.wait_seconds(host_name)), jobs=self.jobs,
            command=command_line(), standing_orders=self._standing_orders(), worktrees=self._worktrees(repository.root),
        )  # fmt: skip

    def wait_seconds(self, host_name: str) -> float:
        """How long a call may wait for long work in this host, in seconds; FACTORY_WAIT_SECONDS changes it."""
        given = self.environment.get("FACTORY_WAIT_SECONDS", "")
        if given.replace(".", "", 1).isdecimal():
            return float(given)
        return LONG_WAIT if any(name in host_name.lower() for name in PATIENT_HOSTS) else SHORT_WAIT

    def close(self) -> None:
        """Let go of every database."""
        for store in self.stores.values():
            store.close()

    def _meant(self, project: str) -> Path:
        """The folder that a call means: its argument, FACTORY_PROJECT, CLAUDE_PROJECT_DIR, the working directory; never a guess beyond these."""
        if project:
            path = _expanded(project)
            if not path.is_absolute() or not is_argument(project):
                raise Refusal("NO_PROJECT", f"{quoted(project)} is not an absolute path", where=("project",), expected="the project's absolute path")
            return path
        for name in ("FACTORY_PROJECT", "CLAUDE_PROJECT_DIR"):
            if self.environment.get(name):
                return _expanded(self.environment[name])
        return self.directory

    def _repository(self, path: Path) -> Repository:
        """Where `path` belongs; asked of git once, and again when the folder's `.git` is another than it was."""
        mark = _mark(path)
        if mark and path in self.known and self.known[path][0] == mark:
            return self.known[path][1]
        found = locate(path)
        if mark:
            self.known[path] = (mark, found)
        return found

    def _worktrees(self, root: Path) -> Path | None:
        """Where this project's worktrees lie when FACTORY_WORKTREES moves them: a folder of its own there, whatever other projects are called."""
        given = self.environment.get("FACTORY_WORKTREES")
        return Path(given).expanduser().resolve() / f"{root.name}-{digest(str(root))[:8]}" if given else None

    def _standing_orders(self) -> frozenset[str]:
        given = {item.strip() for item in self.environment.get("FACTORY_AUTO_APPROVE", "").split(",")}
        return STANDING_ORDERS & given


def command_line() -> str:
    """How a person starts this program in a terminal of their own, which may not have it in its PATH."""
    script = Path(sys.executable).with_name("refactory")
    return shlex.quote(str(script)) if script.is_file() else f"{shlex.quote(sys.executable)} -I -m mcp_server"


def workshop(tasks: TaskGroup) -> Workshop:
    """The workshop of this process."""
    return Workshop(Jobs(tasks), dict(os.environ), Path.cwd())


def _expanded(text: str) -> Path:
    """The path with its `~`; one of a user whom nobody knows stays as it is."""
    try:
        return Path(text).expanduser()
    except RuntimeError:
        return Path(text)


def _mark(path: Path) -> tuple[int, ...]:
    """What tells a checkout's `.git` from another at the same place; empty where there is none right here."""
    try:
        status = (path / ".git").stat()
        head = (path / ".git" / "HEAD").stat() if (path / ".git").is_dir() else status
    except OSError:
        return ()
    return status.st_dev, status.st_ino, head.st_ino
