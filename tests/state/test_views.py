"""The readable files follow the store, are written again where they were lost, and are never believed."""

import csv
import json
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings

from state import files
from state.errors import Refusal
from state.events import Payload
from state.experiments import KeepWithdrawn
from state.landings import LandingDone
from state.original.experiment import COLUMNS
from state.proposing import ExperimentProposed, ExperimentTaken
from state.store import Store
from state.views import Exported, Trouble, compare, export
from state.views.exporting import BATCH, EVERYDAY
from tests.support.histories import TREE, histories
from tests.support.stores import append, append_all, begun, cycle_started, files_of, log_of, verdict, walk


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
    seen: dict[str, set[str]] = {}
    before: dict[str, bytes] = {}
    for payload in walk(store):
        record(store, folder, [payload])
        assert log(folder) == log_of(store)
        after = files_of(folder)
        seen.setdefault(payload.type, {name for name in after if after[name] != before.get(name)} - {"events.jsonl"})
        before = after
    names = ("hypothesis.md", "verdict.json", "changes.diff", "eval_before.json", "eval_after.json", "review.md", "evaluation.json")
    of_experiment = {f"experiments/001/{name}" for name in names}  # checks.json: where the verdict kept what the checks said
    cycle, report = "strategy/current.md", "performance_report.json"
    assert {kind: changed for kind, changed in seen.items() if changed} == {
        "draft.written": {".gitignore", "README.md", "draft/factory.md"},
        "approval.answered": {"config.json", "eval_profile.json"},
        "cycle.started": {cycle},
        "hypotheses.proposed": {cycle, "reviews/ceo-verdict-strategist.md"},
        "experiment.started": {cycle},
        "candidate.captured": {cycle},
        "report.submitted": {"reviews/reviewer-latest.md", report},
        "experiment.measured": {cycle},
        "verdict.given": {
            cycle, report, *of_experiment, "archive/experiments/001.md", "archive/patterns/patterns.md", "strategy/insights.md",
            "reviews/ceo-verdict-builder.md",
        },
        "cycle.ended": {cycle, "archive/strategies/001.md", "reviews/ceo-verdict-strategist.md"},
    }  # fmt: skip
    assert {"results.tsv", "experiments/002/verdict.json", "archive/experiments/002.md"} <= files_of(folder).keys()


def test_the_report_follows_what_upstream_took(store: Store, folder: Path) -> None:
    kept = [cycle_started(), *begun(1), verdict(1, "keep"), ExperimentProposed(experiment=1), ExperimentTaken(experiment=1, commit="n")]
    for payload in kept:
        record(store, folder, [payload])
        assert compare(store, folder) == [], payload.type


def test_results_have_the_columns_of_the_original_and_one_line_an_experiment(store: Store, folder: Path) -> None:
    record(store, folder, walk(store))
    assert len(COLUMNS) == 13
    assert (folder / "results.tsv").read_text(encoding="utf-8").splitlines()[0] == (
        "id\ttimestamp\thypothesis\tchange_summary\tissue_number\tpr_number\tscore_before\tscore_after\tdelta\tverdict\tcost_usd\tnotes\tresearch_citations"
    )
    rows = results(folder)
    assert [(row["id"], row["verdict"], row["score_before"], row["score_after"], row["delta"]) for row in rows] == [
        ("1", "keep", "0.7", "0.72", "0.02"),
        ("2", "revert", "0.7", "0.72", "0.02"),
    ]
    assert [row["notes"] for row in rows] == ["It gains.", "Measure first."]


def test_what_was_abandoned_is_an_error_in_the_words_of_the_original(store: Store, folder: Path) -> None:
    record(store, folder, [cycle_started(), *begun(1), verdict(1, "abandon")])
    assert [row["verdict"] for row in results(folder)] == ["error"]


def test_a_kept_change_has_its_line_once_it_has_landed(store: Store, folder: Path) -> None:
    record(store, folder, [cycle_started(), *begun(1), verdict(1, "keep"), *begun(2), verdict(2)])
    assert [row["id"] for row in results(folder)] == ["2"]
    assert json.loads((folder / "experiments/001/verdict.json").read_text())["state"] == "kept"
    record(store, folder, [LandingDone(intent=1, outcome="landed", experiment=1, commit="n")])
    assert [row["id"] for row in results(folder)] == ["2", "1"]
    assert json.loads((folder / "experiments/001/verdict.json").read_text())["state"] == "landed"


def test_a_keep_withdrawn_and_given_again_is_one_line_and_one_folder(store: Store, folder: Path) -> None:
    record(store, folder, [cycle_started(), *begun(1), verdict(1, "keep", "First."), KeepWithdrawn(experiment=1, target="t")])
    assert "results.tsv" not in files_of(folder)
    assert not [name for name in files_of(folder) if name.startswith(("experiments/", "archive/experiments/"))]
    record(store, folder, [verdict(1, "keep", "Again."), LandingDone(intent=1, outcome="landed", experiment=1, commit="n")])
    assert [(row["id"], row["notes"]) for row in results(folder)] == [("1", "Again.")]
    assert compare(store, folder) == []


