"""Files read one after another through one git."""

from pathlib import Path

from tests.support.repositories import git, make_repository
from tools.engine.repository.blobs import files_through_one_git
from tools.engine.repository.location import locate


def test_files_of_a_commit_are_read_by_path_in_any_order(tmp_path: Path) -> None:
    root = make_repository(tmp_path / "project", {"a.txt": "one\n", "folder/b.txt": "", "c.txt": "x" * 70_000})
    head = git(root, "rev-parse", "HEAD")
    (root / "a.txt").write_text("later\n")

    with files_through_one_git(locate(root), head) as read:
        found = [read(path) for path in ("c.txt", "a.txt", "missing", "folder", "folder/b.txt", "a.txt")]

    assert found == [b"x" * 70_000, b"one\n", None, None, b"", b"one\n"]
