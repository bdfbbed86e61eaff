"""`refactory doctor`: what is wrong with a project's store and files and with the registry of projects, and, where asked for, put right."""

import argparse
import json
import sys

from mcp_server.checks_shown import checks_json, checks_text, meant_project, say_no, sound
from mcp_server.this_process import host_of_this_shell, settings_of_this_process
from state.errors import Refusal
from state.integrity.findings import Check
from state.integrity.rebuilding import Rebuilt
from state.integrity.registry import put_registry_aside, registry_checked
from state.store import Store
from tools.engine.repository.location import Repository
from tools.engine.upkeep.examining import examined, store_of
from tools.engine.upkeep.mending import mended, restored

DESCRIPTION = "Say what is wrong with a project's store and readable files, and what mends it. Without --repair or --rebuild it only reads."


def main(arguments: list[str]) -> int:
    """0 where nothing is wrong, or nothing any more; 1 where something is, or was refused; 2 for wrong usage."""
    parser = _parser()
    given = parser.parse_args(arguments)
    if given.accept_loss and not (given.rebuild or given.repair):
        parser.error("--accept-loss goes with --repair or --rebuild")
    try:
        repository = meant_project(given.project)
        store = store_of(repository)
        done = [*_done(given, repository, store), *(_registry_mended() if given.repair else [])]
        checks = [*examined(repository, store), *_registry()]
    except Refusal as refusal:
        return say_no("doctor", refusal)
    except OSError as error:
        return say_no("doctor", Refusal("STORE_BROKEN", f"{error.filename or 'a file'}: {error.strerror or error}"))
    if given.json:
        document = {"ok": sound(checks), "project": str(repository.root), "done": done, "checks": checks_json(checks)}
        sys.stdout.write(json.dumps(document, indent=2, ensure_ascii=False) + "\n")
    else:
        sys.stdout.write("".join(f"done   {line}\n" for line in done) + checks_text(checks))
    return 0 if sound(checks) else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="refactory doctor", description=DESCRIPTION)
    ways = parser.add_mutually_exclusive_group()
    ways.add_argument("--repair", action="store_true", help="mend what can be mended without losing anything")
    ways.add_argument("--rebuild", action="store_true", help="restore a lost or damaged database from .factory/events.jsonl; the old one is kept")
    parser.add_argument("--accept-loss", action="store_true", help="go on without what is named as lost, and record that")
    parser.add_argument("--json", action="store_true", help="the findings as JSON")
    parser.add_argument("--project", default="", help="path of the project (default: this folder)")
    return parser


def _done(given: argparse.Namespace, repository: Repository, store: Store) -> list[str]:
    """What was put right. Raises Refusal where that is not possible, or is for a person to say."""
    if given.accept_loss and (host := host_of_this_shell()):
        raise Refusal("NEEDS_APPROVAL", f"this shell belongs to a host ({host})", expected="a person's word, in a terminal of their own")
    if given.rebuild:
        rebuilt, objects = restored(repository, store, accepted=given.accept_loss)
        return [*_told(rebuilt), *objects]
    return mended(repository, store, examined(repository, store), accepted=given.accept_loss) if given.repair else []


def _registry() -> list[Check]:
    folder = settings_of_this_process({}).current().path("registry_dir")
    return [registry_checked(folder)] if folder else []


def _registry_mended() -> list[str]:
    """A registry that cannot be used is put aside: the next call that changes something begins it anew, from its own registry.json."""
    folder = settings_of_this_process({}).current().path("registry_dir")
    if folder is None or registry_checked(folder).passed:
        return []
    return [f"the registry's database is put aside: {aside}" for aside in put_registry_aside(folder)]


def _told(rebuilt: Rebuilt) -> list[str]:
    lines = [f"{rebuilt.events} events restored, {rebuilt.from_log} of them from the log"]
    if rebuilt.kept is not None:
        lines.append(f"the old database is kept: {rebuilt.kept}")
    if rebuilt.loss is not None:
        lines += [f"given up: {why}" for why in rebuilt.loss.why]
    if rebuilt.log_kept is not None:
        lines.append(f"the old log is kept: {rebuilt.log_kept}")
    return lines
