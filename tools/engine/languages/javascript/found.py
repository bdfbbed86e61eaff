"""What the files of a JavaScript project show: its package, manager, source, tests, runner, and what is installed for it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from tools.engine.languages.growth import LOOKED_INTO, MOST_READ, Search
from tools.engine.languages.javascript.arguments import SCRIPT, Started, scripted
from tools.engine.languages.javascript.counting import count
from tools.engine.languages.javascript.coverage import Scope
from tools.engine.languages.javascript.managers import install_all, install_line, manager_of
from tools.engine.languages.javascript.node import Node, wanted_version
from tools.engine.languages.javascript.owned import is_collected, is_collected_by_node
from tools.engine.languages.javascript.package_json import PACKAGE, dependencies_of, scripts_of
from tools.engine.languages.javascript.packages import NODE_MODULES, Package, find_package, folders_above, read_object
from tools.engine.languages.javascript.roots import package_at, roots
from tools.engine.languages.javascript.source_paths import source_paths
from tools.engine.languages.javascript.trees import is_code
from tools.engine.languages.survey import Project, Selection

_DECLARED: Final = re.compile(rb"^\s*(?:describe|suite|test|it)(?:\.\w+)*\s*\(\s*[\"'`]", re.MULTILINE)
FAILURES: Final = Search((b"catch", b".then"), count)


@dataclass(frozen=True)
class Found:
    """What the files showed. `node` is None where only files were looked at; `failing` says that a function of the source has a failure path."""

    project: Project
    package: dict[str, Any]
    manager: str
    sources: tuple[str, ...]
    tests: tuple[str, ...]
    started: Started | None
    node: Node | None = None
    failing: bool = False

    @property
    def runner(self) -> str:
        """The test runner's name, empty where none was found."""
        return self.started.runner if self.started else ""

    @property
    def has_modules(self) -> bool:
        """Whether anything is installed for the root."""
        return any((folder / NODE_MODULES).is_dir() for folder in folders_above(self.project.top, self.project.path))

    def installed(self, name: str) -> Package | None:
        """A package that is installed for the root."""
        return find_package(self.project.top, self.project.path, name)

    def install(self, *names: str) -> str:
        """The line that would bring packages: what package.json asks for already is only to be installed."""
        if set(names) <= dependencies_of(self.package):
            return install_all(self.manager)
        return install_line(self.manager, self.project.path, names)

    def has_file(self, *names: str) -> bool:
        """Whether one of these files is in the folder or above it."""
        return any((folder / name).is_file() for folder in folders_above(self.project.top, self.project.path) for name in names)


def found_in(project: Project, selection: Selection | None, node: Node | None) -> Found:
    """Look at a root's files. `selection` is the runner that a command of the contract names."""
    folders = list(folders_above(project.top, project.path))
    manager = manager_of([read_object(folder / PACKAGE) for folder in folders], lambda lock: any((folder / lock).is_file() for folder in folders))
    inner = [f"{path}/" for path in roots(project) if path]
    files = [file for file in project.files if not file.startswith(tuple(inner))]
    tests = tuple(file for file in files if is_collected(file)) or tuple(file for file in files if is_code(file) and _declares_tests(project, file))
    found = Found(project, package_at(project), manager, source_paths(files), tests, None, node)
    tests, started = _runner(found, files, selection)
    scope = Scope(project.root, found.sources)
    failing = FAILURES.finds((file for file in files if scope.holds(file)), project.read, MOST_READ if node else LOOKED_INTO)
    return replace(found, tests=tests, started=started, failing=node is not None if failing is None else failing)


def _declares_tests(project: Project, file: str) -> bool:
    """Whether a file of a name that only the project knows holds tests."""
    return _DECLARED.search(project.read(file) or b"") is not None


def _runner(found: Found, files: Sequence[str], selection: Selection | None) -> tuple[tuple[str, ...], Started | None]:
    """The test files and the runner: that of the contract's command, of the scripts, of what is installed, or that which test files import."""
    scripts = scripts_of(found.package)
    by_command = None
    if selection is not None:
        by_command = scripted(scripts, selection.arguments[0]) if selection.runner == SCRIPT else Started(selection.runner, selection.arguments)
    names = ("test", "test:unit", "unit", "test:ci", *sorted(name for name in scripts if name.startswith("test:")))
    by_script = next((started for name in names if (started := scripted(scripts, name))), None)
    by_package = next((Started(name) for name in ("vitest", "jest") if found.installed(name)), None)
    own = tuple(file for file in files if is_collected_by_node(file))
    if by_command and by_script and by_command == Started(by_script.runner):
        by_command = by_script  # a runner's bare name means the project's own way to start it
    started = by_command or by_script or by_package or _by_import(found.project, own)
    return (own or found.tests if started and started.runner == "node" else found.tests), started


def _by_import(project: Project, tests: Sequence[str]) -> Started | None:
    """Node's own runner, where a test file imports it."""
    return Started("node") if any(b"node:test" in (project.read(file) or b"") for file in tests) else None


def node_wanted(project: Project) -> str:
    """The version of Node that the project asks for, in the folder or above it."""
    named = (folder / name for folder in folders_above(project.top, project.path) for name in (".nvmrc", ".node-version"))
    file = next((file for file in named if file.is_file()), None)
    return wanted_version(file.read_text(encoding="utf-8", errors="replace")) if file else ""
