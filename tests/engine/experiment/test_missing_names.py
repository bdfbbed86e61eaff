"""What a failure on the base says of names that only the candidate has."""

from pathlib import Path

import pytest

from tests.support.repositories import commit, make_repository
from tools.engine.experiment.missing_names import added_names, missing_name
from tools.engine.repository.changes import changed_lines
from tools.engine.repository.location import locate

ADDED = frozenset({"marker", "strict", "more"})


@pytest.mark.parametrize(
    "said",
    [
        "AttributeError: module 'slug' has no attribute 'marker'", "AttributeError: 'Slug' object has no attribute 'marker'",
        "NameError: name 'marker' is not defined", "ImportError: cannot import name 'marker' from 'slug' (/x/slug.py)",
        "ModuleNotFoundError: No module named 'slug.more'", "TypeError: slug() got an unexpected keyword argument 'strict'",
        "TypeError: marker is not a function", "TypeError: (0 , __vite_ssr_import_0__.marker) is not a function",
        "TypeError: slug.marker is not a constructor", "ReferenceError: marker is not defined",
        "SyntaxError: The requested module './slug.js' does not provide an export named 'marker'", "Error: Cannot find module './more'",
        "TypeError: Cannot read properties of undefined (reading 'marker')", "fixture 'marker' not found",
        "assert False\n +  where False = hasattr(<module 'slug' from '/room/src/slug/__init__.py'>, 'marker')",
        "AssertionError: The expression evaluated to a falsy value:\n\n  assert.ok(slug.marker)\n",
    ],
)  # fmt: skip
def test_a_failure_for_want_of_a_new_name_is_told_in_the_words_of_python_and_javascript(said: str) -> None:
    assert missing_name(said, ADDED) in ADDED
    assert missing_name(said, frozenset({"other"})) == ""


@pytest.mark.parametrize("said", ["assert 'marker' == 'strict'", "IndexError: string index out of range", "", "Error: expected 1 to be 2"])
def test_another_failure_lacks_no_name(said: str) -> None:
    assert missing_name(said, ADDED) == ""


def test_names_are_new_that_a_changed_file_did_not_have_before(tmp_path: Path) -> None:
    root = make_repository(tmp_path / "p", {"src/slug.py": "def slug(text):\n    return text.group()\n"})
    base = commit(root, {"README.md": "marker\n"}, "before")
    new = commit(
        root, {"src/slug.py": "def slug(text):\n    return text and text.group()\n\n\ndef marker():\n    pass\n", "src/more.py": "x = 1\n"}, "c"
    )
    repository = locate(root)
    assert added_names(repository, base, changed_lines(repository, base, new)) == {"and", "marker", "pass", "more", "src", "x"}
