"""What holds for every test: a home of its own, one event loop, an order, and the option that writes generated parts anew."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.order import begun

UPDATE = "--update-contract"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(UPDATE, action="store_true", help="write tests/contract/tools/*.json and the README's tool table anew")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The files that take longest first; all else stays as it is."""
    items.sort(key=lambda item: begun(item.path))


@pytest.fixture
def updating(request: pytest.FixtureRequest) -> bool:
    """Whether generated parts are written instead of compared."""
    return bool(request.config.getoption(UPDATE))


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """The server runs on asyncio; the plugin would run async tests on every event loop that is installed."""
    return "asyncio"


@pytest.fixture(scope="session", autouse=True)
def home_of_the_run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No test reads or writes the home of whoever runs it, nor the settings that a host gave them."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(home))
        for name in [*os.environ]:
            if name in ("XDG_CONFIG_HOME", "CLAUDE_PROJECT_DIR") or name.startswith("FACTORY_"):
                patch.delenv(name)
        yield


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A HOME that holds nothing."""
    folder = tmp_path / "home"
    folder.mkdir()
    return folder
