"""Promised tests where none can be run by its id: whether they stand in the candidate at all."""

from pathlib import Path

import pytest

from state.measurement import Root
from tests.support.repositories import git, make_repository
from tools.engine.experiment.promised import stands
from tools.engine.repository.location import locate

FILES = {
    "tests/test_slug.py": "class TestSlug:\n    def test_a(self):\n        assert 1\n\n\ndef test_b():\n    assert 1\n",
    "slug.test.js": 'import { test } from "node:test";\ntest("slugs", () => {});\n',
    "tests/slug.sh": "exit 0\n",
}


@pytest.mark.parametrize(
    ("test", "there"),
    [
        ("tests/test_slug.py::test_b", True), ("tests/test_slug.py::test_b[a]", True), ("tests/test_slug.py::TestSlug::test_a", True),
        ("tests/test_slug.py::TestSlug", True), ("tests/test_slug.py", True), ("tests/test_slug.py::test_c", False),
        ("tests/test_slug.py::Other::test_a", False), ("tests/test_more.py::test_b", False), ("slug.test.js::slugs", True),
        ("slug.test.js::other", False), ("tests/slug.sh::any", True),
    ],
)  # fmt: skip
def test_a_test_stands_where_its_file_has_it_as_far_as_the_language_tells(tmp_path: Path, test: str, there: bool) -> None:
    root = make_repository(tmp_path / "p", FILES)
    for roots in ((), (Root(language="python", source_paths=("slug.py",)),)):
        found = stands(locate(root), git(root, "rev-parse", "HEAD"), roots, test)
        assert found is there or (roots and test.startswith("slug.test.js"))
