"""Format, lint, types and import contracts: whoever runs the tests runs these too."""

import subprocess
import sys

import pytest

from tests.support.sources import CHECKOUT

CHECKS = {
    "format": ("-m", "ruff", "format", "--check", "."),
    "lint": ("-m", "ruff", "check", "."),
    "types": ("-m", "mypy"),
    "imports": ("-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"),
}


@pytest.mark.parametrize("name", CHECKS)
def test_a_check_of_the_whole_checkout_passes(name: str) -> None:
    done = subprocess.run([sys.executable, *CHECKS[name]], cwd=CHECKOUT, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
