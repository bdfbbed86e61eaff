"""`refactory verify`: the history of a project held against its own hashes, its log and its anchors in git."""

import argparse
import json
import sys

from mcp_server.checks_shown import checks_json, checks_text, meant_project, say_no, sound
from state.errors import Refusal
from tools.engine.upkeep.examining import store_of, verified

DESCRIPTION = "Hold every byte of the history against its hash, its log, its objects and its anchors in git. Changes nothing."


def main(arguments: list[str]) -> int:
    """0 where everything holds, 1 where something does not, 2 for wrong usage."""
    parser = argparse.ArgumentParser(prog="refactory verify", description=DESCRIPTION)
    parser.add_argument("--json", action="store_true", help="the findings as JSON")
    parser.add_argument("--project", default="", help="path of the project (default: this folder)")
    given = parser.parse_args(arguments)
    try:
        repository = meant_project(given.project)
        checks = verified(repository, store_of(repository))
    except Refusal as refusal:
        return say_no("verify", refusal)
    document = {"ok": sound(checks), "project": str(repository.root), "checks": checks_json(checks)}
    sys.stdout.write(json.dumps(document, indent=2, ensure_ascii=False) + "\n" if given.json else checks_text(checks))
    return 0 if sound(checks) else 1
