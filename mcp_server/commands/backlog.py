"""`refactory backlog`: what waits to be tried, in the words that people type. Each of them calls one of the server's tools."""

import argparse
from pathlib import Path
from typing import Final

from mcp_server.tool_commands import run_tool

DESCRIPTION: Final = "List what waits to be tried (alone, it does that), add to it, or take something off it."
ACTIONS: Final = ("list", "add", "remove")


def main(arguments: list[str]) -> int:
    """0 for an answer, 1 for a refusal, 2 for wrong usage."""
    parser = _parser()
    named = any(word in (*ACTIONS, "-h", "--help") for word in arguments[:1])
    given = parser.parse_args(arguments if named else ["list", *arguments])
    if given.action == "list":
        project, asked = given.path, ["list-backlog", "--state", given.state, *(["--cursor", given.cursor] if given.cursor else [])]
    else:
        *before, words = given.words
        if len(before) > 1 or (before and not Path(before[0]).expanduser().is_dir()):
            parser.error(f"found {len(given.words)} words; expected a folder, or none, and the text in quotes")
        project = before[0] if before else ""
        asked = ["add-backlog-item", "--text", words] if given.action == "add" else ["update-backlog-item", "--id", words, "--state", "removed"]
    return run_tool([*asked, *(["--project", project] if project else []), *(["--json"] if given.json else [])])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="refactory backlog", description=DESCRIPTION)
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    listed = actions.add_parser("list", help="what waits, with ids")
    listed.add_argument("path", nargs="?", default="", metavar="PATH", help="the project (default: this folder)")
    listed.add_argument("--state", choices=("open", "done", "all"), default="open")
    listed.add_argument("--cursor", default="", help="`more` of the last answer")
    added = actions.add_parser("add", help="put something on it")
    added.add_argument("words", nargs="+", metavar="[PATH] TEXT", help="the project (default: this folder), and what is to be done")
    removed = actions.add_parser("remove", help="take something off it")
    removed.add_argument("words", nargs="+", metavar="[PATH] ID", help="the project (default: this folder), and the item's id or its text")
    for each in (listed, added, removed):
        each.add_argument("--json", action="store_true", help="the answer as JSON")
    return parser
