"""The console script's first lines: drop foreign import roots, then hand over to the command line.

It is installed as a module of its own name, because projects have folders called `mcp_server`, `tools`, `state` and `prompts` too, and
with `PYTHONPATH` set those would be imported in our place.
"""

import os
import sys
from pathlib import Path

OUR_PACKAGES = ("mcp_server", "tools", "state", "prompts")


def holds_our_names(entry: str) -> bool:
    """Whether importing one of our packages could be answered from this folder."""
    return any((Path(entry) / name).is_dir() for name in OUR_PACKAGES)


def clean_import_roots(path: list[str], python_path: str) -> list[str]:
    """`path` without the empty entry, what PYTHONPATH added, and all but the first folder that holds one of our package names.

    What remains was put there by the interpreter and its site-packages, so the first holder among them is our installation. Where none
    remains, PYTHONPATH names the installation itself, and `path` is answered as it came.
    """
    foreign = {str(Path(entry).resolve()) for entry in python_path.split(os.pathsep) if entry}
    trusted = [entry for entry in path if entry and str(Path(entry).resolve()) not in foreign]
    holders = [entry for entry in trusted if holds_our_names(entry)]
    return [entry for entry in trusted if entry not in holders[1:]] if holders else path


def main() -> int:
    """Run the command line from our own packages only."""
    sys.path[:] = clean_import_roots(sys.path, os.environ.get("PYTHONPATH", ""))
    from mcp_server.command_line import main as command_line  # noqa: PLC0415 - only after the import roots are clean

    return command_line()
