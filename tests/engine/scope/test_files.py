"""Finding the files of patterns by an index: nothing is found otherwise than by holding each pattern against each path."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from state.patterns import Patterns, problems_of
from tools.engine.scope.files import TreeFiles

NAMES = st.sampled_from(["a", "ab", "b.py", "src", "a b", "a\nb", "*", "x[1]", "ä", ".hidden", "B.py", "a-b_c.py"])
PATHS = st.lists(NAMES, min_size=1, max_size=4).map("/".join)
SEGMENTS = st.sampled_from(["a", "ab", "*", "**", "*.py", "a*", "?b", "[ab]*", "src", "*b*", r"\*", "a-b*c.py", "ä", ".*", "B.py"])
PATTERNS = (
    st.tuples(st.sampled_from(["", "/", "!"]), st.lists(SEGMENTS, min_size=1, max_size=4).map("/".join), st.sampled_from(["", "/"]))
    .map("".join)
    .filter(lambda pattern: problems_of(pattern) is None)
)


@given(st.sets(PATHS, max_size=200), PATTERNS)
def test_the_index_finds_what_holding_the_pattern_against_every_path_finds(paths: set[str], pattern: str) -> None:
    ordered = tuple(sorted(paths))
    assert TreeFiles(ordered).matching(pattern) == Patterns((pattern.removeprefix("!"),)).matching(ordered)


MANY = tuple(f"src/package_{number % 200}/part_{number % 7}/file_{number}.py" for number in range(3000))


@pytest.mark.parametrize(
    ("pattern", "count"),
    [
        ("src/**", 3000), ("**", 3000), ("*.py", 3000), ("package_17", 15), ("src/package_17/**", 15), ("src/**/file_17.py", 1), ("src/*_17/**", 15),
        ("*_299?.py", 10),
        ("src/package_[12]/**", 30), ("docs/**", 0), ("*.md", 0), ("file_17.py/", 0), ("/file_17.py", 0), ("!src/package_17/**", 15),
    ],
)  # fmt: skip
def test_patterns_are_counted_in_a_large_tree(pattern: str, count: int) -> None:
    assert TreeFiles(MANY).count(pattern) == count


def test_a_tree_without_files_has_none_for_any_pattern() -> None:
    assert TreeFiles(()).count("**") == 0
