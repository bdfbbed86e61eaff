"""What is installed: packages found as Node would find them, from a folder upwards, and read as files."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from state.model import digest

NODE_MODULES: Final = "node_modules"
# What the managers write about what they installed.
_STATES: Final = (".package-lock.json", ".modules.yaml", ".pnpm/lock.yaml", ".yarn-state.yml", ".yarn-integrity")


@dataclass(frozen=True)
class Package:
    """An installed package."""

    name: str
    version: str
    folder: Path
    commands: Mapping[str, str]

    def script(self, command: str) -> Path | None:
        """The file of one of its commands."""
        file = self.commands.get(command)
        return self.folder / file if file else None

    @property
    def numbers(self) -> tuple[int, ...]:
        """Its version's numbers, to be compared."""
        parts = self.version.split("-")[0].split(".")
        return tuple(int(part) for part in parts if part.isdigit())


def folders_above(top: Path, path: str) -> Iterator[Path]:
    """The folder `path` of `top` and those above it, up to `top`."""
    folder = top / path
    while True:
        yield folder
        if folder == top:
            return
        folder = folder.parent


def find_package(top: Path, path: str, name: str) -> Package | None:
    """The package that code in folder `path` would get; None where it is not installed below `top`."""
    for folder in folders_above(top, path):
        facts = read_object(folder / NODE_MODULES / name / "package.json")
        if facts:
            return Package(name, str(facts.get("version", "")), folder / NODE_MODULES / name, _commands(name, facts.get("bin")))
    return None


def fingerprint(top: Path, path: str) -> str:
    """What is installed for the folder, by what the managers wrote about it, or else by names and versions."""
    return digest([_state_of(folder / NODE_MODULES) for folder in folders_above(top, path)])


def read_object(file: Path) -> dict[str, Any]:
    """The JSON object in a file; empty where there is none."""
    try:
        found = json.loads(file.read_bytes())
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def entries_of(modules: Path) -> Iterator[str]:
    """The names of what stands in a folder node_modules, packages of scopes with their scope."""
    if not modules.is_dir():
        return
    for entry in sorted(modules.iterdir()):
        if entry.name.startswith("@") and entry.is_dir():
            yield from (f"{entry.name}/{inner.name}" for inner in sorted(entry.iterdir()))
        else:
            yield entry.name


def _state_of(modules: Path) -> list[str]:
    states = [f"{name} {sha256((modules / name).read_bytes()).hexdigest()}" for name in _STATES if (modules / name).is_file()]
    if states:
        return states
    names = (name for name in entries_of(modules) if not name.startswith("."))
    return [f"{name} {read_object(modules / name / 'package.json').get('version', '')}" for name in names]


def _commands(name: str, entry: Any) -> dict[str, str]:
    """Commands are one file, called as the package, or named files."""
    if isinstance(entry, str):
        return {name.rsplit("/", maxsplit=1)[-1]: entry}
    return {str(command): file for command, file in entry.items() if isinstance(file, str)} if isinstance(entry, dict) else {}
