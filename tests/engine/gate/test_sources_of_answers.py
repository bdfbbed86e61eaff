"""Where answers lie: every file that a pattern or a path of cases means, known once for as long as it stays as it is."""

from pathlib import Path

import pytest

from state.configuration import Configuration
from tests.support.repositories import commit, make_repository
from tools.engine.gate import sources_of_answers
from tools.engine.gate.sources_of_answers import Answers, Known, answers_of, known_answers
from tools.engine.repository.location import locate
from tools.engine.repository.objects import tree_of

FILES = {
    "data/deep/truth.json": '{"answer": 482137}',
    "data/more.txt": "1\n",
    "hidden/h.txt": "2\n",
    "src/a.py": "",
    "eval/a.in": "x",
    "eval/a.out": "y",
}
EVERY = Answers(("data", "hidden/"), ("hidden/",), ("eval",))


def known(root: Path, answers: Answers = EVERY) -> Known:
    repository = locate(root)
    return known_answers(repository, tree_of(repository, "HEAD"), answers)


def test_a_folder_is_all_files_below_it_and_cases_are_known_by_their_path(tmp_path: Path) -> None:
    found = known(make_repository(tmp_path / "p", FILES)).fingerprints.sources
    assert [(source.path, source.hidden, len(source.cases)) for source in found] == [
        ("eval", False, 1), ("data/deep/truth.json", False, 0), ("data/more.txt", False, 0), ("hidden/h.txt", True, 0),
    ]  # fmt: skip


def test_what_lands_beside_files_of_answers_leaves_them_known_and_another_answer_does_not(tmp_path: Path) -> None:
    root = make_repository(tmp_path / "p", FILES)
    first = known(root)
    commit(root, {"src/a.py": "x = 1\n"}, "beside")
    assert known(root) is first
    commit(root, {"data/more.txt": "3\n"}, "another")
    assert known(root) is not first


def test_a_file_that_is_too_large_is_named_and_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources_of_answers, "LARGEST", 10)
    found = known(make_repository(tmp_path / "p", FILES))
    assert found.beyond == ("data/deep/truth.json",)
    assert found.fingerprints.values.entries == found.fingerprints.rows.entries


def test_answers_of_cases_that_are_numbers_are_a_row_of_numbers(tmp_path: Path) -> None:
    cases = {
        f"eval/{number}.{end}": f"{text}\n" for number, text in enumerate(("642", "881", "317", "509")) for end, text in (("in", "?"), ("out", text))
    }
    assert len(known(make_repository(tmp_path / "p", {**FILES, **cases})).fingerprints.number_rows.entries) == 1


def test_withheld_surfaces_and_what_is_held_out_are_hidden() -> None:
    found = answers_of(
        Configuration(goal="G", modifiable=("src/**",), guards=("K",), fixed_surfaces=("data/**", "gold/**"), withheld_surfaces=("gold/**",))
    )
    assert found == Answers(("data/**", "gold/**"), ("gold/**",), ())
