"""Whatever happens to a file of `.factory`, no call fails: it is said, found by comparing, written again, and nobody's words are lost."""

import resource
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from state.store import Store
from state.views import Difference, Exported, compare, export, repair
from tests.support.layouts import DAMAGES, IN_THE_WAY, further_walk, plain_user
from tests.support.stores import append, append_all, cycle_started, files_of, log_of

LAYOUT = (
    ".gitignore", "README.md", "config.json", "eval_profile.json", "results.tsv", "events.jsonl", "performance_report.json", "draft/factory.md",
    *(f"experiments/001/{name}" for name in ("hypothesis.md", "eval_before.json", "eval_after.json", "changes.diff", "verdict.json")),
    "strategy/current.md", "strategy/observations.md", "strategy/insights.md",
    "reviews/reviewer-latest.md", "reviews/ceo-latest.md", "reviews/ceo-verdict-builder.md", "reviews/ceo-verdict-strategist.md",
    "archive/experiments/001.md", "archive/strategies/001.md", "archive/sources/002.md", "archive/patterns/patterns.md",
)  # fmt: skip
DRAFT = "draft/factory.md"  # a person may edit it
# What is not a small file like any other alone, the others at once.
PARTS = {name: {name} for name in ("events.jsonl", "results.tsv", ".gitignore")}
PARTS["small files"] = {*LAYOUT} - {*PARTS, DRAFT}
FOLDERS = sorted({str(Path(name).parent) for name in LAYOUT})


@pytest.fixture
def store(template: Path, tmp_path: Path) -> Store:
    shutil.copytree(template, tmp_path, dirs_exist_ok=True, symlinks=True)
    return Store(tmp_path / "refactory")


@pytest.fixture
def folder(store: Store) -> Path:
    return store.folder.parent / ".factory"


def own_files(folder: Path) -> dict[str, bytes]:
    """The files of the folder without what was put aside."""
    return {name: content for name, content in files_of(folder).items() if not name.startswith("replaced/")}


def further(store: Store) -> None:
    """More happens: a cycle that touches every file but those of earlier experiments and cycles."""
    append_all(store, further_walk(4, 3))


def test_the_layout_is_whole(store: Store, folder: Path) -> None:
    assert set(LAYOUT) <= files_of(folder).keys()
    assert compare(store, folder) == []


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("part", PARTS)
def test_damaged_files_are_found_and_written_again_and_what_stood_there_is_put_aside(store: Store, folder: Path, part: str, damage: str) -> None:
    before, names = files_of(folder), PARTS[part]
    for name in names:
        DAMAGES[damage](folder / name)
    found = compare(store, folder)
    assert sorted(each.path for each in found) == sorted(names)
    there = {name: (folder / name).read_bytes() if damage == "garbage" else b"" for name in names}
    repaired = repair(store, folder)
    assert (repaired.mended, repaired.left) == (tuple(found), ())
    assert compare(store, folder) == []
    assert {name: content for name, content in own_files(folder).items() if not name.endswith("elsewhere")} == before
    if damage in ("garbage", "folder"):
        assert repaired.aside is not None
        for name in names:
            aside = repaired.aside / name
            assert aside.read_bytes() == there[name] if damage == "garbage" else (aside / "note.txt").read_text() == "mine\n"
    assert repair(store, folder).mended == ()


def test_a_draft_that_a_person_edited_is_no_fault_and_stays(store: Store, folder: Path) -> None:
    (folder / DRAFT).write_text("## Goal\n\nMine.\n")
    assert compare(store, folder) == []
    assert repair(store, folder).mended == ()
    assert (folder / DRAFT).read_text() == "## Goal\n\nMine.\n"


@pytest.mark.parametrize("content", [None, b"", b"\0\0\0", b"\xff\xfe"])
def test_a_draft_that_is_lost_or_no_text_is_written_again(store: Store, folder: Path, content: bytes | None) -> None:
    before = (folder / DRAFT).read_bytes()
    (folder / DRAFT).unlink() if content is None else (folder / DRAFT).write_bytes(content)
    assert [each.path for each in repair(store, folder).mended] == [DRAFT]
    assert (folder / DRAFT).read_bytes() == before


