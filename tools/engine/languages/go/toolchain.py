"""The go command of a project: where it is, what it says of itself, and the environment in which it runs beside a tree."""

import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from state.errors import Refusal
from state.measurement import Root
from state.model import digest
from tools.engine.languages.bench import Home, Place, Unprovable
from tools.engine.languages.go.module_file import local_folders
from tools.engine.languages.go.names import MODULE_FILE, WORKSPACE_FILE
from tools.engine.process import CommandNotFound, ProcessTimeout, child_environment, run_quick

PROBE_TIMEOUT: Final = 30.0  # seconds
# Where installers put it.
USUAL_FOLDERS: Final = (Path("/usr/local/go/bin"), Path("/usr/lib/go/bin"))
_ASKED: Final = ("GOVERSION", "GOROOT", "GOMODCACHE", "GOPATH", "GOOS", "GOARCH", "CGO_ENABLED", "CC")
OLDEST: Final = (1, 20)  # the first whose test binaries mark the lines of their reports


@dataclass(frozen=True)
class Go:
    """A go command that runs. `module_cache` holds the modules that were fetched, `installed` the folder of what `go install` made."""

    program: Path
    version: str
    goroot: Path
    module_cache: Path
    installed: Path
    machine: tuple[str, ...]  # system, architecture, whether C is compiled, and with what

    @property
    def number(self) -> tuple[int, ...]:
        """The version as numbers, patch level and all that follows left out."""
        parts = self.version.removeprefix("go").split(".")[:2]
        return tuple(int(digits) for part in parts if (digits := "".join(each for each in part if each.isdigit())))


@dataclass(frozen=True)
class Toolchain:
    """The toolchain of a root. `cache` is a folder of ours for caches that are keyed by content."""

    home: Home
    root: Root
    go: Go
    cache: Path

    @property
    def environment(self) -> str:
        """The environment key. Which modules are built in, the tree says itself (go.sum)."""
        return digest([self.go.version, *self.go.machine, self.linter_version])

    @property
    def linter(self) -> Path | None:
        """The golangci-lint of the machine."""
        return find_program("golangci-lint", (self.go.installed,))

    @property
    def linter_version(self) -> str:
        """What golangci-lint says of its version; empty where there is none."""
        return version_of(self.linter) if self.linter else ""

    @property
    def build_cache(self) -> Path:
        """Go's build cache, keyed by content: shared by all trees. Only commands that run nothing of the project's write there."""
        return self.cache / "go-build"

    def environment_at(self, place: Place) -> dict[str, str]:
        """The environment variables of commands at a place. Raises Unprovable where modules of the tree lie outside of it."""
        extra = {
            "GOCACHE": str(self.build_cache),
            "GOMODCACHE": str(self.go.module_cache),
            "GOPATH": str(place.room / "gopath"),
            "GOPROXY": "off",
            "GOTOOLCHAIN": "local",
            "GOTELEMETRY": "off",
            "GOENV": "off",
            "GOFLAGS": "",
            "GOWORK": workspace_of(place),
            "GOLANGCI_LINT_CACHE": str(self.cache / "golangci-lint"),
        }
        return place.environment((str(self.go.goroot / "bin"),), extra)


def open_toolchain(home: Home, root: Root, cache: Path) -> Toolchain:
    """The toolchain that an approved root names. Raises Refusal NO_TOOLCHAIN where its go is gone or does not run."""
    go = describe(home.top / root.interpreter)
    if go is None:
        raise Refusal(
            "NO_TOOLCHAIN",
            f"The project's go command {root.interpreter} is gone or does not run.",
            where=(str(home.top / root.interpreter),),
            expected="the go that the evaluation was approved with; install it again, or discover the project anew",
        )
    return Toolchain(home, root, go, cache)


def find_go(search_path: str) -> Go | None:
    """The first go that runs, on `search_path` or where installers put it."""
    for program in _candidates("go", (*_folders(search_path), *USUAL_FOLDERS)):
        if found := describe(program):
            return found
    return None


def describe(program: Path) -> Go | None:
    """What a go command says of itself and of the user's settings; None where it does not run. Nothing of a project is looked at."""
    said = _asked(program, "env", "-json", *_ASKED)
    try:
        facts = json.loads(said) if said else None
    except ValueError:
        return None
    if not isinstance(facts, dict) or not facts.get("GOVERSION"):
        return None
    root = Path(facts["GOROOT"])
    real = root / "bin" / "go"
    machine = (facts["GOOS"], facts["GOARCH"], facts["CGO_ENABLED"], facts["CC"])
    installed = Path(facts["GOPATH"].split(os.pathsep)[0]) / "bin"
    return Go(real if real.exists() else program, facts["GOVERSION"], root, Path(facts["GOMODCACHE"]), installed, machine)


def find_program(name: str, more: tuple[Path, ...]) -> Path | None:
    """A program on the server's search path, or in one of `more` folders."""
    return next(_candidates(name, (*_folders(os.environ.get("PATH", "")), *more)), None)


def version_of(program: Path) -> str:
    """The first line that a program prints for --version."""
    return (_asked(program, "--version") or "").partition("\n")[0].strip()


def workspace_of(place: Place) -> str:
    """The go.work that holds for the root, as go takes it: the nearest one within the tree, else `off`: what lies above is not the tree's.

    Raises Unprovable where it, or the root's go.mod, puts a folder outside the tree in the place of a module.
    """
    module = place.folder / MODULE_FILE
    found = next((folder / WORKSPACE_FILE for folder in _upwards(place) if (folder / WORKSPACE_FILE).is_file()), None)
    for file in (module, found):
        if file is not None and file.is_file():
            _refuse_outside(file, place.tree)
    return str(found) if found else "off"


def _refuse_outside(file: Path, tree: Path) -> None:
    for folder in local_folders(file.read_bytes()):
        if not (file.parent / folder).resolve().is_relative_to(tree.resolve()):
            raise Unprovable(f"{file.relative_to(tree)} takes a module from {folder}, outside of the tree")


def _upwards(place: Place) -> Iterator[Path]:
    folder = place.folder
    while folder.is_relative_to(place.tree):
        yield folder
        folder = folder.parent


def _folders(search_path: str) -> tuple[Path, ...]:
    return tuple(Path(folder) for folder in search_path.split(os.pathsep) if folder and Path(folder).is_absolute())


def _candidates(name: str, folders: tuple[Path, ...]) -> Iterator[Path]:
    return (Path(found) for folder in folders if (found := shutil.which(name, path=str(folder))))


def _asked(program: Path, *arguments: str) -> str | None:
    """What the program prints, with the user's own settings and away from any project; None where it does not run."""
    kept = {name: os.environ[name] for name in ("GOPATH", "GOMODCACHE", "GOENV", "XDG_CONFIG_HOME") if name in os.environ}
    quiet = child_environment(home=Path.home(), temporary=Path("/tmp"), extra={**kept, "GOTOOLCHAIN": "local"})  # noqa: S108 - it writes nothing
    try:
        said = run_quick([str(program), *arguments], directory=Path("/"), environment=quiet, timeout=PROBE_TIMEOUT)
    except (CommandNotFound, ProcessTimeout, PermissionError, OSError, ValueError):
        return None
    return said.stdout.decode("utf-8", "replace") if said.exit_code == 0 else None
