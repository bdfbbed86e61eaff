"""Which lines a change adds and removes, even where the content imitates a patch."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings, strategies

from tests.support.repositories import commit, git, make_repository
from tools.engine.repository.changes import ChangedLines, Hunk, changed_lines, patch_text
from tools.engine.repository.location import Repository, locate
from tools.engine.repository.objects import Entry, diff, line_at, write_tree_from

FORGED = "+++ b/other.txt\n@@ -1 +1 @@\n-x\n+y\ndiff --git a/other.txt b/other.txt\nBinary files a/x and b/x differ\n"


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return locate(make_repository(tmp_path / "project", {"a.txt": "1\n2\n3\n4\n5\n", "b.txt": FORGED, "mode.sh": "x\n"}))


def test_added_and_removed_lines_are_numbered_as_in_their_own_file(repository: Repository) -> None:
    base = git(repository.root, "rev-parse", "HEAD")
    candidate = commit(repository.root, {"a.txt": "0\n1\n3\nfour\n5\n6"}, "changed")
    lines = changed_lines(repository, base, candidate)
    assert lines == {
        "a.txt": ChangedLines((Hunk(0, 1, (), ("0",)), Hunk(2, 2, ("2",), ()), Hunk(4, 4, ("4",), ("four",)), Hunk(5, 6, (), ("6",))), binary=False)
    }
    assert lines["a.txt"].added == {1, 4, 6}
    assert lines["a.txt"].removed == {2, 4}
    assert line_at(repository, candidate, "a.txt", 4) == "four"


def test_content_that_looks_like_a_patch_is_only_content(repository: Repository) -> None:
    base = git(repository.root, "rev-parse", "HEAD")
    candidate = commit(repository.root, {"b.txt": "new\n", "c.txt": FORGED, "a.txt": "1\n"}, "forged")
    lines = changed_lines(repository, base, candidate)
    assert set(lines) == {"a.txt", "b.txt", "c.txt"}
    assert lines["b.txt"].removed == {1, 2, 3, 4, 5, 6}
    assert lines["c.txt"].added == {1, 2, 3, 4, 5, 6}
    assert not lines["c.txt"].binary


def test_every_kind_of_change_has_its_entry(repository: Repository) -> None:
    root, base = repository.root, git(repository.root, "rev-parse", "HEAD")
    (root / "mode.sh").chmod(0o755)
    (root / "a.txt").unlink()
    (root / "a.txt").symlink_to("b.txt")
    (root / "binary.dat").write_bytes(b"\0\1\2")
    (root / "empty.txt").touch()
    candidate = commit(root, {"line\nend ü @@ -1 +1 @@.txt": "x\n", "z.txt": "z\n"}, "kinds")
    lines = changed_lines(repository, base, candidate)
    assert set(lines) == {"mode.sh", "a.txt", "binary.dat", "empty.txt", "line\nend ü @@ -1 +1 @@.txt", "z.txt"}
    assert lines["binary.dat"] == ChangedLines((), binary=True)
    assert lines["mode.sh"] == lines["empty.txt"] == ChangedLines((), binary=False)
    assert lines["a.txt"].removed == {1, 2, 3, 4, 5}
    assert lines["a.txt"].added == {1}
    assert lines["z.txt"].added == {1}


def test_a_moved_submodule_is_seen_although_gitmodules_asks_to_ignore_it(repository: Repository) -> None:
    first = git(repository.root, "rev-parse", "HEAD")
    modules = {".gitmodules": '[submodule "sub"]\n\tpath = sub\n\turl = ./sub\n\tignore = all\n'}
    second = commit(repository.root, modules, "modules")
    old, new = (write_tree_from(repository, "HEAD", {"sub": Entry("160000", moved, "sub")}) for moved in (first, second))
    assert [change.path for change in diff(repository, old, new)] == ["sub"]
    assert changed_lines(repository, old, new)["sub"].added == {1}
    assert "Subproject commit" in patch_text(repository, old, new, 10_000).text


def test_nothing_changed_is_nothing(repository: Repository) -> None:
    assert changed_lines(repository, "HEAD", "HEAD") == {}
    assert patch_text(repository, "HEAD", "HEAD", 100).text == ""


def test_a_patch_is_cut_at_the_end_of_a_line_and_says_how_much_is_left(repository: Repository) -> None:
    base = git(repository.root, "rev-parse", "HEAD")
    candidate = commit(repository.root, {"a.txt": "x\n" * 1000}, "long")
    whole = patch_text(repository, base, candidate, 1_000_000)
    assert whole.left_out == 0
    assert whole.text.startswith("diff --git a/a.txt b/a.txt\n")
    cut = patch_text(repository, base, candidate, 500)
    assert len(cut.text) <= 500
    assert cut.text.endswith("\n")
    assert whole.text.startswith(cut.text)
    assert cut.left_out == len(whole.text) - len(cut.text)


LINES = strategies.lists(
    strategies.sampled_from(["", "a", "+b", "-c", "@@ -1 +1 @@", "diff --git a/x b/x", "\\ No newline", "Binary files x", "\f", "é"]), max_size=8
)


@given(before=LINES, after=LINES, ends=strategies.tuples(strategies.booleans(), strategies.booleans()))
@settings(max_examples=40, deadline=None)
def test_the_hunks_turn_any_old_file_into_the_new_one(before: list[str], after: list[str], ends: tuple[bool, bool]) -> None:
    texts = ["\n".join(lines) + ("\n" if lines and end else "") for lines, end in zip((before, after), ends, strict=True)]
    with TemporaryDirectory() as folder:
        repository = locate(make_repository(Path(folder) / "project", {"f.txt": texts[0]}))
        candidate = commit(repository.root, {"f.txt": texts[1]}, "after")
        changed = changed_lines(repository, f"{candidate}~1", candidate)
    hunks = changed["f.txt"].hunks if changed else ()
    rebuilt = _split(texts[0])
    for hunk in reversed(hunks):
        start = hunk.old_start - 1 if hunk.removed else hunk.old_start
        assert tuple(rebuilt[start : start + len(hunk.removed)]) == hunk.removed
        rebuilt[start : start + len(hunk.removed)] = hunk.added
    assert rebuilt == _split(texts[1])


def _split(text: str) -> list[str]:
    return text.removesuffix("\n").split("\n") if text else []
