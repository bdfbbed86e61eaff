"""One call of a tool, from arguments to the answer on the wire; every refusal and every failure becomes an answer here."""

import logging
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import anyio
import anyio.to_thread

from mcp_server.catalogue import ROWS, Row
from mcp_server.refusing import refused_answer
from mcp_server.schema import checked_arguments
from state.answers import Answer, one_line
from state.errors import Problem, Refusal
from tools.engine.creating.site import Site
from tools.engine.repository.git import GitFailed
from tools.engine.session import Session

log = logging.getLogger("refactory")

Opening = Callable[[str], Session]
WITHOUT_PROJECT = frozenset({"NO_PROJECT", "UNSUPPORTED_REPO"})


@dataclass(frozen=True)
class Doors:
    """How a call gets at what it works on: the session of a project, or the site of a folder that is none."""

    session: Opening
    site: Callable[[str], Site] | None

    def at(self, project: str, row: Row) -> Session | Site:
        """What the tool of this row works on. Raises Refusal where the project that is meant cannot be worked on."""
        if self.site is not None and row.on_a_site:
            return self.site(project)
        try:
            return self.session(project)
        except Refusal as refusal:
            if row.elsewhere is None or self.site is None or refusal.code not in WITHOUT_PROJECT:
                raise
            return self.site(project)


@dataclass(frozen=True)
class Around:
    """What a call may need beside a session: the `threads` it runs in, and the `site` of a folder that is no project."""

    threads: anyio.CapacityLimiter | None = None
    site: Callable[[str], Site] | None = None


async def call_tool(
    name: str,
    arguments: dict[str, Any],
    open_session: Opening,
    passed_on: tuple[type[Exception], ...] = (),
    around: Around | None = None,
) -> Answer:
    """Call the tool in a worker thread.

    `open_session` makes the session of the project named; exceptions of the kinds `passed_on` go up.
    """
    begun = time.perf_counter()
    ways = around or Around()
    answer = await anyio.to_thread.run_sync(_call, name, arguments, Doors(open_session, ways.site), passed_on, limiter=ways.threads)
    outcome = answer.refused.code if answer.refused else "ok"
    log.info("tool=%s outcome=%s ms=%d", name, outcome, (time.perf_counter() - begun) * 1000)
    return answer


def _call(name: str, arguments: dict[str, Any], doors: Doors, passed_on: tuple[type[Exception], ...]) -> Answer:
    there: Session | Site | None = None
    try:
        row = _row(name)
        values, project = checked_arguments(row, arguments)
        there = doors.at(project, row)
        function = row.elsewhere if isinstance(there, Site) and row.elsewhere else row.function
        return function(there, **values)
    except Refusal as refusal:
        return _refused(there, name, arguments, refusal)
    except passed_on:
        raise
    except GitFailed as failure:
        return _refused(there, name, arguments, _of_git(there, failure))
    except OSError as error:
        return _refused(there, name, arguments, _of_the_system(error))
    except Exception:  # the boundary: a crash becomes an incident, its traceback goes to the log only
        incident = secrets.token_hex(3)
        log.exception("incident %s in %s", incident, name)
        return refused_answer(None, name, arguments, Refusal("INTERNAL", f"{name} failed: incident {incident}", expected="a report of this incident"))


def _refused(there: Session | Site | None, name: str, arguments: dict[str, Any], refusal: Refusal) -> Answer:
    if isinstance(there, Site):
        return refused_answer(None, name, arguments, refusal).model_copy(update={"project": str(there.folder)})
    return refused_answer(there, name, arguments, refusal)


def _row(name: str) -> Row:
    if name in ROWS:
        return ROWS[name]
    raise Refusal("UNKNOWN_TOOL", f"there is no tool {one_line(name)}", problems=[Problem("name", one_line(name), f"one of {', '.join(ROWS)}")])


def _of_git(there: Session | Site | None, failure: GitFailed) -> Refusal:
    folder = there.projects if isinstance(there, Site) else there.repository.common if there else None
    known = failure.of_the_disk(folder) or failure.of_a_partial_clone(folder) if folder else None
    return known or Refusal(
        "BUSY",
        f"git {failure.arguments[0] if failure.arguments else ''} failed",
        expected="a repository that git can use",
        untrusted=("git", failure.stderr),
    )


def _of_the_system(error: OSError) -> Refusal:
    return Refusal(
        "STORE_BROKEN", f"the system refused: {error.strerror or error}", where=(str(error.filename or ""),), expected="room and leave to write there"
    )
