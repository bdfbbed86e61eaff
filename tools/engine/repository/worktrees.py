"""The checkouts of a repository: which there are, and the locked worktrees that experiments are edited in."""

import os
from dataclasses import dataclass
from pathlib import Path

from state.errors import Refusal
from tools.engine.repository.git import LONG, Git, GitFailed, decode
from tools.engine.repository.location import Repository, branch_ref, has_branch, resolve
from tools.engine.repository.removal import erase_tree


@dataclass(frozen=True)
class Worktree:
    """One checkout: its folder, its own git directory, the ref its HEAD names (None when detached), and whether the folder is gone."""

    path: Path
    git_dir: Path
    ref: str | None
    missing: bool

    @property
    def git(self) -> Git:
        """Git in this checkout, by the git directory that the repository knows, whatever the folder's `.git` file says."""
        return Git(self.path, git_dir=self.git_dir)


def listing(repository: Repository) -> list[Worktree]:
    """Every checkout of the repository, the main one first."""
    git_dirs = _git_dirs(repository.common)
    worktrees = []
    for number, record in enumerate(decode(repository.git.bytes_("worktree", "list", "--porcelain", "-z")).split("\0\0")):
        facts = dict(line.partition(" ")[::2] for line in record.split("\0") if line)
        if not facts:
            continue
        path = Path(facts["worktree"]) if number else repository.root
        git_dir = git_dirs.get(os.path.realpath(path)) if number else repository.common
        if git_dir is not None:
            worktrees.append(Worktree(path, git_dir, facts.get("branch"), not path.is_dir()))
    return worktrees


def find(repository: Repository, path: Path) -> Worktree:
    """The linked worktree at `path`. Raises Refusal UNKNOWN_ID when there is none, or its folder is gone."""
    worktree = _registered(repository, path)
    if worktree is None or worktree.missing:
        raise Refusal(
            "UNKNOWN_ID", f"there is no worktree of this repository at {path}", where=(str(path),), expected="the worktree of an open experiment"
        )
    return worktree


def add(repository: Repository, number: int, branch: str, base: str, folder: Path | None = None) -> Path:
    """The worktree of experiment `number` on `branch`, made from `base` if the branch is new; called again, it finds what is there.

    It lies at `<root>/.factory/worktrees/NNN`, or at `folder/NNN`. Raises Refusal UNSUPPORTED_REPO when `.factory` is a symlink, EXISTS when
    something else is at its place, BUSY when git fails otherwise.
    """
    path = _place(repository, folder) / f"{number:03d}"
    ref = branch_ref(repository, branch)
    there = _registered(repository, path)
    if there is not None and not there.missing:
        return _complete(there, ref)
    if path.is_symlink() or (path.exists() and (not path.is_dir() or any(path.iterdir()))):
        raise Refusal("EXISTS", f"{path} is in the way of a new worktree", where=(str(path),), expected="nothing at this place: move it away")
    start = (str(path), branch) if has_branch(repository, branch) else ("--no-track", "-b", branch, str(path), resolve(repository, base))
    try:
        if there is not None:  # its folder was removed by hand: the old registration goes first, or there would be two
            repository.git.bytes_("worktree", "remove", "--force", "--force", str(there.path))
        repository.git.bytes_("worktree", "add", "--lock", "--reason", f"re:factory experiment {number:03d}", *start, timeout=LONG)
    except GitFailed as error:
        raise (
            error.of_the_disk(path)
            or error.of_a_partial_clone(path)
            or Refusal("BUSY", f"git could not make the worktree {path}", where=(str(path),), untrusted=("git", error.stderr))
        ) from error
    return path


def remove(repository: Repository, path: Path) -> None:
    """Take a linked worktree away, folder and registration; what it held must be captured by then. Nothing to do when it is gone.

    A removal that was interrupted is finished. Raises Refusal UNKNOWN_ID for a folder that is no linked worktree of this repository.
    """
    worktree = _registered(repository, path)
    if worktree is None:
        if path.exists():
            raise Refusal("UNKNOWN_ID", f"{path} is no worktree of this repository", where=(str(path),), expected="the worktree of an experiment")
        erase_tree(_aside(path))
        return
    if not worktree.missing:
        erase_tree(_aside(path))
        path.rename(_aside(path))
    repository.git.bytes_("worktree", "remove", "--force", "--force", str(worktree.path))
    erase_tree(_aside(path))


def lingers(path: Path) -> bool:
    """Whether anything of a worktree is left at `path`: itself, or what an interrupted removal moved aside."""
    return path.exists() or _aside(path).exists()


def _aside(path: Path) -> Path:
    """Where a worktree stands while it is removed: one place for each, so that whoever comes after an interruption finds it."""
    return path.with_name(f".gone-{path.name}")


def _place(repository: Repository, folder: Path | None) -> Path:
    if folder is not None:
        return folder.resolve()
    for place in (repository.factory_folder, repository.factory_folder / "worktrees"):
        if place.is_symlink():
            raise Refusal("UNSUPPORTED_REPO", f"{place} is a symlink", where=(str(place),), expected="a plain folder: remove the link")
    return repository.factory_folder / "worktrees"


def _complete(worktree: Worktree, ref: str) -> Path:
    """A worktree that is there; if making it was interrupted (its index comes last), its files are written now."""
    if not (worktree.git_dir / "index").exists():
        worktree.git.bytes_("read-tree", "--reset", "-u", ref, timeout=LONG)
    return worktree.path


def _registered(repository: Repository, path: Path) -> Worktree | None:
    real = os.path.realpath(path)
    return next((worktree for worktree in listing(repository)[1:] if os.path.realpath(worktree.path) == real), None)


def _git_dirs(common: Path) -> dict[str, Path]:
    """Folder of each linked worktree to its git directory, from git's own register of them."""
    found = {}
    for register in (common / "worktrees").glob("*/gitdir"):
        gitfile = Path(register.read_text(encoding="utf-8", errors="surrogateescape").removesuffix("\n"))
        found[os.path.realpath((register.parent / gitfile).parent)] = register.parent
    return found
