"""One call of a tool, from arguments to the answer on the wire; every refusal and every failure becomes an answer here."""

import logging
import secrets
import time
from collections.abc import Callable
from typing import Any

import anyio
import anyio.to_thread

from mcp_server.catalogue import ROWS, Row
from mcp_server.refusing import refused_answer
from mcp_server.schema import checked_arguments
from state.answers import Answer, one_line
from state.errors import Problem, Refusal
from tools.engine.repository.git import GitFailed
from tools.engine.session import Session

log = logging.getLogger("refactory")

Opening = Callable[[str], Session]


async def call_tool(
    name: str,
    arguments: dict[str, Any],
    open_session: Opening,
    passed_on: tuple[type[Exception], ...] = (),
    threads: anyio.CapacityLimiter | None = None,
) -> Answer:
    """Call the tool in a worker thread, one of `threads` where given.

    `open_session` makes the session of the project named; exceptions of the kinds `passed_on` go up.
    """
    begun = time.perf_counter()
    answer = await anyio.to_thread.run_sync(_call, name, arguments, open_session, passed_on, limiter=threads)
    outcome = answer.refused.code if answer.refused else "ok"
    log.info("tool=%s outcome=%s ms=%d", name, outcome, (time.perf_counter() - begun) * 1000)
    return answer


def _call(name: str, arguments: dict[str, Any], open_session: Opening, passed_on: tuple[type[Exception], ...]) -> Answer:
    session: Session | None = None
    try:
        row = _row(name)
        values, project = checked_arguments(row, arguments)
        session = open_session(project)
        return row.function(session, **values)
    except Refusal as refusal:
        return refused_answer(session, name, arguments, refusal)
    except passed_on:
        raise
    except GitFailed as failure:
        return refused_answer(session, name, arguments, _of_git(session, failure))
    except OSError as error:
        return refused_answer(session, name, arguments, _of_the_system(error))
    except Exception:  # the boundary: a crash becomes an incident, its traceback goes to the log only
        incident = secrets.token_hex(3)
        log.exception("incident %s in %s", incident, name)
        return refused_answer(None, name, arguments, Refusal("INTERNAL", f"{name} failed: incident {incident}", expected="a report of this incident"))


def _row(name: str) -> Row:
    if name in ROWS:
        return ROWS[name]
    raise Refusal("UNKNOWN_TOOL", f"there is no tool {one_line(name)}", problems=[Problem("name", one_line(name), f"one of {', '.join(ROWS)}")])


def _of_git(session: Session | None, failure: GitFailed) -> Refusal:
    disk = failure.of_the_disk(session.repository.common) if session else None
    return disk or Refusal(
        "BUSY",
        f"git {failure.arguments[0] if failure.arguments else ''} failed",
        expected="a repository that git can use",
        untrusted=("git", failure.stderr),
    )


def _of_the_system(error: OSError) -> Refusal:
    return Refusal(
        "STORE_BROKEN", f"the system refused: {error.strerror or error}", where=(str(error.filename or ""),), expected="room and leave to write there"
    )
