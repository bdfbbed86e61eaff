"""The readable files follow the store, are written again where they were lost, and are never believed."""

import csv
import json
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from state import files
from state.errors import Refusal
from state.events import Payload
from state.store import Store
from state.views import BATCH, RESULTS_COLUMNS, export
from tests.support.histories import TREE
from tests.support.stores import append, append_all, begun, cycle_started, files_of, log_of, verdict, walk


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "refactory")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / ".factory"


def record(store: Store, folder: Path, payloads: list[Payload]) -> None:
    """Append each event and let the views follow at once, as a session does."""
    for payload in payloads:
        append(store, payload)
        export(store, folder)


def log(folder: Path) -> list[str]:
    """The lines of events.jsonl."""
    return (folder / "events.jsonl").read_text(encoding="utf-8").splitlines()


def results(folder: Path) -> list[dict[str, str]]:
    """The rows of results.tsv as a program reads them that knows the original's form."""
    return list(csv.DictReader(StringIO((folder / "results.tsv").read_text(encoding="utf-8")), delimiter="\t"))


def test_after_each_event_of_a_walk_the_views_follow(store: Store, folder: Path) -> None:
    seen: dict[str, tuple[set[str], set[str]]] = {}
    before: dict[str, bytes] = {}
    for payload in walk(store):
        record(store, folder, [payload])
        assert log(folder) == log_of(store)
        after = files_of(folder)
        changed = {name for name in after if after[name] != before.get(name)} - {"events.jsonl"}
        seen.setdefault(payload.type, (changed, set()))[1].update(changed)
        before = after
    first = {kind: changed for kind, (changed, _) in seen.items() if changed}
    assert first == {
        "draft.written": {".gitignore", "draft/factory.md"},
        "approval.answered": {"config.json", "eval_profile.json"},
        "hypotheses.proposed": {"strategy/current.md"},
        "report.submitted": {"reviews/reviewer-latest.md"},
        "verdict.given": {
            "results.tsv", "performance_report.json", "archive/experiments/001.md", "experiments/001/hypothesis.md", "experiments/001/verdict.json",
            "experiments/001/changes.diff", "experiments/001/eval_before.json", "experiments/001/eval_after.json",
        },
    }  # fmt: skip
    assert {"experiments/002/verdict.json", "archive/experiments/002.md", "results.tsv"} <= seen["verdict.given"][1]


def test_the_views_say_what_happened(store: Store, folder: Path) -> None:
    record(store, folder, walk(store))
    assert (folder / ".gitignore").read_text() == "*\n"
    assert (folder / "draft" / "factory.md").read_text() == "# Factory\n"
    assert json.loads((folder / "config.json").read_text())["goal"] == "Slugs."
    assert json.loads((folder / "eval_profile.json").read_text())["human_reviewed"] is True
    assert (folder / "experiments/001/changes.diff").read_text() == "diff --git a/a.py b/a.py\n"
    given = json.loads((folder / "experiments/002/verdict.json").read_text())
    assert (given["decision"], given["lesson"], given["id"]) == ("revert", "Measure first.", 2)
    before, after = (json.loads((folder / f"experiments/001/eval_{when}.json").read_text()) for when in ("before", "after"))
    assert (before["total"], after["total"]) == (0.8, 0.82)
    assert [each["score"] for each in after["results"] if each["name"] == "coverage"] == [0.55]
    assert "Lesson: Measure first." in (folder / "archive/experiments/002.md").read_text()
    assert "Review: pass by reviewer-1 (subagent)." in (folder / "archive/experiments/002.md").read_text()
    assert "#### H2: Idea 2" in (folder / "strategy/current.md").read_text()
    counted = json.loads((folder / "performance_report.json").read_text())
    assert {name: counted[name] for name in ("total_experiments", "kept", "reverted", "errors")} == {
        "total_experiments": 2, "kept": 1, "reverted": 1, "errors": 0,
    }  # fmt: skip


def test_results_have_the_columns_of_the_original_and_one_line_a_verdict(store: Store, folder: Path) -> None:
    record(store, folder, walk(store))
    assert len(RESULTS_COLUMNS) == 13
    assert (folder / "results.tsv").read_text(encoding="utf-8").splitlines()[0] == (
        "id\ttimestamp\thypothesis\tchange_summary\tissue_number\tpr_number\tscore_before\tscore_after\tdelta\tverdict\tcost_usd\tnotes\tresearch_citations"
    )
    rows = results(folder)
    assert [(row["id"], row["verdict"], row["score_before"], row["score_after"], row["delta"]) for row in rows] == [
        ("1", "keep", "0.7", "0.72", "0.02"),
        ("2", "revert", "0.7", "0.72", "0.02"),
    ]
    assert [row["notes"] for row in rows] == ["It gains.", "Measure first."]


