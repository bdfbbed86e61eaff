"""Landing: a branch moves, and the checkout that holds it follows, or neither does. A branch never moves while its checkout does not follow."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tools.engine.repository.following import blocked_by, differences, follows, take_back, write_files
from tools.engine.repository.git import Git, GitFailed, decode
from tools.engine.repository.index_lock import LockHeld, hold_index_lock
from tools.engine.repository.location import Repository, operation_in_progress
from tools.engine.repository.merging import is_ancestor
from tools.engine.repository.outcome import Landed, Landing, Moved, Outcome, Waiting
from tools.engine.repository.private_index import index_to_look_at, private_index, refresh, replace_index
from tools.engine.repository.transaction import NotPrepared, prepare
from tools.engine.repository.worktrees import Worktree, listing

# While a rebase or bisect runs, HEAD is detached, and these say which branch will be taken up again at its end.
_CLAIMS: Final = ("rebase-merge/head-name", "rebase-apply/head-name", "BISECT_START")


def nothing(_point: str) -> None:
    """The landing's points pass unnoticed."""


@dataclass(frozen=True)
class Attempt:
    """One try at a landing: whether it takes up one that was interrupted, and who is told of each point it passes (tests end the process there)."""

    repository: Repository
    landing: Landing
    recovering: bool = False
    fail: Callable[[str], None] = nothing


def land(repository: Repository, landing: Landing, fail: Callable[[str], None] = nothing) -> Outcome:
    """Move `landing.ref` from `old` to `new`, and with it the one checkout that holds it, if there is one.

    Points told to `fail`: locked, prepared, refreshed, tree, ref, index. Edits that the landing does not touch stay; anything in its way, an
    operation in progress or a held lock means Waiting, with nothing moved. Both commits must exist and `new` be kept by a ref already.
    """
    return attempt(Attempt(repository, landing, fail=fail))


def in_the_way(repository: Repository, landing: Landing) -> Waiting | None:
    """What a landing would wait for now, without trying it: nothing is locked or written. None where the way is clear."""
    holders = [worktree for worktree in listing(repository) if _claims(worktree, landing.ref)]
    if len(holders) != 1:
        return _too_many(landing, holders) if holders else None
    holder = holders[0]
    if busy := _not_ready(holder, landing.ref):
        return busy
    if (lock := holder.git_dir / "index.lock").exists():
        return _locked(lock)
    with index_to_look_at(holder.path, holder.git_dir) as git:
        refresh(git)
        return blocked_by(git, landing)


def _too_many(landing: Landing, holders: Sequence[Worktree]) -> Waiting:
    return Waiting(f"{len(holders)} checkouts hold {landing.ref}; only one can follow", tuple(str(holder.path) for holder in holders))


def _locked(lock: Path) -> Waiting:
    return Waiting("a git command is at work in the checkout, or left its lock behind", (str(lock),))


def attempt(this: Attempt) -> Outcome:
    """One try, first or later."""
    holders = [worktree for worktree in listing(this.repository) if _claims(worktree, this.landing.ref)]
    if len(holders) > 1:
        return _too_many(this.landing, holders)
    if not holders:
        return _move_alone(this)
    busy = _not_ready(holders[0], this.landing.ref)
    return busy or _move_together(this, holders[0])


def _claims(worktree: Worktree, ref: str) -> bool:
    if worktree.ref is not None:
        return worktree.ref == ref
    claims = [worktree.git_dir / name for name in _CLAIMS]
    return any(claim.read_text(encoding="utf-8").strip() in (ref, ref.removeprefix("refs/heads/")) for claim in claims if claim.is_file())


def _not_ready(holder: Worktree, ref: str) -> Waiting | None:
    if holder.missing:
        return Waiting("the checkout that holds the branch is not there; if it is gone for good: git worktree prune", (str(holder.path),))
    operation = operation_in_progress(holder.git_dir)
    if operation:
        return Waiting(f"a {operation} is in progress", (str(holder.path),))
    if holder.git.run("symbolic-ref", "--quiet", "HEAD").stdout != f"{ref}\n".encode():
        return Waiting("the checkout changed to another branch just now", (str(holder.path),))
    return None


def _move_alone(this: Attempt) -> Outcome:
    """No checkout holds the ref: compare and swap. Should one take it up in this moment, it follows like any other."""
    landing = this.landing
    try:
        this.repository.git.bytes_("update-ref", "-m", "re:factory: landed", landing.ref, landing.new, landing.old)
    except GitFailed as error:
        return _elsewhere(this, error.stderr) or Landed("not checked out")
    if any(_claims(worktree, landing.ref) for worktree in listing(this.repository)):
        return attempt(Attempt(this.repository, landing, recovering=True, fail=this.fail))
    return Landed("not checked out")


def _elsewhere(this: Attempt, said: str = "") -> Outcome | None:
    """How it ends when the ref could not be moved from `old`; None when it holds `new` already and that is what we came to finish."""
    actual = _actual(this.repository.git, this.landing.ref)
    if actual == this.landing.old:
        return Waiting(f"{this.landing.ref} is locked by another git command", said=said)
    if this.recovering and actual == this.landing.new:
        return None
    if this.recovering and actual and is_ancestor(this.repository, this.landing.new, actual):
        return Landed("went on")
    return Moved(actual)


def _move_together(this: Attempt, holder: Worktree) -> Outcome:
    try:
        with hold_index_lock(holder.git_dir) as lock:
            this.fail("locked")
            return _under_lock(this, holder, lock)
    except LockHeld as error:
        return _locked(error.path)
    except GitFailed as error:
        return Waiting("git failed in the checkout", (str(holder.path),), error.stderr)


def _under_lock(this: Attempt, holder: Worktree, lock: Path) -> Outcome:
    landing = this.landing
    ref_moved = this.recovering and _actual(holder.git, landing.ref) == landing.new
    try:
        # In the holder's own checkout, so that its HEAD is locked too.
        with prepare(holder.git, landing.ref, landing.new, landing.new if ref_moved else landing.old) as transaction:
            busy = _not_ready(holder, landing.ref)
            if busy:
                return busy
            this.fail("prepared")
            with private_index(holder.path, holder.git_dir) as git:
                return _follow(this, git, lock, None if ref_moved else transaction.commit)
    except NotPrepared as error:
        return _elsewhere(this, error.said) or Waiting(f"{landing.ref} is locked by another git command", said=error.said)


def _follow(this: Attempt, git: Git, lock: Path, move_ref: Callable[[], None] | None) -> Outcome:
    """Files, then the ref (unless it moved before), then the index, while everything is locked."""
    landing, done = this.landing, Landed("followed", git.directory)
    refresh(git)
    this.fail("refreshed")
    if move_ref is None and follows(git, differences(git, landing)):
        return done
    waiting = write_files(git, landing, interrupted=this.recovering, ref_moved=move_ref is None)
    if waiting:
        return waiting
    this.fail("tree")
    if move_ref:
        try:
            move_ref()
        except NotPrepared as error:
            if _actual(git, landing.ref) != landing.new:
                return Waiting(f"git could not move {landing.ref}", take_back(git, landing), error.said)
    this.fail("ref")
    if git.git_dir is not None and git.index is not None:
        replace_index(git.git_dir, lock, git.index)
    this.fail("index")
    return done


def _actual(git: Git, ref: str) -> str:
    """The commit that a ref holds now; empty when there is no such ref."""
    return decode(git.run("rev-parse", "--verify", "--quiet", "--end-of-options", ref).stdout).strip()
