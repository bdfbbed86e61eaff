"""The commands that bring what a tree lacks into an environment of its own, without a network: uv where it is found, else pip."""

import os
import shutil
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

from tools.engine.languages.bench import Place
from tools.engine.process import Command
from tools.engine.process.confine import Confine

TIMEOUT: Final = 1800.0  # seconds for a build
# Where uv would look for wheels and how it would reach them: of the server's environment, so that its cache is the one that the user filled.
_OF_THE_USER: Final = ("UV_INDEX", "UV_INDEX_URL", "UV_DEFAULT_INDEX", "UV_EXTRA_INDEX_URL", "UV_FIND_LINKS")
_NOTHING: Final[Mapping[str, str]] = MappingProxyType({})


@dataclass(frozen=True)
class Installing:
    """A tree that is installed: `python` is of the environment that takes it, `requirements` a folder of what the build itself needs."""

    place: Place
    python: Path
    requirements: Path
    variables: Mapping[str, str]

    def fetching(self, wanted: Sequence[str], pinned: Path | None) -> Command | None:
        """uv's command that takes wheels out of its own cache; nothing of the project runs. None where uv is not found.

        With `pinned`, a file of versions that must not change, into the environment; else into the folder for the build.
        """
        uv = find_uv()
        if uv is None:
            return None
        where = ("--constraint", str(pinned)) if pinned else ("--target", str(self.requirements))
        binary = ("--only-binary", ":all:", "--link-mode", "copy")
        argv = (str(uv), "pip", "install", "--offline", *binary, "--python", str(self.python), *where, *wanted)
        cache = uv_cache()
        variables = {**self._variables(cache), **{name: os.environ[name] for name in _OF_THE_USER if name in os.environ}}
        confine = Confine(writable=(self.place.room, cache)) if cache.is_dir() else None
        return Command(argv, self.place.room, self.place.environment((), variables), TIMEOUT, confine=confine)

    def installing(self, pinned: Path, *, dependencies: bool) -> Command:
        """The command that installs the tree so that its own files are those that run. Code of the project runs: its build."""
        folder, argv = str(self.place.folder), list[str]()
        if uv := find_uv():
            argv += [str(uv), "pip", "install", "--offline", "--no-cache", "--no-build-isolation", "--python", str(self.python)]
            argv += ["--constraint", str(pinned)] if dependencies else ["--no-deps"]
        else:
            argv += [str(self.python), "-m", "pip", "install", "--no-index", "--no-cache-dir", "--no-build-isolation"]
            argv += [] if dependencies else ["--no-deps"]
        argv += ["--editable", folder]
        return self.place.command(argv, self.place.environment((str(self.python.parent),), self._variables(self.place.beside("uv-cache"))), TIMEOUT)

    def _variables(self, cache: Path) -> dict[str, str]:
        path = {"PYTHONPATH": str(self.requirements)} if self.requirements.is_dir() else _NOTHING
        return {**self.variables, **path, "UV_CACHE_DIR": str(cache), "UV_NO_PROGRESS": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}


def can_install(installed: Collection[str]) -> bool:
    """Whether there is anything to install with."""
    return "pip" in installed or find_uv() is not None


def find_uv() -> Path | None:
    """uv on the search path, or where its installer puts it."""
    found = shutil.which("uv")
    places = (*([Path(found)] if found else []), Path.home() / ".local" / "bin" / "uv", Path.home() / ".cargo" / "bin" / "uv")
    return next((place for place in places if os.access(place, os.X_OK)), None)


def uv_cache() -> Path:
    """Where uv keeps wheels."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return Path(os.environ.get("UV_CACHE_DIR") or cache / "uv")
