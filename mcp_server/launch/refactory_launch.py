"""The console script's first lines: put our own packages before foreign import roots, then hand over to the command line.

It is installed as a module of its own name, because projects have folders called `mcp_server`, `tools`, `state` and `prompts` too, and
with `PYTHONPATH` set those would be imported in our place. What the interpreter imports before our first line (its own start, `re`, the
modules used here) is out of reach: where `PYTHONPATH` may hold a folder that shadows the standard library, start `python -I -m mcp_server`.
"""

import os
import sys
from pathlib import Path

OUR_PACKAGES = ("mcp_server", "tools", "state", "prompts")
EDITABLE = "_refactory_mcp.pth"  # what an editable installation leaves beside this module: one line, the checkout


def installation(launcher: Path) -> str:
    """The folder that our packages lie in: beside this module, where an editable installation points, or the checkout it lies in."""
    beside = launcher.parent
    if (beside / "mcp_server").is_dir():
        return str(beside)
    pointer = beside / EDITABLE
    return pointer.read_text(encoding="utf-8").strip() if pointer.is_file() else str(launcher.parents[2])


def clean_import_roots(path: list[str], python_path: str, ours: str) -> list[str]:
    """`path` without the empty entry and without what PYTHONPATH added, and with `ours` before every other holder of one of our names.

    Folders of the interpreter's own library stay, even where PYTHONPATH names them. `ours` moves forward only where it must, and only as far:
    in front of the standard library it could shadow modules of that.
    """
    foreign = {resolved(entry) for entry in python_path.split(os.pathsep) if entry}
    kept = [entry for entry in path if entry and (is_folder(entry, ours) or resolved(entry) not in foreign or of_interpreter(entry))]
    holder = next((entry for entry in kept if holds_our_names(entry)), None)
    if holder is not None and is_folder(holder, ours):
        return kept
    others = [entry for entry in kept if not is_folder(entry, ours)]
    place = others.index(holder) if holder is not None else len(others)
    return [*others[:place], ours, *others[place:]]


def holds_our_names(entry: str) -> bool:
    """Whether importing one of our packages could be answered from this folder."""
    return any((Path(entry) / name).is_dir() or (Path(entry) / f"{name}.py").is_file() for name in OUR_PACKAGES)


def of_interpreter(entry: str) -> bool:
    """Whether a folder belongs to the interpreter's own library or its site-packages."""
    libraries = [Path(prefix).resolve() / name for prefix in (sys.prefix, sys.base_prefix) for name in ("lib", "lib64", "Lib")]
    return any(Path(resolved(entry)).is_relative_to(library) for library in libraries)


def is_folder(entry: str, folder: str) -> bool:
    """Whether two spellings name one folder."""
    return resolved(entry) == resolved(folder)


def resolved(entry: str) -> str:
    """The folder behind links and dots."""
    return str(Path(entry).resolve())


def main() -> int:
    """Run the command line from our own packages only."""
    sys.path[:] = clean_import_roots(sys.path, os.environ.get("PYTHONPATH", ""), installation(Path(__file__)))
    from mcp_server.command_line import main as command_line  # noqa: PLC0415 - only after the import roots are clean

    return command_line()
