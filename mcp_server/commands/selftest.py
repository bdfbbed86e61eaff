"""`refactory selftest`: the fire drill. Known cheats are tried on a clone of the project, against the real gate."""

import argparse
import sys
from collections.abc import Mapping
from typing import Final

import anyio
import anyio.to_thread

from mcp_server.checks_shown import meant_project, say_no
from mcp_server.selftest import Drilled, Order, drill
from mcp_server.selftest_shown import as_json, as_table
from mcp_server.selftest_stage import NAME, Spoiled, working
from mcp_server.this_process import settings_of_this_process
from state.errors import Refusal
from state.measurement import Root
from tools.engine.drill.staging import Approved, approved_in
from tools.engine.drill.table import EVERY
from tools.engine.repository.git import GitFailed

INTERRUPTED: Final = 130  # what shells answer for a command that Ctrl-C ended


def main(arguments: list[str]) -> int:
    """Hold the drill; 0 every cheat was stopped, 1 one got through or could not be tried, 2 wrong usage."""
    parser = argparse.ArgumentParser(prog="refactory selftest", description="Try known cheats on a clone of the project, against the real gate.")
    parser.add_argument("--project", default="", help="the project's folder (default: as for every command)")
    parser.add_argument("--only", nargs="+", default=[], metavar="NAME", help="these cheats alone; names as the table shows them")
    parser.add_argument("--json", action="store_true", help="as JSON")
    given = parser.parse_args(arguments)
    names = {row.name for row in EVERY}
    if unknown := [name for name in given.only if name not in names]:
        parser.error(f"there is no cheat {', '.join(map(repr, unknown))}; there are: {', '.join(sorted(names))}")
    try:
        drilled = anyio.run(_drilled, given.project, tuple(given.only))
    except Refusal as refusal:
        return say_no("selftest", refusal)
    except (Spoiled, GitFailed) as problem:
        return say_no("selftest", Refusal("BUSY", f"the drill could not go on: {problem}"))
    except KeyboardInterrupt:
        sys.stderr.write("refactory selftest: stopped\n")
        return INTERRUPTED
    sys.stdout.write(as_json(drilled) if given.json else as_table(drilled))
    return 0 if drilled.passed else 1


async def _drilled(project: str, only: tuple[str, ...]) -> Drilled:
    approved, variables = await _approved(project)
    return await drill(Order(approved, variables, _root(approved), only))


async def _approved(project: str) -> tuple[Approved, Mapping[str, str]]:
    """What the person approved, and the variables that it may hand on. Raises Refusal."""
    async with working(settings_of_this_process({})) as made:
        session = made.session(str(meant_project(project).root), NAME, "user")
        return await anyio.to_thread.run_sync(approved_in, session), session.variables


def _root(approved: Approved) -> Root:
    """The first folder whose tests run. Raises Refusal NO_TOOLCHAIN where there is none."""
    found = next((root for root in approved.contract.profile.roots if root.test_runner), None)
    if found is None:
        raise Refusal("NO_TOOLCHAIN", "the approved evaluation runs no tests that a cheat could get around", expected="an evaluation with tests")
    return found