def test_deleted_views_are_all_written_again_with_the_next_event(store: Store, folder: Path) -> None:
    record(store, folder, walk(store))
    append(store, cycle_started(2, "next"))
    export(store, folder)
    expected = files_of(folder)
    shutil.rmtree(folder)
    export(store, folder)
    assert files_of(folder) == expected
    assert [row["id"] for row in results(folder)] == ["1", "2"]


def test_views_of_more_events_than_one_batch_are_written(store: Store, folder: Path) -> None:
    with store.writing():
        append_all(store, [cycle_started(number, f"branch {number}") for number in range(1, 2 * BATCH + 2)])
    export(store, folder)
    assert log(folder) == log_of(store)


@pytest.mark.parametrize("torn", [b'{"seq":', b"{", b"\xc3"])
def test_a_torn_last_line_of_the_log_is_cut_and_written_again(store: Store, folder: Path, torn: bytes) -> None:
    record(store, folder, walk(store)[:6])
    with (folder / "events.jsonl").open("ab") as file:
        file.write(torn)
    record(store, folder, [cycle_started(2, "next")])
    assert log(folder) == log_of(store)


@pytest.mark.parametrize("kept", [0, 5, 40])
def test_a_torn_line_of_the_results_is_cut_and_written_again(store: Store, folder: Path, kept: int) -> None:
    history: list[Payload] = [cycle_started(), *begun(1), verdict(1), *begun(2), verdict(2)]
    *before, last = history
    record(store, folder, before)
    whole, written = (folder / "results.tsv").read_bytes(), (folder / "events.jsonl").read_bytes()
    record(store, folder, [last])
    complete = (folder / "results.tsv").read_bytes()
    (folder / "events.jsonl").write_bytes(written)  # killed while the line was written
    (folder / "results.tsv").write_bytes(complete[: len(whole) + kept])
    export(store, folder)
    assert (folder / "results.tsv").read_bytes() == complete


class KilledError(Exception):
    """The process died here."""


@contextmanager
def dies_at(monkeypatch: pytest.MonkeyPatch, name: str, count: int) -> Iterator[None]:
    """Whoever calls `extend` on the file `name` for the `count`-th time is not heard of again."""
    calls = 0

    def extend(path: Path, offset: int, content: bytes) -> None:
        nonlocal calls
        calls += path.name == name
        if path.name == name and calls == count:
            raise KilledError
        files.extend(path, offset, content)

    with monkeypatch.context() as patch:
        patch.setattr("state.views.extend", extend)
        yield


