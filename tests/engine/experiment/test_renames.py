"""Renamed tests: the same body under the same name, in another file or class."""

from pathlib import Path

from state.measurement import Root
from tests.support.gates import account, fix
from tests.support.repositories import commit, git, make_repository
from tools.engine.evaluation.assessment import Measurements
from tools.engine.experiment.proving import Proofs, with_new_tests
from tools.engine.experiment.renames import pairs, renamed
from tools.engine.repository.location import locate

ROOTS = (Root(language="python"),)
BEFORE = "def test_one():\n    assert 1 + 1 == 2\n\n\ndef test_two():\n    assert 2 + 2 == 4\n"
AFTER = "class TestSums:\n    def test_one(self):\n        assert 1 + 1 == 2\n\n\ndef test_two():\n    assert 2 + 2 == 4  # moved\n"


def test_a_test_that_moved_to_another_file_is_renamed_and_one_that_changed_is_not(tmp_path: Path) -> None:
    root = make_repository(tmp_path / "project", {"tests/test_old.py": BEFORE})
    base = git(root, "rev-parse", "HEAD^{tree}")
    (root / "tests" / "test_old.py").unlink()
    commit(root, {"tests/test_new.py": AFTER}, "moved")
    tree = git(root, "rev-parse", "HEAD^{tree}")
    found = account(
        gone=("tests/test_old.py::test_one", "tests/test_old.py::test_two"),
        new=("tests/test_new.py::TestSums::test_one", "tests/test_new.py::test_two"),
    )
    assert renamed(found, locate(root), (base, tree), ROOTS) == ("tests/test_old.py::test_two -> tests/test_new.py::test_two",)


def test_each_test_is_in_one_pair_only() -> None:
    body = ("test_a", "", "digest")
    assert pairs(["x", "y"], ["n"], lambda _: body, lambda _: body) == {"x": "n"}
    assert pairs(["x"], ["n"], lambda _: None, lambda _: body) == {}


def test_parameters_are_part_of_a_test(tmp_path: Path) -> None:
    source = "import pytest\n\n\n@pytest.mark.parametrize('n', [1, 2])\ndef test_n(n):\n    assert n\n"
    root = make_repository(tmp_path / "project", {"a.py": source, "b.py": source})
    tree = git(root, "rev-parse", "HEAD^{tree}")
    found = account(gone=("a.py::test_n[1]", "a.py::test_n[2]"), new=("b.py::test_n[2]", "b.py::test_n[3]"))
    assert renamed(found, locate(root), (tree, tree), ROOTS) == ("a.py::test_n[2] -> b.py::test_n[2]",)


def test_new_tests_that_pass_without_the_change_are_announced_by_dimension_by_id_or_by_file() -> None:
    new = ("a.py::t", "b.py::t[1]", "b.py::t[2]", "c.py::t", "d.py::fails", "e.py::moved")
    found = account(new=new, gone=("old.py::moved",), renamed=("old.py::moved -> e.py::moved",))
    outcomes = dict.fromkeys(new, "passed")
    proofs = Proofs((), {**outcomes, "d.py::fails": "failed"})
    idea = fix().model_copy(update={"dimension": "none", "characterises": ("a.py", "b.py::t")})
    told = with_new_tests(found, proofs, Measurements(outcomes=outcomes), idea)
    assert told.characterising == ("a.py::t", "b.py::t[1]", "b.py::t[2]", "c.py::t")
    assert told.undeclared == ("c.py::t",)
    about = idea.model_copy(update={"dimension": "capability_surface", "characterises": ()})
    assert with_new_tests(found, proofs, Measurements(outcomes=outcomes), about).undeclared == ()


def test_a_new_test_that_could_not_run_over_the_base_describes_nothing_that_was_there() -> None:
    told = with_new_tests(account(new=("a.py::t",)), Proofs((), {}), Measurements(outcomes={"a.py::t": "passed"}), None)
    assert (told.characterising, told.undeclared) == ((), ())
