"""Surveying a JavaScript project: packages, scripts, configuration files and what is installed, read as files."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from state.errors import Refusal
from state.measurement import PlannedDimension, Root
from tools.engine.languages.growth import planned_growth
from tools.engine.languages.javascript.arguments import NODE_RUNNER, SCRIPT, Started, scripted
from tools.engine.languages.javascript.kinds import frameworks_of, kind_of
from tools.engine.languages.javascript.managers import install_all, install_line, manager_of
from tools.engine.languages.javascript.node import Node, find_node, is_version, wanted_version
from tools.engine.languages.javascript.owned import is_collected, is_collected_by_node
from tools.engine.languages.javascript.package_json import PACKAGE, dependencies_of, scripts_of
from tools.engine.languages.javascript.packages import Package, find_package, folders_above, read_object
from tools.engine.languages.javascript.roots import package_at, roots
from tools.engine.languages.javascript.source_paths import source_paths, test_paths
from tools.engine.languages.javascript.trees import JAVASCRIPT
from tools.engine.languages.survey import Missing, Project, Selection, Survey

# Coverage of vitest comes from one of these; jest brings its own, and node counts by itself.
PROVIDERS: Final = {"v8": "@vitest/coverage-v8", "istanbul": "@vitest/coverage-istanbul"}
ESLINT_FILES: Final = (
    "eslint.config.js", "eslint.config.mjs", "eslint.config.cjs", "eslint.config.ts", "eslint.config.mts", ".eslintrc", ".eslintrc.js",
    ".eslintrc.cjs", ".eslintrc.json", ".eslintrc.yml", ".eslintrc.yaml",
)  # fmt: skip
BIOME_FILES: Final = ("biome.json", "biome.jsonc", ".biome.json", ".biome.jsonc")
_NODE_COVERS: Final = (20,)
_NODE_MAPS_TYPESCRIPT: Final = (22,)


@dataclass(frozen=True)
class Found:
    """What the files showed. `node` is None where only files were looked at."""

    project: Project
    package: dict[str, Any]
    manager: str
    sources: tuple[str, ...]
    tests: tuple[str, ...]
    started: Started | None
    node: Node | None = None

    @property
    def runner(self) -> str:
        """The test runner's name, empty where none was found."""
        return self.started.runner if self.started else ""

    def installed(self, name: str) -> Package | None:
        """A package that is installed for the root."""
        return find_package(self.project.top, self.project.path, name)

    def install(self, *names: str) -> str:
        """The line that would bring packages."""
        return install_line(self.manager, self.project.path, names)

    def has_file(self, *names: str) -> bool:
        """Whether one of these files is in the folder or above it."""
        return any((folder / name).is_file() for folder in folders_above(self.project.top, self.project.path) for name in names)


def survey(project: Project, selection: Selection | None) -> Survey:
    """Look at a root. Raises Refusal NO_TOOLCHAIN where no Node runs. Of the project nothing runs, and of Node only `--version`."""
    node = find_node(os.environ.get("PATH", ""), Path.home(), _wanted(project))
    if node is None:
        raise Refusal(
            "NO_TOOLCHAIN",
            "No Node that runs was found for the project.",
            where=(str(project.root),),
            expected="node of version 20 or later on the PATH of the server",
        )
    found = _look(project, selection, node)
    dimensions = _dimensions(found)
    planned = {each.name for each in dimensions if each.applicable}
    root = Root(
        language="javascript",
        manager=found.manager,
        interpreter=str(node.executable),
        test_runner=(NODE_RUNNER if found.runner == "node" else found.runner) if "tests" in planned else "",
        test_arguments=found.started.arguments if found.started and "tests" in planned else (),
        coverage=_provider(found) if "coverage" in planned else "",
        lint=_linter(found) if "lint" in planned else "",
        types="tsc" if "type_check" in planned else "",
        source_paths=found.sources,
        counted="observability" in planned,
        apart=tuple(path for path in roots(project) if path),
    )
    return Survey(
        root=root,
        dimensions=dimensions,
        commands=tuple(_commands(root)),
        test_paths=test_paths(found.tests, found.sources),
        seen=tuple(_seen(found)),
        missing=tuple(_missing(found, planned)),
        kind=kind_of(found.package, project),
        frameworks=frameworks_of(found.package),
    )


