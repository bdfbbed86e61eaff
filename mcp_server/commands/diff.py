"""`refactory diff N`: the patch of an experiment, also of one that was reverted; with two numbers the two beside each other."""

import argparse
import json
import sys

from mcp_server.checks_shown import meant_project, say_no
from mcp_server.commands.numbered import WORDS, path_and_numbers
from mcp_server.tool_commands import OF_THE_WORK, run_tool
from state.errors import Refusal
from tools.engine.experiment.patches import StoredPatch, stored_patch
from tools.engine.repository.location import Repository
from tools.engine.upkeep.examining import store_of

DESCRIPTION = (
    "Print the patch of an experiment, as it was stored with its verdict or as its worktree is now; with two numbers, compare the two by dimension "
    "and test."
)


def main(arguments: list[str]) -> int:
    """0 for an answer, 1 where there is no such experiment or patch, 2 for wrong usage."""
    parser = argparse.ArgumentParser(prog="refactory diff", description=DESCRIPTION)
    parser.add_argument("words", nargs="*", metavar=f"{WORDS} [N]", help="the project (default: this folder), and the number, or two")
    parser.add_argument("--exp1", type=int, metavar="N", help="the first number")
    parser.add_argument("--exp2", type=int, metavar="N", help="the second number")
    parser.add_argument("--json", action="store_true", help="the answer as JSON")
    given = parser.parse_args(arguments)
    path, numbers = path_and_numbers(parser, given.words, [given.exp1, given.exp2])
    if len(numbers) == 2:
        project = ["--project", path] if path else []
        pair = ["--experiment", str(numbers[0]), "--compare-with", str(numbers[1]), "--detail", "full"]
        return run_tool(["experiment-history", *pair, *project, *(["--json"] if given.json else [])], left_out=OF_THE_WORK)
    if len(numbers) != 1:
        parser.error(f"found {len(numbers)} numbers; expected one, or two to compare")
    try:
        found = _patch(meant_project(path), numbers[0])
    except Refusal as refusal:
        return say_no("diff", refusal)
    _print(found, as_json=given.json)
    return 0


def _patch(repository: Repository, number: int) -> StoredPatch:
    if not repository.store_folder.is_dir():
        raise Refusal("UNKNOWN_ID", f"there is no experiment {number} here", where=(str(repository.root),), expected="a project with a factory")
    return stored_patch(repository, store_of(repository), number)


def _print(found: StoredPatch, *, as_json: bool) -> None:
    """The patch itself on standard output, so that git can apply it; what it is, on standard error."""
    if as_json:
        document = {"experiment": found.experiment, "state": found.state, "note": found.note, "patch": found.text}
        sys.stdout.write(json.dumps(document, indent=2, ensure_ascii=False) + "\n")
        return
    said = found.note or ("" if found.text else "nothing changed")
    sys.stderr.write(f"experiment {found.experiment}, {found.state}{': ' if said else ''}{said}\n")
    sys.stdout.write(found.text)
