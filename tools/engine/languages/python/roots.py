"""The folders of a project with a Python toolchain of their own: the top, and folders below it that are projects themselves."""

import ast
from collections.abc import Iterator, Sequence
from fnmatch import fnmatch
from pathlib import PurePosixPath
from typing import Any, Final

from tools.engine.languages.python.names import PYPROJECT, TEST_FOLDERS, is_test_module
from tools.engine.languages.python.pyproject import parsed_toml
from tools.engine.languages.python.source_paths import source_paths
from tools.engine.languages.survey import Project

# Folders that hold projects for another purpose than being worked on.
NOT_PROJECTS: Final = TEST_FOLDERS | {
    "fixtures", "fixture", "examples", "example", "samples", "templates", "template", "vendor", "vendored", "_vendor", "third_party", "testdata",
    "test_data", "docs", "doc", "node_modules", "site-packages", "venv", "env", "build", "dist",
}  # fmt: skip


def roots(project: Project) -> tuple[str, ...]:
    """The top (empty text) where it holds Python that no folder below claims, and every folder below that is a project of its own.

    A member of a workspace is none where the tests of the top import it: those measure it, and its sources are the top's.
    """
    covered = covered_members(project)
    nested = tuple(path for path in _nested(project) if not any(_within(path, member) for member in covered))
    own = without(project, nested).files
    manifest = any(_is_manifest(project, file) for file in own if "/" not in file)
    top = any(file.endswith(".py") and (not nested or is_test_module(file)) for file in own)
    return (*(("",) if manifest or PYPROJECT in own or top else ()), *nested)


def apart(project: Project) -> tuple[str, ...]:
    """The folders below a root that are roots of their own."""
    return tuple(path for path in roots(project) if path)


def without(project: Project, paths: Sequence[str]) -> Project:
    """The project without the files of these folders."""
    return Project(project.root, tuple(file for file in project.files if not _in_any(file, paths)), project.read, project.path) if paths else project


def covered_members(project: Project) -> tuple[str, ...]:
    """The members of a workspace that tests of the top import."""
    patterns = tuple(_members(parsed_toml(project.read(PYPROJECT) or b"") or {})) if PYPROJECT in project.files else ()
    members = [path for path in _nested(project) if _matches(path, patterns)] if patterns else []
    if not members:
        return ()
    tests = [file for file in without(project, members).files if is_test_module(file)]
    imported = {name for file in tests for name in _imported(project.read(file) or b"")}
    return tuple(path for path in members if imported & {PurePosixPath(each).stem for each in source_paths(project.within(path).files)})


def _nested(project: Project) -> tuple[str, ...]:
    """The folders below the top that have a manifest, and Python beside it."""
    folders = {PurePosixPath(file).parent.as_posix() for file in project.files if "/" in file and _is_manifest(project, file)}
    return tuple(sorted((path for path in folders if _is_project(project, path)), key=lambda path: (path.count("/"), path)))


def _is_project(project: Project, path: str) -> bool:
    if any(part.startswith(".") or part in NOT_PROJECTS or "{{" in part for part in PurePosixPath(path).parts):
        return False
    files = project.within(path).files
    return bool(source_paths(files)) or any(is_test_module(file) for file in files)


def _is_manifest(project: Project, file: str) -> bool:
    """Whether the file makes its folder a project. A pyproject.toml does so only where it says how it is built or what it needs."""
    name = PurePosixPath(file).name
    if name != PYPROJECT:
        return name in {"setup.py", "setup.cfg", "Pipfile"} or (name.startswith("requirements") and name.endswith((".txt", ".in")))
    parsed = parsed_toml(project.read(file) or b"") or {}
    return "project" in parsed or "build-system" in parsed or "poetry" in _table(parsed, "tool")


def _members(parsed: dict[str, Any]) -> Iterator[tuple[str, bool]]:
    """Patterns of a workspace's members, and whether each takes in or leaves out: uv's globs, and Poetry's dependencies by path."""
    tool = _table(parsed, "tool")
    workspace = _table(_table(tool, "uv"), "workspace")
    yield from ((str(pattern).removeprefix("./").rstrip("/"), True) for pattern in workspace.get("members", ()))
    yield from ((str(pattern).removeprefix("./").rstrip("/"), False) for pattern in workspace.get("exclude", ()))
    poetry = _table(tool, "poetry")
    groups = [_table(group, "dependencies") for group in _table(poetry, "group").values() if isinstance(group, dict)]
    for dependencies in (_table(poetry, "dependencies"), *groups):
        for needed in dependencies.values():
            if isinstance(needed, dict) and isinstance(needed.get("path"), str):
                yield PurePosixPath(needed["path"]).as_posix(), True


def _matches(path: str, patterns: Sequence[tuple[str, bool]]) -> bool:
    found = [takes for pattern, takes in patterns if fnmatch(path, pattern) and path.count("/") == pattern.count("/")]
    return bool(found) and all(found)


def _imported(source: bytes) -> Iterator[str]:
    """The top names of the modules that a file imports."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.split(".")[0]


def _table(parsed: dict[str, Any], name: str) -> dict[str, Any]:
    found = parsed.get(name, {})
    return found if isinstance(found, dict) else {}


def _within(path: str, folder: str) -> bool:
    return path == folder or path.startswith(f"{folder}/")


def _in_any(file: str, folders: Sequence[str]) -> bool:
    return any(file.startswith(f"{folder}/") for folder in folders)
