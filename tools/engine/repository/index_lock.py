"""The index lock of a checkout, held so that git elsewhere waits, and told apart from anybody else's after a crash."""

import errno
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from uuid import uuid4

from state.errors import Refusal
from tools.engine.repository.private_index import PREFIX as INDEX_PREFIX

_PREFIX: Final = "factory-lock-"
_WITHOUT_LINKS: Final = (errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EXDEV)


class LockHeld(Exception):  # noqa: N818 - reads as what is the case
    """Somebody else holds the index lock `path`."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} exists")
        self.path = path


@contextmanager
def hold_index_lock(git_dir: Path) -> Iterator[Path]:
    """Hold `<git_dir>/index.lock` and yield its path; given up at the end unless it became the index by then.

    It is a second name of a file of ours that stays flocked while we live, so that whoever comes after a crash knows both that it is ours and
    that nobody is behind it any more. Raises LockHeld; Refusal UNSUPPORTED_REPO on a file system without hard links.
    """
    ours, lock = git_dir / f"{_PREFIX}{uuid4().hex}", git_dir / "index.lock"
    descriptor = os.open(ours, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _mode(git_dir / "index"))
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        try:
            _link(ours, lock)
            yield lock
        finally:
            if _same_file(ours, lock):
                lock.unlink()  # where that fails ours stays: by it, whoever comes next knows whose lock this is
            ours.unlink(missing_ok=True)
    finally:
        os.close(descriptor)


def clear_leftovers(git_dir: Path) -> bool:
    """Remove what a killed process of ours left in a git directory; an index lock only if it is ours. False while such a process lives."""
    for ours in sorted(git_dir.glob(f"{_PREFIX}*")):
        with ours.open("rb") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            lock = git_dir / "index.lock"
            if _same_file(ours, lock):
                lock.unlink()
            ours.unlink(missing_ok=True)
    for leftover in git_dir.glob(f"{INDEX_PREFIX}*"):
        leftover.unlink(missing_ok=True)
    return True


def _link(ours: Path, lock: Path) -> None:
    try:
        lock.hardlink_to(ours)
    except (FileExistsError, FileNotFoundError) as error:  # not found: somebody who clears up took our new file for a leftover
        raise LockHeld(lock) from error
    except OSError as error:
        if error.errno not in _WITHOUT_LINKS:
            raise
        what = f"the file system of {lock.parent} has no hard links ({error.strerror})"
        raise Refusal(
            "UNSUPPORTED_REPO", what, where=(str(lock.parent),), expected="a file system with hard links, such as that of the home folder"
        ) from error


def _mode(index: Path) -> int:
    """The new index gets the permissions of the old one."""
    return index.stat().st_mode & 0o777 if index.exists() else 0o644


def _same_file(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except FileNotFoundError:
        return False
