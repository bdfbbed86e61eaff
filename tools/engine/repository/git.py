"""One hardened way to run git: no hooks, no helpers of the repository's own choosing, nothing of our environment but what is named here."""

import errno
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from state.errors import Refusal
from tools.engine.process import Command, CommandNotFound, Conversation, ProcessTimeout, Quick, run_quick, start_conversation

OLDEST_GIT: Final = (2, 38)  # the first with `merge-tree --write-tree` and `cat-file -z`
QUICK: Final = 60.0  # seconds for one git command that only reads or writes objects
LONG: Final = 900.0  # seconds for a command that writes a checkout: the user's filters may fetch large files

# XDG_CONFIG_HOME: where git looks for the user's own settings (filters, line ends, ignore rules), as it does below HOME.
_HANDED_ON: Final = ("PATH", "HOME", "XDG_CONFIG_HOME")

# A repository may name programs in its configuration; none of these may run. Its filters do: a checkout without them is wrong (LFS, line ends).
_SETTINGS: Final = (
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "diff.external=",
    "commit.gpgsign=false",
    "log.showSignature=false",
    "protocol.ext.allow=never",
    "safe.bareRepository=explicit",
    "core.quotePath=false",
    "gc.auto=0",
    "maintenance.auto=false",
    "submodule.recurse=false",
    "advice.detachedHead=false",
    "advice.addEmbeddedRepo=false",
    # What we write is UTF-8, and what we read of it has to be the same again.
    "i18n.commitEncoding=UTF-8",
    "i18n.logOutputEncoding=UTF-8",
    # What git acknowledged must survive a power failure: by default it syncs neither loose objects of a commit nor the ref.
    "core.fsync=committed,reference",
    "core.fsyncMethod=batch",
    # A killed transaction drops its locks a moment after its parent died; wait that long instead of failing.
    "core.filesRefLockTimeout=5000",
)
_IDENTITY: Final = {
    f"GIT_{who}_{what}": value for who in ("AUTHOR", "COMMITTER") for what, value in (("NAME", "re:factory"), ("EMAIL", "refactory@localhost"))
}

# Only these reach another repository. No other may, not even for what a partial clone lacks: fetching runs programs that the repository names.
_REACHING_OUT: Final = frozenset({"clone", "fetch", "ls-remote", "push"})
# What git says of an object that a partial clone lacks.
_NOT_FETCHED: Final = ("from promisor remote", "lazy fetching disabled")
FETCH_ALL: Final = "a clone with all its contents: git fetch --refetch --no-filter"

# What git says of a disk that cannot be written to, and what that means: the system's words mostly, some of its own where it loses them.
_OF_THE_DISK: Final = {
    **{word: word for word in map(os.strerror, (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO))},
    "Out of diskspace": os.strerror(errno.ENOSPC),
    "couldn't write '": "the disk is full, or broken",
}


class GitFailed(Exception):  # noqa: N818 - reads as what happened; callers turn it into a refusal with git's own words
    """Git said no: its arguments, exit code and words."""

    def __init__(self, arguments: Sequence[str], exit_code: int, stderr: str) -> None:
        super().__init__(f"git {' '.join(arguments)} ended with {exit_code}: {stderr}")
        self.arguments = tuple(arguments)
        self.exit_code = exit_code
        self.stderr = stderr

    def of_the_disk(self, directory: Path) -> Refusal | None:
        """The refusal STORE_BROKEN where git failed because the disk below `directory` is full, read-only or broken; else None."""
        meant = next((meant for word, meant in _OF_THE_DISK.items() if word in self.stderr), "")
        if not meant:
            return None
        what = f"git {self.arguments[0]} could not write: {meant}"
        return Refusal("STORE_BROKEN", what, where=(str(directory),), expected="room and leave to write there", untrusted=("git", self.stderr))

    def of_a_partial_clone(self, directory: Path) -> Refusal | None:
        """The refusal UNSUPPORTED_REPO where git lacks what was never fetched; else None."""
        if not any(words in self.stderr for words in _NOT_FETCHED):
            return None
        what = f"git {self.arguments[0]} needs contents that this partial clone never fetched"
        return Refusal("UNSUPPORTED_REPO", what, where=(str(directory),), expected=FETCH_ALL)


