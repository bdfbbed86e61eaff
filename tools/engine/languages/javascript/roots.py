"""The folders of a project that are JavaScript projects of their own, and what workspaces say of them."""

import re
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any, Final

from tools.engine.languages.javascript.arguments import scripted
from tools.engine.languages.javascript.owned import is_configuration
from tools.engine.languages.javascript.package_json import PACKAGE, dependencies_of, parsed_package, scripts_of
from tools.engine.languages.javascript.selecting import matches
from tools.engine.languages.javascript.trees import is_code
from tools.engine.languages.survey import Project

# Folders that hold what looks like projects and is none of this one's.
NOT_ROOTS: Final = frozenset(
    {
        "node_modules", "fixtures", "__fixtures__", "fixture", "examples", "example", "templates", "template", "testdata", "vendor", "third_party",
        "test", "tests", "__tests__", "e2e", "dist", "build", "docs",
    }
)  # fmt: skip
_MEMBER: Final = re.compile(r"""^\s*-\s*["']?([^"'#\n]+?)["']?\s*(?:#.*)?$""", re.MULTILINE)
_PNPM: Final = "pnpm-workspace.yaml"
_PROJECTS: Final = re.compile(r"(?:vitest\.workspace|vitest\.projects)\.\w+")


def roots(project: Project) -> tuple[str, ...]:
    """The folders, outermost first. A member of a workspace is one only where the top cannot test it itself."""
    folders = sorted(_packages(project), key=lambda folder: (folder.count("/") + bool(folder), folder))
    patterns = members(project) if tests_its_members(project) else ()
    return tuple(folder for folder in folders if not any(matches(pattern, folder) for pattern in patterns))


def package_at(project: Project) -> dict[str, Any]:
    """The package.json of a folder; empty where there is none, or it does not parse."""
    return (parsed_package(project.read(PACKAGE)) if PACKAGE in project.files else None) or {}


def members(project: Project) -> tuple[str, ...]:
    """The patterns of the folders that a workspace's top names."""
    package = package_at(project)
    named = package.get("workspaces")
    listed = named.get("packages") if isinstance(named, dict) else named
    patterns = [str(each) for each in listed] if isinstance(listed, list) else []
    pnpm = ((project.read(_PNPM) if _PNPM in project.files else None) or b"").decode("utf-8", "replace")
    section = re.search(r"^packages:\s*\n((?:[ \t]*(?:-.*|#.*)?\n?)*)", pnpm, re.MULTILINE)
    patterns += _MEMBER.findall(section.group(1)) if section else []
    return tuple(pattern.strip().removeprefix("./").rstrip("/") for pattern in patterns if not pattern.startswith("!"))


def tests_its_members(project: Project) -> bool:
    """Whether one run of a runner at the top tests the packages below it."""
    package = package_at(project)
    scripts = scripts_of(package)
    return scripted(scripts, "test") is not None or any(_PROJECTS.fullmatch(file) for file in project.files)


def _packages(project: Project) -> Iterator[str]:
    """The folders with a package.json that asks for something or runs something, and with code."""
    names = [PurePosixPath(file) for file in project.files]
    for file in names:
        folder = "" if len(file.parts) == 1 else file.parent.as_posix()
        if file.name != PACKAGE or any(part in NOT_ROOTS or part.startswith(".") for part in file.parts[:-1]):
            continue
        package = parsed_package(project.read(file.as_posix()))
        if package is not None and _is_project(package) and any(_holds(folder, path) for path in project.files):
            yield folder


def _is_project(package: Mapping[str, Any]) -> bool:
    return bool(scripts_of(package) or dependencies_of(package) or package.get("workspaces") or package.get("main") or package.get("exports"))


def _holds(folder: str, path: str) -> bool:
    """Whether a file is code of the folder."""
    inner = path.removeprefix(f"{folder}/") if folder else path
    inside = not folder or path.startswith(f"{folder}/")
    return inside and is_code(path) and not is_configuration(inner) and not any(part in NOT_ROOTS for part in PurePosixPath(inner).parts[:-1])
