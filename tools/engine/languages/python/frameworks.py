"""What sort of Python project this is and what it is built with: from the distributions that it needs, else from what its sources import."""

import configparser
import re
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from tools.engine.languages.python.distributions import normalised
from tools.engine.languages.python.names import PYPROJECT
from tools.engine.languages.python.pyproject import parsed_toml
from tools.engine.languages.python.requirements import distribution_of
from tools.engine.languages.survey import Project

# Distribution, what people call it, and the kind of project that is built on it (none where many kinds are).
_KNOWN: Final = (
    ("django", "Django", "web application"), ("flask", "Flask", "web application"), ("streamlit", "Streamlit", "web application"),
    ("dash", "Dash", "web application"), ("gradio", "Gradio", "web application"), ("pyramid", "Pyramid", "web application"),
    ("fastapi", "FastAPI", "web service"), ("litestar", "Litestar", "web service"), ("starlette", "Starlette", "web service"),
    ("aiohttp", "aiohttp", ""), ("sanic", "Sanic", "web service"), ("falcon", "Falcon", "web service"), ("quart", "Quart", "web service"),
    ("tornado", "Tornado", "web service"), ("bottle", "Bottle", "web service"), ("grpcio", "gRPC", "web service"),
    ("pyside6", "Qt", "desktop"), ("pyqt6", "Qt", "desktop"), ("pyqt5", "Qt", "desktop"), ("kivy", "Kivy", "desktop"),
    ("wxpython", "wxPython", "desktop"), ("tkinter", "Tk", "desktop"), ("click", "Click", ""), ("typer", "Typer", "command line"),
    ("textual", "Textual", "command line"), ("celery", "Celery", ""), ("sqlalchemy", "SQLAlchemy", ""), ("pydantic", "Pydantic", ""),
    ("numpy", "NumPy", ""), ("pandas", "pandas", "data"), ("polars", "Polars", "data"), ("scikit-learn", "scikit-learn", "data"),
    ("sklearn", "scikit-learn", "data"), ("torch", "PyTorch", "data"), ("tensorflow", "TensorFlow", "data"), ("pyspark", "Spark", "data"),
    ("dbt-core", "dbt", "data"), ("apache-airflow", "Airflow", "data"), ("scrapy", "Scrapy", "data"),
)  # fmt: skip
_KIND_OF: Final[Mapping[str, str]] = MappingProxyType({distribution: kind for distribution, _, kind in _KNOWN})
_NAME_OF: Final[Mapping[str, str]] = MappingProxyType({distribution: name for distribution, name, _ in _KNOWN})
_IMPORT: Final = re.compile(rb"^[ \t]*(?:import|from)[ \t]+([A-Za-z_]\w*)", re.MULTILINE)
FILES_READ: Final = 300  # sources whose imports are looked at
# Kinds that say more than others do, where a project is built with several.
_FIRST: Final = ("desktop", "web application", "web service")


def frameworks_of(project: Project, sources: Sequence[str]) -> tuple[tuple[str, ...], str]:
    """The frameworks by the names that people use, and the kind of project; an empty kind where nothing tells it."""
    parsed = parsed_toml(project.read(PYPROJECT) or b"") or {} if PYPROJECT in project.files else {}
    needed = set(_needed(project, parsed))
    used = needed or set(_imported(project, sources))
    known = [name for name in _NAME_OF if name in used]
    return tuple(dict.fromkeys(_NAME_OF[name] for name in known)), _kind(project, parsed, [_KIND_OF[name] for name in known], sources)


def _kind(project: Project, parsed: Mapping[str, Any], kinds: Sequence[str], sources: Sequence[str]) -> str:
    if "manage.py" in project.files:
        return "web application"
    declared = _table(parsed, "project")
    if found := next((kind for kind in _FIRST if kind in kinds), ""):
        return found
    if set(_table(declared, "entry-points")) - {"console_scripts", "gui_scripts"} or _table(_table(_table(parsed, "tool"), "poetry"), "plugins"):
        return "plugin"
    scripts = _table(declared, "scripts") or _table(_table(_table(parsed, "tool"), "poetry"), "scripts")
    main = any(file in project.files for source in sources for file in (f"{source}/__main__.py", f"{source}/cli.py"))
    if scripts or main or "command line" in kinds:
        return "command line"
    if "data" in kinds or any(file.endswith(".ipynb") for file in project.files):
        return "data"
    packaged = declared or "build-system" in parsed or {"setup.py", "setup.cfg"} & set(project.files)
    return "library" if packaged else ""


def _needed(project: Project, parsed: Mapping[str, Any]) -> Iterator[str]:
    """What the project itself needs, extras and groups for development apart."""
    for requirement in _list(_table(parsed, "project"), "dependencies"):
        yield distribution_of(requirement)
    yield from (normalised(name) for name in _table(_table(_table(parsed, "tool"), "poetry"), "dependencies") if name != "python")
    for name in ("requirements.txt", "requirements.in"):
        if name in project.files:
            lines = (project.read(name) or b"").decode("utf-8", "replace").splitlines()
            yield from (distribution_of(line) for line in lines if re.match(r"\s*[A-Za-z]", line))
    if "Pipfile" in project.files:
        yield from map(normalised, _table(parsed_toml(project.read("Pipfile") or b"") or {}, "packages"))
    if "setup.cfg" in project.files:
        parser = configparser.RawConfigParser(strict=False, allow_no_value=True)
        try:
            parser.read_string((project.read("setup.cfg") or b"").decode("utf-8", "replace"))
        except configparser.Error:
            return
        yield from (distribution_of(line) for line in parser.get("options", "install_requires", fallback="").splitlines() if line.strip())


def _imported(project: Project, sources: Sequence[str]) -> Iterator[str]:
    inside = [file for file in project.files if file.endswith(".py") and any(file == each or file.startswith(f"{each}/") for each in sources)]
    for file in inside[:FILES_READ]:
        yield from (normalised(name.decode()) for name in _IMPORT.findall(project.read(file) or b""))


def _table(parsed: Mapping[str, Any], name: str) -> dict[str, Any]:
    found = parsed.get(name, {})
    return found if isinstance(found, dict) else {}


def _list(parsed: Mapping[str, Any], name: str) -> list[Any]:
    found = parsed.get(name, [])
    return found if isinstance(found, list) else []
