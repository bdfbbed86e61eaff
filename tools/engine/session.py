"""The session: what a tool works with, that is one project, its store, whoever called, and how to reach the person."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

import anyio.from_thread

from state.errors import Refusal
from state.events import Actor, Event, Payload
from state.jobs import Job
from state.store import Store
from state.views import export
from tools.engine.evaluation.pool import Pool
from tools.engine.jobs.running import Jobs, Plan
from tools.engine.repository.location import Repository

Answered = Literal["approve", "changes", "reject"]
TROUBLES_NAMED: Final = 3


@dataclass(frozen=True)
class Question:
    """What a person is asked, built from stored content only, so that asking again renders the same.

    `code` is what a terminal has them type: the start of `hash`, of which they may type more.
    """

    message: str
    code: str
    hash: str = ""

    def is_meant_by(self, typed: str) -> bool:
        """Whether somebody typed the code, or more of the hash; capitals do not matter."""
        word = typed.strip().upper()
        return len(word) >= len(self.code) > 0 and (self.hash or self.code).upper().startswith(word)


@dataclass(frozen=True)
class Reply:
    """What a person answered, through a form or a terminal."""

    answer: Answered
    comment: str


@dataclass(frozen=True)
class Host:
    """Whoever calls: its name as it introduced itself, and how long a call may wait for long work, in seconds."""

    name: str
    actor: Actor
    wait_seconds: float


def nobody(question: Question) -> Reply | None:
    """There is no way to ask: nobody answers."""
    del question
    return None


def alone() -> int:
    """No other project is known."""
    return 0


async def silent(message: str) -> None:
    """Nobody listens to progress."""
    del message


@dataclass
class Session:
    """One call's view of one project, used from a worker thread.

    `ask` answers None when nobody answered; `asked_through` is the channel that an approval is recorded with; `command` is how a person starts
    this program in a terminal; `standing_orders` are approvals that the registration gives; `worktrees` is where worktrees lie when not in
    `.factory`. `variables` are those that factory.md may have handed on to commands, by name; they are never shown;
    `pool` has large trees of earlier measurements; `other_projects` counts those in which experiments were decided.
    `person` is the folder of whoever registered the server, with words of their own for roles.
    `installed_in` is the checkout whose dependencies and ignored data measuring uses, where that is not the session's own: a drill plays in a clone.
    """

    repository: Repository
    store: Store
    host: Host
    jobs: Jobs
    ask: Callable[[Question], Reply | None] = nobody
    progress: Callable[[str], Awaitable[None]] = silent
    asked_through: str = "elicitation"
    command: str = "refactory"
    standing_orders: frozenset[str] = frozenset()
    worktrees: Path | None = None
    variables: Mapping[str, str] = field(default_factory=dict, repr=False)
    pool: Pool | None = None
    person: Path | None = None
    installed_in: Repository | None = None
    other_projects: Callable[[], int] = alone
    warnings: list[str] = field(default_factory=list)

    @property
    def views(self) -> Path:
        """The folder of the readable files."""
        return self.repository.factory_folder

    def record(self, payload: Payload, *, key: str | None = None, actor: Actor | None = None, channel: str | None = None) -> tuple[Event, bool]:
        """Append what happened, in whoever's name, and bring the views up to date; answers the event and whether it was there already."""
        event, repeated = self.store.append(payload, actor=actor or self.host.actor, channel=channel or self.host.name, key=key)
        self.write_views()
        return event, repeated

    def launch(self, plan: Plan) -> int:
        """Start long work, or join it; answers the job's number at once."""
        return anyio.from_thread.run(self.jobs.start_or_join, self.store, plan, self.write_views)

    def wait(self, number: int) -> Job:
        """Wait for a job as long as the host allows. Raises Refusal UNKNOWN_ID when there is none of this number."""
        return anyio.from_thread.run(self.jobs.wait, self.store, number, self.host.wait_seconds, self.progress)

    def write_views(self) -> None:
        """Bring the readable files up to date. They are no truth: what cannot be written is a warning, and the next writer tries again."""
        try:
            exported = export(self.store, self.views)
        except OSError as error:
            self._warn_of_views(error.strerror or str(error))
        except Refusal as refusal:
            self._warn_of_views(refusal.what)
        else:
            if exported.aside is not None:
                self.warnings.append(
                    f"files in .factory that were not as this factory writes them were put aside: .factory/replaced/{exported.aside.name}"
                )
            for trouble in exported.troubles[:TROUBLES_NAMED]:
                self._warn_of_views(f"{trouble.path}: {trouble.why}")
            if len(exported.troubles) > TROUBLES_NAMED:
                self._warn_of_views(f"{len(exported.troubles)} files in all")
            if exported.behind:
                self._warn_of_views("there is much to write, and each call writes a part of it")

    def _warn_of_views(self, what: str) -> None:
        """Say it once in an answer, and what mends it."""
        warning = f"the readable files in .factory are behind: {what}; run `{self.command} doctor --repair`"
        if warning not in self.warnings:
            self.warnings.append(warning)


def server_record(session: Session, payload: Payload, *, key: str | None = None) -> tuple[Event, bool]:
    """Append what the server itself saw or did."""
    return session.record(payload, key=key, actor="server", channel="server")
