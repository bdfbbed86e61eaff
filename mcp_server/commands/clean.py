"""`refactory clean`: the worktrees, branches and backups of experiments that nothing needs any more, listed first and taken away when asked."""

import argparse
import json
import sys
from dataclasses import asdict

from mcp_server.checks_shown import meant_project, say_no
from mcp_server.sizes import size_said
from mcp_server.this_process import host_of_this_shell
from state.answers import clean
from state.errors import Refusal
from state.store import Store
from state.views import export
from tools.engine.repository.location import Repository
from tools.engine.upkeep.collecting import Stale, collect, stale
from tools.engine.upkeep.examining import store_of

DESCRIPTION = (
    "List the worktrees and branches of decided experiments that are left over, why they may go and how large they are. Without --apply nothing "
    "changes. Edits are captured and branches become backups first; your own worktrees and branches are never touched."
)


def main(arguments: list[str]) -> int:
    """0 done, 1 refused, 2 wrong usage."""
    parser = argparse.ArgumentParser(prog="refactory clean", description=DESCRIPTION)
    parser.add_argument("--apply", action="store_true", help="take away what is listed")
    parser.add_argument("--backups", type=_count, metavar="N", help="backups too, but for those of the N experiments that ended last")
    parser.add_argument("--json", action="store_true", help="as JSON")
    parser.add_argument("--project", default="", help="the project's folder (default: as for every command)")
    given = parser.parse_args(arguments)
    try:
        if given.apply and given.backups is not None:
            _require_a_person()
        repository = meant_project(given.project)
        store = store_of(repository)
        try:
            found = stale(repository, store, given.backups)
            done = collect(repository, store, found) if given.apply else []
            if done and (trouble := _behind(repository, store)):
                sys.stderr.write(f"refactory clean: the readable files in .factory are behind: {trouble}; `refactory doctor --repair` writes them\n")
        finally:
            store.close()
    except Refusal as refusal:
        return say_no("clean", refusal)
    except OSError as error:
        return say_no("clean", Refusal("STORE_BROKEN", f"{error.filename or 'a file'}: {error.strerror or error}"))
    if given.json:
        document = {"project": str(repository.root), "stale": [asdict(item) for item in found], "done": done}
        sys.stdout.write(json.dumps(document, indent=2, ensure_ascii=False) + "\n")
    else:
        sys.stdout.write(_text(found, done, applied=given.apply))
    return 0


def _behind(repository: Repository, store: Store) -> str:
    """Bring the readable files up to date with what was written down; answers what kept one from it. They are no truth: nothing fails for them."""
    try:
        troubles = export(store, repository.factory_folder).troubles
    except (OSError, Refusal) as error:
        return error.what if isinstance(error, Refusal) else error.strerror or str(error)
    return f"{clean(troubles[0].path)}: {troubles[0].why}" if troubles else ""


def _require_a_person() -> None:
    """What only a backup keeps is lost with it. Raises Refusal NEEDS_APPROVAL in a shell of a host."""
    if host := host_of_this_shell():
        raise Refusal("NEEDS_APPROVAL", f"this shell belongs to a host ({host})", expected="a person's word, in a terminal of their own")


def _count(word: str) -> int:
    """A number from 0. Raises ArgumentTypeError, which argparse says."""
    if not (word.isascii() and word.isdigit()):
        raise argparse.ArgumentTypeError(f"{word!r} is no number from 0")
    return int(word)


def _text(found: list[Stale], done: list[str], *, applied: bool) -> str:
    if not found:
        return "nothing is left over\n"
    if applied:
        left = [f"left   {clean(item.where)}: {clean(item.left)}" for item in found if item.left]
        return "\n".join([*(f"done   {clean(line)}" for line in done), *left]) + "\n"
    going = [item for item in found if not item.left]
    whole = size_said(sum(item.size for item in going if item.kind == "worktree"))
    end = f"{len(going)} may go ({whole} of files); nothing was changed. To do it: the same with --apply" if going else "nothing of it may go"
    return "\n".join([*map(_line, found), end]) + "\n"


def _line(item: Stale) -> str:
    size = size_said(item.size) if item.kind == "worktree" else f"{item.size} commit{'s' * (item.size != 1)}"
    left = f"; left alone: {item.left}" if item.left else ""
    return f"{item.kind:<9} {size:>10}  {clean(item.where)}: {clean(item.why)}{clean(left)}"
