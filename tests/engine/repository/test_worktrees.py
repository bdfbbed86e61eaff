"""The worktrees that experiments are edited in: locked, made once, and gone without a trace."""

from pathlib import Path

import pytest

from state.errors import Refusal
from tests.support.repositories import commit, git, make_repository
from tools.engine.repository.location import Repository, locate
from tools.engine.repository.worktrees import add, find, listing, remove


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return locate(make_repository(tmp_path / "project", {"a.txt": "a\n", ".gitignore": ".factory/\n"}))


def base(repository: Repository) -> str:
    return git(repository.root, "rev-parse", "main")


def test_a_worktree_stands_on_its_branch_at_the_base(repository: Repository) -> None:
    first = base(repository)
    commit(repository.root, {"b.txt": "b\n"}, "second")
    place = add(repository, 7, "factory/007-try", first)
    assert place == repository.root / ".factory/worktrees/007"
    assert git(place, "rev-parse", "HEAD") == first
    assert git(place, "branch", "--show-current") == "factory/007-try"
    assert "locked re:factory experiment 007" in git(repository.root, "worktree", "list", "--porcelain")
    assert git(repository.root, "status", "--porcelain") == ""


def test_a_branch_made_from_a_remote_branch_tracks_nothing(repository: Repository, tmp_path: Path) -> None:
    git(tmp_path, "clone", "-q", str(repository.root), "clone")
    clone = locate(tmp_path / "clone")
    before = (clone.common / "config").read_text()
    add(clone, 1, "factory/001", "origin/main")
    assert (clone.common / "config").read_text() == before


def test_adding_again_finds_what_is_there_with_its_edits(repository: Repository) -> None:
    place = add(repository, 1, "factory/001", base(repository))
    (place / "a.txt").write_text("edited\n")
    assert add(repository, 1, "factory/001", base(repository)) == place
    assert (place / "a.txt").read_text() == "edited\n"


def test_a_folder_removed_by_hand_is_made_again_from_its_branch(repository: Repository) -> None:
    place = add(repository, 1, "factory/001", base(repository))
    made = commit(place, {"b.txt": "b\n"}, "by the builder")
    place.rename(repository.root.parent / "away")
    assert add(repository, 1, "factory/001", base(repository)) == place
    assert git(place, "rev-parse", "HEAD") == made
    assert git(place, "status", "--porcelain") == ""


def test_a_worktree_whose_making_was_interrupted_is_completed(repository: Repository) -> None:
    place = add(repository, 1, "factory/001", base(repository))
    (place / "a.txt").unlink()
    (find(repository, place).git_dir / "index").unlink()
    assert add(repository, 1, "factory/001", base(repository)) == place
    assert (place / "a.txt").read_text() == "a\n"
    assert git(place, "status", "--porcelain") == ""


def test_the_folder_of_worktrees_can_lie_elsewhere(repository: Repository, tmp_path: Path) -> None:
    place = add(repository, 1, "factory/001", base(repository), tmp_path / "elsewhere")
    assert place == tmp_path / "elsewhere/001"
    assert (place / "a.txt").exists()
    remove(repository, place)
    assert not place.exists()


@pytest.mark.parametrize("linked", [".factory", ".factory/worktrees"])
def test_a_linked_factory_folder_is_refused_and_not_followed(repository: Repository, tmp_path: Path, linked: str) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (repository.root / linked).parent.mkdir(exist_ok=True)
    (repository.root / linked).symlink_to(outside)
    with pytest.raises(Refusal, match="symlink") as refused:
        add(repository, 1, "factory/001", base(repository))
    assert refused.value.code == "UNSUPPORTED_REPO"
    assert list(outside.iterdir()) == []


def test_something_else_in_the_way_is_refused_and_stays(repository: Repository) -> None:
    place = repository.root / ".factory/worktrees/001"
    place.mkdir(parents=True)
    (place / "mine.txt").write_text("mine")
    with pytest.raises(Refusal) as refused:
        add(repository, 1, "factory/001", base(repository))
    assert refused.value.code == "EXISTS"
    assert (place / "mine.txt").read_text() == "mine"


def test_a_branch_named_like_an_option_is_refused(repository: Repository) -> None:
    before = git(repository.root, "worktree", "list")
    for name in ("--force", "-B"):
        with pytest.raises(Refusal):
            add(repository, 1, name, base(repository))
    assert git(repository.root, "worktree", "list") == before
    assert not (repository.root / ".factory").exists()


def test_a_branch_that_is_checked_out_elsewhere_is_told_in_gits_words(repository: Repository) -> None:
    with pytest.raises(Refusal) as refused:
        add(repository, 1, "main", base(repository))
    assert refused.value.untrusted is not None
    assert "already checked out" in refused.value.untrusted[1]


def test_removing_leaves_nothing_but_the_branch_and_can_be_repeated(repository: Repository) -> None:
    place = add(repository, 1, "factory/001", base(repository))
    (place / "leftover.txt").write_text("captured by then")
    remove(repository, place)
    remove(repository, place)
    assert list(place.parent.iterdir()) == []
    assert len(listing(repository)) == 1
    assert git(repository.root, "rev-parse", "factory/001") == base(repository)


def test_only_a_linked_worktree_can_be_removed(repository: Repository, tmp_path: Path) -> None:
    for path in (repository.root, tmp_path):
        with pytest.raises(Refusal) as refused:
            remove(repository, path)
        assert refused.value.code == "UNKNOWN_ID"
    assert (repository.root / "a.txt").exists()


def test_a_forged_git_file_in_a_worktree_leads_nowhere(repository: Repository, tmp_path: Path) -> None:
    place = add(repository, 1, "factory/001", base(repository))
    other = make_repository(tmp_path / "other", {"evil.txt": "evil\n"})
    (place / ".git").write_text(f"gitdir: {other}/.git\n")
    assert find(repository, place).git.text("rev-parse", "HEAD") == base(repository)


def test_a_folder_that_is_no_worktree_is_not_found(repository: Repository, tmp_path: Path) -> None:
    with pytest.raises(Refusal) as refused:
        find(repository, tmp_path)
    assert refused.value.code == "UNKNOWN_ID"
