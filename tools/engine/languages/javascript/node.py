"""The Node that runs a project: found on the person's search path, and described by asking it for its version."""

import os
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tools.engine.process import CommandNotFound, ProcessTimeout, child_environment, run_quick

# Where nvm, fnm, asdf, mise and volta keep what they installed.
_KEPT: Final = (
    ".nvm/versions/node/*/bin/node", ".local/share/fnm/node-versions/*/installation/bin/node", ".asdf/installs/nodejs/*/bin/node",
    ".local/share/mise/installs/node/*/bin/node", ".volta/tools/image/node/*/bin/node",
)  # fmt: skip
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


def find_node(search_path: str, home: Path, wanted: str = "") -> Node | None:
    """The Node for a project: the first that runs of the version that it asks for (`wanted`, as in .nvmrc), else the first that runs.

    Looked for on the search path, our own environment left out, and where version managers keep theirs below the person's `home`: a server that a
    desktop started has not their search path.
    """
    first: Node | None = None
    for candidate in _candidates(search_path, home):
        node = describe(candidate) if candidate.exists() else None
        if node is not None and is_version(node, wanted):
            return node
        first = first or node
    return first


def describe(executable: Path) -> Node | None:
    """What a Node is; None where it is gone or does not run: a shim may exist and not run."""
    quiet = child_environment(home=Path("/nonexistent"), temporary=Path("/tmp"))  # noqa: S108 - it writes nothing
    try:
        said = run_quick([str(executable), "--version"], directory=Path("/"), environment=quiet, timeout=PROBE_TIMEOUT)
    except (CommandNotFound, ProcessTimeout, OSError, ValueError):
        return None
    version = said.stdout.decode("utf-8", "replace").strip()
    return Node(executable, version.removeprefix("v")) if said.exit_code == 0 and version.startswith("v") else None


def wanted_version(text: str) -> str:
    """The version that the first line of .nvmrc or .node-version names, such as 20 or 20.11.1; empty for an alias."""
    found = re.match(r"\s*v?(\d+(?:\.\d+)*)\s*(?:$|\n)", text)
    return found.group(1) if found else ""


def is_version(node: Node, wanted: str) -> bool:
    """Whether a Node is of the version, as far as that is named; every one is of an empty one."""
    numbers = tuple(int(part) for part in wanted.split(".")) if wanted else ()
    return node.numbers[: len(numbers)] == numbers


def _candidates(search_path: str, home: Path) -> Iterator[Path]:
    ours = (Path(sys.prefix) / "bin").resolve()
    for folder in search_path.split(os.pathsep):
        if folder and Path(folder).is_absolute() and Path(folder).resolve() != ours:
            yield Path(folder) / "node"
    for pattern in _KEPT:
        yield from sorted(home.glob(pattern), reverse=True)
