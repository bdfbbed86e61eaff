"""What the files of a Python project ask to have installed, whatever for."""

import ast
import configparser
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath
from typing import Any, Final

from tools.engine.languages.python.distributions import normalised
from tools.engine.languages.python.names import PYPROJECT, is_manifest
from tools.engine.languages.python.pyproject import parsed_toml
from tools.engine.languages.python.requirements import distribution_of
from tools.engine.languages.python.syntax import parsed

_IN_SETUP: Final = frozenset({"install_requires", "extras_require", "setup_requires", "tests_require"})
_OF_POETRY: Final = ("dependencies", "dev-dependencies")


def asked_for(path: str, content: bytes) -> frozenset[str]:
    """The normalised names of the distributions that a manifest names; nothing of lock files, and where it does not parse."""
    name = PurePosixPath(path)
    if not is_manifest(path):
        return frozenset()
    if name.name == "setup.py":
        found: Iterable[object] = _of_setup(content)
    elif name.name == "setup.cfg":
        found = _of_settings(content)
    elif name.name in {PYPROJECT, "Pipfile"}:
        found = _of_tables(parsed_toml(content) or {})
    else:
        found = _of_lines(content) if name.suffix in {".txt", ".in"} and "requirements" in name.name else ()
    return frozenset(named for each in found if (named := distribution_of(each))) - {"python"}


def _of_lines(content: bytes) -> Iterator[str]:
    lines = (line.strip() for line in content.decode("utf-8", "replace").splitlines())
    return (line for line in lines if line and not line.startswith(("-", "#", ".", "/")))


def _of_setup(content: bytes) -> Iterator[object]:
    module = parsed(content)
    for node in ast.walk(module) if module is not None else ():
        if isinstance(node, ast.keyword) and node.arg in _IN_SETUP:
            yield from (each.value for each in ast.walk(node.value) if isinstance(each, ast.Constant) and isinstance(each.value, str))


def _of_settings(content: bytes) -> Iterator[object]:
    settings = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        settings.read_string(content.decode("utf-8", "replace"))
    except configparser.Error:
        return
    for section, key in (("options", key) for key in _IN_SETUP):
        yield from settings.get(section, key, fallback="").splitlines()
    if settings.has_section("options.extras_require"):
        yield from (line for _, lines in settings.items("options.extras_require") for line in lines.splitlines())


def _of_tables(document: dict[str, Any]) -> Iterator[object]:
    project, tool = _table(document, "project"), _table(document, "tool")
    lists = [project.get("dependencies"), _table(document, "build-system").get("requires")]
    groups = (_table(project, "optional-dependencies"), _table(document, "dependency-groups"), _table(_table(tool, "pdm"), "dev-dependencies"))
    lists += [_table(tool, "uv").get("dev-dependencies"), *(each for group in groups for each in group.values())]
    yield from (each for found in lists if isinstance(found, list) for each in found if isinstance(each, str))
    poetry = _table(tool, "poetry")
    tables = [poetry, *(each for each in _table(poetry, "group").values() if isinstance(each, dict))]
    yield from (normalised(name) for table in tables for key in _OF_POETRY for name in _table(table, key))
    yield from (name for key in ("packages", "dev-packages") for name in _table(document, key))


def _table(document: dict[str, Any], name: str) -> dict[str, Any]:
    found = document.get(name)
    return found if isinstance(found, dict) else {}
