"""The project's Python interpreter: where it is, what version it has, and where its distributions lie."""

import json
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tools.engine.process import CommandNotFound, ProcessTimeout, child_environment, run_quick

ENVIRONMENT_FOLDERS: Final = (".venv", "venv", "env")
PROBE_TIMEOUT: Final = 20.0  # seconds
# -S: nothing of site-packages runs, no .pth line either; -I: nothing of the folder or the environment counts.
PROBE: Final = (
    "import json, platform, site, sys; "
    "print(json.dumps([platform.python_version(), sys.executable, sys.base_prefix, [p for p in site.getsitepackages()]]))"
)


@dataclass(frozen=True)
class Interpreter:
    """A Python that runs. `environment` is the folder of its virtual environment, `home` that of the interpreter beneath it."""

    executable: Path
    version: str
    environment: Path | None
    home: Path
    site_packages: tuple[Path, ...]

    @property
    def minor(self) -> str:
        """The version that packages are installed for, such as 3.12."""
        return ".".join(self.version.split(".")[:2])

    @property
    def scripts(self) -> Path:
        """Where its installed commands lie."""
        return self.executable.parent


def find_interpreter(root: Path, search_path: str) -> Interpreter | None:
    """The project's interpreter: of `.venv`, `venv` or `env` in the main checkout, else the first python3 on `search_path` that runs.

    Our own environment is left out of the search. Runs nothing but the interpreter itself, without its site-packages.
    """
    for candidate in _candidates(root, search_path):
        if candidate.exists() and (found := probe(candidate)):
            return found
    return None


def describe(executable: Path) -> Interpreter | None:
    """What an interpreter is, known from its environment's files alone where it has one; else by a probe. None where it is gone or does not run."""
    return known_by_files(executable) or probe(executable)


def probe(executable: Path) -> Interpreter | None:
    """What an interpreter is, by running it; None where it does not run: a shim may exist and not run."""
    quiet = child_environment(home=Path("/nonexistent"), temporary=Path("/tmp"))  # noqa: S108 - it writes nothing
    try:
        said = run_quick([str(executable), "-I", "-S", "-c", PROBE], directory=Path("/"), environment=quiet, timeout=PROBE_TIMEOUT)
        if said.exit_code != 0:
            return None
        version, real, prefix, packages = json.loads(said.stdout)
    except (CommandNotFound, ProcessTimeout, PermissionError, OSError, ValueError):
        return None
    if found := known_by_files(executable):
        return found
    return Interpreter(Path(real), version, None, Path(prefix) / "bin", tuple(Path(each) for each in packages if Path(each).is_dir()))


def _candidates(root: Path, search_path: str) -> Iterator[Path]:
    yield from (root / folder / "bin" / "python" for folder in ENVIRONMENT_FOLDERS)
    ours = (Path(sys.prefix) / "bin").resolve()
    for folder in search_path.split(os.pathsep):
        if folder and Path(folder).is_absolute() and Path(folder).resolve() != ours:
            yield Path(folder) / "python3"


def environments_of(root: Path) -> Iterator[Interpreter]:
    """The interpreters of virtual environments in the main checkout that are known from their files alone. Runs nothing."""
    found = (known_by_files(root / folder / "bin" / "python") for folder in ENVIRONMENT_FOLDERS)
    return (each for each in found if each is not None)


def known_by_files(executable: Path) -> Interpreter | None:
    """Read from `pyvenv.cfg` what the interpreter of a virtual environment would say; None where there is no such file, or not all is in it."""
    environment = executable.parent.parent
    settings = environment_settings(environment)
    version = settings.get("version") or settings.get("version_info", "")
    home = settings.get("home", "")
    packages = sorted((environment / "lib").glob("python3.*/site-packages"))
    if not (version and home and packages and executable.exists()):
        return None
    minor = ".".join(version.split(".")[:2])
    ours = tuple(each for each in packages if each.parent.name == f"python{minor}")
    return Interpreter(executable, ".".join(version.split(".")[:3]), environment, Path(home), ours) if ours else None


def environment_settings(environment: Path) -> dict[str, str]:
    """The lines of an environment's `pyvenv.cfg`; empty where there is none."""
    try:
        text = (environment / "pyvenv.cfg").read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return {}
    pairs = (line.split("=", 1) for line in text.splitlines() if "=" in line)
    return {key.strip().lower(): value.strip() for key, value in pairs}
