"""The names by which tests and the configuration of Python's tools are known, wherever a candidate puts them."""

import re
from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Final

TEST_FOLDERS: Final = frozenset({"tests", "test", "testing"})
TEST_CONFIGURATION: Final = frozenset(
    {"pytest.ini", ".pytest.ini", "pytest.toml", ".pytest.toml", "tox.ini", "setup.cfg", ".coveragerc", ".coveragerc.toml"}
)
TOOL_CONFIGURATION: Final = frozenset(
    {
        "ruff.toml", ".ruff.toml", "mypy.ini", ".mypy.ini", ".flake8", "pyrightconfig.json", "pylintrc", ".pylintrc", "pylintrc.toml",
        ".pylintrc.toml",
    }
)  # fmt: skip
# Files that run code in an interpreter which nobody asked to import them, or that claim to be an installed distribution. So are .pth and .pyc files.
START_UP: Final = frozenset({"sitecustomize.py", "usercustomize.py"})
INSTALLED: Final = (".dist-info", ".egg-info")
PYPROJECT: Final = "pyproject.toml"
# What is installed, and how it is built.
MANIFESTS: Final = re.compile(
    r"pyproject\.toml|setup\.(py|cfg)|uv\.lock|poetry\.lock|pdm\.lock|Pipfile(\.lock)?|pylock[\w.-]*\.toml|MANIFEST\.in|[\w.-]*requirements[\w.-]*\.(txt|in)|meson\.build|\.python-version"
)
SUFFIXES: Final = frozenset({".py", ".pyi"})


def is_test_module(path: str) -> bool:
    """Whether pytest would by its conventions collect the file."""
    name = PurePosixPath(path)
    return name.suffix == ".py" and (name.name.startswith("test_") or name.stem.endswith("_test"))


def is_conftest(path: str) -> bool:
    """Whether the file is a conftest.py, at whatever depth."""
    return PurePosixPath(path).name == "conftest.py"


def is_configuration(path: str) -> bool:
    """Whether the file configures test runner, coverage, linter, type checker or the interpreter's start (pyproject.toml is grafted instead)."""
    name = PurePosixPath(path)
    return (
        name.name in TEST_CONFIGURATION | TOOL_CONFIGURATION | START_UP
        or name.suffix in {".pth", ".pyc"}
        or any(part.endswith(INSTALLED) for part in name.parts)
    )


def is_tool_configuration(path: str) -> bool:
    """Whether the file decides what coverage, linter and type checker report, or runs code in their interpreter."""
    return is_configuration(path)


def is_base_owned(path: str, source_paths: Sequence[str]) -> bool:
    """Whether the base's word stands for the file: tests and their configuration.

    A folder called tests inside a source package may hold product code; there only the names of files count.
    """
    if is_test_module(path) or is_conftest(path) or is_configuration(path):
        return True
    in_tests = not TEST_FOLDERS.isdisjoint(PurePosixPath(path).parts[:-1])
    return in_tests and not any(path.startswith(f"{source}/") for source in source_paths)  # asked last: there may be very many


def is_manifest(path: str) -> bool:
    """Whether the file says what is installed or how it is built."""
    return MANIFESTS.fullmatch(PurePosixPath(path).name) is not None


def is_source(path: str, source_paths: Sequence[str]) -> bool:
    """Whether the file is source of the product: below one of its paths, and no test by its name."""
    inside = any(path == source or path.startswith(f"{source}/") for source in source_paths)
    return inside and not is_test_module(path) and not is_conftest(path)


def is_code(path: str) -> bool:
    """Whether the file is Python source."""
    return PurePosixPath(path).suffix in SUFFIXES


def is_compiled_source(path: str) -> bool:
    """Whether the file has to be built before Python can import what it says."""
    return PurePosixPath(path).suffix in {".pyx", ".pxd", ".pxi", ".c", ".h", ".cc", ".cpp", ".cxx", ".hpp", ".rs", ".f90"}
