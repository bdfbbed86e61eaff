"""Git LFS files of a measured tree: the content where this clone has it, whole and undamaged; else the pointer, and a word about it."""

from pathlib import Path

import pytest
from hypothesis import given, strategies

from tests.support.measured_trees import contents, pointer, store_large
from tests.support.repositories import commit, make_repository
from tools.engine.repository.large_files import LONGEST_POINTER, read_pointer
from tools.engine.repository.left_out import LeftOut, Written, left_out_words
from tools.engine.repository.location import Repository, locate
from tools.engine.repository.materialise import write_tree

CONTENT = b"many\0bytes\r\n" * 1000
RULES = "*.bin filter=lfs diff=lfs merge=lfs -text\n"
POINTER_STAYS = "a Git LFS pointer whose content {}: the pointer stays"


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    root = make_repository(tmp_path / "project", {".gitattributes": RULES, "plain.txt": "plain\n"})
    commit(root, {"data/large.bin": pointer(CONTENT), "notes.txt": pointer(CONTENT)}, "a large file, and a text that looks like one")
    return locate(root)


def test_the_content_of_a_large_file_is_written_where_this_clone_has_it(repository: Repository, tmp_path: Path) -> None:
    store_large(repository.common, CONTENT)
    assert write_tree(repository, "HEAD", tmp_path / "out") == Written(4, ())
    assert contents(tmp_path / "out")["data/large.bin"] == CONTENT


def test_text_that_looks_like_a_pointer_stays_text_where_no_attribute_says_otherwise(repository: Repository, tmp_path: Path) -> None:
    store_large(repository.common, CONTENT)
    write_tree(repository, "HEAD", tmp_path / "out")
    assert contents(tmp_path / "out")["notes.txt"] == pointer(CONTENT).encode()


def test_a_pointer_stays_and_is_reported_where_the_content_was_not_fetched(repository: Repository, tmp_path: Path) -> None:
    written = write_tree(repository, "HEAD", tmp_path / "out")
    assert written == Written(4, (LeftOut("data/large.bin", POINTER_STAYS.format("is not in this clone"), "git lfs fetch"),))
    assert contents(tmp_path / "out")["data/large.bin"] == pointer(CONTENT).encode()
    assert left_out_words(written) == (f"data/large.bin: {POINTER_STAYS.format('is not in this clone')} (git lfs fetch)",)


def test_content_that_is_not_what_the_pointer_says_is_not_used(repository: Repository, tmp_path: Path) -> None:
    store_large(repository.common, CONTENT).write_bytes(b"x" + CONTENT[1:])
    written = write_tree(repository, "HEAD", tmp_path / "out")
    assert [(left.path, left.reason) for left in written.left_out] == [
        ("data/large.bin", POINTER_STAYS.format("in this clone is damaged")),
    ]
    assert contents(tmp_path / "out")["data/large.bin"] == pointer(CONTENT).encode()


def test_a_link_in_the_store_of_large_files_is_not_followed(repository: Repository, tmp_path: Path) -> None:
    stored = store_large(repository.common, CONTENT)
    stored.rename(tmp_path / "elsewhere")
    stored.symlink_to(tmp_path / "elsewhere")
    assert len(write_tree(repository, "HEAD", tmp_path / "out").left_out) == 1


def test_attributes_of_the_clone_itself_count_as_they_do_in_a_checkout(tmp_path: Path) -> None:
    repository = locate(make_repository(tmp_path / "project", {"large.bin": pointer(CONTENT)}))
    store_large(repository.common, CONTENT)
    (repository.common / "info/attributes").write_text(RULES)
    write_tree(repository, "HEAD", tmp_path / "out")
    assert contents(tmp_path / "out") == {"large.bin": CONTENT}


def test_a_file_that_lfs_should_hold_but_does_not_is_written_as_it_is(tmp_path: Path) -> None:
    repository = locate(make_repository(tmp_path / "project", {".gitattributes": RULES, "raw.bin": "raw", "long.bin": "long" * 1000}))
    assert write_tree(repository, "HEAD", tmp_path / "out") == Written(3, ())


@given(strategies.binary(max_size=2000))
def test_only_a_whole_pointer_is_a_pointer(content: bytes) -> None:
    whole = pointer(content).encode()
    oid, size = read_pointer(whole) or ("", 0)
    assert (len(oid), size) == (64, len(content))
    assert read_pointer(content) is None
    assert read_pointer(whole + content[:1] + b"x") is None
    assert read_pointer(whole[:-1]) is None
    assert read_pointer(whole + b"\n" * LONGEST_POINTER) is None
