"""Bytes to disk: replaced atomically, appended under a lock, filed under their hash. The state's only writer of files beside SQLite."""

import hashlib
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from state.errors import Refusal

LOCK_WAIT_SECONDS: Final = 30.0
_POLL_SECONDS: Final = 0.05


def ensure_private_folder(folder: Path) -> Path:
    """Make `folder` (0700) and what is above it; a symbolic link in its place is refused with STORE_BROKEN."""
    if folder.is_symlink():
        raise Refusal("STORE_BROKEN", f"{folder} is a symbolic link", where=[str(folder)], expected="a real folder; remove the link")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def inside(folder: Path, relative: str) -> Path:
    """The path of `relative` below `folder`. Raises Refusal STORE_BROKEN where a symbolic link on the way leads elsewhere."""
    path = folder / relative
    if path.parent.resolve() != folder.resolve() / Path(relative).parent or path.is_symlink():
        raise Refusal("STORE_BROKEN", f"{relative} lies behind a symbolic link", where=[str(path)], expected="real files; remove the link")
    return path


def free_path(path: Path) -> Path:
    """`path`, or the first name beside it that nothing has yet."""
    free, number = path, 1
    while os.path.lexists(free):
        number += 1
        free = path.with_name(f"{path.name}.{number}")
    return free


def replace_file(path: Path, content: bytes, *, flush: bool = True) -> None:
    """Write `path` so that readers see the old content or the new, never half of one. Unchanged content is not written.

    Without `flush` it lasts only once `flush_everything` was called: cheaper for many files at a time.
    """
    if path.is_file() and not path.is_symlink() and path.read_bytes() == content:
        return
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor, draft = _draft_of(path)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.truncate()
            file.write(content)
            file.flush()
            if flush:
                os.fsync(file.fileno())
            draft.replace(path)
        if flush:
            flush_folder(path.parent)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def _draft_of(path: Path) -> tuple[int, Path]:
    """An open file beside `path`, to be written and moved there, held by us alone.

    Its name is always the same, so that what a kill leaves is used up by the next writer; while another one writes, it is one of our own.
    """
    import fcntl  # noqa: PLC0415 - POSIX only: importing this module must work everywhere

    draft = path.with_name(f".{path.name}.new")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if draft.stat().st_ino == os.fstat(descriptor).st_ino:
            return descriptor, draft
    except (BlockingIOError, FileNotFoundError):  # another one writes the same file, or has just moved this one into its place
        pass
    os.close(descriptor)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    return descriptor, Path(name)


def flush_everything() -> None:
    """Wait until all that was written, by whomever, is on disk."""
    os.sync()


def file_object(folder: Path, content: bytes, *, flush: bool = True) -> str:
    """Keep `content` under its SHA-256 below `folder`; answers the hash. The same content again writes nothing, unless the file was damaged.

    `flush` as in `replace_file`.
    """
    name = hashlib.sha256(content).hexdigest()
    replace_file(object_path(folder, name), content, flush=flush)
    return name


def object_path(folder: Path, name: str) -> Path:
    """Where the object with this hash lies."""
    return folder / name[:2] / name[2:]


@contextmanager
def locked(path: Path, purpose: str, wait: float = LOCK_WAIT_SECONDS) -> Iterator[None]:
    """Hold an exclusive lock on `path` (made if missing, never removed). Raises Refusal BUSY, naming the holder, after `wait` seconds."""
    import fcntl  # noqa: PLC0415 - POSIX only: importing this module must work everywhere

    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with open(path, "a+", encoding="utf-8", opener=_private) as file:
        deadline = time.monotonic() + wait
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    file.seek(0)
                    holder = file.read(200).strip() or "another process"
                    raise Refusal("BUSY", f"locked by {holder} for more than {wait:.0f} s", where=[str(path)]) from None
                time.sleep(_POLL_SECONDS)
        file.seek(0)
        file.truncate()
        file.write(f"process {os.getpid()} ({purpose})")
        file.flush()
        yield


def is_locked(path: Path) -> bool:
    """Whether somebody holds the lock on `path` now; changes nothing."""
    import fcntl  # noqa: PLC0415 - POSIX only: importing this module must work everywhere

    if not path.is_file():
        return False
    with path.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def last_line(path: Path) -> tuple[str, int]:
    """The last whole line of a file and the offset just behind it; a torn last line does not count. ("", 0) where there is none."""
    if not path.is_file():
        return "", 0
    with path.open("rb") as file:
        end = file.seek(0, os.SEEK_END)
        size, block = end, b""
        while size > 0:
            step = min(64 * 1024, size)
            size -= step
            file.seek(size)
            block = file.read(step) + block
            whole = block.rfind(b"\n")
            if whole >= 0 and (size == 0 or block.rfind(b"\n", 0, whole) >= 0):
                start = block.rfind(b"\n", 0, whole) + 1
                return block[start:whole].decode("utf-8", "replace"), size + whole + 1
    return "", 0


def extend(path: Path, offset: int, content: bytes) -> None:
    """Cut `path` at `offset`, then append `content` and flush it to disk."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "r+b", opener=_private) as file:
        file.truncate(offset)
        file.seek(offset)
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _private(path: str, flags: int) -> int:
    """Open for this user alone, and never what a symbolic link leads to."""
    return os.open(path, flags | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)


def flush_folder(folder: Path) -> None:
    """A new name lasts only when its folder is on disk too."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
