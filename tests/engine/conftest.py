"""One environment with the usual tools for all tests here; each project gets its own copy of it."""

from pathlib import Path

import pytest

from tests.support.python_projects import template_environment


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return template_environment(tmp_path_factory.mktemp("environment"), ["pytest-xdist"])
