"""Where the readable files begin anew, what somebody else wrote in their place is put aside first, and nothing of it is ever lost."""

import shutil
from pathlib import Path

import pytest

from state.store import Store
from state.views import compare, export, guarding, repair
from state.views.exporting import Portion
from tests.support.layouts import further_walk, plain_user
from tests.support.odd_originals import FILES, make_odd_original
from tests.support.originals import put
from tests.support.stores import append, append_all, cycle_started, files_of

UNTOUCHED = {"archive/2026-05.md", "archive/notes/deep/idea.md"}
MINE = b"mine\n"


@pytest.fixture
def store(template: Path, tmp_path: Path) -> Store:
    shutil.copytree(template, tmp_path, dirs_exist_ok=True)
    return Store(tmp_path / "refactory")


@pytest.fixture
def folder(store: Store) -> Path:
    return store.folder.parent / ".factory"


def write(folder: Path, names: tuple[str, ...]) -> None:
    """Somebody's own words in these files."""
    put(folder, dict.fromkeys(names, MINE))


def set_aside(folder: Path) -> dict[str, bytes]:
    """What was put aside by all exports, by the path that it had."""
    return {name.split("/", 1)[1]: content for name, content in files_of(folder / "replaced").items()} if (folder / "replaced").exists() else {}


def test_files_of_somebody_else_are_put_aside_before_ours_are_first_written(store: Store, tmp_path: Path) -> None:
    other = make_odd_original(tmp_path / "other")
    whole = export(store, other)
    assert (whole.troubles, whole.behind) == ((), 0)
    assert whole.aside is not None
    assert {name: content.decode() for name, content in files_of(whole.aside).items()} == {
        name: content for name, content in FILES.items() if name not in UNTOUCHED
    }
    assert {name: (other / name).read_text() for name in UNTOUCHED} == {name: FILES[name] for name in UNTOUCHED}
    assert compare(store, other) == []
    assert export(store, other).aside is None


def test_a_deleted_log_alone_puts_aside_what_was_edited_and_nothing_else(store: Store, folder: Path) -> None:
    edited = ("config.json", "strategy/insights.md", "experiments/002/verdict.json", "archive/experiments/001.md", "archive/strategies/001.md")
    before = files_of(folder)
    (folder / "events.jsonl").unlink()
    write(folder, (*edited, "experiments/009/hypothesis.md", "experiments/002/my.md"))
    assert export(store, folder).aside is not None
    assert set_aside(folder) == dict.fromkeys((*edited, "experiments/009/hypothesis.md"), MINE)
    assert {name: content for name, content in files_of(folder).items() if name in before} == before
    assert (folder / "experiments/002/my.md").read_bytes() == MINE


def test_with_a_log_of_ours_an_edit_changes_nothing_as_ever(store: Store, folder: Path) -> None:
    write(folder, ("strategy/current.md",))
    append_all(store, further_walk(4, 3))
    assert export(store, folder).aside is None
    assert set_aside(folder) == {}
    assert compare(store, folder) == []


@pytest.mark.parametrize("content", [b"not a log\n", b"no line", b"\xff\x00\n{}\n", b'{"seq": 1'])
def test_a_file_that_is_no_log_is_left_to_doctor_and_what_lies_beside_it_is_put_aside_once(store: Store, folder: Path, content: bytes) -> None:
    before = files_of(folder)
    put(folder, {"events.jsonl": content, "strategy/insights.md": MINE})
    first, second = export(store, folder), export(store, folder)
    assert [trouble.path for each in (first, second) for trouble in each.troubles] == ["events.jsonl"] * 2
    assert (first.aside is None, second.aside) == (False, None)
    assert set_aside(folder) == {"strategy/insights.md": MINE}
    assert {**files_of(folder), "events.jsonl": b""}.items() >= {**before, "events.jsonl": b""}.items()
    assert (folder / "events.jsonl").read_bytes() == content
    assert repair(store, folder).left == ()
    assert export(store, folder).troubles == ()
    assert files_of(folder).items() >= before.items()
    assert not (store.folder / guarding.BEGUN).exists()


def test_the_torn_first_line_of_our_own_log_is_only_written_again(store: Store, folder: Path) -> None:
    whole = (folder / "events.jsonl").read_bytes()
    (folder / "events.jsonl").write_bytes(whole[:40])
    assert export(store, folder).aside is None
    assert (folder / "events.jsonl").read_bytes() == whole


@pytest.mark.parametrize("results", ["", "torn", "other header\n", "id\n", "long"])
def test_results_that_are_not_ours_are_put_aside_whole(store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch, results: str) -> None:
    whole = (folder / "results.tsv").read_bytes()
    monkeypatch.setattr(guarding, "COMPARED", len(whole.splitlines()))
    content = whole + b"7\t2026-05-01T10:00:00Z\tAdd cart tests\n" if results == "long" else results.encode()
    (folder / "events.jsonl").unlink()
    (folder / "results.tsv").write_bytes(content)
    export(store, folder)
    assert set_aside(folder) == ({"results.tsv": content} if content else {})
    assert (folder / "results.tsv").read_bytes() == whole


@pytest.mark.parametrize("lines", [1, 2])
def test_results_that_are_only_behind_go_on(store: Store, folder: Path, lines: int) -> None:
    whole = (folder / "results.tsv").read_bytes()
    (folder / "events.jsonl").unlink()
    (folder / "results.tsv").write_bytes(b"".join(whole.splitlines(keepends=True)[:lines]) + whole.splitlines()[lines][:5])
    assert export(store, folder).aside is None
    assert (folder / "results.tsv").read_bytes() == whole