def _wanted(project: Project) -> str:
    """The version of Node that the project asks for, in the folder or above it."""
    named = (folder / name for folder in folders_above(project.top, project.path) for name in (".nvmrc", ".node-version"))
    file = next((file for file in named if file.is_file()), None)
    return wanted_version(file.read_text(encoding="utf-8", errors="replace")) if file else ""


def look(project: Project) -> tuple[PlannedDimension, ...]:
    """The dimensions as a survey would plan them, from files alone; empty where nothing is installed."""
    found = _look(project, None, None)
    installed = any((folder / "node_modules").is_dir() for folder in folders_above(project.top, project.path))
    return _dimensions(found) if installed or found.runner == "node" else ()


def _look(project: Project, selection: Selection | None, node: Node | None) -> Found:
    package = package_at(project)
    above = [read_object(folder / PACKAGE) for folder in folders_above(project.top, project.path)]
    folders = list(folders_above(project.top, project.path))
    manager = manager_of(above, lambda lock: any((folder / lock).is_file() for folder in folders))
    files = [file for file in project.files if not any(file.startswith(f"{path}/") for path in roots(project) if path)]
    sources = source_paths(files)
    tests = tuple(file for file in files if is_collected(file))
    found = Found(project, package, manager, sources, tests, None, node)
    return Found(project, package, manager, sources, *_runner(found, files, selection), node)


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
    by_import = Started("node") if any(b"node:test" in (found.project.read(file) or b"") for file in own) else None
    if by_command and by_script and by_command == Started(by_script.runner):
        by_command = by_script  # a runner's bare name means the project's own way to start it
    started = by_command or by_script or by_package or by_import
    return (own if started and started.runner == "node" else found.tests), started


def _dimensions(found: Found) -> tuple[PlannedDimension, ...]:
    tests = _tests(found)
    coverage = _coverage(found, tests)
    return (tests, coverage, _lint(found), _types(found), *planned_growth(found.sources, covered=coverage.applicable))


def _tests(found: Found) -> PlannedDimension:
    if not found.started:
        script = scripts_of(found.package).get("test", "")
        why = f"the script test runs none of vitest, jest and node --test: {script}" if script else "no test runner was seen"
        return _not("tests", f"{why}; {found.install('vitest')}")
    if not found.tests:
        return _not("tests", "no test file was seen (NAME.test.js, NAME.spec.ts, or a folder __tests__)")
    package = found.installed(found.runner)
    if found.runner != "node" and package is None:
        return _not("tests", f"{found.runner} is not installed: {install_all(found.manager)}, or {found.install(found.runner)}")
    return _yes("tests", f"{_version(found)}, test by test")


def _coverage(found: Found, tests: PlannedDimension) -> PlannedDimension:
    if not tests.applicable:
        return _not("coverage", "there is no test run to measure it in")
    if not found.sources:
        return _not("coverage", "no source folder was seen")
    if not _provider(found):
        if found.runner == "vitest":
            return _not("coverage", f"no coverage provider of vitest is installed: {found.install(PROVIDERS['v8'])}")
        return _not("coverage", "node counts the lines of JavaScript from version 20 on, those of TypeScript from version 22 on")
    return _yes("coverage", f"lines of {', '.join(found.sources)}, in the run of the tests")


def _lint(found: Found) -> PlannedDimension:
    tool = _linter(found)
    if not tool:
        configured = found.has_file(*ESLINT_FILES) or "eslintConfig" in found.package
        name = "@biomejs/biome" if found.has_file(*BIOME_FILES) else "eslint"
        why = (
            "eslint is installed and not configured: npx eslint --init"
            if found.installed("eslint") and not configured
            else (f"neither eslint nor biome is installed: {found.install(name)}")
        )
        return _not("lint", why)
    package = found.installed("eslint" if tool == "eslint" else "@biomejs/biome")
    return _yes("lint", f"{tool} {package.version if package else ''}, findings per 1,000 lines")


