"""The project itself among what is installed: which distribution it is, and the version that a build without git is to believe."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import unquote, urlsplit

from tools.engine.languages.python.distributions import Distribution, normalised
from tools.engine.languages.python.names import PYPROJECT
from tools.engine.languages.python.pyproject import parsed_toml


def own_distribution(folder: Path, distributions: Mapping[str, Distribution]) -> Distribution | None:
    """The distribution that was installed from this folder; else the one that has the name its pyproject.toml gives."""
    resolved = folder.resolve()
    for each in distributions.values():
        if _source_of(each) == resolved:
            return each
    return distributions.get(declared_name(folder))


def declared_name(folder: Path) -> str:
    """The normalised name in pyproject.toml; empty where there is none."""
    try:
        parsed = parsed_toml((folder / PYPROJECT).read_bytes()) or {}
    except (FileNotFoundError, NotADirectoryError):
        return ""
    tool = parsed.get("tool")
    tables = (parsed.get("project"), tool.get("poetry") if isinstance(tool, dict) else None)
    name = next((table["name"] for table in tables if isinstance(table, dict) and isinstance(table.get("name"), str)), "")
    return normalised(name)


def pretended(own: Distribution | None) -> dict[str, str]:
    """A measured tree has no git to take a version from: setuptools_scm, and hatch-vcs by it, are told the version that is installed."""
    if own is None or not re.fullmatch(r"[\w.+!-]+", own.version):
        return {}
    general = "SETUPTOOLS_SCM_PRETEND_VERSION"
    return {general: own.version, f"{general}_FOR_{own.name.upper().replace('-', '_')}": own.version}


def entries_of(own: Distribution) -> frozenset[str]:
    """The names at the top of site-packages that are the project's: its metadata, and what its record says was installed with it."""
    names = {own.metadata.name}
    try:
        record = (own.metadata / "RECORD").read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, NotADirectoryError):
        return frozenset(names)
    paths = (line.rsplit(",", 2)[0].strip('"') for line in record.splitlines() if line)
    return frozenset({*names, *(path.split("/")[0] for path in paths if not path.startswith(("..", "/")))} - {"__pycache__"})


def _source_of(distribution: Distribution) -> Path | None:
    """The folder that it was installed from, as `direct_url.json` says."""
    try:
        url = json.loads((distribution.metadata / "direct_url.json").read_text(encoding="utf-8"))["url"]
    except (FileNotFoundError, NotADirectoryError, ValueError, KeyError, TypeError):
        return None
    parts = urlsplit(url) if isinstance(url, str) else None
    return Path(unquote(parts.path)).resolve() if parts and parts.scheme == "file" else None
