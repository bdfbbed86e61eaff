"""The project's Python interpreter: where it is, what version it has, and where its distributions lie."""

import json
import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from tools.engine.process import CommandNotFound, ProcessTimeout, child_environment, run_quick

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


def find_interpreter(environments: Iterable[Path], search_path: str) -> Interpreter | None:
    """The first of these interpreters that runs, else the first python3 on `search_path` that does.

    Our own environment is left out of the search. Runs nothing but the interpreter itself, without its site-packages.
    """
    for candidate in (*environments, *_on_path(search_path)):
        if candidate.exists() and (found := probe(candidate)):
            return found
    return None


def describe(executable: Path) -> Interpreter | None:
    """What an interpreter is, known from its environment's files alone where it has one; else by a probe. None where it is gone or does not run."""
    found = known_by_files(executable)
    return _with_system(found) if found else probe(executable)


def probe(executable: Path) -> Interpreter | None:
    """What an interpreter is, by running it; None where it does not run: a shim may exist and not run."""
    said = _asked(executable)
    if said is None:
        return None
    if found := known_by_files(executable):
        return _with_system(found)
    version, real, prefix, packages = said
    return Interpreter(Path(real), version, None, Path(prefix) / "bin", (*_of_the_user(version), *_folders(packages)))


def _asked(executable: Path) -> tuple[str, str, str, list[str]] | None:
    """What the interpreter says to the probe; None where it does not run."""
    quiet = child_environment(home=Path("/nonexistent"), temporary=Path("/tmp"))  # noqa: S108 - it writes nothing
    try:
        said = run_quick([str(executable), "-I", "-S", "-c", PROBE], directory=Path("/"), environment=quiet, timeout=PROBE_TIMEOUT)
        if said.exit_code != 0:
            return None
        version, real, prefix, packages = json.loads(said.stdout)
    except (CommandNotFound, ProcessTimeout, PermissionError, OSError, ValueError):
        return None
    return version, real, prefix, packages


def _with_system(found: Interpreter) -> Interpreter:
    """A virtual environment that also sees what is installed for the system and the user: with those folders behind its own."""
    if found.environment is None or environment_settings(found.environment).get("include-system-site-packages", "false").lower() != "true":
        return found
    said = _asked(found.home / f"python{found.minor}") or _asked(found.home / "python3")
    return replace(found, site_packages=(*found.site_packages, *_of_the_user(found.version), *_folders(said[3]))) if said else found


def _of_the_user(version: str) -> tuple[Path, ...]:
    """Where `pip install --user` puts packages, which the system's interpreter sees before its own."""
    base = Path(os.environ.get("PYTHONUSERBASE") or Path.home() / ".local")
    return _folders([str(base / "lib" / f"python{'.'.join(version.split('.')[:2])}" / "site-packages")])


def _folders(names: Iterable[str]) -> tuple[Path, ...]:
    return tuple(Path(name) for name in names if Path(name).is_dir())


def _on_path(search_path: str) -> Iterator[Path]:
    ours = (Path(sys.prefix) / "bin").resolve()
    for folder in search_path.split(os.pathsep):
        if folder and Path(folder).is_absolute() and Path(folder).resolve() != ours:
            yield Path(folder) / "python3"


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
