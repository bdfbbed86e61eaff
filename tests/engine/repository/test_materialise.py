"""Trees written from blobs: exactly what is committed, inside the folder, without git."""

import os
import time
from pathlib import Path

import pytest

from state.errors import Refusal
from tests.support.measured_trees import contents
from tests.support.repositories import commit, git, make_repository
from tools.engine.repository.left_out import LeftOut, Written
from tools.engine.repository.location import Repository, locate
from tools.engine.repository.materialise import write_tree
from tools.engine.repository.objects import Entry, write_blob, write_tree_from
from tools.engine.repository.removal import remove_tree


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return locate(make_repository(tmp_path / "project", {"a.txt": "a\n", "folder/line\nend ü.txt": "odd\n", "empty.txt": ""}))


def with_links(repository: Repository, links: dict[str, str]) -> str:
    entries = {path: Entry("120000", write_blob(repository, target.encode()), path) for path, target in links.items()}
    return write_tree_from(repository, "HEAD", entries)


def test_a_tree_is_written_from_what_is_committed_and_nothing_else(repository: Repository, tmp_path: Path) -> None:
    (repository.root / "run.sh").write_text("#!/bin/sh\n")
    (repository.root / "run.sh").chmod(0o755)
    commit(repository.root, {"binary.dat": "x\r\n\0y"}, "more")
    (repository.root / "a.txt").write_text("edited")
    (repository.root / "untracked.txt").write_text("untracked")
    written = write_tree(repository, "HEAD", tmp_path / "out")
    assert written == Written(5, ())
    assert contents(tmp_path / "out") == {
        "a.txt": b"a\n",
        "folder/line\nend ü.txt": b"odd\n",
        "empty.txt": b"",
        "run.sh": b"#!/bin/sh\n",
        "binary.dat": b"x\r\n\0y",
    }
    assert os.access(tmp_path / "out/run.sh", os.X_OK)
    assert not os.access(tmp_path / "out/a.txt", os.X_OK)
    assert not (tmp_path / "out/.git").exists()
    assert abs((tmp_path / "out/a.txt").stat().st_mtime - time.time()) < 60


def test_no_filter_runs_and_line_ends_stay(repository: Repository, tmp_path: Path) -> None:
    git(repository.root, "config", "filter.canary.smudge", f"touch {tmp_path}/ran; cat")
    git(repository.root, "config", "core.autocrlf", "true")
    commit(repository.root, {".gitattributes": "*.txt filter=canary text\n"}, "attributes")
    (tmp_path / "ran").unlink(missing_ok=True)
    write_tree(repository, "HEAD", tmp_path / "out")
    assert contents(tmp_path / "out")["a.txt"] == b"a\n"
    assert not (tmp_path / "ran").exists()


def test_more_content_than_any_pipe_holds_is_written(repository: Repository, tmp_path: Path) -> None:
    files = {f"many/{number}.txt": f"{number}" * 100 for number in range(1500)}
    commit(repository.root, {**files, "large.txt": "0123456789" * 500_000}, "much")
    assert write_tree(repository, "HEAD", tmp_path / "out").files == 1504
    written = contents(tmp_path / "out")
    assert written["large.txt"] == b"0123456789" * 500_000
    assert all(written[name] == text.encode() for name, text in files.items())


def test_links_that_stay_inside_are_links(repository: Repository, tmp_path: Path) -> None:
    tree = with_links(repository, {"link": "a.txt", "folder/up": "../a.txt", "folder/dangling": "nowhere"})
    assert write_tree(repository, tree, tmp_path / "out") == Written(6, ())
    assert (tmp_path / "out/folder/up").readlink() == Path("../a.txt")
    assert (tmp_path / "out/link").read_text() == "a\n"


