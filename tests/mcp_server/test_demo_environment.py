"""Environments made without a network."""

import importlib.metadata
import subprocess
from pathlib import Path

import pytest

from mcp_server.demo_environment import make_environment


def test_an_environment_holds_what_was_asked_for_with_its_needs_and_nothing_else(tmp_path: Path) -> None:
    make_environment(tmp_path / "environment", ["pytest"])

    said = subprocess.run(
        [
            tmp_path / "environment/bin/python",
            "-I",
            "-c",
            "import importlib.metadata as m; print(*sorted(d.name.lower() for d in m.distributions()))",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout.split() == ["iniconfig", "packaging", "pluggy", "pygments", "pytest"]


def test_commands_run_with_the_environments_own_interpreter(tmp_path: Path) -> None:
    make_environment(tmp_path / "environment", ["pytest"])
    (tmp_path / "test_prefix.py").write_text(f"import sys\n\n\ndef test_prefix():\n    assert sys.prefix == {str(tmp_path / 'environment')!r}\n")

    done = subprocess.run([tmp_path / "environment/bin/pytest", "-q"], cwd=tmp_path, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout


def test_a_distribution_that_is_not_installed_here_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(importlib.metadata.PackageNotFoundError):
        make_environment(tmp_path / "environment", ["no-such-distribution"])
