"""What measuring keeps so that it need not be done again, how much of it there may be, and what goes first.

Three kinds: measurements (what samples were taken with), environments (what `## Setup` prepared) and tools (what linters and compilers keep).
All of it can be made again; the samples themselves are part of the history and stay.
"""

import os
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Final, Literal, get_args

from state.sample_materials import Material, drop_materials, materials
from state.store import Store
from tools.engine.evaluation.homes import KEPT, homes_in, sweep
from tools.engine.evaluation.surroundings import HOMES
from tools.engine.repository.removal import remove_tree

Kind = Literal["measurements", "environments", "tools"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
# Bytes. Of environments the number is bounded too (homes.KEPT).
LIMITS: Final = MappingProxyType({"measurements": 1 << 30, "environments": 8 << 30, "tools": 4 << 30})
LOOKED_AT_EVERY: Final = 24 * 3600.0  # seconds between two looks by themselves
_MARK: Final = ".looked-at"


@dataclass(frozen=True)
class Kept:
    """One thing that is kept: `used` is the time of its last use, or of its making (seconds since 1970); `says` what it is."""

    kind: Kind
    name: str
    size: int
    used: float
    says: str = ""


def cache_of(store: Store) -> Path:
    """The folder in which tools and environments are kept."""
    return store.folder / "cache"


def kept(store: Store) -> list[Kept]:
    """All that is kept, by kind, the newest first."""
    cache = cache_of(store)
    measured = [Kept("measurements", each.name, each.size, _time_of(each), _words(each)) for each in materials(store)]
    homes = [Kept("environments", home.name, size_of(home), used) for home, used in homes_in(cache / HOMES)]
    folders = [entry for entry in _folders(cache) if entry.name != HOMES]
    tools = [Kept("tools", folder.name, size_of(folder), folder.stat().st_mtime) for folder in folders]
    return [*measured, *homes, *sorted(tools, key=lambda each: -each.used)]


def trim(store: Store) -> list[Kept]:
    """Take away what is beyond the limits, what was used longest ago first; answers what went. Raises OSError."""
    found = kept(store)
    gone = [each for kind in KINDS for each in beyond([one for one in found if one.kind == kind], LIMITS[kind])]
    _remove(store, gone)
    sweep(cache_of(store) / HOMES, KEPT)
    return gone


def trim_now_and_then(store: Store) -> None:
    """The same, at most once a day: sizes are not looked at after each measurement. Raises OSError."""
    mark = cache_of(store) / _MARK
    if mark.exists() and time.time() - mark.stat().st_mtime < LOOKED_AT_EVERY:
        return
    mark.parent.mkdir(parents=True, exist_ok=True)
    mark.touch()
    trim(store)


def clear(store: Store, kinds: Sequence[Kind]) -> list[Kept]:
    """Take away all of these kinds; answers what went. What is in use stays. Raises OSError."""
    gone = [each for each in kept(store) if each.kind in kinds]
    _remove(store, gone)
    return gone


def beyond(found: Iterable[Kept], limit: int) -> list[Kept]:
    """What of one kind has no room within `limit` bytes when the newest goes in first."""
    total, gone = 0, []
    for each in sorted(found, key=lambda each: -each.used):
        total += each.size
        if total > limit:
            gone.append(each)
    return gone


def size_of(folder: Path) -> int:
    """Bytes of all files below; a file that goes meanwhile counts nothing, links are not followed."""
    total = 0
    for place, _, files in os.walk(folder):
        for name in files:
            try:
                total += (Path(place) / name).lstat().st_size
            except FileNotFoundError:
                continue
    return total


def _remove(store: Store, gone: Sequence[Kept]) -> None:
    drop_materials(store, [each.name for each in gone if each.kind == "measurements"])
    for each in gone:
        if each.kind == "tools":
            remove_tree(cache_of(store) / each.name)
    homes = [each for each in gone if each.kind == "environments"]
    if homes:
        sweep(cache_of(store) / HOMES, len(homes_in(cache_of(store) / HOMES)) - len(homes), idle=0)


def _folders(cache: Path) -> list[Path]:
    return sorted(entry for entry in cache.iterdir() if entry.is_dir()) if cache.is_dir() else []


def _time_of(material: Material) -> float:
    return datetime.fromisoformat(material.at).timestamp()


def _words(material: Material) -> str:
    return f"{material.part} of tree {material.tree[:7]}"
