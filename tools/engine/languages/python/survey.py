"""Surveying a Python project: layout, tests by their syntax trees, interpreter and what is installed for it, read as files."""

import os
from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Final

from state.errors import Refusal
from state.measurement import PlannedDimension, Root
from tools.engine.languages.python.environments import environments
from tools.engine.languages.python.frameworks import frameworks_of
from tools.engine.languages.python.interpreter import find_interpreter, known_by_files
from tools.engine.languages.python.observed import Observed, observe
from tools.engine.languages.python.planned import dimensions, missing
from tools.engine.languages.python.unittest_arguments import for_pytest, loading
from tools.engine.languages.survey import Project, Selection, Survey

_SHOWN: Final = ("pytest", "coverage", "ruff", "flake8", "pylint", "mypy", "pyright")


def survey(project: Project, selection: Selection | None) -> Survey:
    """Look at the root. `selection` are the arguments that select its tests. Raises Refusal NO_TOOLCHAIN where no interpreter runs.

    No code of the project and nothing of its site-packages runs: of the interpreter only `-I -S` for its version.
    """
    interpreter = find_interpreter(environments(project), os.environ.get("PATH", ""))
    if interpreter is None:
        raise Refusal(
            "NO_TOOLCHAIN",
            "No Python interpreter that runs was found for the project.",
            where=(str(project.root),),
            expected="python3 -m venv .venv && .venv/bin/python -m pip install -e . pytest coverage",
        )
    observed = observe(project, interpreter)
    planned = dimensions(observed)
    counts = {dimension.name: dimension.applicable for dimension in planned}
    root = Root(
        language="python",
        manager=observed.manager,
        interpreter=observed.python,
        test_runner=observed.runner if counts["tests"] else "",
        test_arguments=_test_arguments(observed, selection),
        coverage="coverage" if counts["coverage"] else "",
        lint=observed.linter if counts["lint"] else "",
        types=observed.type_checker if counts["type_check"] else "",
        source_paths=observed.sources,
        counted=bool(observed.sources),
        apart=observed.apart,
    )
    frameworks, kind = frameworks_of(observed.project, observed.sources)
    return Survey(
        root=root,
        test_paths=_test_paths(tuple(observed.tests), observed.sources),
        dimensions=planned,
        commands=tuple(_commands(root)),
        seen=_seen(observed, frameworks),
        missing=missing(observed),
        kind="monorepo" if observed.apart and not project.path else kind,
        frameworks=frameworks,
    )


def look(project: Project) -> tuple[PlannedDimension, ...]:
    """The hygiene dimensions as a survey would plan them, known from files alone: nothing is run, not even the interpreter.

    Empty where no virtual environment of the project's own tells what is installed.
    """
    interpreter = next((found for each in environments(project) if (found := known_by_files(each))), None)
    return () if interpreter is None else dimensions(observe(project, interpreter, counting=False))


def _test_arguments(observed: Observed, selection: Selection | None) -> tuple[str, ...]:
    """What selects the tests, folders that are roots of their own left out."""
    given = selection if selection and selection.runner == observed.runner else None
    if observed.runner == "unittest":
        return given.arguments if given and given.arguments else _where_unittest_looks(observed)
    selecting = selection.arguments if selection else ()
    if selection and selection.runner == "unittest":
        selecting = for_pytest(loading(selection.arguments), observed.project.files)
    return (*selecting, *(f"--ignore={folder}" for folder in observed.apart)) if observed.runner else selecting


def _where_unittest_looks(observed: Observed) -> tuple[str, ...]:
    """Each folder at the top that holds tests; one that is a package is imported from the top."""
    folders = [path for path in _test_paths(tuple(observed.tests), ()) if not path.endswith(".py")] or ["."]
    top = ("-t", ".") if any(f"{folder}/__init__.py" in observed.project.files for folder in folders) else ()
    return (*(word for folder in folders for word in ("-s", folder)), *top)


def _commands(root: Root) -> list[str]:
    """What approval lets run, as a person would type it."""
    runner = "python -m unittest" if root.test_runner == "unittest" else root.test_runner
    commands = [" ".join((runner, *root.test_arguments)) + (" (under coverage)" if root.coverage else "")] if root.test_runner else []
    if root.lint:
        commands.append({"ruff": "ruff check .", "flake8": "flake8 ."}.get(root.lint) or " ".join((root.lint, *root.source_paths)))
    return [*commands, " ".join((root.types, *root.source_paths))] if root.types else commands


def _test_paths(modules: Sequence[str], sources: Sequence[str]) -> tuple[str, ...]:
    """The folders at the top that hold tests (those inside the source are named by it already), and test modules at the top."""
    outside = [PurePosixPath(module) for module in modules if not any(module.startswith(f"{source}/") for source in sources)]
    return tuple(sorted({path.parts[0] for path in outside}))


def _seen(observed: Observed, frameworks: Sequence[str]) -> tuple[str, ...]:
    lines = [f"Python {observed.interpreter.version} ({observed.python}), {observed.manager}"]
    lines.append(f"source: {', '.join(observed.sources)}" if observed.sources else "no source package or module")
    lines.append(f"{observed.test_count} test functions in {len(observed.tests)} files")
    lines += [f"built with {', '.join(frameworks)}"] if frameworks else []
    tools = [f"{name} {observed.version(name)}" + (" (lent)" if observed.lent(name) else "") for name in _SHOWN if observed.version(name)]
    return (*lines, *tools)
