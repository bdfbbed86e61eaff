"""Files kept out of a worktree: git holds them as they are, whatever happens in the folder."""

from pathlib import Path

import pytest

from state.errors import Refusal
from tests.support.repositories import git, make_repository
from tools.engine.repository.capture import capture, preview
from tools.engine.repository.hiding import hide
from tools.engine.repository.location import Repository, locate
from tools.engine.repository.objects import tree_of
from tools.engine.repository.worktrees import add

FILES = {"a.txt": "a\n", "secret/b.txt": "b\n", "secret/deep/c.txt": "c\n", "deep/kept.txt": "k\n", "deep/secret.txt": "s\n"}


def hidden(path: str) -> bool:
    return "secret" in path


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return locate(make_repository(tmp_path / "project", FILES))


@pytest.fixture
def worktree(repository: Repository) -> Path:
    path = add(repository, 1, "factory/001", "main")
    assert hide(repository, path, hidden) == ("deep/secret.txt", "secret/b.txt", "secret/deep/c.txt")
    return path


def test_hidden_files_and_the_folders_that_they_leave_empty_are_gone(worktree: Path) -> None:
    assert sorted(path.relative_to(worktree).as_posix() for path in worktree.rglob("*") if path.name != ".git") == ["a.txt", "deep", "deep/kept.txt"]
    assert git(worktree, "status", "--porcelain") == ""


def test_a_capture_neither_misses_nor_changes_them(repository: Repository, worktree: Path) -> None:
    assert preview(repository, worktree) == tree_of(repository, "main")
    (worktree / "a.txt").write_text("edited\n", encoding="utf-8")
    (worktree / "secret").mkdir()
    (worktree / "secret" / "b.txt").write_text("guessed\n", encoding="utf-8")
    taken = capture(repository, worktree, "factory/001", "Candidate")
    assert taken.taken == ("a.txt",)
    assert git(repository.root, "show", "factory/001:secret/b.txt") == "b"


def test_a_new_file_among_them_is_captured_for_all_to_see(repository: Repository, worktree: Path) -> None:
    (worktree / "secret").mkdir()
    (worktree / "secret" / "new.txt").write_text("x\n", encoding="utf-8")
    assert capture(repository, worktree, "factory/001", "Candidate").taken == ("secret/new.txt",)


def test_what_came_back_is_hidden_again(repository: Repository, worktree: Path) -> None:
    git(worktree, "checkout-index", "-f", "--ignore-skip-worktree-bits", "-a")
    assert (worktree / "secret" / "b.txt").exists()
    hide(repository, worktree, hidden)
    assert not (worktree / "secret").exists()


def test_nothing_that_a_link_leads_to_is_removed(repository: Repository, worktree: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "b.txt").write_text("mine\n", encoding="utf-8")
    (worktree / "secret").symlink_to(outside)
    hide(repository, worktree, hidden)
    assert (outside / "b.txt").read_text(encoding="utf-8") == "mine\n"


def test_the_repository_keeps_its_configuration(repository: Repository, worktree: Path) -> None:
    assert worktree.is_dir()
    listed = git(repository.root, "config", "--local", "--list", "--name-only")
    assert "sparse" not in listed.lower()
    assert "worktreeconfig" not in listed.lower()


def test_a_folder_that_is_no_worktree_is_refused(repository: Repository, tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="no worktree"):
        hide(repository, tmp_path / "elsewhere", hidden)
