"""A private copy of a checkout's index: git works on it while the checkout's own stays as it is until it is replaced as a whole."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from uuid import uuid4

from tools.engine.repository.git import Git

PREFIX: Final = "factory-index-"


@contextmanager
def private_index(directory: Path, git_dir: Path) -> Iterator[Git]:
    """Git in the checkout at `directory` on a copy of its index in its git directory; for those who hold the index lock.

    The name is new each time: a git that outlived its killed parent writes to a copy that nobody looks at any more.
    """
    copy = git_dir / f"{PREFIX}{uuid4().hex}"
    try:
        yield _copied(directory, git_dir, copy)
    finally:
        for leftover in (copy, copy.with_name(f"{copy.name}.lock")):
            leftover.unlink(missing_ok=True)


@contextmanager
def index_to_look_at(directory: Path, git_dir: Path) -> Iterator[Git]:
    """The same in a temporary folder; for those who only look and hold no lock."""
    with tempfile.TemporaryDirectory(prefix="factory-index-") as folder:
        copy = Path(folder) / "index"
        yield _copied(directory, git_dir, copy)


def _copied(directory: Path, git_dir: Path, copy: Path) -> Git:
    """Copy the checkout's index, and with it what git knows of each file's time and size; HEAD's tree where there is no index yet."""
    git = Git(directory, index=copy, git_dir=git_dir)
    if (git_dir / "index").exists():
        shutil.copyfile(git_dir / "index", copy)
        _keep_time(git_dir / "index", copy)
    else:
        git.bytes_("read-tree", "HEAD")
    return git


def refresh(git: Git) -> None:
    """Let git look again at the files whose time changed; files that do differ are no error here."""
    git.ok("update-index", "-q", "--refresh")


def replace_index(git_dir: Path, lock: Path, replacement: Path) -> None:
    """Make `replacement` the index of a checkout whose index lock, the file `lock`, we hold; the lock is used up by it."""
    with lock.open("r+b") as file:
        file.truncate()
        file.write(replacement.read_bytes())
        file.flush()
        os.fsync(file.fileno())
    _keep_time(replacement, lock)
    lock.rename(git_dir / "index")
    folder = os.open(git_dir, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _keep_time(index: Path, copy: Path) -> None:
    """Give a copy of an index its time: git reads anew only those files that are not older than the index it reads.

    With a later time, an edit of the same length in the second in which the index was written would pass for unchanged.
    """
    time = index.stat().st_mtime_ns
    os.utime(copy, ns=(time, time))
