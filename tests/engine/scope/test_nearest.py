"""What a pattern that matches nothing was probably meant to be."""

import pytest

from tools.engine.scope.files import TreeFiles
from tools.engine.scope.nearest import closest, nearest

FILES = TreeFiles(("README.md", "docs/guide/intro.md", "docs/index.md", "eval/config.toml", "src/slug/core.py", "tests/test_core.py"))


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("doc/**", "docs/**"),
        ("Docs/**", "docs/**"),
        ("/dosc/guide/*.md", "docs/guide/*.md"),
        ("docs/*.txt", "docs/**"),
        ("docs/guide/intor.md", "docs/guide/intro.md"),
        ("config.toml", "eval/config.toml"),
        ("confg.toml", "eval/config.toml"),
        ("readme.md", "README.md"),
        ("src/config.toml", "eval/config.toml"),
        ("tests/data/**", "tests/**"),
        ("gide", "docs/guide"),
        ("nothing/like/it/**", ""),
        ("**/*.rs", ""),
        ("qqqq", ""),
    ],
)
def test_the_nearest_is_spelled_with_the_names_of_the_tree(pattern: str, expected: str) -> None:
    assert nearest(pattern, FILES) == expected
    assert not expected or FILES.count(expected)


def test_of_many_names_only_likely_ones_are_held_against_the_word() -> None:
    names = [f"file_{number}.py" for number in range(20_000)]
    assert closest("flie_77.py", names) in names
    assert closest("nothing", names) == ""
