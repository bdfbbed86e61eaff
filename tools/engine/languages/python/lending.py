"""What of our own is lent to a project whose environment lacks it: pytest and coverage.

A line that comes last in the overlay names them, so that whatever the project has installed wins; its own environment is not touched.
"""

import os
import re
import secrets
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import Final

from state.model import digest
from tools.engine.languages.python.distributions import Distribution, normalised
from tools.engine.languages.python.interpreter import Interpreter
from tools.engine.repository.removal import remove_tree

# What is lent, with what it needs; and what it needs besides on a Python before 3.11.
LENT: Final[Mapping[str, tuple[str, ...]]] = {"pytest": ("pluggy", "iniconfig", "packaging", "pygments"), "coverage": ()}
BACKPORTS: Final[Mapping[str, tuple[str, ...]]] = {"pytest": ("exceptiongroup", "tomli", "typing-extensions"), "coverage": ("tomli",)}
BACKPORTS_UNTIL: Final = (3, 11)
LINE: Final = "zz_lent.pth"


@dataclass(frozen=True)
class Loan:
    """Versions of what is lent by name, the files and folders of our own site-packages that hold it, and what cannot be lent and why."""

    minor: str
    versions: Mapping[str, str] = field(default_factory=dict)
    entries: tuple[Path, ...] = ()
    refused: Mapping[str, str] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """Equal keys lend alike."""
        return digest(["lent", self.minor, dict(self.versions), [str(entry) for entry in self.entries]])[:16] if self.entries else ""

    def variables(self) -> dict[str, str]:
        """What commands have to be told: coverage's tracer is compiled for our own Python; on any other its pure one is meant to serve."""
        ours = f"{sys.version_info.major}.{sys.version_info.minor}"
        return {"COVERAGE_CORE": "pytrace"} if "coverage" in self.versions and self.minor != ours else {}

    def folder(self, cache: Path) -> Path:
        """Where it is laid out."""
        return cache / f"lent-{self.key}"

    def lie_in(self, cache: Path) -> tuple[Path, ...]:
        """Every folder that files of the loan are read from."""
        return (self.folder(cache), *dict.fromkeys(entry.parent for entry in self.entries)) if self.entries else ()


def lay_out(loan: Loan, cache: Path) -> Path:
    """A folder with a link to each entry of a loan, made once. Raises OSError."""
    folder = loan.folder(cache)
    if folder.is_dir():
        os.utime(folder)  # its last use, by which it is kept
        return folder
    made = folder.with_name(f"{folder.name}.{secrets.token_hex(4)}")
    made.mkdir(parents=True)
    for entry in loan.entries:
        (made / entry.name).symlink_to(entry)
    try:
        made.rename(folder)
    except OSError:
        remove_tree(made)
        if not folder.is_dir():  # else another process was quicker
            raise
    return folder


def borrow(interpreter: Interpreter, installed: Mapping[str, Distribution]) -> Loan:
    """What can be lent of that which is not installed. Reads our own environment's metadata only."""
    versions: dict[str, str] = {}
    entries: dict[Path, None] = {}
    refused: dict[str, str] = {}
    for wanted in (name for name in LENT if name not in installed):
        needs = (wanted, *LENT[wanted], *(BACKPORTS[wanted] if _numbers(interpreter.version) < BACKPORTS_UNTIL else ()))
        ours = {name: own for name in needs if (own := _our_own(name))}
        if problem := _problem(needs, ours, interpreter, installed):
            refused[wanted] = problem
            continue
        for name in (name for name in needs if name not in installed):
            versions[name] = ours[name].version
            entries |= dict.fromkeys(_entries(ours[name]))
    return Loan(interpreter.minor, versions, tuple(entries), refused)


def _problem(needs: Sequence[str], ours: Mapping[str, metadata.Distribution], interpreter: Interpreter, installed: Mapping[str, Distribution]) -> str:
    """Why these distributions of ours cannot serve there, or nothing."""
    for name in needs:
        own = ours.get(name)
        if name not in installed:
            if own is None:
                return f"{name} is not installed with the factory"
            oldest = _lower_bound(own.metadata["Requires-Python"] or "")
            if oldest is None or _numbers(interpreter.version) < oldest:
                return f"the factory's {name} {own.version} needs Python {own.metadata['Requires-Python'] or 'of an unknown version'}"
        elif own is not None and _numbers(installed[name].version) < (_wanted_of(name, ours[needs[0]]) or (0,)):
            return f"the factory's {needs[0]} {ours[needs[0]].version} needs a newer {name} than {installed[name].version}"
    return ""


def _our_own(name: str) -> metadata.Distribution | None:
    try:
        return metadata.distribution(name)
    except metadata.PackageNotFoundError:
        return None


def _entries(own: metadata.Distribution) -> list[Path]:
    """The top entries of a distribution in our site-packages: no scripts, and no line that would run code at every start."""
    names = {file.parts[0] for file in own.files or () if file.parts[0] != ".." and not file.name.endswith(".pth")}
    place = Path(str(own.locate_file("")))
    return sorted(place / name for name in names - {"__pycache__"} if (place / name).exists())


def _wanted_of(name: str, own: metadata.Distribution) -> tuple[int, ...] | None:
    """The oldest version of another distribution that one of ours needs."""
    found = (requirement for requirement in own.requires or () if normalised(re.split(r"[^\w.-]", requirement)[0]) == name)
    return next((bound for requirement in found if (bound := _lower_bound(requirement.split(";")[0]))), None)


def _lower_bound(specifier: str) -> tuple[int, ...] | None:
    found = re.search(r">=\s*([\d.]+)", specifier)
    return _numbers(found.group(1)) if found else None


def _numbers(version: str) -> tuple[int, ...]:
    """The numbers that a version begins with: enough to tell which of two is older."""
    found = re.match(r"\d+(?:\.\d+)*", version)
    return tuple(int(each) for each in found.group().split(".")) if found else ()
