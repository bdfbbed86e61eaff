"""Where a project's repository is, what its checkout stands on, and which branch is its target."""

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from state.errors import Refusal
from tools.engine.repository.git import Git, decode, encode, require_git
from tools.engine.repository.refs import read_branch

OWN_FOLDER: Final = ".factory"
_MAKE_ONE: Final = "git init && git add -A && git commit -m first"
# Names that git takes without being asked: what most branches are called. Everything else is asked.
_PLAIN_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*(?:/[A-Za-z0-9][A-Za-z0-9_-]*)*")
# What git says of a repository that a later git made: reftable, and whatever comes after it.
_NEWER_FORMAT: Final = re.compile("unknown repository extension|Expected git repo version|unknown ref storage format|unknown hash algorithm")
_OPERATIONS: Final = (
    ("MERGE_HEAD", "merge"),
    ("CHERRY_PICK_HEAD", "cherry-pick"),
    ("REVERT_HEAD", "revert"),
    ("rebase-merge", "rebase"),
    ("rebase-apply", "rebase"),
    ("BISECT_LOG", "bisect"),
)


@dataclass(frozen=True)
class Repository:
    """`root` is the top folder of the main checkout, `common` the absolute git directory that all its worktrees share."""

    root: Path
    common: Path

    @property
    def git(self) -> Git:
        """Git in the main checkout."""
        return Git(self.root, git_dir=self.common)

    @property
    def factory_folder(self) -> Path:
        """Where the readable files and the worktrees lie, for people and other tools."""
        return self.root / OWN_FOLDER

    @property
    def store_folder(self) -> Path:
        """Where the store lies, out of reach of what cleans and searches a checkout."""
        return self.common / "refactory"


@dataclass(frozen=True)
class Head:
    """What a checkout stands on; `branch` is None when HEAD is detached."""

    branch: str | None
    commit: str


def locate(path: Path) -> Repository:
    """The repository that `path` lies in, also from a subfolder or a linked worktree.

    Raises Refusal NO_PROJECT (no folder, no repository) or UNSUPPORTED_REPO (bare, no commit yet, no usable git).
    """
    require_git(os.environ.get("PATH", ""))
    if not path.is_dir():
        raise Refusal(
            "NO_PROJECT", f"there is no folder {path}", where=(str(path),), expected=f"an existing folder with a git repository ({_MAKE_ONE})"
        )
    repository = _main_checkout(path.resolve())
    if any("\ud800" <= character <= "\udfff" for character in f"{repository.root}{repository.common}"):
        what = "the path of the project holds bytes that are not UTF-8, which no answer and no event can say"
        raise Refusal("UNSUPPORTED_REPO", what, where=(ascii(str(repository.root)),), expected="the folder moved to a path in UTF-8")
    if not repository.git.ok("rev-parse", "--verify", "--quiet", "--end-of-options", "HEAD^{commit}"):
        expected = 'at least one commit: git add -A && git commit -m "first"'
        raise Refusal("UNSUPPORTED_REPO", f"the repository at {repository.root} has no commit yet", where=(str(repository.root),), expected=expected)
    return repository


def _main_checkout(path: Path) -> Repository:
    quick = Git(path).run("rev-parse", "--path-format=absolute", "--is-bare-repository", "--git-dir", "--git-common-dir", "--show-toplevel")
    said = decode(quick.stdout).removesuffix("\n").split("\n")
    if quick.exit_code != 0 or len(said) != 4:  # one line for each thing asked
        raise _not_usable(path, said, decode(quick.stderr).strip())
    git_dir, common, top = (Path(line) for line in said[1:])
    if git_dir == common:
        return Repository(top, common)
    if common.name != ".git" or common.parent == top:
        raise _bare(path)
    return _main_checkout(common.parent)


def _not_usable(path: Path, said: list[str], words: str) -> Refusal:
    if "dubious ownership" in words:
        expected = f"if you trust it: git config --global --add safe.directory {path}"
        return Refusal("UNSUPPORTED_REPO", f"git refuses {path}: another user owns it", where=(str(path),), expected=expected)
    if "cannot use bare repository" in words or (said and (said[0] == "true" or "work tree" in words)):
        return _bare(path)
    if "not a git repository" in words:
        return Refusal("NO_PROJECT", f"there is no git repository at {path}", where=(str(path),), expected=f"a git repository: {_MAKE_ONE}")
    newer = "a newer git in PATH, which knows the format of this repository" if _NEWER_FORMAT.search(words) else "a repository that git status takes"
    said_by_git = ("git", words or "\n".join(said))
    return Refusal("UNSUPPORTED_REPO", f"git cannot use the repository at {path}", where=(str(path),), expected=newer, untrusted=said_by_git)


def _bare(path: Path) -> Refusal:
    expected = f"a folder with a checkout: git clone {path} FOLDER"
    return Refusal(
        "UNSUPPORTED_REPO", f"{path} is a bare repository or a git directory, without a main checkout", where=(str(path),), expected=expected
    )


def has_no_commit(path: Path) -> bool:
    """Whether `path` lies in a repository with a checkout, on whose branch nothing was committed yet. Raises Refusal where git cannot say."""
    quick = Git(path).run("rev-parse", "--is-inside-work-tree", "--verify", "--quiet", "HEAD^{commit}")
    return quick.exit_code != 0 and decode(quick.stdout).startswith("true")


