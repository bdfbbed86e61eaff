"""Names of hidden files in added lines: who names one may be about to read it."""

from pathlib import Path

import pytest

from tests.support.repositories import commit, make_repository
from tools.engine.gate.looking import lines_of
from tools.engine.gate.sources_of_answers import Answers
from tools.engine.repository.location import locate
from tools.engine.repository.objects import tree_of

FILES = {
    "data/answers.json": "{}\n",
    "data/keys.json": "{}\n",
    "data/index.json": "{}\n",
    "data/truth.py": "GOLD = 1\n",
    "data/LICENCE": "\n",
    "src/index.json": "{}\n",
    "src/solve.py": "def solve(path='data/keys.json'):\n    return 1\n",
    "bench.py": "open('data/answers.json')\n",
    "README.md": "The answers lie in data/answers.json.\n",
    "factory.md": "- withheld: data/**\n- data/answers.json\n",
}
ANSWERS = Answers(("data/**", "bench.py"), ("data/**",), ())


def named(root: Path, more: dict[str, str], answers: Answers = ANSWERS) -> tuple[str, ...]:
    repository = locate(make_repository(root / "p", FILES))
    base = tree_of(repository, "HEAD")
    commit(root / "p", more, "change")
    return lines_of(repository, base, tree_of(repository, "HEAD"), answers).named


@pytest.mark.parametrize(
    "line",
    [
        "open('data/answers.json')",
        "open('../data/answers.json')",
        "os.path.join('data', 'answers.json')",
        "# see answers.json.",
        "from data.truth import GOLD",
        "open('data/index.json')",
        "open('data/LICENCE')",
    ],
)
def test_a_line_that_names_a_hidden_file_is_told_by_its_place(tmp_path: Path, line: str) -> None:
    assert named(tmp_path, {"src/solve.py": f"{FILES['src/solve.py']}{line}\n"}) == ("src/solve.py:3",)


@pytest.mark.parametrize("line", ["open('src/index.json')", "open('more-answers.json')", "answers = data.get('truth')", "LICENCE = 'index.json'", ""])
def test_other_names_are_not(tmp_path: Path, line: str) -> None:
    assert named(tmp_path, {"src/solve.py": f"{FILES['src/solve.py']}{line}\n"}) == ()


def test_what_an_open_file_of_the_same_kind_names_already_is_no_news(tmp_path: Path) -> None:
    assert named(tmp_path, {"src/solve.py": "\n", "src/moved.py": "def solve(path='data/keys.json'): ...\n"}) == ()


def test_another_kind_of_file_is_no_excuse_and_fixed_files_are_not_looked_at(tmp_path: Path) -> None:
    more = {"src/keys.txt": "data/keys.json\n", "bench.py": "open('data/answers.json').read()\n"}
    assert named(tmp_path, more) == ("src/keys.txt:1",)


def test_where_nothing_is_hidden_nothing_is_named(tmp_path: Path) -> None:
    assert named(tmp_path, {"src/solve.py": "open('data/answers.json')\n"}, Answers(("data/**",), (), ())) == ()
