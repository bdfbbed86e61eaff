"""The names by which Go's tests, manifests and tool configuration are known, wherever a candidate puts them."""

from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Final

MODULE_FILE: Final = "go.mod"
WORKSPACE_FILE: Final = "go.work"
MANIFESTS: Final = frozenset({MODULE_FILE, "go.sum", WORKSPACE_FILE, "go.work.sum"})
LINTER_CONFIGURATION: Final = frozenset({f".golangci.{suffix}" for suffix in ("yml", "yaml", "toml", "json")})
VENDORED: Final = "vendor"
# Folders that go itself leaves out of `./...`, and those that hold modules which are not the project's own.
IGNORED_BY_GO: Final = frozenset({"testdata", VENDORED})
NOT_ROOTS: Final = IGNORED_BY_GO | {"examples", "example", "_examples", "fixtures", "fixture", "templates", "template", "node_modules", "third_party"}


def is_test_file(path: str) -> bool:
    """Whether go compiles the file for tests only."""
    return path.endswith("_test.go")


def is_test_data(path: str) -> bool:
    """Whether the file lies in a folder that go leaves to tests."""
    return "testdata" in PurePosixPath(path).parts[:-1]


def is_tool_configuration(path: str) -> bool:
    """Whether the file decides what the linter reports."""
    return PurePosixPath(path).name in LINTER_CONFIGURATION


def is_base_owned(path: str) -> bool:
    """Whether the base's word stands for the file: tests, what they read, and the configuration of tools."""
    return is_test_file(path) or is_test_data(path) or is_tool_configuration(path)


def is_manifest(path: str) -> bool:
    """Whether the file decides which modules are built in."""
    name = PurePosixPath(path)
    return name.name in MANIFESTS or name.parts[-2:] == (VENDORED, "modules.txt")


def is_vendored(path: str) -> bool:
    """Whether the file is another module's, kept in the project."""
    return VENDORED in PurePosixPath(path).parts[:-1]


def is_source(path: str) -> bool:
    """Whether go would build the file into the product."""
    parts = PurePosixPath(path).parts
    hidden = any(part.startswith((".", "_")) for part in parts)
    return path.endswith(".go") and not is_test_file(path) and not hidden and not IGNORED_BY_GO & set(parts[:-1])


def source_paths(files: Sequence[str]) -> tuple[str, ...]:
    """The folders at the top that hold the product's Go, and its files at the top."""
    return tuple(sorted({PurePosixPath(file).parts[0] for file in files if is_source(file)}))