def test_a_kill_between_view_and_log_leaves_one_line_a_verdict(store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    record(store, folder, [cycle_started(), *begun(1)])
    append(store, verdict(1))
    with dies_at(monkeypatch, "events.jsonl", 1), pytest.raises(KilledError):
        export(store, folder)
    assert [row["id"] for row in results(folder)] == ["1"], "the view was written, the watermark was not"
    record(store, folder, [cycle_started(2, "next")])
    assert [row["id"] for row in results(folder)] == ["1"]
    assert log(folder) == log_of(store)


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_a_kill_anywhere_in_a_rebuild_leaves_one_line_a_verdict(store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    append_all(store, [cycle_started(), *begun(1), verdict(1), *begun(2), *begun(3), verdict(3), verdict(2)])
    with dies_at(monkeypatch, "events.jsonl" if count < 4 else "results.tsv", min(count, 3)), pytest.raises(KilledError):
        export(store, folder)
    export(store, folder)
    assert [row["id"] for row in results(folder)] == ["1", "3", "2"], "in the order of their verdicts"
    assert log(folder) == log_of(store)


def test_a_linked_folder_is_refused(store: Store, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    folder.symlink_to(tmp_path / "elsewhere")
    append(store, cycle_started())
    with pytest.raises(Refusal, match="symbolic link") as caught:
        export(store, folder)
    assert caught.value.code == "STORE_BROKEN"
    assert list((tmp_path / "elsewhere").iterdir()) == []


@pytest.mark.parametrize(
    "name", ["events.jsonl", ".gitignore", "draft", "draft/factory.md", "results.tsv", "experiments", "experiments/001", "archive"]
)
def test_nothing_is_written_through_a_link_within_the_folder(store: Store, folder: Path, tmp_path: Path, name: str) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "file").write_bytes(b"a person's own\n")
    is_file = "." in name.rpartition("/")[2]
    (folder / name).parent.mkdir(parents=True)
    (folder / name).symlink_to(outside / "file" if is_file else outside)
    append_all(store, walk(store))
    with pytest.raises(Refusal, match="symbolic link"):
        export(store, folder)
    assert files_of(outside) == {"file": b"a person's own\n"}


@pytest.mark.parametrize(
    "edit",
    [
        lambda lines: [*lines[:-1], "edited by hand"],
        lambda lines: [*lines[:-1], "[1, 2]"],
        lambda lines: [*lines[:-1], '{"seq": 1}'],
        lambda lines: [*lines[:-1], lines[-1].replace("main", "next")],
        lambda lines: [*lines, "null"],
    ],
)
def test_an_edited_last_line_is_said_and_left_for_a_person(store: Store, folder: Path, edit: Callable[[list[str]], list[str]]) -> None:
    record(store, folder, [cycle_started()])
    edited = "".join(f"{line}\n" for line in edit(log(folder)))
    (folder / "events.jsonl").write_text(edited, encoding="utf-8")
    append(store, cycle_started(2, "next"))
    with pytest.raises(Refusal, match=r"events\.jsonl is no event of this store") as caught:
        export(store, folder)
    assert caught.value.code == "STORE_BROKEN"
    assert (folder / "events.jsonl").read_text(encoding="utf-8") == edited
    (folder / "events.jsonl").unlink()
    export(store, folder)
    assert log(folder) == log_of(store)


def test_a_log_that_outlives_its_store_is_not_overwritten(store: Store, folder: Path) -> None:
    record(store, folder, walk(store))
    only_copy = (folder / "events.jsonl").read_bytes()
    for path in store.folder.glob("factory.db*"):
        path.unlink()
    append(store, cycle_started())
    with pytest.raises(Refusal, match="no event of this store"):
        export(store, folder)
    assert (folder / "events.jsonl").read_bytes() == only_copy


def test_a_lost_diff_does_not_stop_the_other_views(store: Store, folder: Path) -> None:
    record(store, folder, [cycle_started(), *begun(1), verdict(1, diff=TREE)])
    assert (folder / "experiments/001/changes.diff").read_text().startswith("The patch is lost: object 7777777 cannot be read")
    assert [row["id"] for row in results(folder)] == ["1"]


def test_values_with_tabs_and_line_ends_stay_one_line(store: Store, folder: Path) -> None:
    record(store, folder, [cycle_started(), *begun(1), verdict(1, "keep", "a\tb\nc\r\nd\x0be\u2028f\x85g\x1b[31mh\0i")])
    assert len((folder / "results.tsv").read_text(encoding="utf-8").splitlines()) == 2
    assert [row["notes"] for row in results(folder)] == ["a b c d e f ghi"]


def test_exporting_at_once_writes_everything_once(tmp_path: Path, folder: Path) -> None:
    stores = [Store(tmp_path / "refactory") for _ in range(4)]
    append_all(stores[0], [cycle_started(), *[payload for number in range(1, 9) for payload in (*begun(number), verdict(number))]])
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda store: export(store, folder), stores))
    assert log(folder) == log_of(stores[0])
    assert [row["id"] for row in results(folder)] == [str(number) for number in range(1, 9)]


def test_the_views_are_for_this_user_alone(store: Store, folder: Path) -> None:
    record(store, folder, walk(store))
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o077 for path in folder.rglob("*") if path.is_file()} == {0}


def test_an_abort_is_readable_too(store: Store, folder: Path) -> None:
    body: dict[str, Any] = {"role": "ceo", "decision": "abort", "feedback": "späť"}
    report = begun(1)[3].model_copy(update={"role": "ceo", "decision": "abort", "body": body, "summary": "Enough."})
    record(store, folder, [report])
    assert (folder / "reviews/ceo-latest.md").read_text(encoding="utf-8").startswith("# ceo: abort\n\nEnough.\n")
    assert "späť" in (folder / "reviews/ceo-latest.md").read_text(encoding="utf-8")