def head(repository: Repository) -> Head:
    """What the main checkout stands on."""
    commit, name = repository.git.text("rev-parse", "HEAD", "--symbolic-full-name", "HEAD").split("\n")
    return Head(name.removeprefix("refs/heads/") if name != "HEAD" else None, commit)


def require_branch(repository: Repository) -> str:
    """The branch of the main checkout. Raises Refusal UNSUPPORTED_REPO when HEAD is detached, TARGET_BUSY where an operation detached it."""
    standing = head(repository)
    if standing.branch is None:
        require_no_operation(repository)
        what = f"HEAD of {repository.root} is detached at {standing.commit[:12]}"
        raise Refusal("UNSUPPORTED_REPO", what, where=(str(repository.root),), expected="a branch: git switch main, or git switch -c NAME")
    return standing.branch


def target_branch(repository: Repository, configured: str | None) -> str:
    """The branch to land on: the configured one, else `main`, else the branch of a remote's HEAD that exists here, else the current one.

    Raises Refusal BAD_CONFIG for a configured name that is no branch here, UNSUPPORTED_REPO when nothing is left but a detached HEAD.
    """
    if configured is not None:
        tip(repository, configured)
        return configured
    if read_branch(repository.common, "refs/heads/main"):
        return "main"
    listed = repository.git.text("for-each-ref", "--format=%(refname) %(symref)", "refs/heads/main", "refs/remotes/*/HEAD").split("\n")
    names = dict(line.split(" ", 1) for line in listed if line)
    if "refs/heads/main" in names:
        return "main"
    for name in sorted(names, key=lambda name: (name != "refs/remotes/origin/HEAD", name)):
        branch = names[name].removeprefix(name.removesuffix("HEAD"))
        if branch and _commit_of(repository, f"refs/heads/{branch}"):
            return branch
    return require_branch(repository)


def tip(repository: Repository, branch: str) -> str:
    """The commit that a branch points to. Raises Refusal BAD_CONFIG when it is no good name or no branch here."""
    ref = branch_ref(repository, branch)
    commit = read_branch(repository.common, ref) or _commit_of(repository, ref)
    if commit is None:
        raise Refusal("BAD_CONFIG", f"there is no branch {branch!r}", where=(str(repository.root),), expected="the name of an existing branch")
    return commit


def has_branch(repository: Repository, branch: str) -> bool:
    """Whether there is a branch of this name. Raises Refusal BAD_CONFIG when it is no good name."""
    ref = branch_ref(repository, branch)
    return (read_branch(repository.common, ref) or _commit_of(repository, ref)) is not None


def make_branch(repository: Repository, branch: str, commit: str) -> None:
    """Make a branch at a commit, unless there is one of this name. Raises Refusal BAD_CONFIG when git does not take it, or it is no good name."""
    if has_branch(repository, branch):
        return
    done = repository.git.run("branch", "--no-track", "--", branch, commit)
    if done.exit_code != 0 and not has_branch(repository, branch):
        said = ("git", decode(done.stderr))
        raise Refusal(
            "BAD_CONFIG", f"the branch {branch!r} could not be made", where=(str(repository.root),), expected="another name", untrusted=said
        )


def branch_ref(repository: Repository, branch: str) -> str:
    """`refs/heads/…` of a name given from outside. Raises Refusal BAD_CONFIG when git would not take it for a branch or read it as an option."""
    if _PLAIN_NAME.fullmatch(branch) or (
        branch[:1].isalnum() and is_argument(branch) and repository.git.ok("check-ref-format", f"refs/heads/{branch}")
    ):
        return f"refs/heads/{branch}"
    raise Refusal(
        "BAD_CONFIG", f"{branch[:200]!r} is no name for a branch", expected="letters, digits, '/', '-', '_' and '.', beginning with a letter or digit"
    )


def resolve(repository: Repository, revision: str) -> str:
    """The commit that a revision given from outside names. Raises Refusal BAD_ARGUMENTS."""
    commit = _commit_of(repository, revision)
    if commit is None:
        raise Refusal(
            "BAD_ARGUMENTS", f"{revision[:200]!r} names no commit here", where=(str(repository.root),), expected="a commit id, branch or tag"
        )
    return commit


def _commit_of(repository: Repository, revision: str) -> str | None:
    if not is_argument(revision) or revision.startswith("-"):
        return None
    quick = repository.git.run("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    return decode(quick.stdout).strip() if quick.exit_code == 0 else None


def is_argument(text: str) -> bool:
    """Whether a process can be given this text at all: no NUL, nothing that has no bytes."""
    try:
        return b"\0" not in encode(text)
    except UnicodeEncodeError:
        return False


def require_no_operation(repository: Repository) -> None:
    """Raises Refusal TARGET_BUSY where the main checkout is in the middle of one, with the commands that end it."""
    if operation := operation_in_progress(repository.common):
        what = f"a {operation} is in progress in {repository.root}"
        raise Refusal("TARGET_BUSY", what, where=(str(repository.root),), expected=f"the {operation} finished: {how_to_end(operation)}")


def how_to_end(operation: str) -> str:
    """The commands that end an operation."""
    return "git bisect reset" if operation == "bisect" else f"git {operation} --continue, or --abort"


def operation_in_progress(git_dir: Path) -> str | None:
    """The operation that a checkout is in the middle of: merge, cherry-pick, revert, rebase or bisect."""
    return next((operation for name, operation in _OPERATIONS if (git_dir / name).exists()), None)
