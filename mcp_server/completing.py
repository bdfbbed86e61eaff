"""Completions: the words that a host offers while a person types an argument of a prompt or a part of an address."""

from collections.abc import Iterable
from typing import Final

import anyio.to_thread
from mcp.types import Completion

import prompts
from mcp_server.catalogue import ROWS
from mcp_server.slugs import folder_named, folders_by_slug
from mcp_server.workshop import Workshop
from state import backlog
from state.errors import Refusal
from state.experiment_pages import page
from tools.document import EXPERIMENT_FILES, STRATEGY
from tools.engine.session import Session

MOST: Final = 100  # values, as the protocol has it
OF_A_PROJECT: Final = frozenset(("n", "experiment", "id", "target"))


async def completed(workshop: Workshop, argument: str, typed: str, given: dict[str, str], host: str) -> Completion:
    """What an argument may be, as far as it is typed; `given` are the arguments that stand already."""
    found = await anyio.to_thread.run_sync(_values, workshop, argument, given.get("project", ""), host, limiter=workshop.threads)
    values = [value for value in found if value.lower().startswith(typed.lower())]
    return Completion(values=values[:MOST], total=len(values), has_more=len(values) > MOST)


def _values(workshop: Workshop, argument: str, project: str, host: str) -> list[str]:
    if argument == "project":
        return list(folders_by_slug(workshop))
    fixed: dict[str, Iterable[str]] = {"role": prompts.names("roles"), "name": STRATEGY, "file": EXPERIMENT_FILES, "tool": ROWS}
    if argument in fixed:
        return list(fixed[argument])
    return _of_a_project(workshop, argument, project, host) if argument in OF_A_PROJECT else []


def _of_a_project(workshop: Workshop, argument: str, project: str, host: str) -> list[str]:
    """Numbers that a project knows: open experiments before decided ones, of equals the newest first. None where there is no such project."""
    try:
        session = workshop.session(str(folder_named(workshop, project)) if project else "", host)
    except Refusal:
        return []
    return _targets(session) if argument == "target" else [str(number) for number in _experiments(session, decided_only=argument == "id")]


def _experiments(session: Session, *, decided_only: bool) -> list[int]:
    with session.store.reading() as connection:
        found = page(connection, before=None, limit=MOST)
    open_ones = [] if decided_only else [each.id for each in found if each.is_open]
    return open_ones + [each.id for each in found if not each.is_open]


def _targets(session: Session) -> list[str]:
    with session.store.reading() as connection:
        items = backlog.backlog_page(connection, limit=MOST)
    return [item.name for item in sorted(items, key=lambda item: -item.id)]
