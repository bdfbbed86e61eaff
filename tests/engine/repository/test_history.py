"""Which files change most."""

from pathlib import Path

import pytest

from state.errors import Refusal
from tests.support.repositories import commit, git, make_repository
from tools.engine.repository.history import hotspots
from tools.engine.repository.location import locate


def test_files_are_counted_by_the_commits_that_changed_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repository = locate(make_repository(tmp_path / "project", {"a.txt": "0", "b.txt": "0", "line\nend ü.txt": "0"}))
    for number in range(1, 4):
        commit(repository.root, {"a.txt": str(number)}, "a")
    before = commit(repository.root, {"b.txt": "1"}, "b")
    commit(repository.root, {"b.txt": "2"}, "not counted: after")
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "nowhere"))
    assert hotspots(repository, before) == [("a.txt", 4), ("b.txt", 2), ("line\nend ü.txt", 1)]
    assert hotspots(repository, before, limit=2) == [("a.txt", 1), ("b.txt", 1)]


def test_what_names_no_commit_is_refused(tmp_path: Path) -> None:
    repository = locate(make_repository(tmp_path / "project", {"a.txt": "0"}))
    with pytest.raises(Refusal):
        hotspots(repository, "--all")
    assert git(repository.root, "status", "--porcelain") == ""
