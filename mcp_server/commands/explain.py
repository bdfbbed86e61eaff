"""`refactory explain N`: why an experiment ended as it did; it calls experiment_history."""

import argparse

from mcp_server.commands.numbered import WORDS, path_and_numbers
from mcp_server.tool_commands import OF_THE_WORK, run_tool

DESCRIPTION = "Explain one experiment: what was tried, every check of the gate with its evidence, and what would have changed the verdict."


def main(arguments: list[str]) -> int:
    """0 for an answer, 1 for a refusal, 2 for wrong usage."""
    parser = argparse.ArgumentParser(prog="refactory explain", description=DESCRIPTION)
    parser.add_argument("words", nargs="*", metavar=WORDS, help="the project (default: this folder), and the experiment's number")
    parser.add_argument("--exp", type=int, metavar="N", help="the same number")
    parser.add_argument("--json", action="store_true", help="the answer as JSON")
    given = parser.parse_args(arguments)
    path, numbers = path_and_numbers(parser, given.words, [given.exp])
    if len(numbers) != 1:
        parser.error(f"found {len(numbers)} numbers; expected one, of the experiment")
    project = ["--project", path] if path else []
    asked = ["experiment-history", "--experiment", str(numbers[0]), "--detail", "full", *project, *(["--json"] if given.json else [])]
    return run_tool(asked, left_out=OF_THE_WORK)