@pytest.mark.parametrize("target", ["/etc/passwd", "../outside", "folder/../../outside", "./../x", ".git/config", "folder/../.GIT/x"])
def test_a_link_that_leads_outside_is_left_out_and_reported(repository: Repository, tmp_path: Path, target: str) -> None:
    written = write_tree(repository, with_links(repository, {"link": target}), tmp_path / "out")
    assert written == Written(3, (LeftOut("link", "a symlink that leads outside the tree"),))
    assert not (tmp_path / "out/link").is_symlink()


def test_a_link_that_leads_outside_by_way_of_another_is_left_out(repository: Repository, tmp_path: Path) -> None:
    tree = with_links(repository, {"top": "folder", "deep/er/hop": "../../folder", "escape": "deep/er/hop/../../x"})
    written = write_tree(repository, tree, tmp_path / "out")
    assert [left.path for left in written.left_out] == ["escape"]
    assert written.files == 5
    assert (tmp_path / "out/top").is_symlink()


def test_a_path_through_a_git_folder_is_left_out(repository: Repository, tmp_path: Path) -> None:
    blob = write_blob(repository, b"[core]\n\thooksPath = evil\n")
    raw = b"100644 config\0" + bytes.fromhex(blob)
    tree = _literal_tree(repository, b"40000 .git\0" + bytes.fromhex(_literal_tree(repository, raw)))
    written = write_tree(repository, tree, tmp_path / "out")
    assert written == Written(0, (LeftOut(".git/config", "its path is not one of a plain file"),))
    assert list((tmp_path / "out").iterdir()) == []


def test_no_file_is_written_through_a_link_of_the_same_tree(repository: Repository, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    blob = write_blob(repository, b"written")
    link = bytes.fromhex(write_blob(repository, b"../outside"))
    folder = bytes.fromhex(_literal_tree(repository, b"100644 file.txt\0" + bytes.fromhex(blob)))
    tree = _literal_tree(repository, b"120000 a\0" + link + b"40000 a\0" + folder)
    write_tree(repository, tree, tmp_path / "out")
    assert list(outside.iterdir()) == []
    assert (tmp_path / "out/a/file.txt").read_text() == "written"


def _literal_tree(repository: Repository, raw: bytes) -> str:
    """A tree object that git's own commands would not make."""
    arguments = ("hash-object", "-w", "-t", "tree", "--literally", "--stdin")
    return repository.git.text(*arguments, standard_input=raw)


def test_a_folder_with_something_in_it_is_refused(repository: Repository, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out/mine.txt").write_text("mine")
    with pytest.raises(Refusal) as refused:
        write_tree(repository, "HEAD", tmp_path / "out")
    assert refused.value.code == "EXISTS"
    assert contents(tmp_path / "out") == {"mine.txt": b"mine"}


def test_a_missing_object_is_named(repository: Repository, tmp_path: Path) -> None:
    blob = git(repository.root, "rev-parse", "HEAD:a.txt")
    (repository.common / "objects" / blob[:2] / blob[2:]).unlink()
    with pytest.raises(Refusal, match="the content of a") as refused:
        write_tree(repository, "HEAD", tmp_path / "out")
    assert refused.value.code == "UNSUPPORTED_REPO"


def test_a_tree_is_removed_with_all_that_a_test_run_made_read_only(repository: Repository, tmp_path: Path) -> None:
    write_tree(repository, with_links(repository, {"link": "folder"}), tmp_path / "out")
    (tmp_path / "out/closed/inner").mkdir(parents=True)
    (tmp_path / "out/closed/inner/x.txt").write_text("x")
    for folder, mode in (("folder", 0o500), ("closed/inner", 0o500), ("closed", 0)):
        (tmp_path / "out" / folder).chmod(mode)
    (tmp_path / "out/a.txt").chmod(0o400)
    remove_tree(tmp_path / "out")
    assert {path.name for path in tmp_path.iterdir()} == {"project"}
    remove_tree(tmp_path / "out")


def test_a_link_to_a_folder_is_removed_without_the_folder(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to("folder")
    remove_tree(tmp_path / "link")
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]
