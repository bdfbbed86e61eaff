"""What a Python project asks for, by its files, and of that what is not installed."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from tools.engine.languages.python.distributions import normalised
from tools.engine.languages.python.names import PYPROJECT
from tools.engine.languages.python.pyproject import parsed_toml
from tools.engine.languages.python.requirements import distribution_of
from tools.engine.languages.survey import Project

REQUIREMENTS: Final = "requirements.txt"
SHOWN: Final = 5
_INSTALLABLE: Final = ("setup.py", "setup.cfg")


def absent(project: Project, has: Callable[[str], bool]) -> tuple[str, ...]:
    """The distributions that the project always needs to run and that are not installed (`has`), by their normalised names."""
    return tuple(sorted({name for name in _asked_for(project) if not has(name)}))


def said(names: tuple[str, ...]) -> str:
    """The first of these names, and how many there are beyond."""
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return f"{', '.join(names[:SHOWN])}{more}"


def is_installable(project: Project) -> bool:
    """Whether the folder itself can be installed, rather than a list of requirements alone."""
    parsed = parsed_toml(project.read(PYPROJECT) or b"") or {}
    return bool({"project", "build-system"} & parsed.keys()) or any(name in project.files for name in _INSTALLABLE)


def _asked_for(project: Project) -> Iterator[str]:
    """Of pyproject.toml, Poetry's table in it, and requirements.txt; what only some machines or some uses need is left out."""
    parsed = parsed_toml(project.read(PYPROJECT) or b"") or {}
    table = parsed.get("project")
    own = normalised(str(table.get("name", ""))) if isinstance(table, dict) else ""
    named = table.get("dependencies") if isinstance(table, dict) else None
    lines = [*(named if isinstance(named, list) else ()), *(project.read(REQUIREMENTS) or b"").decode("utf-8", "replace").splitlines()]
    always = (str(line).split(" #")[0] for line in lines if ";" not in str(line) and not str(line).lstrip().startswith(("-", "#", ".", "/")))
    yield from (name for line in always if "://" not in line.partition("@")[0] and (name := distribution_of(line)) and name != own)
    yield from _of_poetry(parsed)


def _of_poetry(parsed: Mapping[str, Any]) -> Iterator[str]:
    tool = parsed.get("tool")
    poetry = tool.get("poetry") if isinstance(tool, dict) else None
    asked = poetry.get("dependencies") if isinstance(poetry, dict) else None
    for name, wanted in asked.items() if isinstance(asked, dict) else ():
        conditional = isinstance(wanted, dict) and (wanted.get("optional") or {"markers", "python", "platform"} & wanted.keys())
        if name.lower() != "python" and not conditional and not isinstance(wanted, list):
            yield normalised(name)
