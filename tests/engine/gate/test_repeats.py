"""When two changes do the same: wherever their lines stand by now, and however they are spaced and commented."""

import pytest

from tools.engine.gate.repeats import change_digest
from tools.engine.repository.changes import ChangedLines, Hunk
from tools.engine.repository.objects import Change


def digest(*hunks: Hunk, path: str = "a.py", binary: bool = False, object_id: str = "2" * 40, mode: str = "100644") -> str:
    change = Change("M", path, "100644", mode, "1" * 40, object_id)
    return change_digest({path: ChangedLines(hunks, binary)}, {path: change})


ONE = digest(Hunk(4, 4, ("old",), ("new", "more")))


@pytest.mark.parametrize(
    "other",
    [
        digest(Hunk(40, 41, ("old",), ("new", "more"))),
        digest(Hunk(4, 4, ("  old",), ("\tnew", "", "more   "))),
        digest(Hunk(4, 4, ("old",), ("# a word about it", "new", "more"))),
        digest(Hunk(4, 4, ("old",), ("new",)), Hunk(9, 10, (), ("more",))),
    ],
)
def test_the_same_lines_elsewhere_or_otherwise_spaced_are_the_same_change(other: str) -> None:
    assert other == ONE


@pytest.mark.parametrize(
    "other",
    [
        digest(Hunk(4, 4, ("old",), ("new", "less"))),
        digest(Hunk(4, 4, (), ("new", "more"))),
        digest(Hunk(4, 4, ("old",), ("new", "more")), path="b.py"),
        digest(Hunk(4, 4, ("old",), ("new", "more")), mode="100755"),
    ],
)
def test_anything_else_is_another_change(other: str) -> None:
    assert other != ONE


def test_binary_files_are_told_by_their_content_and_comments_where_they_are_all() -> None:
    assert digest(binary=True) != digest(binary=True, object_id="3" * 40)
    assert digest(Hunk(1, 1, (), ("# one",))) != digest(Hunk(1, 1, (), ("# two",)))


def test_names_and_lines_that_are_no_utf_8_are_told_apart_like_others() -> None:
    hunk = Hunk(1, 1, (), ("\udcff",))
    assert digest(hunk, path="caf\udce9.txt") != digest(hunk, path="caf\udce8.txt")
