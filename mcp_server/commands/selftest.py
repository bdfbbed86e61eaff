"""`refactory selftest`: the fire drill. Known cheats are tried on a clone of the project, against the real gate."""

import argparse
import sys
from collections.abc import Mapping, Sequence
from typing import Final

import anyio
import anyio.to_thread

from mcp_server.checks_shown import meant_project, say_no
from mcp_server.selftest import Drilled, Order, drill
from mcp_server.selftest_progress import Progress
from mcp_server.selftest_shown import as_json, as_table, refusal_as_json
from mcp_server.selftest_stage import NAME, Spoiled, working
from mcp_server.this_process import settings_of_this_process
from state.errors import Refusal
from state.measurement import Root
from tools.engine.drill.staging import Approved, approved_in
from tools.engine.drill.table import EVERY
from tools.engine.repository.git import GitFailed

STOPPED, GOT_THROUGH, NOT_HELD = 0, 1, 3
INTERRUPTED: Final = 130  # what shells answer for a command that Ctrl-C ended
ENDS: Final = (
    "Ends with 0 where every cheat was stopped, 1 where one got through, 2 for wrong usage, 3 where the drill could not be held, "
    "proves nothing or could not try a cheat."
)


def main(arguments: list[str]) -> int:
    """Hold the drill. Answers the exit code, as ENDS says."""
    parser = argparse.ArgumentParser(
        prog="refactory selftest", description="Try known cheats on a clone of the project, against the real gate.", epilog=ENDS
    )
    parser.add_argument("--project", default="", help="the project's folder (default: as for every command)")
    parser.add_argument("--only", nargs="+", default=[], metavar="NAME", help="these cheats alone; names as the table shows them")
    parser.add_argument("--root", nargs="+", default=[], metavar="FOLDER", help="these folders of a monorepo (default: the first of each language)")
    parser.add_argument("--json", action="store_true", help="as JSON")
    given = parser.parse_args(arguments)
    names = {row.name for row in EVERY}
    if unknown := [name for name in given.only if name not in names]:
        parser.error(f"there is no cheat {', '.join(map(repr, unknown))}; there are: {', '.join(sorted(names))}")
    try:
        drilled = anyio.run(_drilled, given.project, tuple(given.only), tuple(given.root))
    except (Refusal, Spoiled, GitFailed) as problem:
        refusal = problem if isinstance(problem, Refusal) else Refusal("BUSY", f"the drill could not go on: {problem}")
        if given.json:
            sys.stdout.write(refusal_as_json(refusal))
        say_no("selftest", refusal)
        return NOT_HELD
    except KeyboardInterrupt:
        sys.stderr.write("refactory selftest: stopped\n")
        return INTERRUPTED
    sys.stdout.write(as_json(drilled) if given.json else as_table(drilled))
    return exit_code(drilled)


def exit_code(drilled: Drilled) -> int:
    """The exit code of a drill that was held."""
    if any(trial.end == "got through" for trial in drilled.tried):
        return GOT_THROUGH
    return STOPPED if drilled.passed else NOT_HELD


async def _drilled(project: str, only: tuple[str, ...], folders: tuple[str, ...]) -> Drilled:
    approved, variables = await _approved(project)
    progress = Progress(sys.stderr.isatty())
    roots = _roots(approved, folders)
    left_out = [root.label for root in approved.contract.profile.roots if root.test_runner and root not in roots]
    if left_out:
        progress.say(f"not drilled, for their cheats are the same as of another root: {', '.join(left_out)}; --root asks for one")
    return await drill(Order(approved, variables, roots, only), progress)


async def _approved(project: str) -> tuple[Approved, Mapping[str, str]]:
    """What the person approved, and the variables that it may hand on. Raises Refusal."""
    async with working(settings_of_this_process({})) as made:
        session = made.session(str(meant_project(project).root), NAME, "user")
        return await anyio.to_thread.run_sync(approved_in, session), session.variables


def _roots(approved: Approved, folders: Sequence[str]) -> tuple[Root, ...]:
    """The roots whose tests run: those in the folders asked for, else the first of each language. Raises Refusal NO_TOOLCHAIN, UNKNOWN_ID."""
    tested = [root for root in approved.contract.profile.roots if root.test_runner]
    if not tested:
        raise Refusal("NO_TOOLCHAIN", "the approved evaluation runs no tests that a cheat could get around", expected="an evaluation with tests")
    if not folders:
        return tuple(root for number, root in enumerate(tested) if root.language not in {each.language for each in tested[:number]})
    asked = ["" if folder in (".", "./") else folder.removeprefix("./").strip("/") for folder in folders]
    if unknown := [folder for folder in asked if folder not in {root.path for root in tested}]:
        raise Refusal("UNKNOWN_ID", f"no tests run in {', '.join(unknown)}", expected=", ".join(root.path or "." for root in tested))
    return tuple(root for root in tested if root.path in asked)
