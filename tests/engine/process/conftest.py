"""What the tests of child processes share: the event loop that the server runs on, and a folder for a command to work in."""

from pathlib import Path

import pytest


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder that nothing but the command under test works in."""
    work = tmp_path / "work"
    work.mkdir()
    return work
