"""What of a candidate's history comes into the target's: its tree, and the commits that a builder made."""

from pathlib import Path

import pytest

from tests.support.repositories import commit, git, make_repository
from tools.engine.repository.location import Repository, locate
from tools.engine.repository.merging import merge_commit
from tools.engine.repository.objects import tree_of
from tools.engine.repository.squashing import squashed

OURS = ("Experiment 1: Try it\n\nCandidate.\n", "Experiment 1: merge main\n")
CAPTURE, MERGE = (message.strip() for message in OURS)


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return locate(make_repository(tmp_path / "project", {"a.txt": "1\n"}))


def test_an_edit_that_was_taken_back_is_in_no_commit_of_the_squashed_candidate(repository: Repository) -> None:
    base = git(repository.root, "rev-parse", "HEAD")
    commit(repository.root, {"a.txt": "a secret\n"}, CAPTURE)
    candidate = commit(repository.root, {"a.txt": "2\n"}, CAPTURE)
    found = squashed(repository, base, candidate, OURS)
    assert git(repository.root, "rev-parse", f"{found}^") == base
    assert tree_of(repository, found) == tree_of(repository, candidate)
    assert git(repository.root, "log", "-1", "--format=%B", found).strip() == CAPTURE
    assert "a secret" not in git(repository.root, "log", "-p", f"{base}..{found}")


def test_a_candidate_that_was_captured_once_is_itself(repository: Repository) -> None:
    base = git(repository.root, "rev-parse", "HEAD")
    candidate = commit(repository.root, {"a.txt": "2\n"}, CAPTURE)
    assert squashed(repository, base, candidate, OURS) == candidate


def test_commits_of_the_builders_own_stay_with_all_beneath_them(repository: Repository) -> None:
    base = git(repository.root, "rev-parse", "HEAD")
    own = commit(repository.root, {"a.txt": "2\n"}, "Say two, for a reason")
    assert squashed(repository, base, own, OURS) == own
    commit(repository.root, {"a.txt": "3\n"}, CAPTURE)
    candidate = commit(repository.root, {"a.txt": "4\n"}, CAPTURE)
    found = squashed(repository, base, candidate, OURS)
    assert git(repository.root, "rev-list", f"{base}..{found}").split() == [found, own]


def test_a_candidate_that_took_the_target_in_stands_on_the_targets_newest_commit(repository: Repository) -> None:
    first = git(repository.root, "rev-parse", "HEAD")
    captured = commit(repository.root, {"a.txt": "2\n"}, CAPTURE)
    git(repository.root, "checkout", "-q", "--detach", first)
    base = commit(repository.root, {"b.txt": "theirs\n"}, "theirs")
    merged = merge_commit(repository, tree_of(repository, captured), (captured, base), MERGE)
    found = squashed(repository, base, merged, OURS)
    assert git(repository.root, "rev-list", f"{base}..{found}").split() == [found]
    assert tree_of(repository, found) == tree_of(repository, merged)
