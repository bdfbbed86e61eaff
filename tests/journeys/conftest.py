"""What the journeys share: one environment to be linked into every project, and the states of every mode."""

from pathlib import Path

import pytest

from mcp_server.demo_environment import make_environment
from tests.support.arms import make_parallel_states
from tests.support.procedure_states import make_procedure_states
from tests.support.scored_states import make_scored_states
from tests.support.states import States


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with pytest and coverage; lint and types are measured in the demo's tests."""
    environment = tmp_path_factory.mktemp("template") / "environment"
    make_environment(environment, ("pytest", "coverage"))
    return environment


@pytest.fixture(scope="session")
def procedure(tmp_path_factory: pytest.TempPathFactory) -> States:
    """The project that is measured in no time, in every state of every mode."""
    return make_procedure_states(tmp_path_factory.mktemp("procedure"))


@pytest.fixture(scope="session")
def scored(tmp_path_factory: pytest.TempPathFactory) -> States:
    """The same project in the states of an improvement."""
    return make_scored_states(tmp_path_factory.mktemp("scored"))


@pytest.fixture(scope="session")
def parallel(tmp_path_factory: pytest.TempPathFactory) -> States:
    """The project whose changes can be apart, for several experiments at once."""
    return make_parallel_states(tmp_path_factory.mktemp("parallel"))
