"""The nouns of discovery: what a language's survey saw of a project, and what the discovery of the whole comes to."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from state.measurement import PlannedDimension, Profile


@dataclass(frozen=True)
class Project:
    """A project as discovery sees it: the main checkout, its tracked paths, and how a tracked file is read (None where there is none)."""

    root: Path
    files: Sequence[str]
    read: Callable[[str], bytes | None]


@dataclass(frozen=True)
class Missing:
    """What was not found, and the line that would bring it."""

    what: str
    remedy: str


@dataclass(frozen=True)
class Survey:
    """What one language's survey saw. `dimensions` are the hygiene dimensions that the toolchain decides; `commands` what they would run."""

    language: str
    interpreter: str
    test_runner: str
    lint: str
    types: str
    source_paths: tuple[str, ...]
    test_paths: tuple[str, ...]
    dimensions: tuple[PlannedDimension, ...]
    commands: tuple[str, ...]
    seen: tuple[str, ...]
    missing: tuple[Missing, ...]


@dataclass(frozen=True)
class Discovery:
    """How a project would be measured: the profile to approve, what was seen, and what was not found. `test_paths` are where tests lie."""

    profile: Profile
    seen: tuple[str, ...]
    missing: tuple[Missing, ...]
    test_paths: tuple[str, ...]
