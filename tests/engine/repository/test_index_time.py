"""An edit of the same length within the second in which git wrote its index is an edit: no copy of an index may hide it."""

import os
from pathlib import Path

from tests.support.landings import make_landing
from tests.support.repositories import git, make_repository
from tools.engine.repository.capture import capture, preview
from tools.engine.repository.landing import land
from tools.engine.repository.location import Repository, locate
from tools.engine.repository.objects import read_blob
from tools.engine.repository.outcome import Waiting
from tools.engine.repository.worktrees import add

SECOND = 1_700_000_000  # everything happens in it


def edit_within_the_second(checkout: Path, index: Path, name: str, text: str) -> None:
    """Make file and index of this one second, the file unchanged; then edit it: same length, same second. Git itself sees that."""
    os.utime(checkout / name, (SECOND, SECOND))
    git(checkout, "update-index", "--refresh")
    os.utime(index, (SECOND, SECOND))
    (checkout / name).write_text(text, encoding="utf-8")
    os.utime(checkout / name, (SECOND, SECOND))
    assert git(checkout, "--no-optional-locks", "status", "--porcelain") == f" M {name}"


def make_project(tmp_path: Path) -> Repository:
    """Times of inodes cannot be set: git is told to leave them out, as it would find them equal within the second."""
    root = make_repository(tmp_path / "project", {"a.txt": "one\n", "b.txt": "b\n"})
    git(root, "config", "core.trustctime", "false")
    return locate(root)


def test_a_candidate_edited_within_the_second_of_its_checkout_is_captured(tmp_path: Path) -> None:
    repository = make_project(tmp_path)
    worktree = repository.root / ".factory" / "worktrees" / "001"
    add(repository, 1, "factory/001", git(repository.root, "rev-parse", "HEAD"), worktree.parent)
    edit_within_the_second(worktree, repository.common / "worktrees" / "001" / "index", "a.txt", "two\n")
    tree = preview(repository, worktree)
    assert read_blob(repository, tree, "a.txt") == b"two\n"
    assert capture(repository, worktree, "factory/001", "candidate\n").tree == tree
    assert git(worktree, "status", "--porcelain") == ""


def test_a_persons_edit_within_the_second_of_their_last_commit_is_never_overwritten_by_a_landing(tmp_path: Path) -> None:
    repository = make_project(tmp_path)
    landing = make_landing(repository, {"a.txt": "new\n"})
    edit_within_the_second(repository.root, repository.common / "index", "a.txt", "two\n")
    assert isinstance(land(repository, landing), Waiting)
    assert (repository.root / "a.txt").read_text(encoding="utf-8") == "two\n"
    assert git(repository.root, "rev-parse", "main") == landing.old
