"""The runner of git: what it hands on, what it keeps away, and how a failure is told."""

from pathlib import Path

import pytest

from state.errors import Refusal
from tests.support.repositories import commit, git, make_repository
from tools.engine.repository import capture, changes, landing, location, merging, worktrees
from tools.engine.repository.git import Git, GitFailed, decode, encode
from tools.engine.repository.outcome import Landed, Landing


def plant_canaries(root: Path, canary: Path) -> None:
    """Make every program that a repository can name leave a trace when it runs."""
    program = root.parent / "canary.sh"
    program.write_text(f'#!/bin/sh\necho "$0 $*" >> "{canary}"\nexit 1\n')
    program.chmod(0o755)
    hooks = root / ".git" / "hooks"
    hooks.mkdir(exist_ok=True)
    for hook in (
        "pre-commit",
        "commit-msg",
        "prepare-commit-msg",
        "post-commit",
        "post-checkout",
        "reference-transaction",
        "post-index-change",
        "pre-push",
    ):
        (hooks / hook).symlink_to(program)
    settings = {
        "core.hooksPath": str(hooks),
        "core.fsmonitor": str(program),
        "diff.external": str(program),
        "diff.canary.textconv": str(program),
        "diff.canary.command": str(program),
        "gpg.program": str(program),
        "commit.gpgsign": "true",
        "log.showSignature": "true",
        "core.pager": str(program),
        "core.editor": str(program),
        "alias.ls-tree": f"!{program}",
        "pager.log": "true",
    }
    (root / ".git" / "info").mkdir(exist_ok=True)
    (root / ".git" / "info" / "attributes").write_text("*.txt diff=canary\n")
    for name, value in settings.items():
        git(root, "config", name, value)


def test_no_program_named_by_the_repository_runs_in_a_whole_experiment(tmp_path: Path) -> None:
    root = make_repository(tmp_path / "project", {"a.txt": "a\n"})
    canary = tmp_path / "canary-ran"
    plant_canaries(root, canary)
    repository = location.locate(root)
    base = location.tip(repository, "main")
    place = worktrees.add(repository, 1, "factory/001", base)
    (place / "a.txt").write_text("changed\n")
    captured = capture.capture(repository, place, "factory/001", "candidate")
    assert captured.created
    assert "changed" in changes.patch_text(repository, base, captured.commit, 1000).text
    assert list(changes.changed_lines(repository, base, captured.commit)) == ["a.txt"]
    new = merging.merge_commit(repository, captured.tree, [base, captured.commit], "merge")
    assert landing.land(repository, Landing("refs/heads/main", base, new)) == Landed("followed", root)
    worktrees.remove(repository, place)
    assert not canary.exists(), canary.read_text()


def test_git_variables_of_our_own_environment_have_no_effect(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = make_repository(tmp_path / "project", {"a.txt": "a\n"})
    other = make_repository(tmp_path / "other", {"b.txt": "b\n"})
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(other))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "index"))
    repository = location.locate(root)
    assert repository.root == root
    place = worktrees.add(repository, 1, "factory/001", location.tip(repository, "main"))
    (place / "new.txt").write_text("new\n")
    capture.capture(repository, place, "factory/001", "candidate")
    monkeypatch.undo()
    assert git(root, "ls-tree", "--name-only", "factory/001").split() == ["a.txt", "new.txt"]
    assert git(other, "branch", "--list").split() == ["*", "main"]


def test_commits_are_made_by_the_factory_whoever_is_configured(tmp_path: Path) -> None:
    root = make_repository(tmp_path / "project", {"a.txt": "a\n"})
    git(root, "config", "user.name", "Somebody")
    repository = location.locate(root)
    made = merging.merge_commit(repository, git(root, "rev-parse", "HEAD^{tree}"), [git(root, "rev-parse", "HEAD")], "a message\n\nwith ü")
    assert git(root, "log", "-1", "--format=%an <%ae> %cn <%ce>", made) == "re:factory <refactory@localhost> re:factory <refactory@localhost>"
    assert git(root, "log", "-1", "--format=%B", made).rstrip() == "a message\n\nwith ü"


def test_replace_refs_do_not_change_what_is_read(tmp_path: Path) -> None:
    root = make_repository(tmp_path / "project", {"a.txt": "true\n"})
    first = git(root, "rev-parse", "HEAD")
    git(root, "replace", first, commit(root, {"a.txt": "forged\n"}, "second"))
    assert git(root, "show", f"{first}:a.txt") == "forged"
    assert location.locate(root).git.text("show", f"{first}:a.txt") == "true"


def test_a_failure_carries_gits_own_words(tmp_path: Path) -> None:
    root = make_repository(tmp_path / "project", {"a.txt": "a\n"})
    with pytest.raises(GitFailed) as failed:
        Git(root).text("rev-parse", "--verify", "nowhere")
    assert failed.value.exit_code == 128
    assert failed.value.stderr == "fatal: Needed a single revision"
    with pytest.raises(GitFailed):
        Git(root).ok("merge-base", "--is-ancestor", "nowhere", "HEAD")


def test_without_git_the_refusal_names_what_is_needed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Refusal) as refused:
        location.locate(tmp_path)
    assert refused.value.code == "UNSUPPORTED_REPO"
    assert refused.value.expected == "git 2.38 or later"


def test_a_git_that_is_too_old_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = tmp_path / "git"
    old.write_text("#!/bin/sh\necho git version 2.30.9\n")
    old.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    with pytest.raises(Refusal, match=r"2\.30\.9 is too old"):
        location.locate(tmp_path)


def test_a_git_that_hangs_is_ended_and_said_to_be_busy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    slow = tmp_path / "git"
    slow.write_text("#!/bin/sh\nexec sleep 600\n")
    slow.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    with pytest.raises(Refusal) as refused:
        Git(tmp_path).text("status", timeout=0.2)
    assert refused.value.code == "BUSY"


def test_names_that_are_not_text_survive_the_way_there_and_back() -> None:
    assert encode(decode(b"caf\xe9\xff")) == b"caf\xe9\xff"
