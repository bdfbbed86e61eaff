"""Bringing a candidate up to date without a checkout, and handing conflicts to a builder."""

from pathlib import Path

import pytest

from state.errors import Refusal
from tests.support.repositories import commit, git, make_repository
from tools.engine.repository.capture import capture
from tools.engine.repository.location import Repository, locate
from tools.engine.repository.merging import Clean, Conflicts, bring_up_to_date, is_ancestor, merge_commit, write_conflicts
from tools.engine.repository.worktrees import add

BRANCH = "factory/001"
ODD = "line\nend ü.txt"


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return locate(make_repository(tmp_path / "project", {"a.txt": "1\n2\n3\n4\n5\n", ODD: "odd\n"}))


@pytest.fixture
def place(repository: Repository) -> Path:
    return add(repository, 1, BRANCH, "main")


def test_two_sides_that_agree_merge_into_one_tree(repository: Repository, place: Path) -> None:
    candidate = commit(place, {"a.txt": "ONE\n2\n3\n4\n5\n"}, "ours")
    target = commit(repository.root, {"a.txt": "1\n2\n3\n4\nFIVE\n"}, "theirs")
    before = git(repository.root, "for-each-ref")
    merged = bring_up_to_date(repository, candidate, target)
    assert isinstance(merged, Clean)
    assert git(repository.root, "show", f"{merged.tree}:a.txt") == "ONE\n2\n3\n4\nFIVE"
    made = merge_commit(repository, merged.tree, [target, candidate], "merge")
    assert git(repository.root, "rev-parse", f"{made}^1", f"{made}^2").split() == [target, candidate]
    assert is_ancestor(repository, candidate, made)
    assert not is_ancestor(repository, made, candidate)
    assert git(repository.root, "for-each-ref") == before


def test_conflicts_are_named_and_put_into_the_worktree_for_the_builder(repository: Repository, place: Path) -> None:
    candidate = commit(place, {"a.txt": "1\n2\nOURS\n4\n5\n", ODD: "ours\n", "only ours.txt": "x\n"}, "ours")
    target = commit(repository.root, {"a.txt": "1\n2\nTHEIRS\n4\n5\n", ODD: "theirs\n", "only theirs.txt": "y\n"}, "theirs")
    merged = bring_up_to_date(repository, candidate, target)
    assert isinstance(merged, Conflicts)
    assert set(merged.paths) == {"a.txt", ODD}
    for _ in range(2):
        write_conflicts(repository, place, merged.tree)
        text = (place / "a.txt").read_text()
        assert text.startswith("1\n2\n<<<<<<< ")
        assert "OURS\n=======\nTHEIRS\n>>>>>>> " in text
        assert (place / "only theirs.txt").read_text() == "y\n"
    (place / "a.txt").write_text("1\n2\nBOTH\n4\n5\n")
    (place / ODD).write_text("both\n")
    captured = capture(repository, place, BRANCH, "resolved", extra_parent=target)
    assert is_ancestor(repository, target, captured.commit)
    assert isinstance(bring_up_to_date(repository, captured.commit, target), Clean)


def test_a_file_deleted_on_one_side_and_changed_on_the_other_is_a_conflict(repository: Repository, place: Path) -> None:
    (place / "a.txt").unlink()
    candidate = commit(place, {}, "deleted")
    target = commit(repository.root, {"a.txt": "changed\n"}, "changed")
    merged = bring_up_to_date(repository, candidate, target)
    assert isinstance(merged, Conflicts)
    assert merged.paths == ("a.txt",)


def test_conflicts_do_not_overwrite_edits_that_nobody_captured(repository: Repository, place: Path) -> None:
    candidate = commit(place, {"a.txt": "ours\n"}, "ours")
    target = commit(repository.root, {"a.txt": "theirs\n"}, "theirs")
    merged = bring_up_to_date(repository, candidate, target)
    (place / "a.txt").write_text("edited since\n")
    with pytest.raises(Refusal) as refused:
        write_conflicts(repository, place, merged.tree)
    assert refused.value.code == "NO_CANDIDATE"
    assert (place / "a.txt").read_text() == "edited since\n"


def test_histories_without_a_common_commit_are_refused(repository: Repository) -> None:
    git(repository.root, "switch", "-q", "--orphan", "island")
    island = commit(repository.root, {"b.txt": "b\n"}, "island")
    with pytest.raises(Refusal, match="cannot merge") as refused:
        bring_up_to_date(repository, island, "main")
    assert refused.value.code == "CONFLICT"
    assert refused.value.untrusted == ("git", "fatal: refusing to merge unrelated histories")


def test_a_revision_that_is_an_option_is_refused(repository: Repository) -> None:
    with pytest.raises(Refusal):
        bring_up_to_date(repository, "--stdin", "main")


def test_a_program_that_is_named_for_merging_does_not_run_and_lines_are_merged_as_usual(tmp_path: Path) -> None:
    root = make_repository(tmp_path / "project", {"a.txt": "one\ntwo\nthree\nfour\nfive\n", ".gitattributes": "*.txt merge=mine\n"})
    git(root, "config", "merge.mine.driver", f"touch {tmp_path}/ran; false %O %A %B")
    git(root, "switch", "-q", "-c", "side")
    side = commit(root, {"a.txt": "ONE\ntwo\nthree\nfour\nfive\n"}, "side")
    git(root, "switch", "-q", "main")
    target = commit(root, {"a.txt": "one\ntwo\nthree\nfour\nFIVE\n"}, "main")
    merged = bring_up_to_date(locate(root), side, target)
    assert isinstance(merged, Clean)
    assert git(root, "show", f"{merged.tree}:a.txt") == "ONE\ntwo\nthree\nfour\nFIVE"
    clashing = commit(root, {"a.txt": "eins\ntwo\nthree\nfour\nFIVE\n"}, "clash")
    clash = bring_up_to_date(locate(root), side, clashing)
    assert isinstance(clash, Conflicts)
    assert clash.paths == ("a.txt",)
    assert "<<<<<<< " in git(root, "show", f"{clash.tree}:a.txt")
    assert not (tmp_path / "ran").exists()
