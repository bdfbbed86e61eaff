"""What the tests of the server share: a project that is measured in a moment."""

from pathlib import Path

import pytest

from tests.support.quick_projects import make_quick_project


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return make_quick_project(tmp_path / "project")
