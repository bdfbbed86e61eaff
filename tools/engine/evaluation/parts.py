"""The parts of an evaluation, by the names under which their samples are stored.

Of the first root a part has the bare name of its kind (`tests`); of another one it names the root too (`tests@javascript:web`).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from state.configuration import Configuration
from state.measurement import Profile, Root
from tools.engine.evaluation.commanded import CONSTRAINT, SMOKE
from tools.engine.languages.bench import KINDS, Kind

PROJECT: Final = "project:"
STATIC: Final = "static"
STATIC_DIMENSIONS: Final = ("guard_patterns", "config_parser")
_OF_ROOT: Final = "@"


@dataclass(frozen=True)
class MeasuringContract:
    """What an approval binds of measuring."""

    configuration: Configuration
    profile: Profile


def parts_of(contract: MeasuringContract) -> tuple[str, ...]:
    """Every part that the contract calls for: of each applicable dimension, each hard constraint, and the smoke test."""
    profile = contract.profile
    parts = [name_of(kind, root, profile) for kind in KINDS for root in profile.roots if dimensions_of(kind, root, profile)]
    parts += [STATIC] if profile.counts(*STATIC_DIMENSIONS) else []
    parts += [f"{PROJECT}{each.name}" for each in profile.applicable() if each.tier == "project"]
    parts += [f"{CONSTRAINT}{constraint.name}" for constraint in contract.configuration.hard_constraints]
    return (*parts, SMOKE) if contract.configuration.smoke_test else tuple(parts)


def dimensions_of(kind: Kind, root: Root, profile: Profile) -> tuple[str, ...]:
    """The dimensions that count and that this kind yields with the tools of the root."""
    has = {
        "tests": bool(root.test_runner),
        "coverage": bool(root.test_runner and root.coverage),
        "capability_surface": bool(root.test_runner and root.coverage and root.counted),
        "lint": bool(root.lint),
        "type_check": bool(root.types),
        "observability": root.counted,
    }
    return tuple(name for name in KINDS[kind] if has[name] and profile.counts(name))


def dimensions_of_part(part: str, profile: Profile) -> tuple[str, ...]:
    """What a part yields."""
    of_root = {name: dimensions_of(kind, root, profile) for name, kind, root in of_roots(profile)}
    if part in of_root:
        return of_root[part]
    return STATIC_DIMENSIONS if part == STATIC else (part.removeprefix(PROJECT),)


def name_of(kind: Kind, root: Root, profile: Profile) -> str:
    """The name of the part of a root."""
    return kind if root == profile.roots[0] else f"{kind}{_OF_ROOT}{root.label}"


def kind_of(part: str) -> str:
    """What kind of part this is, of whichever root."""
    return part if part.startswith((PROJECT, CONSTRAINT)) else part.split(_OF_ROOT, 1)[0]


def runs_code(part: str) -> bool:
    """Whether the project's own code runs for it: what only reads gives the same each time."""
    return kind_of(part) not in {"lint", "types", "counting", STATIC}


def of_roots(profile: Profile) -> Iterator[tuple[str, Kind, Root]]:
    """Each part that a root could have, with its kind and its root."""
    return ((name_of(kind, root, profile), kind, root) for root in profile.roots for kind in KINDS)
