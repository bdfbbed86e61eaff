"""What of a candidate's coverage counts as gained, on real trees."""

from pathlib import Path

from state.measurement import Root
from tests.support.repositories import commit, git, make_repository
from tools.engine.evaluation.assessment import CoveredLines, Measurements
from tools.engine.evaluation.base_word import base_owned
from tools.engine.experiment.covering import gained_by_tests
from tools.engine.repository.location import locate

WIDTH = "def width(text):\n    total = 0\n    for each in text:\n        total += 1\n    return total\n"
TESTS = "from text import width\n\n\ndef test_width():\n    assert width('ab') == 2\n"
OWNED = base_owned((Root(language="python", source_paths=("text.py",)),))


def gained(place: Path, files: dict[str, str], covered: list[int], uncovered: list[int]) -> int:
    """What a candidate with these files gains, whose text.py is run so far."""
    root = make_repository(place / "p", {"text.py": f"{WIDTH}\n\nBLANK = ' '\n"})
    base = git(root, "rev-parse", "HEAD").strip()
    new = commit(root, files, "candidate")
    before, after = (
        Measurements(lines=CoveredLines({"text.py": ran}, {"text.py": missed})) for ran, missed in (([1, 8], [2, 3, 4, 5]), (covered, uncovered))
    )
    return gained_by_tests(locate(root), (base, new), (before, after), OWNED)


def test_a_test_of_what_no_test_ran_gains_its_lines(tmp_path: Path) -> None:
    assert gained(tmp_path, {"test_text.py": TESTS}, [1, 2, 3, 4, 5, 8], []) == 4


def test_an_untested_function_that_gives_way_to_less_gains_nothing(tmp_path: Path) -> None:
    shorter = "def width(text):\n    return len(text.missing)\n\n\nBLANK = ' '\n"
    assert gained(tmp_path / "a", {"text.py": shorter, "test_text.py": "def test_a():\n    assert 1\n"}, [1, 5], [2]) == 0
    constants = "width = None\na = 1\nb = 2\nc = 3\n\n\nBLANK = ' '\n"
    assert gained(tmp_path / "b", {"text.py": constants, "test_text.py": "def test_a():\n    assert 1\n"}, [1, 2, 3, 4, 7], []) == 0


def test_a_function_that_is_written_anew_with_a_test_gains_its_lines(tmp_path: Path) -> None:
    anew = "def width(text):\n    found = list(text)\n    return len(found)\n\n\nBLANK = ' '\n"
    assert gained(tmp_path, {"text.py": anew, "test_text.py": TESTS}, [1, 2, 3, 6], []) == 2


def test_code_that_runs_itself_while_it_is_imported_gains_nothing_without_a_test(tmp_path: Path) -> None:
    assert gained(tmp_path, {"text.py": f"{WIDTH}\n\nBLANK = ' '\nwidth(BLANK)\n"}, [1, 2, 3, 4, 5, 8, 9], []) == 0
