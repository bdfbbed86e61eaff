"""Writing a tree into a folder of its own, from raw blobs: no checkout, no filter, no hook, no `.git`; and removing such folders."""

import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final
from uuid import uuid4

from state.errors import Refusal
from tools.engine.process import Conversation
from tools.engine.repository.location import Repository
from tools.engine.repository.objects import EXECUTABLE, GITLINK, SYMLINK, Entry, list_tree

_BLOCK: Final = 1 << 20  # bytes of a blob held at once
_ASKED_AT_ONCE: Final = 200  # requests of up to 74 bytes: less than the smallest pipe holds, 16 KiB
_NEW_FILE: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
# `.git` under other names that file systems fold to it.
_GIT_NAMES: Final = frozenset({".git", "git~1"})


@dataclass(frozen=True)
class LeftOut:
    """A path of the tree that was not written, and why."""

    path: str
    reason: str


@dataclass(frozen=True)
class Written:
    """How many files and symlinks were written, and what was left out."""

    files: int
    left_out: tuple[LeftOut, ...]


def write_tree(repository: Repository, tree: str, directory: Path) -> Written:
    """Write every file of a commit or tree below `directory`, which must be absent or empty.

    Submodules become empty folders. Left out: symlinks that are absolute or lead outside, and paths that would be or pass through a `.git`.
    Raises Refusal EXISTS for a folder with something in it, UNSUPPORTED_REPO for a tree whose objects are not all here, OSError from the disk.
    """
    directory.mkdir(parents=True, exist_ok=True)
    if any(directory.iterdir()):
        raise Refusal("EXISTS", f"{directory} is not empty", where=(str(directory),), expected="an absent or empty folder")
    entries = list_tree(repository, tree)
    left_out = [LeftOut(entry.path, "its path is not one of a plain file") for entry in entries if not _is_plain(entry.path)]
    plain = [entry for entry in entries if _is_plain(entry.path)]
    _make_folders(directory, plain)
    files = [entry for entry in plain if entry.mode not in (SYMLINK, GITLINK)]
    links = [entry for entry in plain if entry.mode == SYMLINK]
    with repository.git.conversation("cat-file", "--batch-command", "--buffer") as conversation:
        # Links come last: no file can be written through one.
        for entry, blocks in _contents(conversation, [*files, *links]):
            if entry.mode == SYMLINK:
                left_out += _write_link(directory, entry.path, b"".join(blocks))
            else:
                _write_file(directory / entry.path, blocks, executable=entry.mode == EXECUTABLE)
    left_out += _remove_escaping(directory, links)
    return Written(len(plain) - len({left.path for left in left_out} & {entry.path for entry in plain}), tuple(left_out))


def remove_tree(directory: Path) -> None:
    """Remove a folder, moved aside first so that its name is free at once; nothing to do where there is none. Raises OSError."""
    if directory.is_symlink():
        directory.unlink()
        return
    aside = directory.with_name(f".gone-{uuid4().hex}")
    try:
        directory.rename(aside)
    except FileNotFoundError:
        return
    erase_tree(aside)


def erase_tree(directory: Path) -> None:
    """Remove a folder where it stands; nothing to do where there is none. Raises OSError."""
    if not directory.is_dir():
        return
    try:
        shutil.rmtree(directory)
    except PermissionError:
        _permit(directory)
        shutil.rmtree(directory)


def _permit(folder: Path) -> None:
    """Give ourselves back every folder that a test run closed to us."""
    folder.chmod(0o700)
    for place, folders, _ in os.walk(folder):
        for inner in (Path(place) / name for name in folders):
            if not inner.is_symlink():
                inner.chmod(0o700)


def _is_plain(path: str) -> bool:
    parts = path.split("/")
    return not any(part in ("", ".", "..") or part.casefold() in _GIT_NAMES for part in parts) and "\0" not in path


def _make_folders(directory: Path, entries: Sequence[Entry]) -> None:
    folders = {str(PurePosixPath(entry.path).parent) for entry in entries} | {entry.path for entry in entries if entry.mode == GITLINK}
    for folder in sorted(folders):
        (directory / folder).mkdir(parents=True, exist_ok=True)


def _write_file(path: Path, blocks: Iterable[bytes], *, executable: bool) -> None:
    descriptor = os.open(path, _NEW_FILE, 0o755 if executable else 0o644)
    with os.fdopen(descriptor, "wb") as file:
        for block in blocks:
            file.write(block)


def _write_link(directory: Path, path: str, target: bytes) -> list[LeftOut]:
    if not _stays_inside(path, os.fsdecode(target)):
        return [LeftOut(path, "a symlink that leads outside the tree")]
    (directory / path).symlink_to(os.fsdecode(target))
    return []


def _stays_inside(path: str, target: str) -> bool:
    """Whether a link at `path` is relative and by its own words never climbs above the top of the tree, nor enters a `.git`."""
    if not target or target.startswith("/") or "\0" in target:
        return False
    depth = path.count("/")
    for part in target.split("/"):
        if part.casefold() in _GIT_NAMES:
            return False
        depth += {"": 0, ".": 0, "..": -1}.get(part, 1)
        if depth < 0:
            return False
    return True


def _remove_escaping(directory: Path, links: Sequence[Entry]) -> list[LeftOut]:
    """Links that lead outside only by way of other links: found once all of them stand."""
    top = directory.resolve()
    escaping = []
    for entry in links:
        link = directory / entry.path
        if link.is_symlink() and not Path(os.path.realpath(link)).is_relative_to(top):
            escaping.append(LeftOut(entry.path, "a symlink that leads outside the tree by way of others"))
    for left in escaping:
        (directory / left.path).unlink()
    return escaping


def _contents(conversation: Conversation, entries: Sequence[Entry]) -> Iterator[tuple[Entry, Iterator[bytes]]]:
    """Each entry with the blocks of its blob, which must be taken before the next entry.

    Only as many are asked for at once as fit into a pipe unread, so neither side ever waits for the other to read; git answers them in one go.
    """
    for start in range(0, len(entries), _ASKED_AT_ONCE):
        asked = entries[start : start + _ASKED_AT_ONCE]
        conversation.write("".join([*(f"contents {entry.object_id}\n" for entry in asked), "flush\n"]).encode())
        conversation.flush()
        for entry in asked:
            facts = conversation.read_line().split()
            if facts[1:2] != [b"blob"]:
                what = f"the content of {entry.path} ({entry.object_id}) is not in this repository"
                raise Refusal("UNSUPPORTED_REPO", what, where=(entry.path,), expected="a complete clone; git fsck says what is missing")
            yield entry, _blocks(conversation, int(facts[2]))
            conversation.read_exactly(1)  # the line end after each blob


def _blocks(conversation: Conversation, size: int) -> Iterator[bytes]:
    while size:
        block = conversation.read_exactly(min(size, _BLOCK))
        size -= len(block)
        yield block
