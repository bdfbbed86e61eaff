"""A key that says the opposite of its field is read, and guessed at; what is asked for is the field's own."""

import pytest

from state.factory_md import read

TEXT = "## Goal\nFaster.\n\n## Scope\n- src/**\n\n## Guards\n- Keep the tests\n\n## Setup\n- {}\n"


@pytest.mark.parametrize(("line", "nearest"), [("paralel: true", "parallel"), ("exclusiv: true", "exclusive")])
def test_a_misspelt_opposite_has_the_nearest_name_and_the_key_to_write_is_named(line: str, nearest: str) -> None:
    (problem,) = read(TEXT.format(line))[1]
    assert problem.nearest == nearest
    assert "parallel" in problem.expected.split(", ")


def test_a_line_without_a_key_is_told_the_one_name_that_a_field_has() -> None:
    (problem,) = read(TEXT.format("in parallel"))[1]
    assert ", parallel" in problem.expected
    assert "exclusive" not in problem.expected


@pytest.mark.parametrize(("line", "parallel"), [("parallel: yes", True), ("exclusive: yes", False), ("exclusive: no", True)])
def test_the_opposite_is_read_turned_round(line: str, parallel: bool) -> None:
    configuration, _ = read(TEXT.format(line))
    assert configuration is not None
    assert configuration.setup is not None
    assert configuration.setup.parallel is parallel
