"""What the journeys share: one environment to be linked into every project."""

from pathlib import Path

import pytest

from mcp_server.demo_environment import make_environment


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with pytest and coverage; lint and types are measured in the demo's tests."""
    environment = tmp_path_factory.mktemp("template") / "environment"
    make_environment(environment, ("pytest", "coverage"))
    return environment
