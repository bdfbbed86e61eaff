"""Merging without a checkout: bringing a candidate up to date, making merge commits, and handing conflicts to a builder."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from state.errors import Refusal
from tools.engine.repository.git import LONG, GitFailed, decode
from tools.engine.repository.location import Repository, resolve
from tools.engine.repository.objects import Entry, list_tree, read_blob, tree_of, write_blob, write_tree_from
from tools.engine.repository.worktrees import find

OURS: Final = b"<<<<<<< "
THEIRS: Final = b">>>>>>> "


@dataclass(frozen=True)
class Clean:
    """Both sides merged without a conflict into `tree`."""

    tree: str


@dataclass(frozen=True)
class Conflicts:
    """The paths on which both sides disagree; `tree` holds their merge with conflict markers, which name the `sides` (commits)."""

    paths: tuple[str, ...]
    tree: str
    sides: tuple[str, str] = ("", "")


def bring_up_to_date(repository: Repository, candidate: str, target: str) -> Clean | Conflicts:
    """Merge `target` into `candidate` (two commits), writing objects only.

    Raises Refusal CONFLICT when git cannot merge them at all, such as two histories without a common commit.
    """
    return _merged(repository, resolve(repository, candidate), resolve(repository, target))


def carried_over(repository: Repository, base: str, changed: str, target: str) -> Clean | Conflicts:
    """What `changed` did to `base` done to `target` (three commits or trees, however they descend from each other), writing objects only.

    With `base` and `changed` in each other's place it is taken back.
    """
    root = merge_commit(repository, tree_of(repository, base), (), "base\n")
    sides = [merge_commit(repository, tree_of(repository, side), (root,), "side\n") for side in (changed, target)]
    return _merged(repository, *sides)


def _merged(repository: Repository, ours: str, theirs: str) -> Clean | Conflicts:
    quick = repository.git.run(*_without_drivers(repository), "merge-tree", "--write-tree", "-z", "--messages", "--name-only", ours, theirs)
    if quick.exit_code not in (0, 1):
        words = decode(quick.stderr).strip()
        raise Refusal("CONFLICT", f"git cannot merge {theirs[:12]} into {ours[:12]}", where=(ours, theirs), untrusted=("git", words))
    tree, *names = decode(quick.stdout).split("\0")
    if quick.exit_code == 0:
        return Clean(tree)
    return Conflicts(tuple(dict.fromkeys(names[: names.index("")])), tree, (ours, theirs))


def named(repository: Repository, found: Conflicts, names: tuple[str, str]) -> Conflicts:
    """The same with these names in the markers, in place of the ids of the commits, which tell nobody which side is whose."""
    sides = [(marker + side.encode(), marker + name.encode()) for marker, side, name in zip((OURS, THEIRS), found.sides, names, strict=True)]
    replaced: dict[str, Entry | None] = {}
    for entry in list_tree(repository, found.tree):
        if entry.path in found.paths and entry.mode.startswith("100") and (content := read_blob(repository, found.tree, entry.path)) is not None:
            told = b"".join(_renamed(line, sides) for line in content.splitlines(keepends=True))
            replaced[entry.path] = replace(entry, object_id=write_blob(repository, told))
    return replace(found, tree=write_tree_from(repository, found.tree, replaced))


def _renamed(line: bytes, sides: Sequence[tuple[bytes, bytes]]) -> bytes:
    return next((name + line.removeprefix(side) for side, name in sides if line.startswith(side)), line)


def _without_drivers(repository: Repository) -> list[str]:
    """Settings by which git's own merge of lines stands in for every program that the configuration names for merging."""
    named = decode(repository.git.run("config", "-z", "--name-only", "--get-regexp", r"^merge\..*\.driver$").stdout)
    plain = "git merge-file -q --marker-size=%L -L ours -L base -L theirs %A %O %B"
    return [part for name in named.split("\0")[:-1] for part in ("-c", f"{name}={plain}")]


def merge_commit(repository: Repository, tree: str, parents: Sequence[str], message: str) -> str:
    """A commit of `tree` with `parents`, in this order, by the factory; no ref is moved. Returns its id."""
    named = [part for parent in parents for part in ("-p", parent)]
    return repository.git.text("commit-tree", tree, *named, "-F", "-", standard_input=message.encode("utf-8", "replace"))


def is_ancestor(repository: Repository, ancestor: str, descendant: str) -> bool:
    """Whether `descendant` contains `ancestor` (a commit contains itself). Raises GitFailed for an unknown commit."""
    return repository.git.ok("merge-base", "--is-ancestor", ancestor, descendant)


def write_conflicts(repository: Repository, path: Path, tree: str) -> None:
    """Put the merge of `Conflicts`, markers and all, into the files of the captured worktree at `path`; called again, it changes nothing.

    Raises Refusal NO_CANDIDATE when edits that nobody captured are in the way; then nothing was written.
    """
    worktree = find(repository, path)
    try:
        worktree.git.bytes_("read-tree", "-m", "-u", "HEAD", tree, timeout=LONG)
    except GitFailed as error:
        expected = "a worktree that was captured just before"
        raise Refusal(
            "NO_CANDIDATE",
            "edits in the worktree are in the way of the merge",
            where=(str(path),),
            expected=expected,
            untrusted=("git", error.stderr),
        ) from error
