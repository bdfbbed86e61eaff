"""The workshop: what lives as long as the server, that is the stores of the projects it has seen, its jobs and its settings."""

import shlex
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import anyio.to_thread
from anyio import CapacityLimiter
from anyio.abc import TaskGroup

from mcp_server.calling import Around, Opening, call_tool
from mcp_server.catalogue import ROWS
from mcp_server.meant_folder import meant_folder
from mcp_server.remembering import Remembering
from mcp_server.this_process import settings_of_this_process
from state.answers import Answer
from state.events import Actor
from state.model import digest
from state.settings import SettingsSource
from state.store import Store
from tools.engine.creating.clones import Clones
from tools.engine.creating.site import Site
from tools.engine.evaluation.pool import Pool
from tools.engine.jobs.running import Jobs
from tools.engine.repository.location import Repository, locate
from tools.engine.session import Host, Session, silent
from tools.engine.upkeep.opening import open_store

LONG_WAIT: Final = 100.0  # seconds, in hosts that are known to wait longer than that
SHORT_WAIT: Final = 45.0
TERMINAL_WAIT: Final = 86400.0  # a person sees what goes on, and a job would die with the command
PATIENT_HOSTS: Final = ("claude-code", "codex", "gemini", "opencode", "refactory")
CALLS_AT_ONCE: Final = 100  # most of them only wait
STANDING_ORDERS: Final = frozenset({"evaluation", "plan", "spec", "publish"})  # held is never approved by one


@dataclass(frozen=True)
class Caller:
    """Whoever calls a tool: how sessions are opened for them, who they are, and how they hear of progress."""

    session: Opening
    name: str
    actor: Actor = "host"
    progress: Callable[[str], Awaitable[None]] = silent


@dataclass
class Workshop:
    """One server process, or one command `in_a_terminal`. `settings` are the person's, as they are now.

    `threads` are those of tool calls. The transport takes its own from the event loop's: calls that wait must not keep it from reading.
    """

    jobs: Jobs
    clones: Clones
    settings: SettingsSource
    in_a_terminal: bool = False
    threads: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(CALLS_AT_ONCE))
    stores: dict[Path, Store] = field(default_factory=dict)
    known: dict[Path, tuple[tuple[int, ...], Repository]] = field(default_factory=dict)
    remembering: Remembering = field(default_factory=Remembering)
    pool: Pool = field(default_factory=Pool)

    async def call(self, name: str, arguments: dict[str, Any], caller: Caller, passed_on: tuple[type[Exception], ...] = ()) -> Answer:
        """Call a tool. Afterwards the registry hears of a project that was worked on, and the answer says what is wrong with the settings."""
        sessions: list[Session] = []

        def opened(project: str) -> Session:
            sessions.append(caller.session(project))
            return sessions[-1]

        around = Around(self.threads, lambda project: self._site(project, caller, opened))
        answer = await call_tool(name, arguments, opened, passed_on, around)
        warnings = [*self.settings.take_notes(), *self.settings.current().warnings()]
        if sessions and answer.refused is None and ROWS[name].effect == "writes":
            registry = self.settings.current().path("registry_dir")
            warnings += await anyio.to_thread.run_sync(self.remembering.worked_on, sessions[-1], registry, limiter=self.threads)
        return answer.model_copy(update={"warnings": (*warnings, *answer.warnings)}) if warnings else answer

    def session(self, project: str, host_name: str, actor: Actor = "host") -> Session:
        """A session on the project that is meant. Raises Refusal NO_PROJECT or UNSUPPORTED_REPO."""
        repository = self._repository(meant_folder(self.settings, project))
        store = self.stores.setdefault(repository.common, open_store(repository))
        return Session(
            repository=repository, store=store, host=Host(host_name, actor, self.wait_seconds(host_name)), jobs=self.jobs,
            command=command_line(), standing_orders=self._standing_orders(), worktrees=self._worktrees(repository.root),
            variables=self.settings.current().variables, pool=self.pool, person=self.settings.current().path("registry_dir"),
            other_projects=lambda: self.remembering.others(repository.root, self.settings.current().path("registry_dir")),
        )  # fmt: skip

    def _site(self, project: str, caller: Caller, opened: Opening) -> Site:
        """Where a call is made that needs no project. Raises Refusal NO_PROJECT where what counts names no folder."""
        given = self.settings.given
        started_in = given.environment.get("CLAUDE_PROJECT_DIR") or given.directory
        return Site(
            folder=meant_folder(self.settings, project), host=Host(caller.name, caller.actor, self.wait_seconds(caller.name)),
            opened=lambda folder: opened(str(folder)), clones=self.clones, projects=self.settings.current().path("projects_dir"),
            host_folder=Path(started_in) if started_in and not self.in_a_terminal else None, progress=caller.progress, command=command_line(),
        )  # fmt: skip

    def wait_seconds(self, host_name: str) -> float:
        """How long a call may wait for long work in this host, in seconds. In a terminal only a flag or a variable shortens it."""
        settings = self.settings.current()
        given = settings.number("wait_seconds")
        if given is not None and (not self.in_a_terminal or settings.is_of_this_start("wait_seconds")):
            return float(given)
        if self.in_a_terminal:
            return TERMINAL_WAIT
        return LONG_WAIT if any(name in host_name.lower() for name in PATIENT_HOSTS) else SHORT_WAIT

    def close(self) -> None:
        """Let go of every database."""
        for store in self.stores.values():
            store.close()
        self.remembering.close()
        self.pool.close()

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
        """Where this project's worktrees lie when the settings move them: a folder of its own there, whatever other projects are called."""
        given = self.settings.current().path("worktrees")
        return given.resolve() / f"{root.name}-{digest(str(root))[:8]}" if given else None

    def _standing_orders(self) -> frozenset[str]:
        return STANDING_ORDERS & set(self.settings.current().items("auto_approve"))


def command_line() -> str:
    """How a person starts this program in a terminal of their own, which may not have it in its PATH."""
    script = Path(sys.executable).with_name("refactory")
    return shlex.quote(str(script)) if script.is_file() else f"{shlex.quote(sys.executable)} -I -m mcp_server"


def workshop(tasks: TaskGroup, settings: SettingsSource | None = None, *, in_a_terminal: bool = False) -> Workshop:
    """The workshop of this process."""
    return Workshop(Jobs(tasks), Clones(tasks), settings or settings_of_this_process({}), in_a_terminal)


def _mark(path: Path) -> tuple[int, ...]:
    """What tells a checkout's `.git` from another at the same place; empty where there is none right here."""
    try:
        status = (path / ".git").stat()
        head = (path / ".git" / "HEAD").stat() if (path / ".git").is_dir() else status
    except OSError:
        return ()
    return status.st_dev, status.st_ino, head.st_ino
