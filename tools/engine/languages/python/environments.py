"""Where a project's virtual environments are to be looked for: in its folders, and where Poetry, Pipenv and PDM keep theirs. Runs nothing."""

import base64
import hashlib
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tools.engine.languages.python.distributions import normalised
from tools.engine.languages.python.names import PYPROJECT
from tools.engine.languages.python.pyproject import parsed_toml
from tools.engine.languages.survey import Project

ENVIRONMENT_FOLDERS: Final = (".venv", "venv", "env")
NAME_KEPT: Final = 42  # characters of a project's name in the names of Poetry's and Pipenv's environments
HASH_KEPT: Final = 8  # characters of the hash of its place there
_REPLACED_BY_PIPENV: Final = re.compile(r"[ &$`!*@\"()\[\]\\\r\n\t]")


def environments(project: Project) -> Iterator[Path]:
    """The interpreters that environments of a root would have, best first: in its folder, of its manager, then the same of the folders above."""
    for folder in _folders(project):
        yield from (folder / name / "bin" / "python" for name in ENVIRONMENT_FOLDERS)
        yield from _named_by_pdm(folder)
        yield from (environment / "bin" / "python" for environment in (*_of_poetry(folder), *_of_pipenv(folder)))


def _folders(project: Project) -> Iterator[Path]:
    """The root's folder, and those above it up to the top."""
    folder = project.root
    yield folder
    while folder != project.top:
        folder = folder.parent
        yield folder


def _named_by_pdm(folder: Path) -> Iterator[Path]:
    try:
        written = (folder / ".pdm-python").read_text(encoding="utf-8").strip()
    except (FileNotFoundError, NotADirectoryError, UnicodeDecodeError):
        return
    if Path(written).is_absolute():
        yield Path(written)


def _of_poetry(folder: Path) -> list[Path]:
    """`NAME-HASH-pyMINOR`, HASH of the folder's real path (Poetry's EnvManager.generate_env_name); the newest Python first."""
    try:
        parsed = parsed_toml((folder / PYPROJECT).read_bytes()) or {}
    except (FileNotFoundError, NotADirectoryError):
        return []
    tool, project = parsed.get("tool"), parsed.get("project")
    poetry = tool.get("poetry") if isinstance(tool, dict) else None
    named = [table.get("name") for table in (project, poetry) if isinstance(table, dict)]
    name = next((each for each in named if isinstance(each, str)), None)
    if name is None:
        return []
    place = hashlib.sha256(os.path.normcase(folder.resolve()).encode()).digest()
    prefix = f"{normalised(name)[:NAME_KEPT]}-{base64.urlsafe_b64encode(place).decode()[:HASH_KEPT]}-py"
    return sorted((each for each in _listed(_poetry_folder()) if each.name.startswith(prefix)), key=lambda each: _minor(each.name), reverse=True)


def _of_pipenv(folder: Path) -> list[Path]:
    """`FOLDER-HASH`, HASH of the path of the Pipfile (Pipenv's Project._get_virtualenv_hash)."""
    pipfile = folder.resolve() / "Pipfile"
    if not pipfile.is_file():
        return []
    place = base64.urlsafe_b64encode(hashlib.sha256(str(pipfile).encode()).digest()[:6]).decode()[:HASH_KEPT]
    kept = Path(os.environ.get("WORKON_HOME") or _data_folder() / "virtualenvs").expanduser()
    return [kept / f"{_REPLACED_BY_PIPENV.sub('_', folder.resolve().name)[:NAME_KEPT]}-{place}"]


def _minor(name: str) -> tuple[int, ...]:
    return tuple(int(each) for each in re.findall(r"\d+", name.rpartition("-py")[2]))


def _poetry_folder() -> Path:
    """Where Poetry keeps environments: by its variables, its configuration, else its cache."""
    home = Path.home()
    cache = Path(os.environ.get("POETRY_CACHE_DIR") or Path(os.environ.get("XDG_CACHE_HOME") or home / ".cache") / "pypoetry")
    configured = Path(os.environ.get("POETRY_CONFIG_DIR") or Path(os.environ.get("XDG_CONFIG_HOME") or home / ".config") / "pypoetry") / "config.toml"
    try:
        settings = parsed_toml(configured.read_bytes()) or {}
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        settings = {}
    cache = Path(settings["cache-dir"]) if isinstance(settings.get("cache-dir"), str) and "POETRY_CACHE_DIR" not in os.environ else cache
    table = settings.get("virtualenvs", {})
    path = os.environ.get("POETRY_VIRTUALENVS_PATH") or (table.get("path") if isinstance(table, dict) else None)
    return Path(path.replace("{cache-dir}", str(cache))) if isinstance(path, str) else cache / "virtualenvs"


def _data_folder() -> Path:
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")


def _listed(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return []
