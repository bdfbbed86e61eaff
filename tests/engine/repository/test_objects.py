"""Reading git objects, and making trees out of others."""

import os
from pathlib import Path

import pytest

from tests.support.repositories import commit, git, make_repository
from tools.engine.repository.git import GitFailed
from tools.engine.repository.location import Repository, locate
from tools.engine.repository.objects import Change, Entry, diff, line_at, list_tree, read_blob, tree_of, write_blob, write_tree_from

FILES = {"a.txt": "one\ntwo\r\nthree", "folder/line\nend ü.txt": "odd\n", "folder/b.txt": "b\n"}
ZEROS = "0" * 40


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return locate(make_repository(tmp_path / "project", FILES))


def test_a_blob_is_read_as_it_is_committed(repository: Repository) -> None:
    (repository.root / "a.txt").write_text("edited, not committed")
    assert read_blob(repository, "HEAD", "a.txt") == b"one\ntwo\r\nthree"
    assert read_blob(repository, "HEAD^{tree}", "folder/line\nend ü.txt") == b"odd\n"


@pytest.mark.parametrize("path", ["nowhere", "folder", "../a.txt", "./a.txt", "a.txt/x", "", "a\0b", ":a.txt"])
def test_what_is_no_file_of_the_tree_reads_as_none(repository: Repository, path: str) -> None:
    assert read_blob(repository, "HEAD", path) is None


def test_lines_are_found_by_number(repository: Repository) -> None:
    assert [line_at(repository, "HEAD", "a.txt", line) for line in (0, 1, 2, 3, 4)] == [None, "one", "two", "three", None]
    assert [line_at(repository, "HEAD", "folder/b.txt", line) for line in (1, 2)] == ["b", None]
    assert line_at(repository, "HEAD", "nowhere", 1) is None


def test_a_tree_lists_every_file(repository: Repository) -> None:
    (repository.root / "run.sh").write_text("#!/bin/sh\n")
    (repository.root / "run.sh").chmod(0o755)
    (repository.root / "link").symlink_to("a.txt")
    commit(repository.root, {}, "modes")
    listed = {entry.path: entry.mode for entry in list_tree(repository, "HEAD")}
    assert listed == {"a.txt": "100644", "folder/b.txt": "100644", "folder/line\nend ü.txt": "100644", "link": "120000", "run.sh": "100755"}


def test_a_difference_names_status_modes_and_ids_of_every_path(repository: Repository) -> None:
    root, base = repository.root, git(repository.root, "rev-parse", "HEAD")
    git(root, "mv", "a.txt", "renamed.txt")
    (root / "folder/b.txt").chmod(0o755)
    (root / "folder/line\nend ü.txt").unlink()
    (root / "folder/line\nend ü.txt").symlink_to("b.txt")
    candidate = commit(root, {}, "changed")
    blob, odd, b = (git(root, "rev-parse", f"{base}:{path}") for path in FILES)
    changes = {change.path: change for change in diff(repository, base, candidate)}
    assert changes["a.txt"] == Change("D", "a.txt", "100644", "000000", blob, ZEROS)
    assert changes["renamed.txt"] == Change("A", "renamed.txt", "000000", "100644", ZEROS, blob)
    assert changes["folder/b.txt"] == Change("M", "folder/b.txt", "100644", "100755", b, b)
    assert (changes["folder/line\nend ü.txt"].status, changes["folder/line\nend ü.txt"].old_id) == ("T", odd)
    assert len(changes) == 4


def test_a_name_that_is_not_utf8_survives(repository: Repository) -> None:
    raw = os.fsencode(repository.root) + b"/caf\xe9"
    with open(raw, "wb") as file:  # noqa: PTH123 - pathlib has no paths of bytes
        file.write(b"x")
    base = git(repository.root, "rev-parse", "HEAD")
    candidate = commit(repository.root, {}, "latin")
    (change,) = diff(repository, base, candidate)
    assert os.fsencode(change.path) == b"caf\xe9"
    assert read_blob(repository, candidate, change.path) == b"x"


def test_a_tree_is_made_of_another_without_any_checkout(repository: Repository) -> None:
    blob = write_blob(repository, b"raw\r\n")
    base = tree_of(repository, "HEAD")
    tree = write_tree_from(
        repository,
        base,
        {"a.txt": None, "new/deep.txt": Entry("100755", blob, "new/deep.txt"), "folder/b.txt": Entry("100644", blob, "folder/b.txt")},
    )
    assert {entry.path: entry.mode for entry in list_tree(repository, tree)} == {
        "folder/b.txt": "100644",
        "folder/line\nend ü.txt": "100644",
        "new/deep.txt": "100755",
    }
    assert read_blob(repository, tree, "folder/b.txt") == b"raw\r\n"
    assert write_tree_from(repository, base, {}) == base
    assert git(repository.root, "status", "--porcelain") == ""


def test_a_file_takes_the_place_of_a_folder_in_a_made_tree(repository: Repository) -> None:
    blob = write_blob(repository, b"x")
    removed: dict[str, Entry | None] = {"folder/b.txt": None, "folder/line\nend ü.txt": None}
    tree = write_tree_from(repository, "HEAD", {"folder": Entry("100644", blob, "folder"), **removed})
    assert [entry.path for entry in list_tree(repository, tree)] == ["a.txt", "folder"]


@pytest.mark.parametrize("path", [".git/config", "../outside", "folder/.git/hooks/x", "/absolute"])
def test_a_made_tree_takes_no_path_that_leaves_it(repository: Repository, path: str) -> None:
    blob = write_blob(repository, b"x")
    with pytest.raises(GitFailed):
        write_tree_from(repository, "HEAD", {path: Entry("100644", blob, path)})