@pytest.mark.parametrize("damage", ["missing", "garbage", "folder", "link"])
@pytest.mark.parametrize("part", PARTS)
def test_damaged_files_stop_no_export_and_are_named_where_they_cannot_be_mended(store: Store, folder: Path, part: str, damage: str) -> None:
    names = PARTS[part]
    touched = {name for name in names if not any(number in name for number in ("001", "002"))}
    for name in names:
        DAMAGES[damage](folder / name)
    further(store)
    troubles = {trouble.path for trouble in export(store, folder).troubles}
    assert troubles <= names
    assert {each.path for each in compare(store, folder)} <= names
    if damage in IN_THE_WAY:
        assert troubles & touched == touched
        for name in names:
            shutil.rmtree(folder / name, ignore_errors=True)
            (folder / name).unlink(missing_ok=True)
        assert export(store, folder) == Exported(), "what was owed is written once the way is clear"
        assert {each.path for each in compare(store, folder)} <= names - touched


@pytest.mark.parametrize("what", ["file", "link"])
@pytest.mark.parametrize("name", [name for name in FOLDERS if name != "."])
def test_a_folder_of_the_layout_that_is_none_stops_nothing_and_is_mended(store: Store, folder: Path, name: str, what: str) -> None:
    before = files_of(folder)
    outside = folder.parent / "outside"
    shutil.move(folder / name, outside)
    kept = files_of(outside)
    (folder / name).symlink_to(outside) if what == "link" else (folder / name).write_text("mine\n", encoding="utf-8")
    assert {each.path.startswith(f"{name}/") for each in compare(store, folder)} == {True}
    repaired = repair(store, folder)
    assert repaired.left == ()
    assert own_files(folder) == before
    assert files_of(outside) == kept, "nothing was written through the link"
    assert repaired.aside is not None
    assert (repaired.aside / name).is_symlink() is (what == "link")


@pytest.mark.parametrize("name", ["draft", "experiments", "strategy", "archive", "archive/experiments", "reviews"])
def test_nothing_is_written_through_a_linked_folder(store: Store, folder: Path, name: str) -> None:
    outside = folder.parent / "outside"
    shutil.move(folder / name, outside)
    (folder / name).symlink_to(outside)
    kept = files_of(outside)
    further(store)
    troubles = export(store, folder).troubles
    assert troubles
    assert all(trouble.path.startswith(f"{name}/") for trouble in troubles)
    assert all("symbolic link" in trouble.why for trouble in troubles)
    assert files_of(outside) == kept


@pytest.mark.parametrize("what", ["file", "link"])
def test_what_stands_in_the_place_of_the_whole_folder_is_left_alone(store: Store, folder: Path, what: str) -> None:
    outside = folder.parent / "outside"
    folder.rename(outside)
    folder.symlink_to(outside) if what == "link" else folder.write_text("mine\n", encoding="utf-8")
    expected = (Difference(".", "in_the_way", f"a {what}"),)
    assert tuple(compare(store, folder)) == expected
    assert repair(store, folder).left == expected


def test_a_deleted_folder_is_one_difference_and_comes_back_whole(store: Store, folder: Path) -> None:
    before = files_of(folder)
    shutil.rmtree(folder)
    assert compare(store, folder) == [Difference(".", "missing")]
    repaired = repair(store, folder)
    assert (repaired.mended, repaired.left, repaired.aside) == ((Difference(".", "missing"),), (), None)
    assert files_of(folder) == before


def test_views_that_are_only_behind_are_said_to_be_behind(store: Store, folder: Path) -> None:
    further(store)
    assert [(each.path, each.kind) for each in compare(store, folder)] == [("events.jsonl", "behind"), ("results.tsv", "behind")]
    assert repair(store, folder).left == ()
    assert compare(store, folder) == []