@dataclass(frozen=True)
class Git:
    """Git in one checkout. `git_dir` names its git directory, so that a forged `.git` file cannot; `index` replaces the checkout's own index."""

    directory: Path
    index: Path | None = None
    git_dir: Path | None = None

    def text(self, *arguments: str, standard_input: bytes | None = None, timeout: float = QUICK) -> str:
        """What git printed, without the last line end. Raises GitFailed."""
        return decode(self.bytes_(*arguments, standard_input=standard_input, timeout=timeout)).removesuffix("\n")

    def bytes_(self, *arguments: str, standard_input: bytes | None = None, timeout: float = QUICK) -> bytes:
        """What git printed, raw. Raises GitFailed."""
        quick = self.run(*arguments, standard_input=standard_input, timeout=timeout)
        if quick.exit_code != 0:
            raise GitFailed(arguments, quick.exit_code, decode(quick.stderr).strip())
        return quick.stdout

    def ok(self, *arguments: str, standard_input: bytes | None = None) -> bool:
        """Whether git ended with 0; 1 is its no. Raises GitFailed for every other end."""
        quick = self.run(*arguments, standard_input=standard_input)
        if quick.exit_code not in (0, 1):
            raise GitFailed(arguments, quick.exit_code, decode(quick.stderr).strip())
        return quick.exit_code == 0

    def run(self, *arguments: str, standard_input: bytes | None = None, timeout: float = QUICK, handed_on: Mapping[str, str] | None = None) -> Quick:
        """The whole result, however git ended; `handed_on` are further variables.

        Raises Refusal UNSUPPORTED_REPO without a usable git, BUSY after `timeout` seconds.
        """
        argv, environment = self._argv(arguments), {**self._environment(arguments), **(handed_on or {})}
        try:
            return run_quick(argv, directory=self.directory, environment=environment, standard_input=standard_input, timeout=timeout)
        except CommandNotFound as error:
            raise _no_git("git is not installed or not in PATH") from error
        except ProcessTimeout as error:
            raise Refusal("BUSY", f"git {arguments[0]} did not end within {timeout:.0f} s", where=(str(self.directory),)) from error

    def conversation(self, *arguments: str) -> Conversation:
        """Git kept open to be asked again and again (`cat-file --batch`, `update-ref --stdin`)."""
        try:
            return start_conversation(self._argv(arguments), directory=self.directory, environment=self._environment(arguments))
        except CommandNotFound as error:
            raise _no_git("git is not installed or not in PATH") from error

    def command(self, *arguments: str, timeout: float, handed_on: Mapping[str, str]) -> Command:
        """The same as a command that can be watched and stopped, for what takes long; `handed_on` are further variables."""
        return Command(tuple(self._argv(arguments)), self.directory, {**self._environment(arguments), **handed_on}, timeout)

    def _argv(self, arguments: Sequence[str]) -> list[str]:
        settings = [part for setting in _SETTINGS for part in ("-c", setting)]
        return ["git", "--no-pager", "--literal-pathspecs", *settings, *arguments]

    def _environment(self, arguments: Sequence[str]) -> dict[str, str]:
        environment = {name: os.environ[name] for name in _HANDED_ON if name in os.environ}
        environment |= {"LANG": "C", "LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0", "GIT_NO_REPLACE_OBJECTS": "1", "GIT_OPTIONAL_LOCKS": "0"}
        environment |= _IDENTITY
        if not _REACHING_OUT.intersection(arguments):
            environment |= {"GIT_NO_LAZY_FETCH": "1", "GIT_ALLOW_PROTOCOL": ""}  # the first is known from git 2.45 on
        if self.index is not None:
            environment["GIT_INDEX_FILE"] = str(self.index)
        if self.git_dir is not None:
            environment |= {"GIT_DIR": str(self.git_dir), "GIT_WORK_TREE": str(self.directory)}
        return environment


def decode(raw: bytes) -> str:
    """Names and words of git as text; bytes that are not UTF-8 survive a round trip through `encode`."""
    return raw.decode("utf-8", "surrogateescape")


def encode(text: str) -> bytes:
    """The bytes of a name that `decode` gave."""
    return text.encode("utf-8", "surrogateescape")


@cache
def require_git(path: str) -> tuple[int, ...]:
    """The version of the git that `path` (the PATH variable) finds, asked once. Raises Refusal UNSUPPORTED_REPO when missing or too old."""
    said = Git(Path("/")).text("version")
    found = re.search(r"(\d+)\.(\d+)", said)
    version = (int(found[1]), int(found[2])) if found else (0, 0)
    if version < OLDEST_GIT:
        raise _no_git(f"{said} is too old (found along {path})")
    return version


def _no_git(what: str) -> Refusal:
    return Refusal("UNSUPPORTED_REPO", what, expected="git 2.38 or later")
