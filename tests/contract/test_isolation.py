"""No test depends on the machine of whoever runs it, and none changes it."""

import os
from pathlib import Path

import pytest

from tests.support.order import LONGEST, TESTS


def test_the_home_is_a_folder_of_this_run(tmp_path_factory: pytest.TempPathFactory) -> None:
    assert Path.home().is_relative_to(tmp_path_factory.getbasetemp())


def test_no_variable_of_a_host_reaches_the_tests() -> None:
    assert [name for name in os.environ if name.startswith(("FACTORY_", "CLAUDE_PROJECT"))] == []


def test_every_file_that_is_begun_early_is_there() -> None:
    assert [name for name in LONGEST if not (TESTS / name).is_file()] == []