def test_half_a_line_is_said_and_cut(store: Store, folder: Path) -> None:
    for name in ("events.jsonl", "results.tsv"):
        with (folder / name).open("ab") as file:
            file.write(b'4\tha"')
    assert [(each.path, each.kind) for each in compare(store, folder)] == [("events.jsonl", "torn"), ("results.tsv", "torn")]
    repaired = repair(store, folder)
    assert (repaired.left, repaired.aside) == ((), None)
    assert compare(store, folder) == []


@pytest.mark.parametrize("name", ["events.jsonl", "results.tsv"])
@pytest.mark.parametrize("line", [0, 1, -1])
def test_a_changed_or_lost_line_is_found_by_its_number(store: Store, folder: Path, name: str, line: int) -> None:
    lines = (folder / name).read_bytes().splitlines(keepends=True)
    number = line % len(lines)
    for edited in ([*lines[:number], lines[number].replace(b"e", b"x", 1), *lines[number + 1 :]], [*lines[:number], *lines[number + 1 :]]):
        (folder / name).write_bytes(b"".join(edited))
        (found,) = compare(store, folder)
        lost_end = len(edited) < len(lines) and line == -1
        assert (found.path, found.detail) == (name, "1 line" if lost_end else f"line {number + 1}")
        repair(store, folder)
        assert (folder / name).read_bytes() == b"".join(lines)


def test_a_log_of_facts_that_the_store_lacks_is_left_alone(store: Store, folder: Path) -> None:
    further(store)
    export(store, folder)
    longer = (folder / "events.jsonl").read_bytes()
    shutil.rmtree(store.folder)
    append(store, cycle_started())
    found = [each for each in compare(store, folder) if each.path == "events.jsonl"]
    assert [(each.kind, each.detail) for each in found] == [("foreign", "line 1 is an event that the store does not have")]
    assert "events.jsonl" in [each.path for each in repair(store, folder).left]
    assert (folder / "events.jsonl").read_bytes() == longer


def test_files_of_ours_that_say_nothing_are_found_and_those_of_others_are_not(store: Store, folder: Path) -> None:
    ours = ("experiments/777/verdict.json", "archive/strategies/777.md")
    others = ("notes.md", "experiments/777/my.md", "archive/notes.md", "strategy/research.md", "agents/builder.md", "worktrees/001/a.py")
    for name in (*ours, *others):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("mine\n", encoding="utf-8")
    assert [(each.path, each.kind) for each in compare(store, folder)] == [(name, "unexpected") for name in sorted(ours)]
    repaired = repair(store, folder)
    assert compare(store, folder) == []
    assert repaired.aside is not None
    assert sorted(files_of(repaired.aside)) == sorted(ours)
    assert {name for name in others if (folder / name).read_text() == "mine\n"} == set(others)


@pytest.mark.parametrize("name", FOLDERS)
def test_a_folder_that_may_not_be_written_is_said_and_written_once_it_may(template: Path, name: str) -> None:
    with plain_user(template) as place:
        store, folder = Store(place / "refactory"), place / ".factory"
        (folder / name).chmod(0o500)
        further(store)
        troubles = export(store, folder).troubles
        assert log_of(store), "the store is none of this"
        assert {str(Path(trouble.path).parent) for trouble in troubles} <= {name, *(FOLDERS if name == "." else ())}
        assert {trouble.why for trouble in troubles} <= {"Permission denied"}
        (folder / name).chmod(0o700)
        assert export(store, folder) == Exported()
        assert compare(store, folder) == []
        store.close()


@contextmanager
def full_disk(size: int) -> Iterator[None]:
    """No file of this process may grow beyond so many bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("size", [60, 300, 2000])
def test_a_full_disk_is_said_and_everything_is_written_once_there_is_room(store: Store, folder: Path, size: int) -> None:
    further(store)
    with full_disk(size):
        troubles = export(store, folder).troubles
    assert {trouble.why for trouble in troubles} == {"File too large"}
    assert "events.jsonl" in {trouble.path for trouble in troubles}
    assert not list(folder.rglob(".*.new"))
    assert export(store, folder) == Exported()
    assert compare(store, folder) == []
