"""Writing a tree into a folder of its own, from raw blobs: no checkout, no filter, no hook, no `.git`."""

import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

from state.errors import Refusal
from tools.engine.repository.blobs import blob_contents
from tools.engine.repository.large_files import LargeFile
from tools.engine.repository.left_out import LeftOut, Written
from tools.engine.repository.location import Repository
from tools.engine.repository.tree_plan import Piece, Plan, plan_tree

_BLOCK: Final = 1 << 20  # bytes of a large file held at once
_NEW_FILE: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW


def write_tree(repository: Repository, tree: str, directory: Path) -> Written:
    """Write every file of a commit or tree below `directory`, which must be absent or empty.

    Submodules and Git LFS files are written where this clone has their contents; else a submodule is an empty folder, an LFS file its pointer,
    and what is left out says so. Left out besides: symlinks that are absolute or lead outside, and paths that would be or pass through a `.git`.
    Raises Refusal EXISTS for a folder with something in it, UNSUPPORTED_REPO for a tree whose objects are not all here, OSError from the disk.
    """
    return write_plan(plan_tree(repository, tree), directory)


def write_plan(plan: Plan, directory: Path) -> Written:
    """The same for a tree that was looked up already."""
    directory.mkdir(parents=True, exist_ok=True)
    if any(directory.iterdir()):
        raise Refusal("EXISTS", f"{directory} is not empty", where=(str(directory),), expected="an absent or empty folder")
    make_folders(directory, plan.folders)
    damaged = write_pieces(directory, plan.pieces)
    return Written(len(plan.pieces), (*plan.left_out, *damaged))


def make_folders(directory: Path, folders: Iterable[str]) -> None:
    """Make folders below `directory`, those above first."""
    for folder in sorted(folders):
        (directory / folder).mkdir(exist_ok=True)


def write_pieces(directory: Path, pieces: Mapping[str, Piece]) -> tuple[LeftOut, ...]:
    """Write files and symlinks that do not exist yet, into folders that do; names the large files whose content in this clone is damaged.

    Raises Refusal UNSUPPORTED_REPO for an object that is not here, OSError from the disk.
    """
    blobs: dict[Repository, list[tuple[str, str]]] = {}
    damaged = []
    for path, piece in pieces.items():
        if piece.large is not None:
            damaged += _write_large(directory, path, piece.large, executable=piece.executable)
        elif piece.target is None:
            blobs.setdefault(piece.origin, []).append((path, piece.object_id))
    for origin, wanted in blobs.items():
        for path, blocks in blob_contents(origin, wanted):
            _write_file(directory / path, blocks, executable=pieces[path].executable)
    # Links come last: no file can be written through one.
    for path, piece in pieces.items():
        if piece.target is not None:
            (directory / path).symlink_to(piece.target)
    return tuple(damaged)


def _write_file(path: Path, blocks: Iterable[bytes], *, executable: bool) -> None:
    descriptor = os.open(path, _NEW_FILE, 0o755 if executable else 0o644)
    with os.fdopen(descriptor, "wb") as file:
        for block in blocks:
            file.write(block)


def _write_large(directory: Path, path: str, large: LargeFile, *, executable: bool) -> list[LeftOut]:
    """Write the content that a pointer names if it is what the pointer says, else the pointer itself."""
    if large.stored is None:
        _write_file(directory / path, [large.pointer], executable=executable)
        return []
    seen = hashlib.sha256()
    _write_file(directory / path, _hashed(large.stored, seen), executable=executable)
    if seen.hexdigest() == large.oid and (directory / path).stat().st_size == large.size:
        return []
    (directory / path).unlink()
    _write_file(directory / path, [large.pointer], executable=executable)
    return [LeftOut(path, "a Git LFS pointer whose content in this clone is damaged: the pointer stays", "git lfs fsck, then git lfs fetch")]


def _hashed(source: Path, seen: "hashlib._Hash") -> Iterator[bytes]:
    with source.open("rb") as file:
        while block := file.read(_BLOCK):
            seen.update(block)
            yield block
