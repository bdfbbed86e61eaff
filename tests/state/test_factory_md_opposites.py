"""A key that says the opposite of its field is a known key: in what is expected, and in guesses at what was meant."""

import pytest

from state.factory_md import read

TEXT = "## Goal\nFaster.\n\n## Scope\n- src/**\n\n## Guards\n- Keep the tests\n\n## Setup\n- {}\n"


@pytest.mark.parametrize(("line", "nearest"), [("paralel: true", "parallel"), ("exclusiv: true", "exclusive")])
def test_a_misspelt_opposite_has_the_nearest_name_and_stands_among_the_keys(line: str, nearest: str) -> None:
    (problem,) = read(TEXT.format(line))[1]
    assert problem.nearest == nearest
    assert "parallel" in problem.expected.split(", ")


def test_a_line_without_a_key_is_told_the_opposite_too() -> None:
    (problem,) = read(TEXT.format("in parallel"))[1]
    assert ", parallel" in problem.expected
