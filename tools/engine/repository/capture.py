"""Taking what a builder edited: the next commit of the experiment's branch, without the builder's index, hooks or consent being asked."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from state.errors import Refusal
from tools.engine.repository.git import LONG, Git, GitFailed, decode
from tools.engine.repository.index_lock import LockHeld, clear_leftovers, hold_index_lock
from tools.engine.repository.location import Repository, branch_ref, how_to_end, operation_in_progress
from tools.engine.repository.merging import is_ancestor, merge_commit
from tools.engine.repository.objects import changes_between, tree_of
from tools.engine.repository.private_index import index_to_look_at, private_index, replace_index
from tools.engine.repository.refs import read_branch
from tools.engine.repository.worktrees import Worktree, find

_SHOWN: Final = 20  # ignored files named; there may be a hundred thousand below node_modules


@dataclass(frozen=True)
class Captured:
    """What a capture found: the branch's commit and tree now, the paths this capture took, ignored files left out, and whether it made a commit."""

    commit: str
    tree: str
    taken: tuple[str, ...]
    ignored: tuple[str, ...]
    created: bool


def preview(repository: Repository, path: Path) -> str:
    """The tree that a capture of the worktree at `path` would take now; only objects are written. Raises what capture raises."""
    worktree = find(repository, path)
    with index_to_look_at(worktree.path, worktree.git_dir) as git:
        return _everything(git)


def capture(repository: Repository, path: Path, branch: str, message: str, extra_parent: str | None = None) -> Captured:
    """Make what stands in the worktree at `path` the next commit of `branch`; no commit where nothing differs and `extra_parent` adds nothing.

    The branch moves by compare-and-swap, then the worktree's index follows, so that `git status` there is clean. Raises Refusal NO_CANDIDATE
    for a worktree that stands elsewhere, is in the middle of a merge or cannot be read; BUSY while its index is locked or the branch moves.
    """
    worktree = find(repository, path)
    ref = branch_ref(repository, branch)
    _require_ready(worktree, ref)
    clear_leftovers(worktree.git_dir)
    try:
        with hold_index_lock(worktree.git_dir) as lock, private_index(worktree.path, worktree.git_dir) as git:
            return _commit(repository, git, ref, lock, (message, extra_parent))
    except LockHeld as error:
        expected = "the end of the git command that runs there; if none does: remove this file"
        raise Refusal("BUSY", f"git in the worktree is locked by {error.path}", where=(str(error.path),), expected=expected) from error


def _commit(repository: Repository, git: Git, ref: str, lock: Path, new: tuple[str, str | None]) -> Captured:
    message, extra_parent = new
    head = read_branch(repository.common, ref) or git.text("rev-parse", "--verify", ref)
    tree, ignored = _everything(git), _ignored(git)
    joined = extra_parent is None or is_ancestor(repository, extra_parent, head)
    if joined and tree == tree_of(repository, head):
        return Captured(head, tree, (), ignored, created=False)
    taken = [change.path for change in changes_between(git, head, tree)]
    parents = [head] if extra_parent is None or joined else [head, extra_parent]
    commit = merge_commit(repository, tree, parents, message)
    try:
        git.bytes_("update-ref", "-m", "re:factory: captured", ref, commit, head)
    except GitFailed as error:
        raise error.of_the_disk(git.directory) or Refusal(
            "BUSY", f"{ref} moved while it was captured", where=(str(git.directory),), untrusted=("git", error.stderr)
        ) from error
    if git.git_dir is not None and git.index is not None:
        replace_index(git.git_dir, lock, git.index)
    return Captured(commit, tree, tuple(taken), ignored, created=True)


def _everything(git: Git) -> str:
    """The tree of everything that `git add -A` takes. What a partial clone never fetched is no part of anybody's edit: it stays as it is."""
    try:
        git.bytes_("add", "-A", timeout=LONG)
        return git.text("write-tree", "--missing-ok")
    except GitFailed as error:
        what = f"git could not take the files of {git.directory}"
        raise error.of_the_disk(git.directory) or Refusal(
            "NO_CANDIDATE", what, where=(str(git.directory),), expected="files that git add -A takes", untrusted=("git", error.stderr)
        ) from error


def _ignored(git: Git) -> tuple[str, ...]:
    listed = git.bytes_("ls-files", "-z", "--others", "--ignored", "--exclude-standard", "--directory", "--no-empty-directory")
    return tuple(decode(listed).split("\0")[:-1][:_SHOWN])


def _require_ready(worktree: Worktree, ref: str) -> None:
    if worktree.ref != ref:
        standing = worktree.ref.removeprefix("refs/heads/") if worktree.ref else "no branch (HEAD is detached)"
        branch = ref.removeprefix("refs/heads/")
        expected = f"git -C {worktree.path} switch {branch} (commits made elsewhere: git merge them there)"
        raise Refusal("NO_CANDIDATE", f"the worktree is on {standing}, not on {branch}", where=(str(worktree.path),), expected=expected)
    operation = operation_in_progress(worktree.git_dir)
    if operation:
        expected = f"in {worktree.path}: {how_to_end(operation)}"
        raise Refusal("NO_CANDIDATE", f"a {operation} is in progress in the worktree", where=(str(worktree.path),), expected=expected)
