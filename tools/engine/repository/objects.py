"""Reading and writing git objects: blobs, trees, and trees made out of others, without any checkout."""

import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final, Literal

from tools.engine.repository.git import Git, GitFailed, decode, encode
from tools.engine.repository.location import Repository

SYMLINK: Final = "120000"
GITLINK: Final = "160000"
EXECUTABLE: Final = "100755"
_OBJECT_ID: Final = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_FOUND: Final = re.compile(rb"[0-9a-f]{40,64} (\w+) (\d+)\n")


@dataclass(frozen=True)
class Entry:
    """One file of a tree: mode in octal digits, object id, path with `/` from the top."""

    mode: str
    object_id: str
    path: str


@dataclass(frozen=True)
class Change:
    """How one path differs between two trees: Added, Modified, Deleted or of another Type; ids of zeros and mode 000000 where it is absent."""

    status: Literal["A", "M", "D", "T"]
    path: str
    old_mode: str
    new_mode: str
    old_id: str
    new_id: str


def read_blob(repository: Repository, treeish: str, path: str) -> bytes | None:
    """The content of a file of a commit or tree (of a symlink: its target), or None where there is no such file."""
    asked = encode(f"{treeish}:{path}")
    if path.startswith(("./", "../")) or b"\0" in asked:  # git would read these from the current folder on
        return None
    said = repository.git.bytes_("cat-file", "-z", "--batch", standard_input=asked + b"\0")
    found = _FOUND.match(said)
    if found is None or found[1] != b"blob":
        return None
    return said[found.end() : found.end() + int(found[2])]


def line_at(repository: Repository, commit: str, path: str, line: int) -> str | None:
    """Line `line` (from 1) of a file at a commit, without its end; None where there is no such file or line."""
    content = read_blob(repository, commit, path)
    lines = [] if content is None else content.split(b"\n")
    if not 1 <= line <= len(lines) or (line == len(lines) and not lines[-1]):
        return None
    return lines[line - 1].removesuffix(b"\r").decode("utf-8", "replace")


def write_blob(repository: Repository, content: bytes) -> str:
    """Store `content` as it is, without any filter; returns its object id."""
    return repository.git.text("hash-object", "-w", "--no-filters", "--stdin", standard_input=content)


def list_tree(repository: Repository, tree: str) -> list[Entry]:
    """Every file of a commit or tree, in git's order."""
    entries = []
    for record in _records(repository.git.bytes_("ls-tree", "-r", "-z", "--full-tree", "--end-of-options", tree)):
        facts, path = record.split("\t", 1)
        mode, _kind, object_id = facts.split(" ")
        entries.append(Entry(mode, object_id, path))
    return entries


def tree_of(repository: Repository, commit: str) -> str:
    """The tree id of a commit. Raises GitFailed when there is none."""
    return _tree_of(repository, commit) if _OBJECT_ID.fullmatch(commit) else _tree_named(repository, commit)


@lru_cache(maxsize=256)
def _tree_of(repository: Repository, commit: str) -> str:
    """The same of a commit named by its whole id, which never changes: asked once."""
    return _tree_named(repository, commit)


def _tree_named(repository: Repository, commit: str) -> str:
    return repository.git.text("rev-parse", "--verify", "--end-of-options", f"{commit}^{{tree}}")


def diff(repository: Repository, base: str, candidate: str) -> list[Change]:
    """Every path that differs between two commits or trees; a rename is a deletion and an addition."""
    if _OBJECT_ID.fullmatch(base) and _OBJECT_ID.fullmatch(candidate):
        return list(_diff(repository, base, candidate))
    return changes_between(repository.git, base, candidate)


@lru_cache(maxsize=32)
def _diff(repository: Repository, base: str, candidate: str) -> tuple[Change, ...]:
    """The same of two objects named by their whole ids, which never change: asked once."""
    return tuple(changes_between(repository.git, base, candidate))


def changes_between(git: Git, base: str, candidate: str) -> list[Change]:
    """The same, asked of the git of one checkout. A `.gitmodules` that asks to ignore changes of submodules is not heard."""
    return changes_of(git, "diff-tree", "-r", "-z", "--no-renames", "--ignore-submodules=none", "--end-of-options", base, candidate)


def changes_of(git: Git, *arguments: str) -> list[Change]:
    """The changes that a `diff-…` command of git lists in its raw form (it must be asked with -z)."""
    records = _records(git.bytes_(*arguments))
    changes = []
    for facts, path in zip(records[::2], records[1::2], strict=True):
        old_mode, new_mode, old_id, new_id, status = facts.removeprefix(":").split(" ")
        changes.append(Change(_status(status), path, old_mode, new_mode, old_id, new_id))
    return changes


def write_tree_from(repository: Repository, base_tree: str, replacements: Mapping[str, Entry | None]) -> str:
    """The id of `base_tree` with each path of `replacements` set to the mode and object of its entry, or left out where that is None.

    Only objects are written. Raises GitFailed for a path that git does not take (`.git/…`, `..`) or an unknown tree.
    """
    with tempfile.TemporaryDirectory(prefix="factory-tree-") as folder:
        git = Git(repository.root, index=Path(folder) / "index", git_dir=repository.common)
        git.bytes_("read-tree", "--end-of-options", base_tree)
        enter(git, replacements)
        return git.text("write-tree", "--missing-ok")


def enter(git: Git, replacements: Mapping[str, Entry | None]) -> None:
    """Put `replacements` into the index that `git` works on; removals first, so that a file can take the place of a folder.

    Raises GitFailed for a path that git does not take.
    """
    gone = "".join(f"{path}\0" for path, entry in replacements.items() if entry is None)
    put = "".join(f"{entry.mode} {entry.object_id}\t{path}\0" for path, entry in replacements.items() if entry is not None)
    if gone:
        git.bytes_("update-index", "--force-remove", "-z", "--stdin", standard_input=encode(gone))
    if put:
        arguments = ("update-index", "--add", "--replace", "-z", "--index-info")
        quick = git.run(*arguments, standard_input=encode(put))
        if quick.exit_code != 0 or b"Ignoring path" in quick.stderr:  # git calls it a success when it left out a path it does not like
            raise GitFailed(arguments, quick.exit_code, decode(quick.stderr).strip())


def _records(raw: bytes) -> list[str]:
    return decode(raw).split("\0")[:-1]


def _status(letter: str) -> Literal["A", "M", "D", "T"]:
    match letter:
        case "A" | "D" | "T":
            return letter
        case _:  # M, and U of an unmerged path: both are "its content differs"
            return "M"
