"""Surveying a Python project: layout, tests by their syntax trees, interpreter and what is installed for it, read as files."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

from state.errors import Refusal
from state.measurement import PlannedDimension, Root
from tools.engine.languages.python.distributions import Distribution, install_line, installed
from tools.engine.languages.python.gains import named_tests
from tools.engine.languages.python.interpreter import Interpreter, environments_of, find_interpreter
from tools.engine.languages.python.names import TEST_FOLDERS, is_test_module
from tools.engine.languages.survey import Missing, Project, Selection, Survey

# Folders and files at the top that are not the product, though they hold Python.
NOT_SOURCE: Final = TEST_FOLDERS | {
    "docs",
    "doc",
    "examples",
    "example",
    "scripts",
    "benchmarks",
    "benchmark",
    "bench",
    "eval",
    "node_modules",
    "build",
    "dist",
}
NOT_MODULES: Final = frozenset({"setup.py", "conftest.py", "noxfile.py", "tasks.py", "fabfile.py"})
TYPE_CHECKERS: Final = ("mypy", "pyright")


@dataclass(frozen=True)
class Found:
    """What the files and the interpreter showed."""

    project: Project
    interpreter: Interpreter
    distributions: Mapping[str, Distribution]
    sources: tuple[str, ...]
    test_modules: tuple[str, ...]
    test_count: int

    def has(self, name: str) -> bool:
        """Whether a distribution is installed for the interpreter."""
        return name in self.distributions

    def install(self, *names: str) -> str:
        """The line that would bring distributions."""
        return install_line(self.interpreter, self.project.root, self.distributions, names)

    @property
    def python(self) -> str:
        """The interpreter, relative to the main checkout where it lies inside."""
        executable, root = self.interpreter.executable, self.project.top
        return str(executable.relative_to(root) if executable.is_relative_to(root) else executable)


def roots(project: Project) -> tuple[str, ...]:
    """The top, where it holds Python."""
    return ("",) if any(file.endswith(".py") or file == "pyproject.toml" for file in project.files) else ()


def survey(project: Project, selection: Selection | None) -> Survey:
    """Look at the root. `selection` are the arguments that select its tests. Raises Refusal NO_TOOLCHAIN where no interpreter runs.

    No code of the project and nothing of its site-packages runs: of the interpreter only `-I -S` for its version.
    """
    interpreter = find_interpreter(project.root, os.environ.get("PATH", ""))
    if interpreter is None:
        raise Refusal(
            "NO_TOOLCHAIN",
            "No Python interpreter that runs was found for the project.",
            where=(str(project.root),),
            expected="python3 -m venv .venv && .venv/bin/python -m pip install -e . pytest coverage",
        )
    modules = _test_modules(project)
    count = sum(len(named_tests(project.read(file) or b"")) for file in modules)
    found = Found(project, interpreter, installed(interpreter), source_paths(project.files), modules, count)
    types, dimensions = _type_checker(found), _dimensions(found)
    arguments = selection.arguments if selection else ()
    planned = {dimension.name: dimension.applicable for dimension in dimensions}
    commands = [" ".join(("pytest", *arguments)) + (" (under coverage)" if planned["coverage"] else "")] if planned["tests"] else []
    commands += ["ruff check ."] if planned["lint"] else []
    commands += [" ".join((types, *found.sources))] if planned["type_check"] else []
    root = Root(
        language="python",
        interpreter=found.python,
        test_runner="pytest" if planned["tests"] else "",
        test_arguments=arguments,
        coverage="coverage" if planned["coverage"] else "",
        lint="ruff" if planned["lint"] else "",
        types=types if planned["type_check"] else "",
        source_paths=found.sources,
    )
    return Survey(
        root=root,
        test_paths=_test_paths(modules, found.sources),
        dimensions=dimensions,
        commands=tuple(commands),
        seen=_seen(found),
        missing=_missing(found, types),
    )


def look(project: Project) -> tuple[PlannedDimension, ...]:
    """The hygiene dimensions as a survey would plan them, known from files alone: nothing is run, not even the interpreter.

    Empty where no virtual environment of the project's own tells what is installed. The numbers in `how` are not all that a survey says.
    """
    interpreter = next(environments_of(project.root), None)
    if interpreter is None:
        return ()
    distributions, modules = installed(interpreter), _test_modules(project)
    tested = "pytest" in distributions and any(named_tests(project.read(file) or b"") for file in modules)
    return _dimensions(Found(project, interpreter, distributions, source_paths(project.files), modules, int(tested)))


def _test_modules(project: Project) -> tuple[str, ...]:
    return tuple(file for file in project.files if is_test_module(file))


def _type_checker(found: Found) -> str:
    return next((tool for tool in TYPE_CHECKERS if found.has(tool)), "")


def _dimensions(found: Found) -> tuple[PlannedDimension, ...]:
    return (_tests(found), _coverage(found), _lint(found), _types(found, _type_checker(found)))


def source_paths(files: Sequence[str]) -> tuple[str, ...]:
    """The packages and modules of the product: those under `src`, packages at the top, modules at the top."""
    paths = [PurePosixPath(file) for file in files if file.endswith(".py")]
    found: set[str] = set()
    for path in paths:
        top = path.parts[0]
        if top == "src" and len(path.parts) > 1:
            found.add("/".join(path.parts[:2]))
        elif len(path.parts) == 1 and path.name not in NOT_MODULES and not is_test_module(path.name):
            found.add(path.name)
        elif len(path.parts) > 1 and top not in NOT_SOURCE and not top.startswith(".") and f"{top}/__init__.py" in files:
            found.add(top)
    if any(path.startswith("src/") for path in found):
        # Beside a src folder, modules at the top are scripts.
        found = {path for path in found if "/" in path or not path.endswith(".py")}
    if not found:
        # No package by name: whatever folder at the top holds Python that is neither test nor tool.
        found = {path.parts[0] for path in paths if len(path.parts) > 1 and path.parts[0] not in NOT_SOURCE and not path.parts[0].startswith(".")}
    return tuple(sorted(path for path in found if PurePosixPath(path).name not in NOT_MODULES))


def _test_paths(modules: Sequence[str], sources: Sequence[str]) -> tuple[str, ...]:
    """The folders at the top that hold tests (those inside the source are named by it already), and test modules at the top."""
    outside = [PurePosixPath(module) for module in modules if not any(module.startswith(f"{source}/") for source in sources)]
    return tuple(sorted({path.parts[0] for path in outside}))


def _tests(found: Found) -> PlannedDimension:
    if not found.has("pytest"):
        return _not("tests", f"pytest is not installed for {found.python}: {found.install('pytest', 'coverage')}")
    if not found.test_count:
        return _not("tests", "no test function was seen in any test_*.py or *_test.py")
    return PlannedDimension(name="tests", tier="hygiene", applicable=True, how=f"pytest {found.distributions['pytest'].version}, test by test")


def _coverage(found: Found) -> PlannedDimension:
    if not (found.has("pytest") and found.test_count):
        return _not("coverage", "there is no test run to measure it in")
    if not found.has("coverage"):
        return _not("coverage", f"coverage is not installed for {found.python}: {found.install('coverage')}")
    if not found.sources:
        return _not("coverage", "no source package or module was seen")
    return PlannedDimension(name="coverage", tier="hygiene", applicable=True, how=f"lines of {', '.join(found.sources)}, in the run of the tests")


def _lint(found: Found) -> PlannedDimension:
    if not found.has("ruff"):
        return _not("lint", f"ruff is not installed for {found.python}: {found.install('ruff')}")
    return PlannedDimension(name="lint", tier="hygiene", applicable=True, how=f"ruff {found.distributions['ruff'].version}, findings per 1,000 lines")


def _types(found: Found, tool: str) -> PlannedDimension:
    if not tool:
        return _not("type_check", f"neither mypy nor pyright is installed for {found.python}: {found.install('mypy')}")
    if not found.sources:
        return _not("type_check", "no source package or module was seen")
    return PlannedDimension(
        name="type_check", tier="hygiene", applicable=True, how=f"{tool} {found.distributions[tool].version}, findings per 1,000 lines"
    )


def _not(name: str, why: str) -> PlannedDimension:
    return PlannedDimension(name=name, tier="hygiene", applicable=False, why=why)


def _seen(found: Found) -> tuple[str, ...]:
    lines = [f"Python {found.interpreter.version} ({found.python})"]
    lines.append(f"source: {', '.join(found.sources)}" if found.sources else "no source package or module")
    lines.append(f"{found.test_count} test functions in {len(found.test_modules)} files")
    tools = [f"{name} {found.distributions[name].version}" for name in ("pytest", "coverage", "ruff", *TYPE_CHECKERS) if found.has(name)]
    return (*lines, *tools)


def _missing(found: Found, types: str) -> tuple[Missing, ...]:
    missing = [Missing(name, found.install(name)) for name in ("pytest", "coverage", "ruff") if not found.has(name)]
    if not types:
        missing.append(Missing("a type checker", found.install("mypy")))
    if not found.test_count:
        missing.append(Missing("tests", "a file tests/test_SOMETHING.py with a function test_SOMETHING"))
    if found.interpreter.environment is None:
        missing.append(Missing("a virtual environment of the project's own", "python3 -m venv .venv && .venv/bin/python -m pip install -e ."))
    return tuple(missing)
