"""`refactory history`: what was tried, the newest first, in the words that people type; it calls experiment_history."""

import argparse

from mcp_server.tool_commands import run_tool
from tools.history import PRINTED, STATES

DESCRIPTION = "List the experiments of a project, the newest first. What became of one: refactory explain N; what it changed: refactory diff N."


def main(arguments: list[str]) -> int:
    """0 for an answer, 1 for a refusal, 2 for wrong usage."""
    parser = argparse.ArgumentParser(prog="refactory history", description=DESCRIPTION)
    parser.add_argument("path", nargs="?", default="", metavar="PATH", help="the project (default: this folder)")
    parser.add_argument("--state", choices=(*STATES, *PRINTED), help="only these: a group, or one state as the list prints it")
    parser.add_argument("--query", default="", help="words of title, reason or lesson; a category; cycle 3")
    parser.add_argument("--full", action="store_true", help="with reason, lesson, composites and failed checks")
    parser.add_argument("--cursor", default="", help="`more` of the last answer")
    parser.add_argument("--json", action="store_true", help="the answer as JSON")
    given = parser.parse_args(arguments)
    alone = given.state in PRINTED
    query = f"state {given.state} {given.query}".strip() if alone else given.query
    flags = {"--project": given.path, "--state": "" if alone else given.state, "--query": query, "--cursor": given.cursor}
    asked = [part for flag, value in flags.items() if value for part in (flag, value)]
    return run_tool(["experiment-history", *asked, *(["--detail", "full"] if given.full else []), *(["--json"] if given.json else [])])
