"""The tree with the base's word: what is restored, brought back, left out and grafted; and how changes of it are judged."""

from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from state.measurement import Root
from tests.support.repositories import commit, git, make_repository
from tools.engine.evaluation.base_word import BaseOwned, base_owned, examine, overlay, with_base_configuration
from tools.engine.languages.changes import change_of_text
from tools.engine.repository.location import locate
from tools.engine.repository.objects import list_tree, read_blob

ROOTS = (Root(language="python", source_paths=("src/pkg",)),)
BASE = {
    "pyproject.toml": '[project]\nname = "a"\nversion = "1"\n\n[tool.ruff]\nline-length = 80\n',
    "src/pkg/__init__.py": "A = 1\n",
    "src/pkg/testing/fake.py": "F = 1\n",
    "src/pkg/checks.py": "def test_inside():\n    pass\n",
    "tests/test_a.py": "def test_a():\n    pass\n",
    "tests/data/case.txt": "one\ntwo\n",
    "eval/score.py": "print(0.5)\n",
    "setup.cfg": "[flake8]\nmax-line-length = 80\n",
    "factory.md": "## Goal\n",
}


def trees(folder: Path, files: Mapping[str, str], remove: Iterable[str] = ()) -> tuple[Path, str, str]:
    root = make_repository(folder / "project", BASE)
    base = git(root, "rev-parse", "HEAD^{tree}")
    for name in remove:
        (root / name).unlink()
    commit(root, files, "candidate")
    return root, base, git(root, "rev-parse", "HEAD^{tree}")


def owned(observed: Iterable[str] = (), patterns: Iterable[str] = ()) -> BaseOwned:
    return base_owned(ROOTS, observed, tuple(patterns))


def test_changed_files_are_restored_deleted_ones_brought_back_and_added_ones_left_out(tmp_path: Path) -> None:
    root, base, tree = trees(
        tmp_path,
        {"tests/test_a.py": "x\n", "tests/test_new.py": "y\n", "conftest.py": "z\n", "src/pkg/__init__.py": "A = 2\n", "eval/score.py": "print(1)\n"},
        ["tests/data/case.txt"],
    )
    repository = locate(root)

    combined = overlay(repository, base, tree, owned())

    assert read_blob(repository, combined, "src/pkg/__init__.py") == b"A = 2\n"
    expected = {entry.path: entry.object_id for entry in list_tree(repository, base)}
    assert {entry.path: entry.object_id for entry in list_tree(repository, combined)} | {"src/pkg/__init__.py": ""} == expected | {
        "src/pkg/__init__.py": ""
    }


def test_a_candidate_without_a_base_owned_change_is_the_same_tree(tmp_path: Path) -> None:
    changed = {"src/pkg/__init__.py": "A = 2\n", "README.md": "read\n", "pyproject.toml": BASE["pyproject.toml"].replace('"1"', '"2"')}
    root, base, tree = trees(tmp_path, changed)

    assert overlay(locate(root), base, tree, owned()) == tree
    assert overlay(locate(root), base, base, owned()) == base
    assert examine(locate(root), base, tree, owned()) == []


def test_pyproject_is_grafted_by_key(tmp_path: Path) -> None:
    root, base, tree = trees(tmp_path, {"pyproject.toml": '[project]\nname = "a"\nversion = "2"\n\n[tool.ruff]\nline-length = 999\n'})
    repository = locate(root)

    grafted = (read_blob(repository, overlay(repository, base, tree, owned()), "pyproject.toml") or b"").decode()

    assert 'version = "2"' in grafted
    assert "line-length = 80" in grafted
    assert [(change.path, change.kind) for change in examine(repository, base, tree, owned())] == [("pyproject.toml", "configuration")]


def test_tools_look_at_the_candidate_with_the_bases_configuration_only(tmp_path: Path) -> None:
    root, base, tree = trees(tmp_path, {"ruff.toml": "exclude = ['*']\n", "setup.cfg": "[flake8]\n", "tests/test_a.py": "x = 1\n"})
    repository = locate(root)

    looked_at = with_base_configuration(repository, base, tree, ROOTS)

    assert read_blob(repository, looked_at, "ruff.toml") is None
    assert read_blob(repository, looked_at, "setup.cfg") == BASE["setup.cfg"].encode()
    assert read_blob(repository, looked_at, "tests/test_a.py") == b"x = 1\n"


def test_tests_inside_the_source_belong_to_the_base_once_they_were_seen_to_run(tmp_path: Path) -> None:
    root, base, tree = trees(tmp_path, {"src/pkg/checks.py": "", "src/pkg/testing/fake.py": "F = 2\n"})
    repository = locate(root)

    assert overlay(repository, base, tree, owned()) == tree
    combined = overlay(repository, base, tree, owned(["src/pkg/checks.py"]))
    assert read_blob(repository, combined, "src/pkg/checks.py") == BASE["src/pkg/checks.py"].encode()
    assert read_blob(repository, combined, "src/pkg/testing/fake.py") == b"F = 2\n"


