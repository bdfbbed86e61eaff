"""`~/.factory/config.toml`: read whole or not at all, every fault at once, and for its owner's eyes only."""

import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from state.errors import Problem
from state.settings.checking import FILE, Content, checked
from state.settings.keys import BY_NAME, BY_VARIABLE
from state.settings.statements import leaves
from state.settings.values import Unfit, meaning

DEFAULT_FOLDER: Final = "~/.factory"
LARGEST: Final = 256 * 1024  # bytes
PRIVATE: Final = 0o600
EMPTY: Final = Content()
Mark = tuple[int, ...]


@dataclass(frozen=True)
class SettingsFile:
    """What the file holds. With `problems` it holds nothing: secrets are not used half. `notes` say what was mended on reading.

    `path` is None where there is no home folder to look in; `mark` tells the file from another state of it.
    """

    path: Path | None
    present: bool = False
    content: Content = field(default=EMPTY, repr=False)
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()
    mark: Mark = ()


def settings_path(environment: Mapping[str, str], directory: Path | None) -> Path | None:
    """Where the file lies: in FACTORY_REGISTRY_DIR if that is a variable, else in `~/.factory`; None where nobody knows the home folder."""
    try:
        given = meaning(BY_VARIABLE["FACTORY_REGISTRY_DIR"], environment.get("FACTORY_REGISTRY_DIR", ""), directory)
        return Path(str(given or meaning(BY_NAME["registry_dir"], DEFAULT_FOLDER, None))) / FILE
    except Unfit:
        return None


def read_file(path: Path | None) -> SettingsFile:
    """Read the file; a missing one is an empty one. Permissions that others could use are taken away, and that is said.

    A link is followed, as those who keep their settings in a repository need it; owner and permissions are those of the file behind it.
    """
    if path is None:
        return SettingsFile(None)
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except FileNotFoundError:
        return _unreadable(path, "a link that leads nowhere") if path.is_symlink() else SettingsFile(path)
    except OSError as error:
        return _unreadable(path, f"a file that cannot be opened: {error.strerror}")
    try:
        return _read(path, descriptor)
    except OSError as error:
        return _unreadable(path, f"a file that cannot be read: {error.strerror}")
    finally:
        os.close(descriptor)


def mark_of(path: Path | None) -> Mark:
    """What tells one state of the file from the next: device, inode, size, and both times; empty where there is none."""
    try:
        return _mark(path.stat()) if path else ()
    except OSError:
        return ()


def _read(path: Path, descriptor: int) -> SettingsFile:
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        return _unreadable(path, "something that is no regular file")
    if status.st_uid != os.geteuid():
        return _unreadable(path, f"a file of another user (number {status.st_uid})", f"a file of your own: sudo chown {os.geteuid()} {path}")
    notes = _tighten(path, descriptor, status)
    if notes is None:
        return _unreadable(path, "a file that others can read, and that cannot be made private", f"chmod 600 {path}, on a disk that keeps it")
    if status.st_size > LARGEST:
        return _unreadable(path, f"a file of {status.st_size} bytes", f"at most {LARGEST} bytes")
    content, problems = parsed(os.read(descriptor, LARGEST + 1))
    return SettingsFile(path, present=True, content=content, problems=problems, notes=notes, mark=_mark(os.fstat(descriptor)))


def parsed(raw: bytes) -> tuple[Content, tuple[Problem, ...]]:
    """What a file with these bytes holds, or all that is wrong with it, in the order of its lines."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        return EMPTY, (Problem(f"{FILE}:{line}", "bytes that are no UTF-8", "UTF-8 text"),)
    if text.startswith("\ufeff"):
        return EMPTY, (Problem(f"{FILE}:1", "a byte order mark", "UTF-8 text without one"),)
    found, faults = leaves(text.replace("\r\n", "\n"))
    broken = [Problem(f"{FILE}:{fault.line}", f"no TOML ({fault.reason})", 'key = "value", or [section]') for fault in faults]
    content, problems = checked(found)
    every = sorted([*broken, *problems], key=lambda problem: int(problem.where.rpartition(":")[2]))
    return (EMPTY if every else content), tuple(every)


def _tighten(path: Path, descriptor: int, status: os.stat_result) -> tuple[str, ...] | None:
    """Take from others what they may do with the file; what was done in words, None where it cannot be done."""
    if not status.st_mode & 0o077:
        return ()
    try:
        os.fchmod(descriptor, PRIVATE)
    except OSError:
        return None
    if os.fstat(descriptor).st_mode & 0o077:
        return None
    return (f"{path} was open to others (mode {stat.S_IMODE(status.st_mode):04o}) and is private now (0600)",)


def _unreadable(path: Path, found: str, expected: str = "a text file of your own, for you alone") -> SettingsFile:
    return SettingsFile(path, present=True, problems=(Problem(FILE, found, expected),), mark=mark_of(path))


def _mark(status: os.stat_result) -> Mark:
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns
