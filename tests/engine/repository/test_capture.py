"""A candidate is what stands in the worktree, taken without asking the builder's index, hooks or commits."""

from pathlib import Path

import pytest

from state.errors import Refusal
from tests.support.repositories import commit, git, git_process, make_repository, write_files
from tools.engine.repository.capture import Captured, capture, preview
from tools.engine.repository.location import Repository, locate
from tools.engine.repository.worktrees import add, find

BRANCH = "factory/001"


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    files = {"a.txt": "a\n", "gone.txt": "gone\n", "old name.txt": "the same content\n" * 5, "run.sh": "#!/bin/sh\n", ".gitignore": "*.log\ncache/\n"}
    return locate(make_repository(tmp_path / "project", files))


@pytest.fixture
def place(repository: Repository) -> Path:
    return add(repository, 1, BRANCH, "main")


def take(repository: Repository, place: Path) -> Captured:
    captured = capture(repository, place, BRANCH, "candidate")
    assert git(repository.root, "rev-parse", BRANCH) == captured.commit
    assert git(place, "status", "--porcelain") == ""
    assert not list(find(repository, place).git_dir.glob("factory-*"))
    return captured


def test_everything_that_was_edited_is_taken_and_the_worktree_is_clean_afterwards(repository: Repository, place: Path) -> None:
    base = git(place, "rev-parse", "HEAD")
    (place / "a.txt").write_text("edited\n")
    (place / "gone.txt").unlink()
    (place / "old name.txt").rename(place / "new name.txt")
    (place / "run.sh").chmod(0o755)
    (place / "link").symlink_to("a.txt")
    write_files(place, {"deep/line\nend ü.txt": "odd\n"})
    captured = take(repository, place)
    assert captured.created
    assert sorted(captured.taken) == ["a.txt", "deep/line\nend ü.txt", "gone.txt", "link", "new name.txt", "old name.txt", "run.sh"]
    assert git(place, "rev-parse", "HEAD^") == base
    assert git(place, "ls-tree", "HEAD", "run.sh", "link").replace("\t", " ").split()[::4] == ["120000", "100755"]


def test_a_preview_is_the_tree_that_a_capture_takes_and_moves_nothing(repository: Repository, place: Path) -> None:
    (place / "a.txt").write_text("edited\n")
    (place / "new.txt").write_text("new\n")
    before = git(place, "status", "--porcelain"), git(repository.root, "for-each-ref")
    tree = preview(repository, place)
    assert (git(place, "status", "--porcelain"), git(repository.root, "for-each-ref")) == before
    assert take(repository, place).tree == tree
    assert preview(repository, place) == tree


def test_without_an_edit_no_commit_is_made(repository: Repository, place: Path) -> None:
    captured = take(repository, place)
    assert captured == Captured(git(place, "rev-parse", "main"), git(place, "rev-parse", "main^{tree}"), (), (), created=False)
    (place / "a.txt").write_text("edited\n")
    first = take(repository, place)
    assert take(repository, place) == Captured(first.commit, first.tree, (), (), created=False)


def test_commits_of_the_builder_stay_beneath(repository: Repository, place: Path) -> None:
    mine = commit(place, {"a.txt": "committed\n"}, "by the builder")
    assert not take(repository, place).created
    (place / "a.txt").write_text("edited after\n")
    captured = take(repository, place)
    assert git(place, "rev-parse", f"{captured.commit}^") == mine


def test_ignored_files_are_left_out_and_named_up_to_twenty(repository: Repository, place: Path) -> None:
    write_files(place, {f"{number:02}.log": "log" for number in range(30)} | {"cache/one": "1", "cache/two": "2", "a.txt": "edited\n"})
    captured = take(repository, place)
    assert captured.taken == ("a.txt",)
    assert len(captured.ignored) == 20
    assert "00.log" in captured.ignored
    assert set(captured.ignored) <= {f"{number:02}.log" for number in range(30)} | {"cache/"}


def test_what_the_builder_staged_does_not_decide(repository: Repository, place: Path) -> None:
    (place / "a.txt").write_text("staged\n")
    git(place, "add", "a.txt")
    (place / "a.txt").write_text("on disk\n")
    (place / "forced.log").write_text("forced\n")
    git(place, "add", "-f", "forced.log")
    captured = take(repository, place)
    assert sorted(captured.taken) == ["a.txt", "forced.log"]
    assert git(place, "show", "HEAD:a.txt") == "on disk"


def test_a_failing_hook_has_no_say(repository: Repository, place: Path) -> None:
    for name in ("pre-commit", "commit-msg", "post-index-change", "reference-transaction"):
        hook = repository.common / "hooks" / name
        hook.write_text("#!/bin/sh\nexit 1\n")
        hook.chmod(0o755)
    (place / "a.txt").write_text("edited\n")
    assert capture(repository, place, BRANCH, "candidate").created


def test_the_persons_checkout_is_not_touched(repository: Repository, place: Path) -> None:
    (repository.root / "a.txt").write_text("mine\n")
    index = (repository.common / "index").read_bytes()
    (place / "a.txt").write_text("edited\n")
    take(repository, place)
    assert (repository.common / "index").read_bytes() == index
    assert (repository.root / "a.txt").read_text() == "mine\n"
    assert git(repository.root, "branch", "--show-current") == "main"


def test_a_worktree_on_another_branch_is_refused_with_the_way_back(repository: Repository, place: Path) -> None:
    (place / "a.txt").write_text("edited\n")
    git(place, "switch", "-q", "-c", "own-idea")
    with pytest.raises(Refusal, match="own-idea") as refused:
        capture(repository, place, BRANCH, "candidate")
    assert refused.value.code == "NO_CANDIDATE"
    assert f"switch {BRANCH}" in refused.value.expected
    git(place, "switch", "-q", "--detach")
    with pytest.raises(Refusal, match="detached"):
        capture(repository, place, BRANCH, "candidate")
    git(place, "switch", "-q", BRANCH)
    assert take(repository, place).taken == ("a.txt",)


def test_a_merge_in_progress_in_the_worktree_is_refused(repository: Repository, place: Path) -> None:
    commit(repository.root, {"a.txt": "theirs\n"}, "theirs")
    commit(place, {"a.txt": "ours\n"}, "ours")
    assert git_process(place, "merge", "main").returncode != 0
    with pytest.raises(Refusal, match="merge is in progress") as refused:
        capture(repository, place, BRANCH, "candidate")
    assert refused.value.code == "NO_CANDIDATE"


def test_a_second_parent_is_recorded_once(repository: Repository, place: Path) -> None:
    theirs = commit(repository.root, {"a.txt": "theirs\n"}, "theirs")
    (place / "a.txt").write_text("theirs\n")
    captured = capture(repository, place, BRANCH, "merged", extra_parent=theirs)
    assert git(place, "rev-parse", f"{captured.commit}^2") == theirs
    assert not capture(repository, place, BRANCH, "merged", extra_parent=theirs).created


def test_a_locked_index_is_somebody_elses_and_nothing_is_committed(repository: Repository, place: Path) -> None:
    (place / "a.txt").write_text("edited\n")
    lock = find(repository, place).git_dir / "index.lock"
    lock.touch()
    before = git(repository.root, "rev-parse", BRANCH)
    with pytest.raises(Refusal) as refused:
        capture(repository, place, BRANCH, "candidate")
    assert refused.value.code == "BUSY"
    assert git(repository.root, "rev-parse", BRANCH) == before
    assert lock.exists()


def test_a_lock_left_by_a_killed_capture_is_cleared(repository: Repository, place: Path) -> None:
    (place / "a.txt").write_text("edited\n")
    git_dir = find(repository, place).git_dir
    (git_dir / "factory-lock-dead").touch()
    (git_dir / "index.lock").hardlink_to(git_dir / "factory-lock-dead")
    (git_dir / "factory-index-dead").touch()
    assert take(repository, place).created


def test_files_that_git_cannot_take_are_refused_in_its_words(repository: Repository, place: Path) -> None:
    git(place, "init", "-q", "inner")
    with pytest.raises(Refusal) as refused:
        capture(repository, place, BRANCH, "candidate")
    assert refused.value.code == "NO_CANDIDATE"
    assert refused.value.untrusted is not None
    assert "inner" in refused.value.untrusted[1]


def test_a_worktree_without_an_index_is_taken_as_it_stands(repository: Repository, place: Path) -> None:
    (find(repository, place).git_dir / "index").unlink()
    (place / "a.txt").write_text("edited\n")
    assert take(repository, place).taken == ("a.txt",)


def test_a_forged_git_file_does_not_lead_the_capture_into_another_repository(repository: Repository, place: Path, tmp_path: Path) -> None:
    other = make_repository(tmp_path / "other", {"evil.txt": "evil\n"})
    refs = git(other, "for-each-ref")
    (place / ".git").write_text(f"gitdir: {other}/.git\n")
    (place / "a.txt").write_text("edited\n")
    captured = capture(repository, place, BRANCH, "candidate")
    assert captured.taken == ("a.txt",)
    assert git(repository.root, "rev-parse", BRANCH) == captured.commit
    assert git(other, "for-each-ref") == refs
    assert git(other, "status", "--porcelain") == ""
