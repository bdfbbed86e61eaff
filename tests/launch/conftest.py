"""What the tests of the real process share: a small project."""

from pathlib import Path

import pytest

from tests.support.repositories import make_repository


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A repository with one commit and no factory."""
    return make_repository(tmp_path / "project", {"slug.py": "def slug(text: str) -> str:\n    return text.lower()\n"})
