"""Git LFS: files of a tree that git holds as pointers only, and their contents where this clone has them."""

import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tools.engine.repository.blobs import small_blobs
from tools.engine.repository.git import Git, decode
from tools.engine.repository.location import Repository
from tools.engine.repository.objects import GITLINK, SYMLINK, Entry

LONGEST_POINTER: Final = 1024  # bytes, by the specification
# https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md, version 1. Pointers with extensions need programs to be read: they stay pointers.
_POINTER: Final = re.compile(rb"version https://git-lfs\.github\.com/spec/v1\noid sha256:([0-9a-f]{64})\nsize (0|[1-9][0-9]{0,18})\n")
_ATTRIBUTES: Final = ".gitattributes"
_ATTRIBUTES_READ: Final = 1 << 20  # bytes; git itself reads no larger .gitattributes than 100 MB
_FILTER: Final = "lfs"


@dataclass(frozen=True)
class LargeFile:
    """A pointer as committed, and the content that it names: its SHA-256 in hexadecimal digits, its size in bytes, the file that holds it.

    `stored` is None where this clone has no file of that size under that name.
    """

    pointer: bytes
    oid: str
    size: int
    stored: Path | None


def uses_large_files(repository: Repository, entries: Sequence[Entry]) -> bool:
    """Whether attributes of the tree, or of this clone (info/attributes), speak of LFS at all."""
    files = [(entry.path, entry.object_id) for entry in entries if entry.path.endswith(_ATTRIBUTES) and entry.mode not in (SYMLINK, GITLINK)]
    own = repository.common / "info" / "attributes"
    texts = [*small_blobs(repository, files, _ATTRIBUTES_READ).values(), own.read_bytes() if own.is_file() else b""]
    return any(_FILTER.encode() in text for text in texts)


def large_files(repository: Repository, tree: str, entries: Sequence[Entry]) -> dict[str, LargeFile]:
    """The pointers among the entries of a tree, by path: only where the attributes say `filter=lfs`, as a checkout takes them.

    Text of the same shape anywhere else is content like any other.
    """
    filtered = _filtered(repository, tree)
    wanted = [(entry.path, entry.object_id) for entry in entries if entry.path in filtered and entry.mode not in (SYMLINK, GITLINK)]
    found = {}
    for path, content in small_blobs(repository, wanted, LONGEST_POINTER).items():
        if (pointer := read_pointer(content)) is not None:
            oid, size = pointer
            found[path] = LargeFile(content, oid, size, _stored(repository, oid, size))
    return found


def read_pointer(content: bytes) -> tuple[str, int] | None:
    """The SHA-256 and size (bytes) that a pointer names; None for anything else."""
    match = _POINTER.fullmatch(content) if len(content) <= LONGEST_POINTER else None
    return (match[1].decode("ascii"), int(match[2])) if match else None


def _filtered(repository: Repository, tree: str) -> set[str]:
    """Paths with the attribute `filter=lfs`. Read from an index of the tree: older gits (before 2.40) cannot ask a tree for attributes."""
    with tempfile.TemporaryDirectory(prefix="factory-attributes-") as folder:
        git = Git(repository.root, index=Path(folder) / "index", git_dir=repository.common)
        git.bytes_("read-tree", "--end-of-options", tree)
        paths = git.bytes_("ls-files", "-z", "--cached", "--full-name")
        said = decode(git.bytes_("check-attr", "-z", "--stdin", "--cached", "filter", standard_input=paths)).split("\0")
    return {path for path, value in zip(said[0::3], said[2::3], strict=False) if value == _FILTER}


def _stored(repository: Repository, oid: str, size: int) -> Path | None:
    path = repository.common / "lfs" / "objects" / oid[:2] / oid[2:4] / oid
    return path if path.is_file() and not path.is_symlink() and path.stat().st_size == size else None
