"""Which linter and which type checker measure a project: one that it configures and has, else one that it has."""

import configparser
from collections.abc import Callable, Collection, Mapping
from types import MappingProxyType
from typing import Final

from tools.engine.languages.python.names import PYPROJECT
from tools.engine.languages.python.pyproject import tool_table
from tools.engine.languages.survey import Project

# Where each tool is configured: files of its own, and sections of files that several share (setup.cfg, tox.ini). The first tools are preferred.
LINTERS: Final = ("ruff", "flake8", "pylint")
TYPE_CHECKERS: Final = ("mypy", "pyright")
_FILES: Final[Mapping[str, Collection[str]]] = MappingProxyType(
    {
        "ruff": ("ruff.toml", ".ruff.toml"),
        "flake8": (".flake8",),
        "pylint": ("pylintrc", ".pylintrc", "pylintrc.toml", ".pylintrc.toml"),
        "mypy": ("mypy.ini", ".mypy.ini"),
        "pyright": ("pyrightconfig.json",),
    }
)
_SHARED: Final = ("setup.cfg", "tox.ini")


def chosen(tools: Collection[str], project: Project, has: Callable[[str], bool]) -> str:
    """The tool that measures: installed (`has`), and configured where one is; empty where none is installed."""
    installed = [tool for tool in tools if has(tool)]
    return next((tool for tool in installed if configured(tool, project)), next(iter(installed), ""))


def wanted(tools: Collection[str], project: Project) -> str:
    """The tool that a project configures, whether it is installed or not; else the first."""
    return next((tool for tool in tools if configured(tool, project)), next(iter(tools)))


def configured(tool: str, project: Project) -> bool:
    """Whether the project has settings for a tool."""
    names = set(project.files)
    if names & set(_FILES[tool]) or (PYPROJECT in names and tool_table(project.read(PYPROJECT), tool) is not None):
        return True
    return any(tool in _sections(project.read(name) or b"") for name in _SHARED if name in names)


def _sections(content: bytes) -> set[str]:
    """The names of the sections, of which some begin with the tool's own (`mypy-module`, `pylint.main`)."""
    parser = configparser.RawConfigParser(strict=False, allow_no_value=True)
    try:
        parser.read_string(content.decode("utf-8", "replace"))
    except configparser.Error:
        return set()
    return {section.split(".")[0].split("-")[0].lower() for section in parser.sections()}
