"""Submodules of a measured tree: their files where the commit is in this clone, an empty folder and the mending command where not."""

import shutil
from pathlib import Path

import pytest

from tests.support.measured_trees import add_submodule, contents, with_submodule
from tests.support.repositories import commit, git, make_repository
from tools.engine.repository.left_out import LeftOut, Written, left_out_words
from tools.engine.repository.location import Repository, locate
from tools.engine.repository.materialise import write_tree
from tools.engine.repository.objects import Entry, write_blob, write_tree_from
from tools.engine.repository.submodules import find_submodules

ABSENT = "a submodule whose commit is not in this clone: an empty folder"
MODULES = '[submodule "{name}"]\n\tpath = {path}\n\turl = ../library\n'


def left_out(path: str, update: str) -> tuple[LeftOut, ...]:
    return (LeftOut(path, ABSENT, f"git submodule update --init --recursive {update}"),)


def test_files_of_submodules_are_written_where_this_clone_has_their_commits(tmp_path: Path) -> None:
    written = write_tree(locate(with_submodule(tmp_path)), "HEAD", tmp_path / "out")
    assert written == Written(6, ())
    assert contents(tmp_path / "out").keys() == {
        "a.txt", ".gitmodules", "parts/lib/lib.txt", "parts/lib/src/run.sh", "parts/lib/.gitmodules", "parts/lib/deep/deepest.txt",
    }  # fmt: skip
    assert list((tmp_path / "out").rglob(".git")) == []


def test_the_committed_state_of_a_submodule_counts_and_not_its_checkout(tmp_path: Path) -> None:
    project = with_submodule(tmp_path)
    (project / "parts/lib/lib.txt").write_text("edited\n")
    commit(project / "parts/lib", {"later.txt": "later\n"}, "later")
    write_tree(locate(project), "HEAD", tmp_path / "out")
    assert contents(tmp_path / "out/parts/lib")["lib.txt"] == b"lib\n"
    assert not (tmp_path / "out/parts/lib/later.txt").exists()


def test_a_submodule_that_was_never_fetched_is_an_empty_folder_and_the_command_is_named(tmp_path: Path) -> None:
    with_submodule(tmp_path)
    git(tmp_path, "clone", "-q", str(tmp_path / "project"), "clone")
    written = write_tree(locate(tmp_path / "clone"), "HEAD", tmp_path / "out")
    assert written == Written(2, left_out("parts/lib", "parts/lib"))
    assert list((tmp_path / "out/parts/lib").iterdir()) == []
    assert left_out_words(written) == (f"parts/lib: {ABSENT} (git submodule update --init --recursive parts/lib)",)


def test_a_submodule_within_a_submodule_that_is_missing_is_named_by_its_whole_path(tmp_path: Path) -> None:
    project = with_submodule(tmp_path)
    shutil.rmtree(project / ".git/modules/parts/lib/modules/deep")
    written = write_tree(locate(project), "HEAD", tmp_path / "out")
    assert written.left_out == left_out("parts/lib/deep", "parts")


def test_a_submodule_with_a_git_folder_of_its_own_in_the_checkout_is_found_there(tmp_path: Path) -> None:
    project = make_repository(tmp_path / "project", {"a.txt": "a\n"})
    make_repository(project / "old", {"lib.txt": "lib\n"})
    git(project, "add", "old")
    git(project, "commit", "-q", "-m", "a gitlink without .gitmodules")
    assert write_tree(locate(project), "HEAD", tmp_path / "out") == Written(2, ())
    assert contents(tmp_path / "out/old") == {"lib.txt": b"lib\n"}


def test_a_commit_that_nobody_has_is_left_out(tmp_path: Path) -> None:
    repository = locate(make_repository(tmp_path / "project", {"a.txt": "a\n"}))
    tree = write_tree_from(repository, "HEAD", {"sub": Entry("160000", "1" * 40, "sub")})
    assert write_tree(repository, tree, tmp_path / "out") == Written(1, left_out("sub", "sub"))


@pytest.mark.parametrize("name", ["../../library/.git", "..", "parts/../../../library/.git", "parts\\..\\lib", "a//b", ".", "/", "link"])
def test_a_hostile_name_leads_nowhere_outside_the_clone(tmp_path: Path, name: str) -> None:
    library = make_repository(tmp_path / "library", {"lib.txt": "lib\n"})
    repository = locate(make_repository(tmp_path / "project", {"a.txt": "a\n"}))
    (repository.common / "modules").mkdir()
    (repository.common / "modules/link").symlink_to(library / ".git")
    modules = write_blob(repository, MODULES.format(name=name.replace("\\", "\\\\"), path="sub").encode())
    gitlink = Entry("160000", git(library, "rev-parse", "HEAD"), "sub")
    tree = write_tree_from(repository, "HEAD", {".gitmodules": Entry("100644", modules, ".gitmodules"), "sub": gitlink})
    assert write_tree(repository, tree, tmp_path / "out").left_out == left_out("sub", "sub")


def test_a_link_in_the_checkout_does_not_lead_to_another_repository(tmp_path: Path) -> None:
    library = make_repository(tmp_path / "library", {"lib.txt": "lib\n"})
    repository = locate(make_repository(tmp_path / "project", {"a.txt": "a\n"}))
    (repository.root / "sub").symlink_to(library)
    gitlink = Entry("160000", git(library, "rev-parse", "HEAD"), "sub")
    assert find_submodules(repository, write_tree_from(repository, "HEAD", {"sub": gitlink}), [gitlink], "")[0] == {}


@pytest.mark.parametrize("words", ["[submodule", "[include]\n\tpath = ../outside\n", '[submodule "x"]\n\tpath\n'])
def test_a_gitmodules_file_that_says_nothing_useful_names_nothing(tmp_path: Path, words: str) -> None:
    repository = locate(make_repository(tmp_path / "project", {".gitmodules": words}))
    (tmp_path / "outside").write_text(MODULES.format(name="x", path="sub"))
    tree = write_tree_from(repository, "HEAD", {"sub": Entry("160000", "1" * 40, "sub")})
    assert write_tree(repository, tree, tmp_path / "out").left_out == left_out("sub", "sub")


def test_a_clone_that_would_fetch_what_it_lacks_is_not_asked(tmp_path: Path) -> None:
    project = with_submodule(tmp_path)
    git(project / "parts/lib", "config", "extensions.partialClone", "origin")
    assert write_tree(locate(project), "HEAD", tmp_path / "out").left_out == left_out("parts/lib", "parts/lib")


def test_a_name_with_spaces_is_quoted_in_the_command(tmp_path: Path) -> None:
    project = make_repository(tmp_path / "project", {"a.txt": "a\n"})
    add_submodule(project, make_repository(tmp_path / "library", {"lib.txt": "lib\n"}), "my lib")
    shutil.rmtree(project / ".git/modules")
    repository = Repository(project, project / ".git")
    assert write_tree(repository, "HEAD", tmp_path / "out").left_out == left_out("my lib", "'my lib'")