def test_a_folder_of_tests_replaced_by_a_file_comes_back(tmp_path: Path) -> None:
    root, base, tree = trees(tmp_path, {"README.md": "x\n"})
    git(root, "rm", "-rq", "tests")
    tree_id = commit(root, {"tests": "a file\n"}, "replace")
    tree = git(root, "rev-parse", f"{tree_id}^{{tree}}")

    combined = overlay(locate(root), base, tree, owned())

    assert read_blob(locate(root), combined, "tests/test_a.py") == BASE["tests/test_a.py"].encode()


@pytest.mark.parametrize(
    ("files", "remove", "kinds"),
    [
        ({"tests/test_a.py": BASE["tests/test_a.py"] + "\n\ndef test_b():\n    pass\n"}, [], {"tests/test_a.py": "only_gained"}),
        ({"tests/test_a.py": "def test_a():\n    assert True\n"}, [], {"tests/test_a.py": "changed"}),
        ({"tests/test_b.py": "def test_b():\n    pass\n"}, [], {"tests/test_b.py": "added_plain_test"}),
        ({"tests/data/new.bin": "\0"}, [], {"tests/data/new.bin": "added_plain_test"}),
        ({"tests/data/case.txt": "one\nmore\ntwo\n"}, [], {"tests/data/case.txt": "only_gained"}),
        ({"tests/data/case.txt": "two\none\n"}, [], {"tests/data/case.txt": "changed"}),
        ({}, ["tests/test_a.py"], {"tests/test_a.py": "deleted"}),
        ({"tests/test_z.py": BASE["tests/test_a.py"]}, ["tests/test_a.py"], {"tests/test_a.py": "deleted", "tests/test_z.py": "added_plain_test"}),
        ({"tests/conftest.py": "import pytest\n\n\n@pytest.fixture\ndef a():\n    return 1\n"}, [], {"tests/conftest.py": "added_plain_test"}),
        ({"conftest.py": "def pytest_configure():\n    pass\n"}, [], {"conftest.py": "changed"}),
        ({"pytest.ini": "[pytest]\n"}, [], {"pytest.ini": "configuration"}),
        ({"src/x.pth": "import os\n"}, [], {"src/x.pth": "configuration"}),
        ({"eval/more.py": "print(1)\n"}, [], {"eval/more.py": "configuration"}),
        ({"factory.md": "## Goal\nother\n"}, [], {"factory.md": "configuration"}),
        ({}, ["pyproject.toml"], {"pyproject.toml": "deleted"}),
        ({"data/answers.csv": "1\n"}, [], {"data/answers.csv": "configuration"}),
    ],
)
def test_each_base_owned_change_is_named_for_what_it_is(files: dict[str, str], remove: list[str], kinds: dict[str, str], tmp_path: Path) -> None:
    root, base, tree = trees(tmp_path, files, remove)

    found = examine(locate(root), base, tree, owned(patterns=["data/**"]))

    assert {change.path: change.kind for change in found} == kinds
    assert all(change.suspicious == (change.kind not in {"only_gained", "added_plain_test"}) for change in found)
    assert all(change.detail for change in found)


def test_exceptions_of_the_contract_open_nothing_that_is_always_the_bases(tmp_path: Path) -> None:
    root, base, tree = trees(tmp_path, {"eval/score.py": "print(1)\n", "data/answers.csv": "1\n", "data/notes.txt": "2\n"})
    repository = locate(root)

    combined = overlay(repository, base, tree, owned(patterns=["data/**", "!data/notes.txt", "!eval/**"]))

    assert read_blob(repository, combined, "eval/score.py") == BASE["eval/score.py"].encode()
    assert read_blob(repository, combined, "data/answers.csv") is None
    assert read_blob(repository, combined, "data/notes.txt") == b"2\n"


def test_a_test_that_becomes_a_symlink_is_a_change(tmp_path: Path) -> None:
    root, base, _ = trees(tmp_path, {})
    (root / "tests/test_a.py").unlink()
    (root / "tests/test_a.py").symlink_to("data/case.txt")
    commit(root, {}, "link")

    (change,) = examine(locate(root), base, git(root, "rev-parse", "HEAD^{tree}"), owned())

    assert (change.path, change.kind) == ("tests/test_a.py", "changed")


LINES = st.lists(st.sampled_from(["a", "b", "c", ""]), max_size=6)


@given(LINES, LINES)
def test_a_text_only_gained_exactly_where_no_line_was_removed(base: list[str], candidate: list[str]) -> None:
    kind = change_of_text("x", "\n".join(base).encode(), "\n".join(candidate).encode()).kind
    remaining = iter("\n".join(candidate).splitlines())

    assert (kind == "only_gained") == all(any(line == other for other in remaining) for line in "\n".join(base).splitlines())