def _types(found: Found) -> PlannedDimension:
    if "tsconfig.json" not in found.project.files:
        return _not("type_check", "there is no tsconfig.json")
    package = found.installed("typescript")
    if package is None:
        return _not("type_check", f"typescript is not installed: {found.install('typescript')}")
    return _yes("type_check", f"tsc {package.version}, findings per 1,000 lines")


def _provider(found: Found) -> str:
    """What counts lines in a run of the tests."""
    if found.runner == "jest":
        return "istanbul"
    if found.runner == "vitest":
        return next((name for name, package in PROVIDERS.items() if found.installed(package)), "")
    typed = any(not file.endswith(tuple(JAVASCRIPT)) for file in found.tests)
    numbers = found.node.numbers if found.node else _NODE_COVERS
    return "node" if numbers >= (_NODE_MAPS_TYPESCRIPT if typed else _NODE_COVERS) else ""


def _linter(found: Found) -> str:
    """Eslint where it is installed and configured, else biome where it is installed."""
    if found.installed("eslint") and (found.has_file(*ESLINT_FILES) or "eslintConfig" in found.package):
        return "eslint"
    return "biome" if found.installed("@biomejs/biome") else ""


def _version(found: Found) -> str:
    package = found.installed(found.runner)
    return f"{found.runner} {package.version}" if package else "node --test"


def _commands(root: Root) -> Iterator[str]:
    if root.test_runner:
        words = (root.test_runner, "run") if root.test_runner == "vitest" else (root.test_runner,)
        yield " ".join((*words, *root.test_arguments)) + (" (with coverage)" if root.coverage else "")
    if root.lint:
        yield f"{root.lint} ." if root.lint == "eslint" else f"{root.lint} lint ."
    if root.types:
        yield "tsc --noEmit"


def _seen(found: Found) -> Iterator[str]:
    if found.node:
        yield f"Node {found.node.version} ({found.node.executable})"
    yield f"{found.manager}, source: {', '.join(found.sources) or 'none'}"
    yield f"{len(found.tests)} test files"
    for name in ("vitest", *PROVIDERS.values(), "jest", "eslint", "@biomejs/biome", "typescript"):
        if package := found.installed(name):
            yield f"{name} {package.version}"


def _missing(found: Found, planned: set[str]) -> Iterator[Missing]:
    asked = dependencies_of(found.package)
    if asked and not any((Path(folder) / "node_modules").is_dir() for folder in folders_above(found.project.top, found.project.path)):
        yield Missing("what package.json asks for", install_all(found.manager))
    if found.has_file(".pnp.cjs"):
        yield Missing("node_modules: Yarn Plug'n'Play cannot be linked", "nodeLinker: node-modules in .yarnrc.yml, and yarn install")
    wanted = _wanted(found.project)
    if found.node and not is_version(found.node, wanted):
        yield Missing(f"Node {wanted}, which the project asks for", f"nvm install {wanted}")
    if "tests" not in planned:
        yield Missing("tests that can be measured", found.install("vitest") if not found.started else install_all(found.manager))
    if "tests" in planned and "coverage" not in planned and found.runner == "vitest":
        yield Missing("coverage", found.install(PROVIDERS["v8"]))
    if "lint" not in planned:
        yield Missing("a linter", f"{found.install('eslint')} && npx eslint --init")
    if "type_check" not in planned and "tsconfig.json" in found.project.files:
        yield Missing("typescript", found.install("typescript"))


def _yes(name: str, how: str) -> PlannedDimension:
    return PlannedDimension(name=name, tier="hygiene", applicable=True, how=how)


def _not(name: str, why: str) -> PlannedDimension:
    return PlannedDimension(name=name, tier="hygiene", applicable=False, why=why)
