"""Letting a checkout follow its branch: git's own merge of two trees on a private index, after which all of a person's work still stands."""

import os
from collections.abc import Collection, Sequence
from pathlib import Path, PurePosixPath
from typing import Final

from state.errors import Refusal
from tools.engine.repository.git import LONG, Git, GitFailed, decode, encode
from tools.engine.repository.objects import Change, Entry, changes_between, changes_of, enter
from tools.engine.repository.obstacles import Staged, after, before, index_entries, obstacles
from tools.engine.repository.outcome import Landing, Waiting
from tools.engine.repository.private_index import index_to_look_at, refresh

_FORWARD: Final = "local work is in the way of the landing"


def differences(git: Git, landing: Landing) -> list[Change]:
    """The paths that a landing touches."""
    return changes_between(git, landing.old, landing.new)


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


def blocked_by(git: Git, landing: Landing) -> Waiting | None:
    """The local work that is in the way of a landing, for a refreshed copy of the index that is only looked at; None where nothing is."""
    changes = differences(git, landing)
    if obstacles(git, changes, interrupted=False):
        settle(git, changes)
    blocked = obstacles(git, changes, interrupted=False)
    return Waiting(_FORWARD, blocked) if blocked else None


def write_files(git: Git, landing: Landing, *, interrupted: bool, ref_moved: bool) -> Waiting | None:
    """Bring the checkout's files and the private index from `old` to `new`; None when that is done.

    Waiting: nothing was written, or all of it was taken back (not once the ref moved: then the only way is forward, another time).
    """
    changes = differences(git, landing)
    half_written = interrupted and not ref_moved
    blocked = obstacles(git, changes, interrupted=half_written)
    if blocked and half_written:
        _remove_cut_off(git, landing, [change for change in changes if change.path in blocked])
    settled = _adopt(git, changes, blocked) if ref_moved else settle(git, changes if blocked else ())
    if blocked:
        blocked = obstacles(git, changes, interrupted=half_written)
    if blocked:
        return Waiting(_FORWARD, blocked)
    start = _start(git, landing, changes)
    trial = git.run("read-tree", "-n", "-m", "-u", start, landing.new)
    if trial.exit_code != 0:
        return Waiting("git would not let the checkout follow", said=decode(trial.stderr).strip())
    try:
        git.bytes_("read-tree", "-m", "-u", start, landing.new, timeout=LONG)
    except (GitFailed, Refusal) as error:
        said = error.stderr if isinstance(error, GitFailed) else error.what
        left = () if ref_moved else take_back(git, landing, settled)
        return Waiting("git failed while it wrote the files of the landing", left, said)
    return None


def _start(git: Git, landing: Landing, changes: Sequence[Change]) -> str:
    """The tree that git's merge starts from: `old`, but `new` where the index already is; there git has nothing to decide, nor to refuse."""
    index = index_entries(git)
    there = {change.path: _entry(change.path, after(change)) for change in changes if index.get(change.path) == after(change)}
    if git.git_dir is None or not there:
        return landing.old
    with index_to_look_at(git.directory, git.git_dir) as scratch:
        scratch.bytes_("read-tree", landing.old)
        enter(scratch, there)
        return scratch.text("write-tree", "--missing-ok")


def _adopt(git: Git, changes: Sequence[Change], paths: Collection[str]) -> set[str]:
    """Enter `paths` as `new`, whatever their files hold: once the ref moved, all files had been written, so what differs was edited since."""
    index = index_entries(git)
    unstaged = [change for change in changes if change.path in paths and index.get(change.path) == before(change)]
    enter(git, {change.path: _entry(change.path, after(change)) for change in unstaged})
    refresh(git)
    return {change.path for change in unstaged}


def _remove_cut_off(git: Git, landing: Landing, changes: Sequence[Change]) -> None:
    """Remove files that hold a mere beginning of what the landing brings, as a kill in the middle of writing or a power failure leaves them."""
    index = index_entries(git)
    for change in changes:
        place = git.directory / change.path
        if change.status == "D" or index.get(change.path) != before(change) or place.is_symlink() or not place.is_file():
            continue
        whole = git.run("cat-file", "--filters", f"{landing.new}:{change.path}")
        if whole.exit_code == 0 and whole.stdout.startswith(place.read_bytes()) and len(whole.stdout) > place.stat().st_size:
            place.unlink()


def take_back(git: Git, landing: Landing, keep: Collection[str] = ()) -> tuple[str, ...]:
    """Undo a landing's files that were written before git failed; a file that is neither old nor new is somebody's work and stays.

    `keep` are the paths that were as in `new` before we came. The answer names what could not be taken back.
    """
    changes = differences(git, landing)
    old = {change.path: _entry(change.path, before(change)) for change in changes}
    enter(git, {path: old[path] for path in keep})
    ours = [change for change in changes if change.path not in keep]
    written = settle(git, ours)
    for path in sorted(path for path in written if old[path] is None):
        _remove_file(git.directory, path)
    enter(git, {path: old[path] for path in written})
    absent = [change.path for change in ours if old[change.path] and (change.path in written or not os.path.lexists(git.directory / change.path))]
    git.run(
        "checkout-index",
        "--force",
        "--quiet",
        "--index",
        "-z",
        "--stdin",
        standard_input=encode("".join(f"{path}\0" for path in absent)),
        timeout=LONG,
    )
    refresh(git)
    return obstacles(git, ours, interrupted=False)


def _remove_file(root: Path, path: str) -> None:
    """Remove a file (or the empty folder of a submodule) and the folders that become empty by it."""
    place = root / path
    if place.is_dir() and not place.is_symlink():
        place.rmdir()
    else:
        place.unlink()
    for folder in (root / parent for parent in list(PurePosixPath(path).parents)[:-1]):
        if any(folder.iterdir()):
            return
        folder.rmdir()


def _entry(path: str, staged: Staged | None) -> Entry | None:
    return None if staged is None else Entry(staged[0], staged[1], path)
