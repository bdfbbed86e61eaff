"""What installs a project's dependencies, told from its files: uv, Poetry, PDM, Pipenv or pip, and what a person types for each."""

import shlex
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from shutil import which
from typing import Any, Final, Literal, cast

from tools.engine.languages.python.interpreter import Interpreter
from tools.engine.languages.python.names import PYPROJECT
from tools.engine.languages.python.pyproject import parsed_toml
from tools.engine.languages.survey import Project

Manager = Literal["uv", "poetry", "pdm", "pipenv", "pip"]
_LOCKS: Final[Mapping[str, Manager]] = {
    "uv.lock": "uv", "poetry.lock": "poetry", "pdm.lock": "pdm", "Pipfile.lock": "pipenv", "Pipfile": "pipenv",
}  # fmt: skip
_ADDING: Final[Mapping[Manager, str]] = {
    "uv": "uv add --dev", "poetry": "poetry add --group dev", "pdm": "pdm add --dev", "pipenv": "pipenv install --dev",
}  # fmt: skip
_INSTALLING: Final[Mapping[Manager, str]] = {
    "uv": "uv sync", "poetry": "poetry install", "pdm": "pdm install", "pipenv": "pipenv install --dev",
}  # fmt: skip


def manager_of(project: Project) -> Manager:
    """What manages a root: by its own files, else by those of the folders above it; pip where nothing names another."""
    folders = [project.root.joinpath(*[".."] * steps) for steps in range(project.path.count("/") + bool(project.path) + 1)]
    own = _by_files(project.files, project.read)
    return own or next((found for folder in folders[1:] if (found := _above(Path(folder)))), None) or "pip"


def adding(manager: str, interpreter: Interpreter, top: Path, names: Sequence[str], *, has_pip: bool) -> str:
    """What a person types to have the distributions `names`."""
    if manager in _ADDING:  # each makes the environment where there is none
        return f"{_ADDING[cast('Manager', manager)]} {' '.join(names)}"
    python = _shown(interpreter, top)
    if interpreter.environment is None:
        return f"{python} -m venv .venv && .venv/bin/python -m pip install {' '.join(names)}"
    return f"{python} -m pip install {' '.join(names)}" if has_pip else f"uv pip install --python {python} {' '.join(names)}"


def installing(manager: str, interpreter: Interpreter, top: Path, *, has_pip: bool) -> str:
    """What a person types to have the project itself installed so that its files are the ones that run."""
    if manager in _INSTALLING:
        return _INSTALLING[cast("Manager", manager)]
    return adding("pip", interpreter, top, ("-e", "."), has_pip=has_pip)


def setting_up(manager: str, names: Sequence[str]) -> str:
    """What a person types where there is no environment yet, to have one with these in it."""
    return _INSTALLING.get(cast("Manager", manager), f"python3 -m venv .venv && .venv/bin/python -m pip install {' '.join(names)}")


def is_on_this_machine(manager: str) -> bool:
    """Whether the manager itself can be started; pip comes with Python."""
    return manager not in _INSTALLING or which(manager) is not None


def _shown(interpreter: Interpreter, top: Path) -> str:
    python = interpreter.executable
    return shlex.quote(str(python.relative_to(top) if python.is_relative_to(top) else python))


def _by_files(files: Sequence[str], read: Callable[[str], bytes | None]) -> Manager | None:
    names = set(files)
    if found := next((manager for lock, manager in _LOCKS.items() if lock in names), None):
        return found
    return _by_tables(parsed_toml(read(PYPROJECT) or b"") or {}) if PYPROJECT in names else None


def _by_tables(parsed: Mapping[str, Any]) -> Manager | None:
    """By the tables under [tool]; one that only configures a build backend names no manager."""
    tool = parsed.get("tool", {})
    if not isinstance(tool, dict):
        return None
    if isinstance(tool.get("uv"), dict):
        return "uv"
    if isinstance(tool.get("poetry"), dict):
        return "poetry"
    return "pdm" if set(tool.get("pdm") or ()) - {"build", "version"} else None


def _above(folder: Path) -> Manager | None:
    """Of a folder above a root, whose files are not among the root's: a lock file there is the whole workspace's."""
    return next((manager for lock, manager in _LOCKS.items() if (folder / lock).is_file()), None)
