"""The result of a command counts only where this run of it wrote it: into a plain file inside the tree."""

from pathlib import Path

import pytest

from tools.engine.evaluation import results
from tools.engine.evaluation.commanded import NO_RESULT, RESULT
from tools.engine.evaluation.results import result_of, take_away
from tools.engine.languages.bench import Place
from tools.engine.process import Finished


@pytest.fixture
def place(tmp_path: Path) -> Place:
    (tmp_path / "tree" / "out").mkdir(parents=True)
    return Place(tmp_path)


def finished(stdout: str = "", dropped: int = 0) -> Finished:
    return Finished("exited", 0, 0.1, stdout, "", dropped=dropped, children_killed=0)


def test_what_lay_there_before_the_run_is_gone_whatever_it_was(place: Place) -> None:
    (place.tree / "out" / "a.json").write_text("old")
    (place.tree / "out" / "b.json").mkdir()
    (place.tree / "out" / "c.json").symlink_to("a.json")
    for name in ("a.json", "b.json", "c.json", "never.json"):
        take_away(place, f"out/{name}")
        assert NO_RESULT in result_of(place, f"out/{name}", finished())
    assert list((place.tree / "out").iterdir()) == []


def test_a_file_outside_of_the_tree_is_neither_read_nor_removed(place: Place, tmp_path: Path) -> None:
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "out.json").write_text("7")
    (place.tree / "away").symlink_to(tmp_path / "secret")
    take_away(place, "away/out.json")
    assert (tmp_path / "secret" / "out.json").read_text() == "7"
    assert "leads out of the tree" in result_of(place, "away/out.json", finished())[NO_RESULT]
    (place.tree / "out.json").symlink_to(tmp_path / "secret" / "out.json")
    assert NO_RESULT in result_of(place, "out.json", finished())


def test_a_result_is_read_whole_or_not_at_all(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    (place.tree / "out.json").write_text('{"rate": 1}')
    assert result_of(place, "out.json", finished()) == {RESULT: '{"rate": 1}'}
    monkeypatch.setattr(results, "LARGEST", 3)
    assert "at most 3 are read" in result_of(place, "out.json", finished())[NO_RESULT]
    (place.tree / "out.bin").write_bytes(b"\xff\xfe")
    assert NO_RESULT in result_of(place, "out.bin", finished())


def test_what_is_printed_is_the_result_where_no_file_is_named(place: Place) -> None:
    assert result_of(place, "", finished("rate: 1\n")) == {RESULT: "rate: 1\n"}
    assert "9 bytes did not fit" in result_of(place, "", finished("rate: 1\n", dropped=9))[NO_RESULT]
