"""Finding a repository, what it stands on, and its target branch; names from outside are never options."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings, strategies

from state.errors import Refusal
from tests.support.repositories import commit, git, git_process, make_repository
from tools.engine.repository.location import Head, Repository, head, locate, operation_in_progress, require_branch, resolve, target_branch, tip


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return make_repository(tmp_path / "project", {"a.txt": "a\n", "sub/folder/b.txt": "b\n"})


def refusal(path: Path) -> Refusal:
    with pytest.raises(Refusal) as refused:
        locate(path)
    return refused.value


def test_a_subfolder_leads_to_the_top(root: Path) -> None:
    assert locate(root / "sub/folder") == locate(root) == Repository(root, root / ".git")


def test_a_linked_worktree_leads_to_the_main_checkout(root: Path, tmp_path: Path) -> None:
    git(root, "worktree", "add", "-q", str(tmp_path / "linked"))
    assert locate(tmp_path / "linked" / "sub") == Repository(root, root / ".git")


def test_a_path_with_odd_characters_is_found(tmp_path: Path) -> None:
    root = make_repository(tmp_path / "with space ü\u2028", {"a.txt": "a\n"})
    assert locate(root).root == root


def test_a_symlink_to_a_project_leads_to_the_project(root: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(root)
    assert locate(tmp_path / "link").root == root


def test_no_folder_and_no_repository_are_no_project(tmp_path: Path) -> None:
    assert refusal(tmp_path / "nowhere").code == "NO_PROJECT"
    missing = refusal(tmp_path)
    assert missing.code == "NO_PROJECT"
    assert "git init" in missing.expected


def test_a_bare_repository_is_refused_with_the_command_that_mends_it(root: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "-q", "--bare", str(root), "bare")
    refused = refusal(tmp_path / "bare")
    assert refused.code == "UNSUPPORTED_REPO"
    assert "git clone" in refused.expected


def test_a_worktree_of_a_bare_repository_is_refused_as_bare(root: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "-q", "--bare", str(root), "outer/.git")
    git(tmp_path / "outer", "worktree", "add", "-q", str(tmp_path / "linked"), "main")
    refused = refusal(tmp_path / "linked")
    assert refused.code == "UNSUPPORTED_REPO"
    assert "bare" in refused.what


def test_the_git_folder_itself_is_refused(root: Path) -> None:
    assert refusal(root / ".git").code == "UNSUPPORTED_REPO"


def test_a_repository_without_a_commit_is_refused_with_the_command_that_mends_it(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "empty")
    refused = refusal(tmp_path / "empty")
    assert refused.code == "UNSUPPORTED_REPO"
    assert "git commit" in refused.expected


def test_a_submodule_is_a_repository_of_its_own(root: Path, tmp_path: Path) -> None:
    outer = make_repository(tmp_path / "outer", {"c.txt": "c\n"})
    git(outer, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(root), "inner")
    repository = locate(outer / "inner" / "sub")
    assert repository == Repository(outer / "inner", outer / ".git/modules/inner")
    assert head(repository).commit == git(root, "rev-parse", "HEAD")


def test_a_detached_head_has_no_branch(root: Path) -> None:
    repository, first = locate(root), git(root, "rev-parse", "HEAD")
    assert head(repository) == Head("main", first)
    assert require_branch(repository) == "main"
    git(root, "switch", "-q", "--detach")
    assert head(repository) == Head(None, first)
    with pytest.raises(Refusal, match="detached") as refused:
        require_branch(repository)
    assert refused.value.code == "UNSUPPORTED_REPO"


def test_the_target_is_main_then_the_remotes_then_the_current_branch(root: Path, tmp_path: Path) -> None:
    git(root, "switch", "-q", "-c", "feature")
    assert target_branch(locate(root), None) == "main"
    git(root, "branch", "-q", "-m", "main", "trunk")
    assert target_branch(locate(root), None) == "feature"
    git(root, "switch", "-q", "trunk")
    git(tmp_path, "clone", "-q", str(root), "clone")
    clone = locate(tmp_path / "clone")
    git(clone.root, "switch", "-q", "-c", "feature")
    assert target_branch(clone, None) == "trunk"
    git(clone.root, "branch", "-q", "-D", "trunk")
    assert target_branch(clone, None) == "feature"


def test_a_configured_target_must_exist(root: Path) -> None:
    git(root, "branch", "develop")
    assert target_branch(locate(root), "develop") == "develop"
    with pytest.raises(Refusal, match="no branch 'deploy'") as refused:
        target_branch(locate(root), "deploy")
    assert refused.value.code == "BAD_CONFIG"


@pytest.mark.parametrize("name", ["--force", "-d", "", "a..b", "a b", "/a", "a.lock", "@{-1}", "a\0b", "a\nb", "\ud800", "refs/../x", "HEAD^"])
def test_what_is_no_branch_name_is_refused_and_changes_nothing(root: Path, name: str) -> None:
    before = git(root, "for-each-ref")
    with pytest.raises(Refusal) as refused:
        tip(locate(root), name)
    assert refused.value.code == "BAD_CONFIG"
    assert git(root, "for-each-ref") == before


@pytest.mark.parametrize("revision", ["--all", "-h", "nowhere", "", "HEAD:a.txt", "a\0b", "\ud800", "ext::sh -c true", "HEAD --"])
def test_what_names_no_commit_is_refused(root: Path, revision: str) -> None:
    with pytest.raises(Refusal) as refused:
        resolve(locate(root), revision)
    assert refused.value.code == "BAD_ARGUMENTS"


def test_a_commit_is_found_by_id_tag_and_branch(root: Path) -> None:
    first = git(root, "rev-parse", "HEAD")
    git(root, "tag", "-a", "-m", "tag", "v1")
    commit(root, {}, "second")
    repository = locate(root)
    assert resolve(repository, first[:10]) == resolve(repository, "v1") == resolve(repository, "main~1") == first


@given(text=strategies.text(max_size=40))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_text_from_outside_is_taken_for_an_option_or_breaks_the_runner(root: Path, text: str) -> None:
    with pytest.raises(Refusal):
        tip(locate(root), f"-{text}")
    with pytest.raises(Refusal):
        resolve(locate(root), f"--{text}")


def test_operations_in_progress_are_named(root: Path) -> None:
    assert operation_in_progress(root / ".git") is None
    git(root, "branch", "other")
    commit(root, {"a.txt": "ours\n"}, "ours")
    git(root, "switch", "-q", "other")
    commit(root, {"a.txt": "theirs\n"}, "theirs")
    for operation in ("merge", "rebase", "cherry-pick"):
        assert git_process(root, operation, "main").returncode != 0
        assert operation_in_progress(root / ".git") == operation
        git(root, operation, "--abort")
    git(root, "bisect", "start")
    assert operation_in_progress(root / ".git") == "bisect"
