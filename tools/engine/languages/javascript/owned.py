"""The names by which tests and the configuration of JavaScript's tools are known, wherever a candidate puts them."""

import re
from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Final

from tools.engine.languages.javascript.names import is_test_file
from tools.engine.languages.javascript.trees import is_code

# Folders whose files belong to tests wherever they lie, and those that do so outside of the source.
TEST_FOLDERS_ANYWHERE: Final = frozenset({"__tests__", "__mocks__", "__snapshots__", "__fixtures__"})
TEST_FOLDERS: Final = frozenset({"test", "tests", "testing", "test-utils", "spec", "specs", "e2e", "cypress", "playwright"})
SNAPSHOT: Final = ".snap"
# Configuration of test runners and of what they load before the tests: vitest.config.ts, jest.setup.js, vitest.workspace.json, .mocharc.cjs …
_RUNNERS: Final = re.compile(
    r"(?:(?:vitest|jest|ava|playwright|cypress|karma|wdio)[.-][\w.-]*|vite\.config[\w.-]*|babel\.config\.\w+|\.babelrc(?:\.\w+)?|\.swcrc"
    r"|\.(?:mocharc|nycrc|c8rc|taprc)(?:\.\w+)?|(?:setup-?tests?|tests?-?setup)\.[cm]?[jt]sx?)",
    re.IGNORECASE,
)
_TOOLS: Final = re.compile(r"eslint\.config\.\w+|\.eslintrc(?:\.\w+)?|\.eslintignore|\.?biome\.jsonc?|(?:ts|js)config[\w.-]*\.json")
_COVERAGE: Final = re.compile(r"\.(?:nycrc|c8rc)(?:\.\w+)?")
_MANIFESTS: Final = frozenset(
    {
        "package.json", "package-lock.json", "npm-shrinkwrap.json", "pnpm-lock.yaml", "pnpm-workspace.yaml", "yarn.lock", "bun.lock", "bun.lockb",
        ".npmrc", ".yarnrc", ".yarnrc.yml", ".pnpmfile.cjs", ".pnp.cjs", ".nvmrc", ".node-version",
    }
)  # fmt: skip
LOCKS: Final = ("package-lock.json", "npm-shrinkwrap.json", "pnpm-lock.yaml", "yarn.lock", "bun.lock", "bun.lockb")
# Names that node's own runner takes for tests, besides those that all runners know.
_NODE_TEST: Final = re.compile(r"(?:test|test-.+|.+[-_.](?:test|spec))\.[cm]?[jt]sx?")
# A file of these names that tests import is a helper of theirs, also in the source.
HELPER: Final = re.compile(r"(?:^|[-_.])(?:tests?|testing|specs?|mocks?|fixtures?|stubs?)(?:[-_.]|$)", re.IGNORECASE)


def is_test(path: str) -> bool:
    """Whether a runner would by its conventions collect the file, or it lies among such files."""
    return is_test_file(path) or (is_code(path) and _NODE_TEST.fullmatch(PurePosixPath(path).name) is not None)


def is_collected(path: str) -> bool:
    """Whether a runner would by its conventions run the file itself: a helper beside tests is none of these."""
    name = PurePosixPath(path)
    if not is_code(path) or "__mocks__" in name.parts:
        return False
    return _NODE_TEST.fullmatch(name.name) is not None or "__tests__" in name.parts[:-1]


def is_collected_by_node(path: str) -> bool:
    """Whether node's own runner would run the file: by its name, or because a folder above it is called test."""
    name = PurePosixPath(path)
    return is_code(path) and (_NODE_TEST.fullmatch(name.name) is not None or "test" in name.parts[:-1])


def is_snapshot(path: str) -> bool:
    """Whether the file holds what tests compare with."""
    return path.endswith(SNAPSHOT)


def is_configuration(path: str) -> bool:
    """Whether the file configures runner, coverage, linter or type checker, or is an installed package (package.json is grafted instead)."""
    name = PurePosixPath(path)
    return _RUNNERS.fullmatch(name.name) is not None or _TOOLS.fullmatch(name.name) is not None or "node_modules" in name.parts


def is_tool_configuration(path: str) -> bool:
    """Whether the file decides what coverage, linter and type checker report."""
    name = PurePosixPath(path).name
    return _TOOLS.fullmatch(name) is not None or _COVERAGE.fullmatch(name) is not None


def is_base_owned(path: str, source_paths: Sequence[str]) -> bool:
    """Whether the base's word stands for the file: tests, what they compare with, and their configuration.

    A folder called tests inside the source may hold data of the product; there only code counts.
    """
    if is_test(path) or is_configuration(path) or is_snapshot(path):
        return True
    folders = set(PurePosixPath(path).parts[:-1])
    inside_source = any(path.startswith(f"{source}/") for source in source_paths)
    return bool(TEST_FOLDERS_ANYWHERE & folders) or (not inside_source and bool(TEST_FOLDERS & folders))


def is_manifest(path: str) -> bool:
    """Whether the file says what is installed."""
    name = PurePosixPath(path)
    return name.name in _MANIFESTS or (name.suffix == ".patch" and "patches" in name.parts)
