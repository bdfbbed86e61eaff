"""Surveying a JavaScript project: packages, scripts, configuration files and what is installed, read as files."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from state.errors import Refusal
from state.measurement import PlannedDimension, Root
from tools.engine.languages.javascript.arguments import NODE_RUNNER
from tools.engine.languages.javascript.found import Found, found_in, node_wanted
from tools.engine.languages.javascript.kinds import frameworks_of, kind_of
from tools.engine.languages.javascript.managers import install_all
from tools.engine.languages.javascript.node import find_node, is_version
from tools.engine.languages.javascript.package_json import dependencies_of
from tools.engine.languages.javascript.planned import PROVIDERS, configured_eslint, dimensions_of, linter_of, provider_of
from tools.engine.languages.javascript.roots import roots
from tools.engine.languages.javascript.source_paths import test_paths
from tools.engine.languages.survey import Missing, Project, Selection, Survey

PLUG_AND_PLAY: Final = (".pnp.cjs", ".pnp.js")  # of Yarn, by its version


def survey(project: Project, selection: Selection | None) -> Survey:
    """Look at a root. Raises Refusal NO_TOOLCHAIN where no Node runs. Of the project nothing runs, and of Node only `--version`."""
    node = find_node(os.environ.get("PATH", ""), Path.home(), node_wanted(project))
    if node is None:
        raise Refusal(
            "NO_TOOLCHAIN",
            "No Node that runs was found for the project.",
            where=(str(project.root),),
            expected="node of version 20 or later on the PATH of the server",
        )
    found = found_in(project, selection, node)
    dimensions = dimensions_of(found)
    planned = {each.name for each in dimensions if each.applicable}
    root = Root(
        language="javascript",
        manager=found.manager,
        interpreter=str(node.executable),
        test_runner=(NODE_RUNNER if found.runner == "node" else found.runner) if "tests" in planned else "",
        test_arguments=found.started.arguments if found.started and "tests" in planned else (),
        coverage=provider_of(found) if "coverage" in planned else "",
        lint=linter_of(found) if "lint" in planned else "",
        types="tsc" if "type_check" in planned else "",
        source_paths=found.sources,
        counted=bool(found.sources),
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


def look(project: Project) -> tuple[PlannedDimension, ...]:
    """The dimensions as a survey would plan them, from files alone; empty where nothing is installed."""
    found = found_in(project, None, None)
    return dimensions_of(found) if found.has_modules or found.runner == "node" else ()


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
    nothing_installed = bool(dependencies_of(found.package)) and not found.has_modules
    if nothing_installed and not found.has_file(*PLUG_AND_PLAY):
        yield Missing("what package.json asks for", install_all(found.manager))
    if found.has_file(*PLUG_AND_PLAY):
        yield Missing("node_modules: Yarn Plug'n'Play cannot be linked", "nodeLinker: node-modules in .yarnrc.yml, and yarn install")
    wanted = node_wanted(found.project)
    if found.node and not is_version(found.node, wanted):
        yield Missing(f"Node {wanted}, which the project asks for", f"nvm install {wanted}")
    if not found.sources and not found.tests:  # a workspace's top, or a folder of settings: nothing there is to be measured
        return
    if "tests" not in planned and not found.tests:
        yield Missing("tests", "a file test/NAME.test.js" + ("" if found.started else f"; {found.install('vitest')}"))
    elif "tests" not in planned and not nothing_installed:
        yield Missing("tests that can be measured", found.install(found.runner or "vitest"))
    if "tests" in planned and "coverage" not in planned and found.runner == "vitest":
        yield Missing("coverage", found.install(PROVIDERS["v8"]))
    if "lint" not in planned:
        yield Missing("a linter", configured_eslint(found))
    if "type_check" not in planned and "tsconfig.json" in found.project.files:
        yield Missing("typescript", found.install("typescript"))
