"""Git's complaints of a disk that cannot be written to, told apart from all its others."""

from pathlib import Path

import pytest

from tools.engine.repository.git import GitFailed


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("fatal: unable to write loose object file: No space left on device", "No space left on device"),
        ("fatal: sha1 file '/r/.git/index.lock' write error. Out of diskspace", "No space left on device"),
        ("fatal: cannot update ref 'refs/heads/b': couldn't write '/r/.git/refs/heads/b.lock'", "the disk is full, or broken"),
        ("fatal: Unable to create '/r/.git/index.lock': Read-only file system", "Read-only file system"),
        ("error: unable to read: Input/output error", "Input/output error"),
    ],
)
def test_a_full_or_broken_disk_is_said_as_such(said: str, meant: str, tmp_path: Path) -> None:
    refusal = GitFailed(("update-ref", "refs/heads/b"), 128, said).of_the_disk(tmp_path)
    assert refusal is not None
    assert (refusal.code, refusal.what, refusal.where) == ("STORE_BROKEN", f"git update-ref could not write: {meant}", (str(tmp_path),))
    assert refusal.untrusted == ("git", said)


@pytest.mark.parametrize("said", ["", "fatal: cannot lock ref 'refs/heads/b': is at 1234567 but expected 7654321", "error: Permission denied"])
def test_other_complaints_are_none_of_the_disk(said: str, tmp_path: Path) -> None:
    assert GitFailed(("update-ref",), 128, said).of_the_disk(tmp_path) is None
