"""`refactory clean`: what experiments left over is listed, and taken away only when asked; nothing of a person's is."""

import json
from pathlib import Path

import pytest

from mcp_server.commands import clean
from state.landings import LandingDone, LandingIntended
from state.store import Store
from state.views import compare
from tests.support.repositories import commit, git, make_repository
from tests.support.stores import append, append_all, begun, cycle_started, verdict
from tools.engine.repository.location import locate
from tools.engine.upkeep.refs import missing_refs


@pytest.fixture
def project(tmp_path: Path, home: Path) -> Path:
    """Three experiments: one reverted and left as a crash leaves it, one open, one landed; beside them a worktree and a branch of the person's."""
    del home
    root = make_repository(tmp_path / "project", {"a.txt": "a\n", ".gitignore": ".factory/\n"})
    base = git(root, "rev-parse", "main")
    store = Store(root / ".git" / "refactory")
    append(store, cycle_started())
    for number in (1, 2, 3):
        place = root / ".factory" / "worktrees" / f"{number:03d}"
        git(root, "worktree", "add", "-q", "-b", f"factory/{number:03d}", str(place), "main")
        commit(place, {"a.txt": f"{number}\n"}, f"Experiment {number}: try\n\nCandidate.\n")
        payloads = begun(number)
        started = payloads[1].model_copy(update={"worktree": str(place), "base": base})
        append_all(store, [payloads[0], started, *payloads[2:]])
    append(store, verdict(1))
    append(store, verdict(3, "keep", "It gains."))
    intent = append(store, LandingIntended(purpose="experiment", experiment=3, ref="refs/heads/main", old=base, new=base))
    append(store, LandingDone(intent=intent.seq, outcome="landed", experiment=3, commit=base))
    store.close()
    git(root, "worktree", "add", "-q", "-b", "mine", str(tmp_path / "mine"), "main")
    git(root, "branch", "factory/idea-of-mine", "main")
    return root


def said(project: Path, capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert clean.main(["--project", str(project), *arguments]) == 0
    return capsys.readouterr().out


def refs(project: Path) -> str:
    return git(project, "for-each-ref", "--format=%(refname)")


def test_a_preview_lists_what_why_and_how_large_and_changes_nothing(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = refs(project), git(project, "worktree", "list")
    lines = said(project, capsys).splitlines()
    assert [line.split()[0] for line in lines[:-1]] == ["worktree", "branch", "worktree", "branch"]
    assert ".factory/worktrees/001: experiment 1 is reverted" in lines[0]
    assert "1 commit  factory/001: experiment 1 is reverted" in lines[1]
    assert lines[-1].startswith("4 may go (")
    assert (refs(project), git(project, "worktree", "list")) == before
    listed = json.loads(said(project, capsys, "--json"))
    assert [(item["kind"], item["experiment"]) for item in listed["stale"]] == [("worktree", 1), ("branch", 1), ("worktree", 3), ("branch", 3)]
    assert all(item["size"] > 0 for item in listed["stale"])


def test_it_takes_away_after_capturing_edits_and_touches_nothing_else(project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / ".factory/worktrees/001/new.txt").write_text("never captured\n", encoding="utf-8")
    (project / "draft.txt").write_text("mine\n", encoding="utf-8")
    said(project, capsys, "--apply")
    assert git(project, "show", "refs/factory/backup/001:new.txt") == "never captured"
    assert git(project, "show", "refs/factory/backup/003:a.txt") == "3"
    assert not (project / ".factory/worktrees/001").exists()
    heads = git(project, "for-each-ref", "--format=%(refname:short)", "refs/heads").splitlines()
    assert heads == ["factory/002", "factory/idea-of-mine", "main", "mine"]
    assert (project / ".factory/worktrees/002/a.txt").read_text(encoding="utf-8") == "2\n"
    assert (tmp_path / "mine" / "a.txt").is_file()
    assert (project / "draft.txt").is_file()
    assert said(project, capsys) == "nothing is left over\n"


def test_what_somebody_uses_is_left_alone_and_named(project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    git(project / ".factory/worktrees/001", "switch", "-q", "-c", "going-on")
    git(project, "worktree", "add", "-q", str(tmp_path / "look"), "factory/001")
    listed = said(project, capsys)
    assert "left alone: it stands on refs/heads/going-on, not on factory/001: somebody uses it" in listed
    assert f"left alone: {tmp_path / 'look'} stands on it" in listed
    assert "2 may go" in listed
    done = said(project, capsys, "--apply")
    assert "left   factory/001" in done
    assert (project / ".factory/worktrees/001/a.txt").is_file()
    assert "refs/heads/factory/001" in refs(project)


def test_a_folder_that_git_forgot_is_left_to_the_person(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = project / ".factory/worktrees/001"
    (place / ".git").unlink()
    git(project, "worktree", "prune")
    assert "left alone: git does not know it as a worktree any more" in said(project, capsys)
    said(project, capsys, "--apply")
    assert (place / "a.txt").is_file()


def test_old_backups_go_only_when_asked_and_nobody_misses_them(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said(project, capsys, "--apply")
    listed = said(project, capsys, "--backups", "1")
    assert "backup      1 commit  refs/factory/backup/001: experiment 1 is reverted; its patch stays in the store" in listed
    assert "backup/003" not in listed
    said(project, capsys, "--backups", "1", "--apply")
    assert "refs/factory/backup/001" not in refs(project)
    assert "refs/factory/backup/003" in refs(project)
    repository = locate(project)
    assert [each.ref for each in missing_refs(repository, Store(repository.store_folder))] == []


def test_the_readable_files_follow_what_was_collected(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said(project, capsys, "--apply", "--backups", "0")
    assert compare(Store(project / ".git" / "refactory"), project / ".factory") == []


def test_a_model_takes_no_backups_away(project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    said(project, capsys, "--apply")
    before = refs(project)
    monkeypatch.setenv("CLAUDECODE", "1")
    assert clean.main(["--project", str(project), "--backups", "0", "--apply"]) == 1
    assert "a person's word" in capsys.readouterr().err
    assert refs(project) == before


def test_a_project_without_experiments_has_nothing_left_over(tmp_path: Path, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    del home
    assert said(make_repository(tmp_path / "fresh", {"a": "a"}), capsys) == "nothing is left over\n"
