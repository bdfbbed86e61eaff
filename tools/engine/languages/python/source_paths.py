"""Where the product lies in a Python project, told from the names of its files."""

from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Final

from tools.engine.languages.python.names import TEST_FOLDERS, is_test_module

# Folders and files at the top that are not the product, though they hold Python.
NOT_SOURCE: Final = TEST_FOLDERS | {
    "docs", "doc", "examples", "example", "scripts", "benchmarks", "benchmark", "bench", "eval", "node_modules", "build", "dist",
}  # fmt: skip
NOT_MODULES: Final = frozenset({"setup.py", "conftest.py", "noxfile.py", "tasks.py", "fabfile.py"})


def source_paths(files: Sequence[str]) -> tuple[str, ...]:
    """The packages and modules of the product: those under `src`, packages at the top, modules at the top."""
    paths = [PurePosixPath(file) for file in files if file.endswith(".py")]
    known, found = set(files), set[str]()
    for path in paths:
        top = path.parts[0]
        if top == "src" and len(path.parts) > 1:
            found.add("/".join(path.parts[:2]))
        elif len(path.parts) == 1 and path.name not in NOT_MODULES and not is_test_module(path.name):
            found.add(path.name)
        elif len(path.parts) > 1 and top not in NOT_SOURCE and not top.startswith(".") and f"{top}/__init__.py" in known:
            found.add(top)
    if any(path.startswith("src/") for path in found):
        # Beside a src folder, modules at the top are scripts.
        found = {path for path in found if "/" in path or not path.endswith(".py")}
    if not found:
        # No package by name: whatever folder at the top holds Python that is neither test nor tool.
        found = {path.parts[0] for path in paths if len(path.parts) > 1 and path.parts[0] not in NOT_SOURCE and not path.parts[0].startswith(".")}
    return tuple(sorted(path for path in found if PurePosixPath(path).name not in NOT_MODULES))
