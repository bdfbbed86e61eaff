"""What the tests of child processes share: the event loop that the server runs on, a folder for a command to work in, the means to confine it."""

import shutil
from pathlib import Path

import anyio
import pytest

from tools.engine.process import Confinement
from tools.engine.process.supervised import confines


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder that nothing but the command under test works in."""
    work = tmp_path / "work"
    work.mkdir()
    return work


@pytest.fixture(scope="session")
def offered() -> frozenset[Confinement]:
    """By which means this machine can confine a command, by trying each."""
    installed: list[Confinement] = ["namespaces"]
    if shutil.which("bwrap"):
        installed.append("bubblewrap")
    return frozenset(means for means in installed if anyio.run(confines, means))


@pytest.fixture(params=["namespaces", "bubblewrap"])
def means(request: pytest.FixtureRequest, offered: frozenset[Confinement]) -> Confinement:
    """Each of the means to confine; a test that takes it runs by all that this machine has."""
    wanted: Confinement = request.param
    if wanted not in offered:
        pytest.skip(f"this machine does not confine by {wanted}")
    return wanted
