"""One project with an environment of its own for all tests here, put back as each test wants it."""

from pathlib import Path

import pytest

from mcp_server.demo_environment import make_environment
from tests.support.arms import make_parallel_states
from tests.support.procedure_states import make_procedure_states
from tests.support.scored_states import make_scored_states
from tests.support.states import States, make_states


@pytest.fixture(scope="session")
def states(tmp_path_factory: pytest.TempPathFactory) -> States:
    folder = tmp_path_factory.mktemp("host")
    make_environment(folder / "template", ("pytest", "coverage", "ruff"))
    return make_states(folder, folder / "template")


@pytest.fixture(scope="session")
def scored(tmp_path_factory: pytest.TempPathFactory) -> States:
    """The project that is measured in no time, for what is not about tests."""
    return make_scored_states(tmp_path_factory.mktemp("scored"))


@pytest.fixture(scope="session")
def procedure(tmp_path_factory: pytest.TempPathFactory) -> States:
    """The same project in every state of every mode."""
    return make_procedure_states(tmp_path_factory.mktemp("procedure"))


@pytest.fixture(scope="session")
def parallel(tmp_path_factory: pytest.TempPathFactory) -> States:
    """The project whose changes can be apart, for several experiments at once."""
    return make_parallel_states(tmp_path_factory.mktemp("parallel"))


@pytest.fixture(autouse=True)
def of_our_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No settings, home or folder of whoever runs the tests."""
    for name in ("FACTORY_PROJECT", "CLAUDE_PROJECT_DIR", "FACTORY_WORKTREES", "FACTORY_AUTO_APPROVE", "FACTORY_WAIT_SECONDS", "VIRTUAL_ENV"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("FACTORY_REGISTRY_DIR", str(tmp_path / "registry"))
    monkeypatch.chdir(tmp_path)