@given(history=histories())
@settings(max_examples=15, deadline=None)
def test_whatever_happened_the_views_are_the_same_written_step_by_step_and_at_once(history: list[Payload]) -> None:
    with TemporaryDirectory() as place:
        store, steps, once = Store(Path(place) / "refactory"), Path(place) / "steps", Path(place) / "once"
        record(store, steps, [payload for payload in history if not payload.type.startswith("original.")])  # an import holds the views up
        assert export(store, once) == Exported()
        assert files_of(steps) == files_of(once)
        assert compare(store, steps) == []
        assert all(line.count("\t") == len(COLUMNS) - 1 for line in _lines(steps / "results.tsv"))
        for name, content in files_of(steps).items():
            if name.endswith(".json"):
                json.loads(content)
        store.close()


def _lines(path: Path) -> list[str]:
    """The lines of a file, ended by line feeds only; none where there is no file."""
    return path.read_text(encoding="utf-8").split("\n")[:-1] if path.exists() else []


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
def dies_at(monkeypatch: pytest.MonkeyPatch, count: int) -> Iterator[list[str]]:
    """Whoever writes for the `count`-th time is not heard of again; gives the files written before."""
    written: list[str] = []

    def or_die(write: Callable[..., None]) -> Callable[..., None]:
        def writing(path: Path, *arguments: Any, **options: Any) -> None:
            if len(written) + 1 == count:
                raise KilledError
            write(path, *arguments, **options)
            written.append(path.name)

        return writing

    with monkeypatch.context() as patch:
        patch.setattr("state.views.exporting.extend", or_die(files.extend))
        patch.setattr("state.views.writing.replace_file", or_die(files.replace_file))
        yield written


def test_a_kill_anywhere_only_repeats_work(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    append_all(store, [cycle_started(), *begun(1), verdict(1), *begun(2), *begun(3), verdict(3), verdict(2)])
    export(store, tmp_path / "whole")
    expected, count = files_of(tmp_path / "whole"), 0
    while True:
        count += 1
        folder = tmp_path / str(count)
        with dies_at(monkeypatch, count) as written:
            try:
                export(store, folder)
            except KilledError:
                pass
            else:
                break
        export(store, folder)
        assert files_of(folder) == expected, f"killed at write {count}, behind {written}"
        assert [row["id"] for row in results(folder)] == ["1", "3", "2"], "in the order in which they ended"
    assert count > len(expected), "every write was tried"


def test_a_linked_folder_is_refused(store: Store, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    folder.symlink_to(tmp_path / "elsewhere")
    append(store, cycle_started())
    with pytest.raises(Refusal, match="symbolic link") as caught:
        export(store, folder)
    assert caught.value.code == "STORE_BROKEN"
    assert list((tmp_path / "elsewhere").iterdir()) == []


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
    append_all(store, [*begun(1), verdict(1)])
    assert export(store, folder).troubles == (Trouble("events.jsonl", "its last line is no event of this store"),)
    assert (folder / "events.jsonl").read_text(encoding="utf-8") == edited
    assert "reverted" in (folder / "strategy/current.md").read_text(encoding="utf-8"), "what is no log goes on"
    (folder / "events.jsonl").unlink()
    assert export(store, folder) == Exported()
    assert log(folder) == log_of(store)


def test_a_log_that_outlives_its_store_is_not_overwritten_and_the_rest_is_put_aside(store: Store, folder: Path) -> None:
    record(store, folder, walk(store))
    before = files_of(folder)
    for path in store.folder.glob("factory.db*"):
        path.unlink()
    append(store, cycle_started())
    exported = export(store, folder)
    assert [trouble.path for trouble in exported.troubles] == ["events.jsonl"]
    assert exported.aside is not None
    assert {**files_of(folder), **files_of(exported.aside)}.items() >= before.items(), "nothing of it is overwritten"


def test_a_store_without_events_has_no_views(store: Store, folder: Path) -> None:
    assert export(store, folder) == Exported()
    assert not folder.exists()


def test_a_catch_up_is_done_in_pieces_and_what_happened_last_comes_first(store: Store, folder: Path) -> None:
    with store.writing():
        append_all(store, [cycle_started(number, f"branch {number}") for number in range(1, EVERYDAY.events + BATCH)])
        append_all(store, [payload for number in range(1, 31) for payload in (*begun(number, EVERYDAY.events), verdict(number))])
    assert export(store, folder).behind > 0
    assert {"experiments/030/verdict.json", "archive/experiments/030.md"} <= files_of(folder).keys()
    assert "experiments/001/verdict.json" not in files_of(folder)
    steps = 1
    while export(store, folder).behind:
        steps += 1
    assert steps < 10
    assert log(folder) == log_of(store)
    assert len(results(folder)) == 30
    assert compare(store, folder) == []


def test_a_lost_diff_does_not_stop_the_other_views(store: Store, folder: Path) -> None:
    record(store, folder, [cycle_started(), *begun(1), verdict(1, diff=TREE)])
    assert (folder / "experiments/001/changes.diff").read_text().startswith("The patch is lost: object 7777777 cannot be read")
    assert [row["id"] for row in results(folder)] == ["1"]


def test_values_with_tabs_and_line_ends_stay_one_line(store: Store, folder: Path) -> None:
    record(store, folder, [cycle_started(), *begun(1), verdict(1, "abandon", "a\tb\nc\r\nd\x0be\u2028f\x85g\x1b[31mh\0i")])
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
