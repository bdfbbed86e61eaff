"""The Node that runs a project: found on the person's search path, and described by asking it for its version."""

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tools.engine.process import CommandNotFound, ProcessTimeout, child_environment, run_quick

PROBE_TIMEOUT: Final = 20.0  # seconds


@dataclass(frozen=True)
class Node:
    """A Node that runs."""

    executable: Path
    version: str

    @property
    def numbers(self) -> tuple[int, ...]:
        """Its version's numbers, to be compared."""
        return tuple(int(part) for part in self.version.split(".") if part.isdigit())


def find_node(search_path: str) -> Node | None:
    """The first `node` on the search path that runs. Our own environment is left out of the search."""
    return next((found for candidate in _candidates(search_path) if candidate.exists() and (found := describe(candidate))), None)


def describe(executable: Path) -> Node | None:
    """What a Node is; None where it is gone or does not run: a shim may exist and not run."""
    quiet = child_environment(home=Path("/nonexistent"), temporary=Path("/tmp"))  # noqa: S108 - it writes nothing
    try:
        said = run_quick([str(executable), "--version"], directory=Path("/"), environment=quiet, timeout=PROBE_TIMEOUT)
    except (CommandNotFound, ProcessTimeout, OSError, ValueError):
        return None
    version = said.stdout.decode("utf-8", "replace").strip()
    return Node(executable, version.removeprefix("v")) if said.exit_code == 0 and version.startswith("v") else None


def _candidates(search_path: str) -> Iterator[Path]:
    ours = (Path(sys.prefix) / "bin").resolve()
    for folder in search_path.split(os.pathsep):
        if folder and Path(folder).is_absolute() and Path(folder).resolve() != ours:
            yield Path(folder) / "node"
