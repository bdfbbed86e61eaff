"""A store that holds nothing yet, and one place with everything that a `.factory` can hold, made once."""

from pathlib import Path

import pytest

from state.store import Store
from tests.support.layouts import whole_layout


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "refactory")


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A place with a store and its whole `.factory`, to be copied."""
    place = tmp_path_factory.mktemp("layout")
    whole_layout(place)[0].close()
    return place