def test_a_folder_of_another_store_keeps_its_log_and_loses_nothing(store: Store, folder: Path, tmp_path: Path) -> None:
    other = Store(tmp_path / "another")
    append(other, cycle_started(9))
    before = files_of(folder)
    troubled = export(other, folder)
    assert [trouble.path for trouble in troubled.troubles] == ["events.jsonl"]
    now = {**files_of(folder), **set_aside(folder)}
    assert {name: now.get(name) for name in before} == before


def test_the_guard_stays_until_everything_was_written_once(store: Store, folder: Path) -> None:
    before = files_of(folder)
    (folder / "events.jsonl").unlink()
    write(folder, ("experiments/001/verdict.json", "experiments/002/verdict.json", "strategy/current.md"))
    asides = set()
    while (exported := export(store, folder, Portion(events=1, files=200, rows=500))).behind:
        asides.add(exported.aside)
    asides.add(exported.aside)
    assert len(asides - {None}) == 1
    assert set_aside(folder) == dict.fromkeys(("experiments/001/verdict.json", "experiments/002/verdict.json", "strategy/current.md"), MINE)
    assert {name: content for name, content in files_of(folder).items() if name in before} == before
    assert not (store.folder / guarding.BEGUN).exists()
    write(folder, ("experiments/001/verdict.json",))
    append_all(store, further_walk(4, 3))
    assert export(store, folder).aside is None


class KilledError(Exception):
    """The process died here."""


@pytest.mark.parametrize("name", ["remember", "forget", "put_aside"])
def test_killed_anywhere_nothing_is_written_over(store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    def dies(*_arguments: object) -> None:
        raise KilledError

    (folder / "events.jsonl").unlink()
    write(folder, ("strategy/current.md", "experiments/001/verdict.json"))
    with monkeypatch.context() as patch:
        patch.setattr(guarding, name, dies)
        with pytest.raises(KilledError):
            export(store, folder)
    export(store, folder)
    assert set_aside(folder) == dict.fromkeys(("strategy/current.md", "experiments/001/verdict.json"), MINE)
    assert compare(store, folder) == []


@pytest.mark.parametrize("name", ["strategy/current.md", "results.tsv", "experiments/001/verdict.json"])
def test_what_cannot_be_put_aside_is_not_written_over(template: Path, name: str) -> None:
    with plain_user(template) as place:
        store, folder = Store(place / "refactory"), place / ".factory"
        (folder / "events.jsonl").unlink()
        (folder / name).write_bytes(MINE)
        (folder / "replaced").mkdir(mode=0o500)
        first = export(store, folder)
        assert [trouble.path for trouble in first.troubles] == [name]
        assert (folder / name).read_bytes() == MINE
        (folder / "replaced").chmod(0o700)
        assert export(store, folder).troubles == ()
        assert set_aside(folder) == {name: MINE}
        assert compare(store, folder) == []
        store.close()


def test_nothing_is_put_aside_from_behind_a_link_and_nothing_written_there(store: Store, folder: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    shutil.move(folder / "strategy", outside)
    (folder / "strategy").symlink_to(outside)
    write(outside, ("current.md",))
    kept = files_of(outside)
    (folder / "events.jsonl").unlink()
    assert {trouble.path.partition("/")[0] for trouble in export(store, folder).troubles} == {"strategy"}
    assert files_of(outside) == kept


def test_a_repair_without_a_log_puts_all_aside_in_one_place(store: Store, folder: Path) -> None:
    edited = ("config.json", "experiments/002/verdict.json", "archive/experiments/001.md", "experiments/009/hypothesis.md")
    (folder / "events.jsonl").unlink()
    write(folder, edited)
    repaired = repair(store, folder)
    assert repaired.aside is not None
    assert files_of(repaired.aside) == set_aside(folder) == dict.fromkeys(edited, MINE)
    assert len(list((folder / "replaced").iterdir())) == 1
    assert compare(store, folder) == []


def test_what_was_put_aside_is_never_written_over_either(store: Store, folder: Path) -> None:
    guard = guarding.Guard(folder, folder / "replaced" / "A")
    for words in (b"first\n", b"second\n"):
        put(folder, {"config.json": words})
        assert guard.keep("config.json", None)
    assert set_aside(folder) == {"config.json": b"first\n", "config.json.2": b"second\n"}


def test_nothing_is_put_aside_through_a_link(store: Store, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (folder / "replaced").symlink_to(tmp_path / "outside")
    (folder / "events.jsonl").unlink()
    write(folder, ("config.json",))
    (trouble,) = export(store, folder).troubles
    assert (trouble.path, "symbolic link" in trouble.why) == ("config.json", True)
    assert (folder / "config.json").read_bytes() == MINE
    assert list((tmp_path / "outside").iterdir()) == []


def test_an_unreadable_note_of_the_guard_means_looking_again(store: Store, folder: Path) -> None:
    for note in ("", "{", "[]", '{"aside": "../..", "left": []}'):
        (store.folder / guarding.BEGUN).write_text(note)
        (folder / "events.jsonl").unlink()
        write(folder, ("config.json",))
        exported = export(store, folder)
        assert exported.aside is not None
        assert files_of(exported.aside) == {"config.json": MINE}
        assert compare(store, folder) == []
