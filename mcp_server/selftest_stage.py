"""The stage of the fire drill: a clone of a project in a folder of its own, and the real tools called on it as a host would call them."""

import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import anyio
import anyio.to_thread

from mcp_server.workshop import Caller, Workshop, workshop
from state.answers import Answer
from state.measurement import Root
from state.settings import Given, SettingsSource
from tools.engine.drill.grounds import Grounds
from tools.engine.drill.quoting import quotes_of
from tools.engine.drill.staging import Approved, hand_over, make_stage, survey
from tools.engine.experiment.candidate import current_tree
from tools.engine.experiment.opening import required
from tools.engine.repository.changes import changed_lines
from tools.engine.session import Session

NAME: Final = "refactory-selftest"
# Of the settings only these are the person's in a drill: its registry, worktrees and waiting are its own.
HANDED_ON: Final = ("FACTORY_CONFINEMENT", "FACTORY_LOG")


class Spoiled(Exception):  # noqa: N818 - the drill itself could not go on: nothing is said of the project
    """A call of the drill's own was refused; the message says which and why."""


@dataclass
class Stage:
    """The clone at `root`, and the calls on it. `guards` are those of factory.md, which every review answers."""

    made: Workshop
    root: Path
    approved: Approved
    variables: Mapping[str, str]

    async def call(self, tool: str, **arguments: Any) -> Answer:
        """One call through the same door as a host's: checked, carried out, answered. Long work is waited for."""
        return await self.made.call(tool, {**arguments, "project": str(self.root)}, Caller(self._opened, NAME))

    async def done(self, tool: str, **arguments: Any) -> Answer:
        """A call that must not be refused. Raises Spoiled."""
        answer = await self.call(tool, **arguments)
        if answer.refused is not None:
            problems = "; ".join(str(problem) for problem in answer.refused.problems)
            raise Spoiled(f"{tool} was refused: {answer.refused.code}: {answer.refused.what} {problems}".rstrip())
        return answer

    async def begin(self) -> None:
        """The contract that the person approved, approved here by a standing order of the drill's own."""
        await anyio.to_thread.run_sync(lambda: hand_over(self._opened(str(self.root)), self.approved))
        await self.done("request_approval", what="evaluation")

    async def survey(self, root: Root) -> Grounds:
        """What cheats are made of; the base has to be measured."""
        session = await anyio.to_thread.run_sync(self._opened, str(self.root))
        return await survey(session, self.approved, root)

    async def quotes(self, experiment: int) -> list[dict[str, str]]:
        """What a review of the experiment quotes now."""
        return await anyio.to_thread.run_sync(self._quotes, experiment)

    def _quotes(self, number: int) -> list[dict[str, str]]:
        session = self._opened(str(self.root))
        experiment = required(session, number)
        return quotes_of(changed_lines(session.repository, experiment.base, current_tree(session, experiment)))

    def _opened(self, project: str) -> Session:
        session = self.made.session(project, NAME)
        return replace(
            session, standing_orders=frozenset({"evaluation"}), variables=self.variables, installed_in=self.approved.repository, worktrees=None
        )


@asynccontextmanager
async def stage(approved: Approved, folder: Path, variables: Mapping[str, str]) -> AsyncIterator[Stage]:
    """A stage in `folder`, with stores, registry and settings of its own. Raises Refusal and GitFailed where the project cannot be cloned."""
    folder = await anyio.to_thread.run_sync(folder.resolve)
    root = folder / approved.repository.root.name
    repository = await anyio.to_thread.run_sync(make_stage, approved, root)
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("FACTORY_", "CLAUDE_PROJECT")) or name in HANDED_ON}
    settings = SettingsSource(Given({**environment, "FACTORY_REGISTRY_DIR": str(folder / "registry")}, folder, {}))
    async with working(settings) as made:
        yield Stage(made, repository.root, approved, variables)


@asynccontextmanager
async def working(settings: SettingsSource) -> AsyncIterator[Workshop]:
    """A workshop whose long work ends with it; what went wrong in it comes out as it was raised."""
    try:
        async with anyio.create_task_group() as tasks:
            made = workshop(tasks, settings, in_a_terminal=True)
            try:
                yield made
            finally:
                tasks.cancel_scope.cancel()
                made.close()
    except ExceptionGroup as group:
        raise _cause(group) from group


def _cause(problem: Exception) -> Exception:
    """The one failure within groups of one."""
    while isinstance(problem, ExceptionGroup) and len(problem.exceptions) == 1:
        problem = problem.exceptions[0]
    return problem
