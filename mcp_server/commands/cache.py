"""`refactory cache`: what measuring keeps in a project so that it need not be done again, and how to be rid of it."""

import argparse
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from typing import Final, get_args

from mcp_server.checks_shown import meant_project, say_no
from mcp_server.sizes import size_said
from state.answers import clean
from state.errors import Refusal
from state.store import Store
from tools.engine.evaluation.caches import KINDS, LIMITS, Kept, Kind, clear, kept, trim
from tools.engine.upkeep.examining import store_of

WORDS: Final = {
    "measurements": "what was measured, in full; without it a tree is measured again",
    "environments": "what ## Setup prepared; without it the setup runs again",
    "tools": "what linters, type checkers and compilers keep; without it they start cold",
}
NEWEST_SHOWN: Final = 3
DAY: Final = 24 * 3600.0  # seconds


def main(arguments: list[str]) -> int:
    """Show, trim or clear; 0 done, 1 there is no project or its store is broken, 2 wrong usage."""
    parser = argparse.ArgumentParser(prog="refactory cache", description="What measuring keeps so that it need not be done again.")
    parser.add_argument("--project", default="", help="the project's folder (default: as for every command)")
    parser.add_argument("--json", action="store_true", help="as JSON")
    actions = parser.add_subparsers(dest="action", metavar="ACTION")
    actions.add_parser("trim", help="take away what is beyond the limits; it is done once a day without being asked")
    clearing = actions.add_parser("clear", help="take all of it away, or of one kind; nothing of the history is lost")
    clearing.add_argument("kind", nargs="?", choices=get_args(Kind), help="measurements, environments or tools (default: all)")
    given = parser.parse_args(arguments)
    try:
        store = store_of(meant_project(given.project))
        try:
            return _act(store, given)
        finally:
            store.close()
    except Refusal as refusal:
        return say_no("cache", refusal)
    except OSError as error:
        return say_no("cache", Refusal("STORE_BROKEN", f"{error.filename or 'a file'}: {error.strerror or error}"))


def _act(store: Store, given: argparse.Namespace) -> int:
    if given.action == "trim":
        return _say(given, "took away", trim(store))
    if given.action == "clear":
        return _say(given, "took away", clear(store, (given.kind,) if given.kind else KINDS))
    return _say(given, "kept", kept(store), everything=True)


def _say(given: argparse.Namespace, what: str, found: Sequence[Kept], *, everything: bool = False) -> int:
    if given.json:
        document = {what.replace(" ", "_"): [asdict(each) for each in found], "limits": dict(LIMITS)}
        sys.stdout.write(json.dumps(document, indent=2, ensure_ascii=False) + "\n")
        return 0
    if not everything:
        sys.stdout.write(f"{what}: {len(found)}, {size_said(sum(each.size for each in found))}\n")
        return 0
    for kind in KINDS:
        of_kind = [each for each in found if each.kind == kind]
        sys.stdout.write(
            f"{kind:<14} {len(of_kind):>6}  {size_said(sum(each.size for each in of_kind)):>9} of {size_said(LIMITS[kind])}  {WORDS[kind]}\n"
        )
        for each in of_kind[:NEWEST_SHOWN]:
            sys.stdout.write(f"{'':<14} {size_said(each.size):>9}  {_days(each.used)}  {clean(each.says or each.name)}\n")
        if len(of_kind) > NEWEST_SHOWN:
            sys.stdout.write(f"{'':<14} and {len(of_kind) - NEWEST_SHOWN} more; all of them: refactory cache --json\n")
    return 0


def _days(used: float) -> str:
    days = (time.time() - used) / DAY
    return "today" if days < 1 else f"{days:.0f} days ago"
