"""An original's `.factory` as a whole: what is read of it, and that nothing odd in it stops the rest."""

import json
import os
from pathlib import Path

import pytest
from hypothesis import given, strategies
from hypothesis import settings as hypothesis_settings

from state.original.folder import Original, read_original
from state.original.recognition import Own, is_original
from tests.support.originals import GOAL, event_line, make_original, original_files, put, results_tsv, row


def read(folder: Path, files: dict[str, str | bytes]) -> Original:
    """The original of these files alone."""
    return read_original(put(folder / ".factory", files))


def said(found: Original) -> list[str]:
    """Where each problem lies, and what was found there."""
    return [f"{problem.where}: {problem.found}" for problem in found.problems]


def test_a_whole_project_is_read_with_nothing_odd_but_what_is_there_twice(tmp_path: Path) -> None:
    found = read_original(make_original(tmp_path / ".factory"))
    assert [each.id for each in found.experiments] == list(range(1, 14))
    assert found.verdicts() == {"keep": 7, "revert": 3, "error": 2, "unfinished": 1}
    assert len(found.items) == 5
    assert found.goal == GOAL
    assert said(found) == ["backlog: 'support  unicode' again"]
    assert {file.path for file in found.files} == set(original_files()) - {"agents/builder.md", ".bob_auth", ".store.lock"}


def test_reading_writes_nothing(tmp_path: Path) -> None:
    folder = make_original(tmp_path / ".factory")
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    assert is_original(folder, Own())
    read_original(folder)
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == before


def test_an_experiment_without_a_row_is_read_from_its_folder(tmp_path: Path) -> None:
    fields = {**row(2), "pr_number": None, "research_citations": ["a", "b"]}
    found = read(
        tmp_path,
        {
            "results.tsv": results_tsv([row(1)]),
            "experiments/001/verdict.json": json.dumps({**row(1), "verdict": "revert"}),
            "experiments/002/verdict.json": json.dumps(fields),
            "experiments/002/hypothesis.md": "Another idea\n",
            "experiments/0003/hypothesis.md": "# Never decided\n",
            "experiments/notes/hypothesis.md": "of no experiment\n",
        },
    )
    assert [(each.id, each.verdict, each.hypothesis) for each in found.experiments] == [
        (1, "keep", "Idea 1: test what no test runs"), (2, "revert", "Idea 2: test what no test runs"), (3, "unfinished", "Never decided"),
    ]  # fmt: skip
    assert found.experiments[1].research_citations == ("a", "b")
    assert said(found) == []


def test_a_number_twice_counts_as_its_last_row_says(tmp_path: Path) -> None:
    found = read(tmp_path, {"results.tsv": results_tsv([row(1), row(2), row(1, verdict="error")])})
    assert [(each.id, each.verdict) for each in found.experiments] == [(2, "revert"), (1, "error")]
    assert said(found) == ["results.tsv:4: experiment 1 again"]


@pytest.mark.parametrize(
    ("name", "content"),
    [("config.json", "{"), ("config.json", b"\xff\xfe{"), ("experiments/004/verdict.json", ""), ("experiments/004/verdict.json", "[" * 100_000)],
)
def test_a_file_that_is_no_json_is_said_and_stops_nothing(tmp_path: Path, name: str, content: str | bytes) -> None:
    found = read(tmp_path, {**original_files(2), name: content})
    assert [each.id for each in found.experiments][:2] == [1, 2]
    assert f"{name}: no JSON" in said(found)


@pytest.mark.parametrize("goal", [None, 7, "", "x" * 501, ["a"]])
def test_a_goal_that_fits_no_factory_md_is_none(tmp_path: Path, goal: object) -> None:
    assert read(tmp_path, {"config.json": json.dumps({"goal": goal})}).goal == ""


def test_verdicts_of_odd_types_are_read_as_far_as_they_say_something(tmp_path: Path) -> None:
    odd = {"timestamp": "2026-05-01T10:00:00", "hypothesis": {"a": 1}, "score_before": True, "delta": [1], "verdict": None, "notes": "\ud800"}
    found = read(tmp_path, {"experiments/007/verdict.json": json.dumps(odd)})
    (only,) = found.experiments
    assert (only.id, only.score_before, only.delta, only.verdict, only.notes) == (7, None, 1.0, "error", "?")


def test_links_and_pipes_are_said_and_never_read(tmp_path: Path) -> None:
    folder = put(tmp_path / ".factory", {"events.jsonl": event_line("detect") + "\n"})
    outside = put(tmp_path / "outside", {"results.tsv": results_tsv([row(9)]), "hypothesis.md": "outside\n"})
    (folder / "results.tsv").symlink_to(outside / "results.tsv")
    (folder / "experiments").mkdir()
    (folder / "experiments" / "009").symlink_to(outside)
    os.mkfifo(folder / "messages")
    found = read_original(folder)
    assert found.experiments == ()
    assert sorted(said(found)) == ["experiments/009: no regular file", "messages: no regular file", "results.tsv: no regular file"]


@given(strategies.dictionaries(strategies.sampled_from(sorted(original_files(1))), strategies.binary(max_size=80), min_size=1))
@hypothesis_settings(max_examples=40, deadline=None)
def test_bytes_of_any_kind_in_any_file_raise_nothing(tmp_path_factory: pytest.TempPathFactory, files: dict[str, str | bytes]) -> None:
    folder = put(tmp_path_factory.mktemp("any") / ".factory", files)
    is_original(folder, Own())
    assert len(read_original(folder).files) == len(set(files) - {"agents/builder.md", ".bob_auth", ".store.lock"})
