"""An original's `.factory` is taken over once: recorded whole, kept byte for byte, and moved out of the way."""

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

import pytest

from state.backlog import backlog_page
from state.errors import Refusal
from state.import_due import is_import_due
from state.imported import Import, files_of_experiment, imported_experiment, imported_page, kept_files, next_experiment
from state.importing import lies_at, record_original, restore, take_over
from state.store import Store
from tests.support.originals import GOAL, event_line, make_original, original_files, put, results_tsv, row
from tests.support.stores import append, append_all, assert_sound, begun, cycle_started, files_of, log_of

LEFT = {"agents/builder.md", ".bob_auth", ".store.lock"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return make_original(tmp_path / ".factory")


def taken_over(store: Store, folder: Path) -> Import:
    """The import, which must be done by this very call."""
    found = take_over(store, folder)
    restore(store, folder)
    assert found is not None
    return found


def kinds(store: Store) -> list[str]:
    """The types of all events, in order."""
    return [json.loads(line)["type"] for line in log_of(store)]


def hashes(files: dict[str, bytes]) -> dict[str, str]:
    """The SHA-256 of each file's content."""
    return {name: sha256(content).hexdigest() for name, content in files.items()}


def theirs(folder: Path) -> dict[str, bytes]:
    """The files that belong to the history of an original."""
    return {name: content for name, content in files_of(folder).items() if name not in LEFT}


def moved(folder: Path, names: Iterable[str]) -> dict[str, bytes]:
    """The content of those files where they lie after an import; what is not there has none."""
    return {name: path.read_bytes() for name in names if (path := folder / lies_at(name)).is_file()}


def test_experiments_keep_their_numbers_and_what_they_claim(store: Store, folder: Path) -> None:
    found = taken_over(store, folder)
    assert found.verdicts == {"keep": 7, "revert": 3, "error": 2, "unfinished": 1}
    with store.reading() as connection:
        page = imported_page(connection, before=None, limit=100)
        one = imported_experiment(connection, 3)
        reverted = imported_page(connection, before=12, limit=2, verdicts=("revert",))
        assert next_experiment(connection) == 14
    assert [each.id for each in page] == list(range(13, 0, -1))
    assert one is not None
    assert (one.verdict, one.score_before, one.score_after, one.delta, one.issue_number) == ("keep", 0.61, 0.64, 0.03, 103)
    assert page[0].verdict == "unfinished"
    assert page[0].hypothesis == "Begun and never decided"
    assert [each.id for each in reverted] == [7, 2]


def test_backlog_lines_become_open_items_each_once(store: Store, folder: Path) -> None:
    assert taken_over(store, folder).items == 5
    with store.reading() as connection:
        items = backlog_page(connection, limit=10)
    assert [(item.id, item.text, item.source, item.priority) for item in items] == [
        (1, "Support Unicode", "original", "normal"),
        (2, "Add a command line with --help and --version", "original", "normal"),
        (3, "Speed up the first call", "original", "normal"),
        (4, "Publish the documentation", "original", "normal"),
        (5, "Drop Python 3.9", "original", "normal"),
    ]


def test_every_file_is_kept_as_an_object_and_moved_as_it_was(store: Store, folder: Path) -> None:
    before = theirs(folder)
    found = taken_over(store, folder)
    with store.reading() as connection:
        files = kept_files(connection)
        of_the_third = [file.path for file in files_of_experiment(connection, 3)]
    assert {file.path: file.sha for file in files} == hashes(before)
    assert {file.path: store.read_object(file.bundle)[file.start : file.start + file.size] for file in files} == before
    assert found.files == len(before)
    assert moved(folder, before) == before
    assert of_the_third == ["archive/experiments/slug-003.md", "experiments/003/hypothesis.md", "experiments/003/verdict.json"]
    assert not (folder / "results.tsv").exists()


def test_a_file_too_large_for_an_object_is_moved_and_said(store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(folder, {"research/runs/1/stdout.log": "x" * 5000})
    with monkeypatch.context() as patch:
        patch.setattr("state.importing.BUNDLE_SIZE", 1000)
        patch.setattr("state.importing.OBJECT_LIMIT", 4000)
        found = taken_over(store, folder)
    with store.reading() as connection:
        kept = {file.path: file for file in kept_files(connection)}
    large = kept.pop("research/runs/1/stdout.log")
    assert (large.bundle, large.size, large.sha) == ("", 5000, sha256(b"x" * 5000).hexdigest())
    assert (folder / "imported/research/runs/1/stdout.log").read_bytes() == b"x" * 5000
    assert any(problem.startswith("research/runs/1/stdout.log: found 5000 bytes") for problem in found.problems)
    assert len({file.bundle for file in kept.values()}) > 5
    assert {name: store.read_object(file.bundle)[file.start : file.start + file.size] for name, file in kept.items()} == moved(folder, kept)


def test_what_is_no_history_stays_where_it_is(store: Store, folder: Path) -> None:
    put(folder, {"worktrees/run-1a2b3c4d/a.py": "pass\n"})
    before = files_of(folder)
    taken_over(store, folder)
    stayed = {"worktrees/run-1a2b3c4d/a.py", *LEFT}
    assert {name: content for name, content in files_of(folder).items() if name in stayed} == {name: before[name] for name in stayed}


def test_archive_notes_stay_readable_where_archives_are(store: Store, folder: Path) -> None:
    put(folder, {"archive/experiments/005.md": "named as ours\n"})
    before = theirs(folder)
    taken_over(store, folder)
    assert {name: content for name, content in files_of(folder).items() if name.startswith("archive/")} == {
        **{name: content for name, content in before.items() if name.startswith("archive/") and name not in ("archive/experiments/005.md",)
           and name != "archive/patterns/patterns.md"},
        "archive/experiments/original-005.md": b"named as ours\n",
        "archive/patterns/original-patterns.md": before["archive/patterns/patterns.md"],
    }  # fmt: skip


def test_the_goal_is_remembered_and_odd_things_are_said_beside_the_files(store: Store, folder: Path) -> None:
    put(
        folder,
        {
            "results.tsv": results_tsv([row(1), row(2, timestamp="soon"), row(3, delta="nan")]),
            "eval_profile.json": "{",
            "strategy/backlog.md": "- a\nprose\n",
        },
    )
    found = taken_over(store, folder)
    assert found.goal == GOAL
    said = (folder / "imported" / "README.txt").read_text(encoding="utf-8")
    for place in ("results.tsv:3: found timestamp 'soon'", "results.tsv:4: found delta 'nan'", "strategy/backlog.md:2: found 'prose'"):
        assert place in said
    assert found.odd == len(found.problems) == 3


def test_nothing_happens_twice(store: Store, folder: Path) -> None:
    taken_over(store, folder)
    events, files = log_of(store), files_of(folder)
    assert take_over(store, folder) is None
    put(folder, {"results.tsv": results_tsv([row(1)]), "last_eval.json": "{}"})
    assert take_over(store, folder) is None
    assert log_of(store) == events
    assert {name: content for name, content in files_of(folder).items() if name in files} == files
    assert (kinds(store).count("original.imported"), kinds(store)[-1]) == (1, "original.moved")


def test_the_log_alone_gives_the_same_tables(store: Store, folder: Path) -> None:
    taken_over(store, folder)
    append_all(store, [cycle_started(), *begun(14)])
    assert_sound(store)


@pytest.mark.parametrize("count", [0, 1, 300])
def test_projects_of_any_size_are_imported(store: Store, tmp_path: Path, count: int) -> None:
    folder = make_original(tmp_path / "other", count)
    assert taken_over(store, folder).experiments == count + 1
    assert all(len(line.encode()) < 70_000 for line in log_of(store))
    assert_sound(store)


def test_texts_of_any_length_fit_the_events(store: Store, tmp_path: Path) -> None:
    texts = ("\x01" * 9000, "\U0001f600" * 9000, '"' * 9000, "x" * 100_000)
    rows = [row(number, hypothesis=text, change_summary=text, notes=text, research_citations=text) for number, text in enumerate(texts, 1)]
    folder = put(tmp_path / "other", {"results.tsv": results_tsv(rows), "strategy/backlog.md": f"- {'y' * 100_000}\n"})
    assert taken_over(store, folder).experiments == len(texts)
    assert_sound(store)


@contextmanager
def dies_at(monkeypatch: pytest.MonkeyPatch, name: str, count: int) -> Iterator[None]:
    """Whoever calls `name` of the module for the `count`-th time is not heard of again."""
    from state import importing

    whole: Callable[..., object] = getattr(importing, name)
    calls = 0

    def dying(*arguments: object, **named: object) -> object:
        nonlocal calls
        calls += 1
        if calls == count:
            raise KilledError
        return whole(*arguments, **named)

    with monkeypatch.context() as patch:
        patch.setattr(f"state.importing.{name}", dying)
        yield


class KilledError(Exception):
    """The process died here."""


@pytest.mark.parametrize(
    ("name", "count"),
    [("file_object", 1), ("_kept", 1), ("flush_everything", 1), ("_append", 1), ("_append", 4), ("_append", 8), ("_move", 1), ("free_path", 1),
     ("free_path", 2), ("free_path", 9), ("flush_everything", 2), ("_append", 9)],
)  # fmt: skip
def test_killed_anywhere_it_is_done_once_by_the_next_call(store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch, name: str, count: int) -> None:
    before = theirs(folder)
    with dies_at(monkeypatch, name, count), pytest.raises(KilledError):
        take_over(store, folder)
    assert {**theirs(folder), **moved(folder, before)}.items() >= before.items(), "nothing is lost at any moment"
    assert is_import_due(store, folder)
    assert taken_over(store, folder).experiments == 13
    assert moved(folder, before) == before
    assert (kinds(store).count("original.imported"), kinds(store).count("original.experiments"), kinds(store).count("backlog.added")) == (1, 1, 5)
    assert_sound(store)


def test_killed_after_the_files_were_moved_the_line_about_them_is_written_later(store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = theirs(folder)
    with dies_at(monkeypatch, "about", 1), pytest.raises(KilledError):
        taken_over(store, folder)
    assert moved(folder, before) == before
    restore(store, folder)
    assert (folder / "imported/README.txt").is_file()


def test_files_that_cannot_be_moved_wait_and_their_numbers_are_taken(store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def read_only(path: Path, target: Path) -> Path:
        raise PermissionError(13, "Permission denied", str(path))

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", read_only)
        with pytest.raises(PermissionError):
            take_over(store, folder)
    with store.reading() as connection:
        assert next_experiment(connection) == 14
    assert is_import_due(store, folder)
    assert taken_over(store, folder).moved


def test_a_file_that_cannot_be_read_leaves_nothing_half_imported(store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before, whole = files_of(folder), Path.read_bytes

    def read_bytes(path: Path) -> bytes:
        if path.name == "current.md":
            raise PermissionError(13, "Permission denied", str(path))
        return whole(path)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "read_bytes", read_bytes)
        with pytest.raises(PermissionError):
            take_over(store, folder)
    assert log_of(store) == []
    assert files_of(folder) == before
    assert taken_over(store, folder).experiments == 13


def test_a_store_with_experiments_of_its_own_takes_nothing_over(store: Store, folder: Path) -> None:
    append_all(store, [cycle_started(), *begun(1)])
    events, files = log_of(store), files_of(folder)
    with pytest.raises(Refusal) as caught:
        take_over(store, folder)
    assert caught.value.code == "EXISTS"
    assert (log_of(store), files_of(folder)) == (events, files)


def test_numbers_alone_can_be_taken_first(store: Store, folder: Path) -> None:
    record_original(store, folder)
    record_original(store, folder)
    assert kinds(store).count("original.imported") == 1
    assert (folder / "results.tsv").exists()
    assert taken_over(store, folder).moved


@pytest.mark.parametrize("link", ["imported", "results.tsv", "archive"])
def test_nothing_is_written_or_read_through_a_link(store: Store, folder: Path, tmp_path: Path, link: str) -> None:
    outside = put(tmp_path / "outside", {"results.tsv": results_tsv([row(77)]), "experiments/x.md": "a person's own\n"})
    before = files_of(outside)
    if (folder / link).is_dir():
        (folder / link).rename(tmp_path / "away")
    (folder / link).unlink(missing_ok=True)
    (folder / link).symlink_to(outside / link if link == "results.tsv" else outside)
    if link == "imported":
        with pytest.raises(Refusal, match="symbolic link"):
            take_over(store, folder)
    else:
        taken_over(store, folder)
    with store.reading() as connection:
        assert imported_experiment(connection, 77) is None
    assert files_of(outside) == before


def test_deleted_originals_are_written_again_a_part_in_each_call(store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = theirs(folder)
    taken_over(store, folder)
    here = {name: content for name, content in files_of(folder).items() if name not in LEFT}
    folder.rename(folder.with_name("gone"))
    monkeypatch.setattr("state.importing.RESTORED_A_CALL", 20)
    for count in (20, 40):
        restore(store, folder)
        assert len(files_of(folder)) == count
    restore(store, folder)
    assert files_of(folder) == here
    assert moved(folder, before) == before


def test_a_name_that_is_taken_in_the_folder_of_the_imported_is_not_written_over(store: Store, folder: Path) -> None:
    put(folder, {"imported/config.json": "a person's own\n"})
    before = theirs(folder)
    taken_over(store, folder)
    assert (folder / "imported" / "config.json").read_bytes() == b"a person's own\n"
    assert (folder / "imported" / "config.json.2").read_bytes() == before["config.json"]


def test_an_ordinary_folder_of_ours_is_never_waiting(store: Store, tmp_path: Path) -> None:
    assert not is_import_due(store, tmp_path / "nothing")
    ours = put(tmp_path / "ours", {"events.jsonl": f"{append(store, cycle_started()).line()}\n", "config.json": '{"goal": "a"}', "state/x": "y"})
    assert not is_import_due(store, ours)
    assert take_over(store, ours) is None


@pytest.mark.parametrize("name", sorted(set(original_files(1)) - {"agents/builder.md", ".bob_auth", "eval_profile.json", "performance_report.json"}))
def test_one_file_of_an_original_is_enough_to_know_it_or_says_nothing(tmp_path: Path, store: Store, name: str) -> None:
    known = {
        "config.json", "eval_spec.json", "last_eval.json", "results.tsv", ".store.lock", "events.jsonl",
        "strategy/backlog.md", "strategy/deferred.md",
        "checkpoint.json", "state/refinements.json", "messages/1714550000-1a2b3c4d.md", "experiments/001/verdict.json",
        "experiments/001/hypothesis.md", "experiments/002/hypothesis.md", "archive/experiments/slug-001.md", "archive/patterns/patterns.md",
        "archive/sources/slugs.md", "archive/strategies/slug-2026-05-01.md",
    }  # fmt: skip
    folder = put(tmp_path / "one", {name: original_files(1)[name]})
    assert is_import_due(store, folder) == (name in known)


def test_a_log_of_theirs_may_have_torn_lines(store: Store, tmp_path: Path) -> None:
    folder = put(tmp_path / "torn", {"events.jsonl": f"{event_line('detect')}\n{{\n\n[1]\n"})
    found = taken_over(store, folder)
    assert found.problems == ("events.jsonl:2: found a line that is no event and 1 more lines; expected JSON; the log is kept as it is",)
