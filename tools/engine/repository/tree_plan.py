"""What a folder must hold to be a tree: every file and symlink with the source of its content, every folder, and what is left out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

from tools.engine.repository.blobs import small_blobs
from tools.engine.repository.git import decode
from tools.engine.repository.large_files import LargeFile, large_files, uses_large_files
from tools.engine.repository.left_out import LeftOut
from tools.engine.repository.location import Repository
from tools.engine.repository.objects import EXECUTABLE, GITLINK, SYMLINK, Change, Entry, diff, list_tree
from tools.engine.repository.submodules import find_submodules
from tools.engine.repository.tree_paths import escaping, is_plain, stays_inside

LONGEST_LINK: Final = 4096  # bytes of a symlink's target that the system takes
DEEPEST: Final = 10  # submodules within submodules
ODD_PATH: Final = "its path is not one of a plain file"
_RULES: Final = (".gitattributes", ".gitmodules")  # files whose change may change what others are


class Piece(NamedTuple):
    """One file or symlink: an object of `origin`; of a symlink also its target, of a Git LFS pointer what it names."""

    object_id: str
    executable: bool
    origin: Repository
    target: str | None = None
    large: LargeFile | None = None


@dataclass(frozen=True)
class Plan:
    """The pieces of a tree by path, its folders without the top, and what is left out.

    `simple` says that nothing in it depends on more than the tree's own objects: no submodule, no large file.
    """

    repository: Repository
    tree: str
    pieces: Mapping[str, Piece]
    folders: frozenset[str]
    left_out: tuple[LeftOut, ...]
    simple: bool


def plan_tree(repository: Repository, tree: str) -> Plan:
    """Look up everything that a commit or tree consists of, submodules and large files included where this clone has them.

    Raises Refusal UNSUPPORTED_REPO for a symlink or rule whose object is not here, GitFailed for an unknown tree.
    """
    return _planned(repository, tree, "", 0)


def plan_next(plan: Plan, tree: str) -> Plan:
    """The plan of another tree of the same repository, from the difference alone where that is enough to know. Raises what plan_tree raises."""
    changes = diff(plan.repository, plan.tree, tree)
    if not plan.simple or plan.left_out or any(_needs_a_look(change) for change in changes):
        return plan_tree(plan.repository, tree)
    pieces = dict(plan.pieces)
    for change in changes:
        if change.status == "D":
            del pieces[change.path]
        else:
            pieces[change.path] = Piece(change.new_id, change.new_mode == EXECUTABLE, plan.repository)
    return replace(plan, tree=tree, pieces=pieces, folders=folders_above(pieces))


def folders_above(paths: Iterable[str]) -> frozenset[str]:
    """Every folder that the paths pass through, without the top."""
    found: set[str] = set()
    fresh = {path.rpartition("/")[0] for path in paths}
    while fresh := fresh - found - {""}:
        found |= fresh
        fresh = {path.rpartition("/")[0] for path in fresh}
    return frozenset(found)


def _needs_a_look(change: Change) -> bool:
    """Whether a change can touch more than one plain file."""
    special = {SYMLINK, GITLINK} & {change.old_mode, change.new_mode}
    return bool(special) or change.path.endswith(_RULES) or not is_plain(change.path)


def _planned(repository: Repository, tree: str, prefix: str, depth: int) -> Plan:
    entries = list_tree(repository, tree)
    plain = [entry for entry in entries if is_plain(entry.path)]
    odd = [LeftOut(prefix + entry.path, ODD_PATH) for entry in entries if not is_plain(entry.path)]
    modules = [entry for entry in plain if entry.mode == GITLINK]
    targets, outside = _links(repository, plain, prefix)
    uses_large = uses_large_files(repository, plain)
    large = large_files(repository, tree, plain) if uses_large else {}
    pieces = {
        entry.path: Piece(entry.object_id, entry.mode == EXECUTABLE, repository, targets.get(entry.path), large.get(entry.path))
        for entry in plain
        if entry.mode != GITLINK and (entry.mode != SYMLINK or entry.path in targets)
    }
    absent = [_pointer_only(prefix + path) for path, each in large.items() if each.stored is None]
    folders = folders_above(entry.path for entry in plain) | {entry.path for entry in modules}
    plan = Plan(repository, tree, pieces, folders, (*odd, *outside, *absent), simple=not modules and not uses_large)
    return _with_submodules(plan, modules, prefix, depth) if modules else plan


def _links(repository: Repository, entries: Sequence[Entry], prefix: str) -> tuple[dict[str, str], list[LeftOut]]:
    """The targets of the symlinks that may be written, and the others."""
    asked = [(entry.path, entry.object_id) for entry in entries if entry.mode == SYMLINK]
    # What is longer than any link can be reads as nothing, which is no target.
    read = small_blobs(repository, asked, LONGEST_LINK)
    targets = {path: decode(read.get(path, b"")) for path, _ in asked}
    inside = {path: target for path, target in targets.items() if stays_inside(path, target)}
    roundabout = escaping(inside)
    left_out = [LeftOut(prefix + path, "a symlink that leads outside the tree") for path in targets if path not in inside]
    left_out += [LeftOut(prefix + path, "a symlink that leads outside the tree by way of others") for path in inside if path in roundabout]
    return {path: target for path, target in inside.items() if path not in roundabout}, left_out


def _pointer_only(path: str) -> LeftOut:
    return LeftOut(path, "a Git LFS pointer whose content is not in this clone: the pointer stays", "git lfs fetch")


def _with_submodules(plan: Plan, modules: Sequence[Entry], prefix: str, depth: int) -> Plan:
    found, left_out = find_submodules(plan.repository, plan.tree, modules, prefix)
    pieces, folders = dict(plan.pieces), set(plan.folders)
    for module in modules:
        if module.path not in found:
            continue
        if depth == DEEPEST:
            left_out.append(LeftOut(prefix + module.path, f"a submodule more than {DEEPEST} deep: an empty folder"))
            continue
        inner = _planned(found[module.path], module.object_id, f"{prefix}{module.path}/", depth + 1)
        pieces |= {f"{module.path}/{path}": piece for path, piece in inner.pieces.items()}
        folders |= {f"{module.path}/{path}" for path in inner.folders}
        left_out += inner.left_out
    return replace(plan, pieces=pieces, folders=frozenset(folders), left_out=(*plan.left_out, *left_out))
