"""Letting a checkout follow its branch: git's own merge of two trees on a private index, after which all of a person's work still stands."""

import os
from collections.abc import Iterable, Sequence
from typing import Final

from state.errors import Refusal
from tools.engine.repository.git import LONG, Git, GitFailed, decode
from tools.engine.repository.objects import Change, Entry, changes_of, enter
from tools.engine.repository.obstacles import Staged, after, before, index_entries, obstacles
from tools.engine.repository.outcome import Landing, Waiting
from tools.engine.repository.private_index import index_to_look_at, refresh

_FORWARD: Final = "local work is in the way of the landing"


def differences(git: Git, landing: Landing) -> list[Change]:
    """The paths that a landing touches."""
    return changes_of(git, "diff-tree", "-r", "-z", "--no-renames", landing.old, landing.new)


def follows(git: Git, changes: Sequence[Change]) -> bool:
    """Whether the index has left the landing's `old` behind at every path it touches."""
    index = index_entries(git)
    return not any(index.get(change.path) == before(change) for change in changes)


def settle(git: Git, changes: Sequence[Change]) -> set[str]:
    """Enter in the private index as `new` every path that already is as the landing wants it on disk and that has nothing else staged.

    Git compares, with the user's own filters: the wanted entries go into another copy of the index, and what `diff-files` does not name is equal.
    """
    index = index_entries(git)
    unstaged = [change for change in changes if index.get(change.path) == before(change)]
    wanted = {change.path: _entry(change.path, after(change)) for change in unstaged}
    if git.git_dir is None or not wanted:
        return set()
    with index_to_look_at(git.directory, git.git_dir) as scratch:
        enter(scratch, {path: entry for path, entry in wanted.items() if entry is not None})
        refresh(scratch)
        different = {change.path for change in changes_of(scratch, "diff-files", "-z", "--ignore-submodules=all")}
    settled = {path for path, entry in wanted.items() if (path not in different if entry else not os.path.lexists(git.directory / path))}
    enter(git, {path: wanted[path] for path in settled})
    refresh(git)
    return settled


def write_files(git: Git, landing: Landing, *, interrupted: bool, ref_moved: bool) -> Waiting | None:
    """Bring the checkout's files and the private index from `old` to `new`; None when that is done.

    Waiting: nothing was written, or all of it was taken back (not once the ref moved: then the only way is forward, another time).
    """
    changes = differences(git, landing)
    blocked = obstacles(git, changes, interrupted=interrupted)
    settled = settle(git, changes) if blocked else set[str]()
    if settled:
        blocked = obstacles(git, changes, interrupted=interrupted)
    if blocked:
        return Waiting(_FORWARD, blocked)
    trial = git.run("read-tree", "-n", "-m", "-u", landing.old, landing.new)
    if trial.exit_code != 0:
        return Waiting("git would not let the checkout follow", said=decode(trial.stderr).strip())
    try:
        git.bytes_("read-tree", "-m", "-u", landing.old, landing.new, timeout=LONG)
    except (GitFailed, Refusal) as error:
        said = error.stderr if isinstance(error, GitFailed) else error.what
        left = () if ref_moved else take_back(git, landing, settled)
        return Waiting("git failed while it wrote the files of the landing", left, said)
    return None


def take_back(git: Git, landing: Landing, keep: Iterable[str] = ()) -> tuple[str, ...]:
    """Undo a landing's files that were written before git failed; a file that is neither old nor new is somebody's work and stays.

    `keep` are the paths that were as in `new` before we came. The answer names what could not be taken back.
    """
    kept = set(keep)
    changes = differences(git, landing)
    enter(git, {change.path: _entry(change.path, before(change)) for change in changes if change.path in kept})
    ours = [change for change in changes if change.path not in kept]
    settle(git, ours)
    git.run("read-tree", "-m", "-u", landing.new, landing.old, timeout=LONG)
    missing = "".join(f"{change.path}\0" for change in ours if before(change) and not os.path.lexists(git.directory / change.path))
    git.run("checkout-index", "-q", "-u", "-z", "--stdin", standard_input=missing.encode("utf-8", "surrogateescape"), timeout=LONG)
    refresh(git)
    return obstacles(git, ours, interrupted=False)


def _entry(path: str, staged: Staged | None) -> Entry | None:
    return None if staged is None else Entry(staged[0], staged[1], path)
