"""`refactory refine-status`: what was refined since the last larger cycle, what became of it, and by what rules a refinement goes."""

import argparse
import json
import sys
from collections.abc import Sequence

from mcp_server.checks_shown import meant_project, say_no
from state.answers import one_line
from state.errors import Refusal
from tools.engine.cycle.refining import ADVISED_AT, Refined, refined
from tools.engine.upkeep.examining import store_of

DESCRIPTION = "List the refinements since the last other cycle, with their verdicts. Changes nothing."
REMINDER = (
    "Each refinement is one wish, classified (T1, T2; T3 becomes a cycle with a focus), built in a worktree, reviewed, measured and kept or reverted "
    "like every experiment."
)


def main(arguments: list[str]) -> int:
    """0 for an answer, 1 where the project cannot be read, 2 for wrong usage."""
    parser = argparse.ArgumentParser(prog="refactory refine-status", description=DESCRIPTION)
    parser.add_argument("path", nargs="?", default="", metavar="PATH", help="the project (default: this folder)")
    parser.add_argument("--json", action="store_true", help="the refinements as JSON")
    given = parser.parse_args(arguments)
    try:
        repository = meant_project(given.path)
        found = refined(store_of(repository)) if repository.store_folder.is_dir() else []
    except Refusal as refusal:
        return say_no("refine-status", refusal)
    rows = [_row(each) for each in found]
    document = {"project": str(repository.root), "refinements": rows, "advised_at": list(ADVISED_AT), "reminder": REMINDER}
    sys.stdout.write(json.dumps(document, indent=2, ensure_ascii=False) + "\n" if given.json else _text(rows))
    return 0


def _row(each: Refined) -> dict[str, object]:
    return {
        "cycle": each.cycle.id,
        "asked": one_line(" ".join(each.cycle.focus)),
        "item": each.item,
        "experiment": each.experiment.id if each.experiment else None,
        "verdict": each.verdict,
    }


def _text(rows: Sequence[dict[str, object]]) -> str:
    lines = [f"cycle {row['cycle']}  {row['verdict']:<18}  {row['item'] or '-':<4}  {row['asked']}" for row in rows]
    count = f"{len(rows)} refinement{'s' * (len(rows) != 1)} since the last other cycle."
    advice = ["Time for a cycle of improve or focus, which looks at the whole again."] if len(rows) >= ADVISED_AT[0] else []
    return "\n".join([count, *lines, *advice, REMINDER]) + "\n"
