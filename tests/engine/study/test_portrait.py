"""What a code base is, in a few numbers, and where it changes most."""

from pathlib import Path

import pytest

from tests.support.repositories import commit, make_repository
from tools.engine.repository.location import locate
from tools.engine.repository.objects import tree_of
from tools.engine.study import portrait as drawing
from tools.engine.study.hotspots import hot_files
from tools.engine.study.portrait import portrait

FILES = {
    "README.md": "# slug\n", "src/slug/__init__.py": "A = 1\nB = 2\n", "src/slug/__main__.py": "print(1)", "web/app.ts": "let a = 1\n\n",
    "tests/test_slug.py": "def test_a():\n    assert True\n", "bin/tool.py": "", "web/app.test.ts": "it('a')\n", "latest.py": "x = 1\n",
}  # fmt: skip


def test_languages_files_lines_tests_and_where_programs_start(tmp_path: Path) -> None:
    repository = locate(make_repository(tmp_path / "project", FILES))
    found = portrait(repository, tree_of(repository, "HEAD"))
    assert found.files == 8
    assert found.languages == (("Python", 5, 6), ("TypeScript", 2, 3))
    assert found.tests == 2
    assert found.starts == ("bin/tool.py", "src/slug/__main__.py")


def test_of_very_many_files_no_lines_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing, "MOST_COUNTED", 3)
    repository = locate(make_repository(tmp_path / "project", FILES))
    assert portrait(repository, tree_of(repository, "HEAD")).languages == (("Python", 5, None), ("TypeScript", 2, None))


def test_what_has_no_source_has_an_empty_portrait(tmp_path: Path) -> None:
    repository = locate(make_repository(tmp_path / "project", {"LICENSE": "free\n"}))
    found = portrait(repository, tree_of(repository, "HEAD"))
    assert (found.files, found.languages, found.starts) == (1, (), ())


def test_the_hottest_file_is_large_and_changes_often_and_lies_in_scope(tmp_path: Path) -> None:
    project = make_repository(tmp_path / "project", {"large.py": "x\n" * 90, "small.py": "x\n", "apart/huge.py": "x\n" * 999, "gone.py": "x\n" * 500})
    for number in range(3):
        commit(project, {"large.py": "x\n" * (100 + number), "small.py": f"{number}\n"}, "both")
    for number in range(4):
        commit(project, {"small.py": f"{number} again\n"}, "small")
    (project / "gone.py").unlink()
    commit(project, {}, "gone")
    repository = locate(project)
    tip = repository.git.text("rev-parse", "HEAD")
    assert [(each.name, each.path, each.changes, each.lines) for each in hot_files(repository, tip, ("*.py", "!apart/**"))] == [
        ("F1", "large.py", 4, 102), ("F2", "small.py", 8, 1),
    ]  # fmt: skip
    assert hot_files(repository, tip, ())[0].path == "apart/huge.py"
