"""Product code that holds only where the project itself lies, and code that patches another module: both seen on real trees."""

from pathlib import Path

import pytest

from state.cycles import Hypothesis
from state.measurement import Root
from tests.support.histories import hypothesis_of
from tests.support.repositories import commit, git, make_repository
from tools.engine.evaluation.base_word import base_owned
from tools.engine.experiment.replacements import replacing
from tools.engine.experiment.whereabouts import asking_where_it_runs
from tools.engine.repository.changes import changed_lines
from tools.engine.repository.location import locate

CORE = 'def wrap(text, width):\n    return text[:width]\n\n\ndef settings():\n    return read("tox.ini")\n'
FILES = {
    "pyproject.toml": "[project]\n",
    "tox.ini": "[tox]\n",
    "src/pkg/__init__.py": "",
    "src/pkg/core.py": CORE,
    "tests/test_core.py": "def test_wrap():\n    assert 1\n",
}
OWNED = base_owned((Root(language="python", source_paths=("src/pkg",)),))
FIX = hypothesis_of("Mend the width", "fix")


def found(place: Path, files: dict[str, str], idea: Hypothesis = FIX) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What a candidate with these files is asked for: where it runs, and what it patches."""
    root = make_repository(place / "p", FILES)
    base = git(root, "rev-parse", "HEAD")
    new, repository = commit(root, files, "candidate"), locate(root)
    product = {path: lines for path, lines in changed_lines(repository, base, new).items() if not OWNED.matches(path)}
    return asking_where_it_runs(repository, base, OWNED, product, idea), replacing(repository, (base, new), OWNED, product)


@pytest.mark.parametrize(
    "line",
    [
        'if Path("pyproject.toml").is_file():', 'if (Path(__file__).parents[2] / "tests").exists():', "if os.path.isdir('../tests/data'):",
        'if os.path.exists(".git"):', 'if Path.cwd().joinpath(".factory").exists():', 'if os.path.exists("tests/test_core.py"):',
        'if any(each == "test_core.py" for each in os.listdir()):', 'if "conftest.py" in os.listdir():',
    ],
)  # fmt: skip
def test_code_that_looks_for_files_of_the_project_is_named_with_its_line(tmp_path: Path, line: str) -> None:
    mend = CORE.replace("    return text[:width]", f"    {line}\n        return text[:max(width, 0)]\n    return text[:width]")
    ((said,), patched) = found(tmp_path, {"src/pkg/core.py": mend})
    assert said.startswith("src/pkg/core.py:2 asks for ")
    assert patched == ()


def test_what_the_base_asks_for_already_what_it_lacks_and_plain_words_are_no_findings(tmp_path: Path) -> None:
    honest = (
        'def more(text):\n    # not "pyproject.toml"\n    kind = {"tests": 1, "git": ".git"}\n    read("tox.ini")\n    read("package.json")\n'
        '    raise ValueError("no pyproject.toml here")\n'
    )
    assert found(tmp_path, {"src/pkg/core.py": CORE + honest, "noxfile.py": 'run("tests", "pyproject.toml")\n'}) == ((), ())


def test_a_file_that_the_hypothesis_speaks_of_is_no_finding_unless_it_is_a_fix(tmp_path: Path) -> None:
    files = {"src/pkg/core.py": CORE + '\n\ndef more():\n    return read("pyproject.toml")\n'}
    assert found(tmp_path / "a", files, hypothesis_of("Read pyproject.toml", "explore"))[0] == ()
    assert found(tmp_path / "b", files, hypothesis_of("Read pyproject.toml", "fix"))[0]


def test_a_new_module_that_patches_another_is_named_with_its_line_and_what_the_base_patched_is_not(tmp_path: Path) -> None:
    strict = "from pkg import core\n\n\ndef guard_width():\n    core.wrap = lambda text, width: text[: max(width, 0)]\n"
    (asked, (said,)) = found(tmp_path, {"src/pkg/strict.py": strict})
    assert asked == ()
    assert said == "src/pkg/strict.py:5 sets core.wrap, which another file of the project has: mend it there"
    root = tmp_path / "p"
    base = git(root, "rev-parse", "HEAD")
    new, repository = commit(root, {"src/pkg/strict.py": strict.replace("max(width, 0)", "abs(width)")}, "again"), locate(root)
    assert replacing(repository, (base, new), OWNED, changed_lines(repository, base, new)) == ()
