"""Branches become backups, and no commit is ever lost on the way."""

from pathlib import Path

import pytest

from state.errors import Refusal
from tests.support.repositories import commit, git, make_repository
from tools.engine.repository.backup import Backup, backup, keep_ref
from tools.engine.repository.location import Repository, locate

BRANCH = "factory/001"


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return locate(make_repository(tmp_path / "project", {"a.txt": "a\n"}))


def branch_with(repository: Repository, text: str, start: str = "main") -> str:
    git(repository.root, "switch", "-q", "-C", BRANCH, start)
    made = commit(repository.root, {"a.txt": text}, text)
    git(repository.root, "switch", "-q", "main")
    return made


def refs(repository: Repository) -> dict[str, str]:
    lines = git(repository.root, "for-each-ref", "--format=%(refname) %(objectname)").split("\n")
    return {name: commit for name, _, commit in (line.partition(" ") for line in lines) if name != "refs/heads/main"}


def test_a_branch_becomes_a_backup_and_asking_again_changes_nothing(repository: Repository) -> None:
    made = branch_with(repository, "first")
    for _ in range(2):
        assert backup(repository, BRANCH, 1) == Backup("refs/factory/backup/001", made, removed=True)
        assert refs(repository) == {"refs/factory/backup/001": made}


def test_a_branch_that_went_on_moves_its_backup_forward(repository: Repository) -> None:
    first = branch_with(repository, "first")
    backup(repository, BRANCH, 1)
    second = branch_with(repository, "second", first)
    assert backup(repository, BRANCH, 1).ref == "refs/factory/backup/001"
    assert refs(repository) == {"refs/factory/backup/001": second}


def test_a_branch_that_came_back_with_other_commits_gets_a_backup_of_its_own(repository: Repository) -> None:
    first = branch_with(repository, "first")
    backup(repository, BRANCH, 1)
    second = branch_with(repository, "second")
    assert backup(repository, BRANCH, 1).ref == "refs/factory/backup/001-2"
    assert refs(repository) == {"refs/factory/backup/001": first, "refs/factory/backup/001-2": second}


def test_a_branch_that_a_checkout_stands_on_is_backed_up_and_stays(repository: Repository) -> None:
    made = branch_with(repository, "first")
    git(repository.root, "switch", "-q", BRANCH)
    assert backup(repository, BRANCH, 1) == Backup("refs/factory/backup/001", made, removed=False)
    assert refs(repository) == {"refs/factory/backup/001": made, f"refs/heads/{BRANCH}": made}


def test_what_was_never_there_is_refused(repository: Repository) -> None:
    with pytest.raises(Refusal) as refused:
        backup(repository, BRANCH, 1)
    assert refused.value.code == "UNKNOWN_ID"


def test_a_locked_branch_loses_nothing_and_gains_no_backup(repository: Repository) -> None:
    made = branch_with(repository, "first")
    lock = repository.common / f"refs/heads/{BRANCH}.lock"
    lock.touch()
    with pytest.raises(Refusal) as refused:
        backup(repository, BRANCH, 1)
    assert refused.value.code == "BUSY"
    lock.unlink()
    assert refs(repository) == {f"refs/heads/{BRANCH}": made}


def test_a_kept_commit_has_a_ref_and_a_replaced_one_a_backup(repository: Repository) -> None:
    first, second = branch_with(repository, "first"), branch_with(repository, "second")
    git(repository.root, "branch", "-q", "-D", BRANCH)
    for _ in range(2):
        assert keep_ref(repository, 1, first) == "refs/factory/kept/001"
        assert refs(repository) == {"refs/factory/kept/001": first}
    keep_ref(repository, 1, second)
    assert refs(repository) == {"refs/factory/kept/001": second, "refs/factory/backup/001-kept": first}
