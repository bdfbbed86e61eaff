"""The names by which Rust's tests, manifests and tool configuration are known, wherever a candidate puts them."""

import re
from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Final

MANIFEST: Final = "Cargo.toml"
TOOLCHAIN_FILES: Final = ("rust-toolchain.toml", "rust-toolchain")
MANIFESTS: Final = frozenset({MANIFEST, "Cargo.lock", "build.rs", *TOOLCHAIN_FILES})
LINTER_CONFIGURATION: Final = frozenset({"clippy.toml", ".clippy.toml"})
CARGO_CONFIGURATION: Final = frozenset({"config", "config.toml"})
TEST_FOLDERS: Final = frozenset({"tests", "benches"})
NOT_ROOTS: Final = frozenset(
    {"target", "vendor", "examples", "example", "fixtures", "fixture", "templates", "template", "testdata", "node_modules", "fuzz"}
)
# Files of a module that holds tests only, by the conventions of the language.
_TEST_MODULE: Final = re.compile(r"tests?|test_\w+|\w+_tests?")


def is_code(path: str) -> bool:
    """Whether the file is Rust."""
    return path.endswith(".rs")


def is_test_file(path: str) -> bool:
    """Whether the file holds tests alone: it lies in a folder of tests, or it is a module called so."""
    name = PurePosixPath(path)
    return bool(TEST_FOLDERS & set(name.parts[:-1])) or (name.suffix == ".rs" and _TEST_MODULE.fullmatch(name.stem) is not None)


def is_configuration(path: str) -> bool:
    """Whether the file says how cargo, the compiler and the linter work (Cargo.toml is grafted instead)."""
    name = PurePosixPath(path)
    of_cargo = name.parts[-2:-1] == (".cargo",) and name.name in CARGO_CONFIGURATION
    return of_cargo or name.name in LINTER_CONFIGURATION or name.name in TOOLCHAIN_FILES or name.parts[-2:] == (".config", "nextest.toml")


def is_base_owned(path: str) -> bool:
    """Whether the base's word stands for the file. A Cargo.toml in a folder of tests is another crate's: it is grafted."""
    return is_configuration(path) or (is_test_file(path) and PurePosixPath(path).name != MANIFEST)


def is_manifest(path: str) -> bool:
    """Whether the file decides what is installed or built."""
    return PurePosixPath(path).name in MANIFESTS or (is_configuration(path) and PurePosixPath(path).name in CARGO_CONFIGURATION)


def source_paths(files: Sequence[str]) -> tuple[str, ...]:
    """The folders of the product's Rust, relative to the root: each `src` that stands beside a Cargo.toml, and build scripts are not of them."""
    crates = [PurePosixPath(file).parent for file in files if PurePosixPath(file).name == MANIFEST]
    folders = {(crate / "src").as_posix() for crate in crates if not NOT_ROOTS & set(crate.parts)}
    return tuple(sorted(folder for folder in folders if any(file.startswith(f"{folder}/") for file in files)))
