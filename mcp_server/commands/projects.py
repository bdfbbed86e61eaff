"""`refactory projects`: the projects that were worked on from this home folder, how each stands, and how to take one off the list."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from mcp_server.meant_folder import from_the_terminal
from mcp_server.this_process import settings_of_this_process
from state.answers import clean
from state.cycles import open_cycle
from state.errors import Refusal
from state.registry import Project
from state.registry_folder import Registry
from state.settings import Given
from state.store import Store, last_at
from tools.engine.repository.location import Repository, locate

GONE: Final = "gone"
HEADS: Final = ("path", "state", "experiments", "last activity", "score")


def main(arguments: list[str]) -> int:
    """List the projects, or forget one; 0 done, 1 the registry cannot be used or the project is not on it, 2 wrong usage."""
    parser = argparse.ArgumentParser(prog="refactory projects", description="The projects that were worked on, the newest first.")
    parser.add_argument("--json", action="store_true", help="as JSON")
    actions = parser.add_subparsers(dest="action", metavar="ACTION")
    forget = actions.add_parser("forget", help="take a project off the list; the project itself stays as it is")
    forget.add_argument("path", help="its path, as the list shows it")
    given = parser.parse_args(arguments)
    source = settings_of_this_process({})
    settings = source.current()
    folder = settings.path("registry_dir")
    if folder is None:
        return _no("nobody knows your home folder; set HOME or FACTORY_REGISTRY_DIR")
    registry = Registry(folder)
    sys.stderr.writelines(f"refactory projects: {warning}\n" for warning in settings.warnings())
    try:
        return _forget(registry, source.given, given.path) if given.action == "forget" else _list(registry, as_json=given.json)
    except Refusal as refusal:
        if refusal.code == "NO_PROJECT":
            return _no(f"{refusal.what}; expected: {refusal.expected}")
        return _no(f"{'; '.join((refusal.what, *refusal.where))}; mended by: refactory doctor --repair")
    except OSError as error:
        return _no(f"{error.filename or folder}: {error.strerror or error}")
    finally:
        registry.close()


def looked_at(path: Path) -> tuple[str, str]:
    """How a project stands, in few words, and when something was last recorded in it, by a look at its own store. Changes nothing."""
    if not path.is_dir():
        return GONE, ""
    try:
        repository = Repository(path, path / ".git") if (path / ".git").is_dir() else locate(path)
        store = Store(repository.store_folder)
        try:
            with store.reading() as connection:
                cycle, last = open_cycle(connection), last_at(connection)
        finally:
            store.close()
    except Refusal as refusal:
        return "store broken" if refusal.code == "STORE_BROKEN" else "busy" if refusal.code == "BUSY" else "no git repository", ""
    if cycle is not None:
        return f"cycle {cycle.id} open", last
    return "no open cycle" if last else "no factory", last


def _list(registry: Registry, *, as_json: bool) -> int:
    rows = [_row(project) for project in registry.projects()]
    if as_json:
        sys.stdout.write(json.dumps({"projects": rows}, indent=2, ensure_ascii=False) + "\n")
        return 0
    if not rows:
        sys.stdout.write("No project yet: one is listed when something in it is changed through the server.\n")
        return 0
    table = [HEADS, *(_cells(row) for row in rows)]
    widths = [max(len(line[column]) for line in table) for column in range(len(HEADS))]
    sys.stdout.writelines("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() + "\n" for line in table)
    return 0


def _row(project: Project) -> dict[str, Any]:
    state, last = looked_at(Path(project.path))
    return {**project.model_dump(mode="json"), "state": state, "last_activity_at": last or project.last_experiment_at or project.registered_at}


def _cells(row: dict[str, Any]) -> Sequence[str]:
    decided = row["kept"] + row["reverted"] + row["abandoned"]
    experiments = f"{row['kept']} kept, {row['reverted']} reverted" if decided or not row["claimed"] else f"{row['claimed']} claimed"
    if row["abandoned"]:
        experiments += f", {row['abandoned']} abandoned"
    when = str(row["last_activity_at"])[:16].replace("T", " ")
    score = "-" if row["latest_score"] is None else f"{row['latest_score']:.3f}"
    return clean(row["path"]), row["state"], experiments, when, score


def _forget(registry: Registry, given: Given, path: str) -> int:
    if registry.forget(path):
        canonical = path
    elif not registry.forget(canonical := str(Path(from_the_terminal(given, path or ".")).resolve())):
        return _no(f"{clean(canonical)} is not on the list: refactory projects")
    sys.stdout.write(f"{clean(canonical)} is off the list. Nothing in it changed; working on it lists it again.\n")
    return 0


def _no(reason: str) -> int:
    sys.stderr.write(f"refactory projects: {reason}\n")
    return 1
