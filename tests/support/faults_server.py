"""A process that makes calls of tools, each in a child of its own that may be killed: `python -m tests.support.faults_server HOME`.

It loads everything once and forks for each call, so that a sweep over hundreds of points costs no starts of Python. Orders come as lines of
JSON on standard input, one answer a line on standard output.
"""

import gc
import json
import os
import signal
import sys
import tempfile
import time
from typing import Any, Final

import anyio
import git as loaded_git
import markdown_it as loaded_markdown
import pathspec as loaded_pathspec
import tomlkit as loaded_tomlkit

from mcp_server.calling import call_tool
from mcp_server.command_line import main as command
from mcp_server.commands import doctor as loaded_doctor
from mcp_server.commands import verify as loaded_verify
from mcp_server.rendering import structure_of, text_of
from mcp_server.workshop import Workshop, workshop
from state.answers import Answer
from state.factory_md import parse
from tests.support.faults_points import Fault, Watch, install
from tests.support.quick_projects import factory_md
from tools.engine.session import Question, Reply, Session

LOADED: Final = (
    loaded_git,
    loaded_markdown,
    loaded_pathspec,
    loaded_tomlkit,
    loaded_doctor,
    loaded_verify,
)  # on use elsewhere; here before the children are made
PATIENCE: Final = 60.0  # seconds until a child counts as hung

Message = dict[str, Any]


def main() -> None:
    """Answer orders until standard input ends."""
    os.environ["HOME"] = sys.argv[1]
    os.environ["FACTORY_WAIT_SECONDS"] = "600"
    parse(factory_md())  # what is loaded on the first parse is loaded
    gc.freeze()  # a child that looked through all this for garbage would copy it first
    for line in sys.stdin:
        sys.stdout.write(json.dumps(_in_a_child(json.loads(line))) + "\n")
        sys.stdout.flush()


def _in_a_child(order: Message) -> Message:
    """Do what is ordered in a child; answers how it ended, what it said, and the points that it reached."""
    with tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as points, tempfile.TemporaryFile() as complaints:
        child = os.fork()
        if child == 0:
            os.dup2(complaints.fileno(), 2)
            os.dup2(said.fileno(), 1)
            _do(order, points.fileno())
        status = _ended(child)
        return {
            "exit": os.waitstatus_to_exitcode(status), "said": _content(said), "points": _content(points).splitlines(),
            "complaints": _content(complaints),
        }  # fmt: skip


def _do(order: Message, points: int) -> None:
    """The child's whole life."""
    code = 70
    try:
        os.environ.update(order.get("environment", {}))
        roots = tuple(order["roots"])
        fault = Fault(**order["fault"]) if order.get("fault") else None
        if "command" in order:
            os.chdir(order["directory"])
            code = command(order["command"])
        else:
            answer = anyio.run(_call, order["tool"], order["arguments"], Watch(roots, points, fault))
            structure = structure_of(answer)
            sys.stdout.write(json.dumps({"structure": structure, "text": text_of(structure)}))
            code = 0
        sys.stdout.flush()
    finally:
        sys.stderr.flush()
        os._exit(code)


async def _call(name: str, arguments: Message, watch: Watch) -> Answer:
    """One call as a host makes it whose person approves; jobs that it started are waited for."""
    async with anyio.create_task_group() as tasks:
        made: Workshop = workshop(tasks)

        def opened(project: str) -> Session:
            session = made.session(project, "faults")
            session.ask = _approves
            return session

        install(watch)
        answer = await call_tool(name, arguments, opened)
        if "job" in answer.data and not answer.refused:
            await call_tool("get_job", {"project": arguments["project"], "job": answer.data["job"]}, opened)
        tasks.cancel_scope.cancel()
    made.close()
    return answer


def _approves(question: Question) -> Reply:
    del question
    return Reply("approve", "")


def _ended(child: int) -> int:
    """The wait status of a child; it is killed when it does not end."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return status
        time.sleep(0.002)
    os.kill(child, signal.SIGABRT)
    return os.waitpid(child, 0)[1]


def _content(file: Any) -> str:
    file.seek(0)
    return str(file.read().decode("utf-8", "replace"))


if __name__ == "__main__":
    main()
