"""Building what a tree lacks, once for all trees that would be built alike, and bringing it beside each of them.

The tree is installed, without a network, into a copy of the project's environment that is made of links. What appeared there and in the tree is
kept: packages, hooks, commands, compiled modules. Each tree gets it as an overlay gets what is installed, with every path turned to it.
"""

import json
import os
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import anyio.to_thread

from tools.engine.languages.bench import Place, Unprepared, how_it_ended, output_tail
from tools.engine.languages.python.building import Need
from tools.engine.languages.python.environment import Overlay, add_packages, lay_over
from tools.engine.languages.python.hooks import Turn
from tools.engine.languages.python.installers import Installing
from tools.engine.languages.python.names import PYPROJECT, START_UP
from tools.engine.languages.python.own import entries_of
from tools.engine.languages.python.pyproject import parsed_toml
from tools.engine.languages.python.requirements import distribution_of
from tools.engine.languages.python.toolchain import FIXED, Toolchain
from tools.engine.languages.running import run_command
from tools.engine.process import Command, Finished
from tools.engine.repository.removal import remove_tree

FACTS: Final = "built.json"
# What a build leaves behind that nothing imports.
BYPRODUCTS: Final = (".egg-info", "__pycache__", ".o", ".a")
DEFAULT_BUILD: Final = ("setuptools",)  # PEP 518: what builds a project that names nothing


async def prepare(toolchain: Toolchain, need: Need, place: Place) -> None:
    """Build what is needed, or find it built, and say at the place where it lies. Raises Unprepared."""
    kept = toolchain.cache / f"python-built-{need.key(toolchain.environment, toolchain.root)}"
    if not (kept / FACTS).is_file():
        await _build(toolchain, need, place, kept)
    await anyio.to_thread.run_sync(_point_to, place, kept)


@dataclass(frozen=True)
class _Before:
    """What was there before the build: names in the environment's folders, and files of the tree."""

    packages: frozenset[str]
    scripts: frozenset[str]
    files: frozenset[str]


async def _build(toolchain: Toolchain, need: Need, place: Place, kept: Path) -> None:
    farm = await anyio.to_thread.run_sync(_farm, toolchain, place)
    variables = {**FIXED, **toolchain.pretended}
    installing = Installing(place, farm.python, place.beside("build-requirements"), variables)
    pinned = place.beside("pinned.txt")
    before = await anyio.to_thread.run_sync(_looked_at, farm, place, toolchain, pinned)
    for command in (_fetching_dependencies(installing, need, toolchain, pinned), _fetching_build(installing, toolchain)):
        if command is not None:
            await _run(command, "taking wheels out of uv's cache")
    await _run(installing.installing(pinned, dependencies=bool(need.manifests)), "building and installing the tree without a network")
    if forged := await anyio.to_thread.run_sync(_forged, before, farm, toolchain):
        raise Unprepared(f"the build installed {forged}, which the factory brings itself or which starts with every interpreter")
    await anyio.to_thread.run_sync(_keep, before, farm, place, kept)


async def _run(command: Command, what: str) -> Finished:
    finished = await run_command(command)
    if finished.exit_code == 0:
        return finished
    ended = how_it_ended(finished)
    raise Unprepared(f"{what} {ended}; `## Setup` in factory.md can say how a tree becomes runnable", output_tail(finished))


def _farm(toolchain: Toolchain, place: Place) -> Overlay:
    """The project's environment as links, without the project itself, to be installed into."""
    own = toolchain.own
    return lay_over(toolchain.interpreter, toolchain.home.top, place.tree, place.beside("building"), entries_of(own) if own else frozenset())


def _looked_at(farm: Overlay, place: Place, toolchain: Toolchain, pinned: Path) -> _Before:
    own = toolchain.own.name if toolchain.own else ""
    versions = (f"{each.name}=={each.version}\n" for each in toolchain.distributions.values() if each.name != own)
    pinned.write_text("".join(sorted(versions)), encoding="utf-8")
    return _Before(_names(farm.site_packages), _names(farm.scripts), frozenset(_files(place.tree)))


def _fetching_dependencies(installing: Installing, need: Need, toolchain: Toolchain, pinned: Path) -> Command | None:
    """What pyproject.toml names and the environment lacks; versions of what is there do not change."""
    project = _parsed(installing.place).get("project")
    named = project.get("dependencies", ()) if isinstance(project, dict) else ()
    wanted = [str(each) for each in named if distribution_of(each) not in toolchain.distributions]
    return installing.fetching(wanted, pinned) if need.manifests and wanted else None


def _fetching_build(installing: Installing, toolchain: Toolchain) -> Command | None:
    """What the build system requires, where the environment lacks some of it."""
    system = _parsed(installing.place).get("build-system")
    required = [str(each) for each in (system.get("requires", ()) if isinstance(system, dict) else DEFAULT_BUILD)]
    return installing.fetching(required, None) if any(distribution_of(each) not in toolchain.distributions for each in required) else None


def _parsed(place: Place) -> dict[str, Any]:
    try:
        return parsed_toml((place.folder / PYPROJECT).read_bytes()) or {}
    except FileNotFoundError:
        return {}


def _forged(before: _Before, farm: Overlay, toolchain: Toolchain) -> str:
    """A module that the build put in the place of what runs the tests; or nothing."""
    reserved = {*START_UP, *(Path(name).stem for name in START_UP), *(entry.name.split(".")[0] for entry in toolchain.loan.entries)}
    return next((name for name in sorted(_names(farm.site_packages) - before.packages) if name in reserved or name.split(".")[0] in reserved), "")


def _keep(before: _Before, farm: Overlay, place: Place, kept: Path) -> None:
    """Copy what appeared to where it is kept, whole or not at all."""
    made = kept.with_name(f"{kept.name}.{secrets.token_hex(4)}")
    for name in sorted(_names(farm.site_packages) - before.packages - {"__pycache__"}):
        _copy(farm.site_packages / name, made / "packages" / name)
    for name in sorted(_names(farm.scripts) - before.scripts):
        _copy(farm.scripts / name, made / "scripts" / name)
    for path in sorted(set(_files(place.tree)) - before.files):
        if not any(part.endswith(BYPRODUCTS) for part in Path(path).parts) and "build" not in Path(path).parts:
            _copy(place.tree / path, made / "tree" / path)
    made.mkdir(parents=True, exist_ok=True)
    (made / FACTS).write_text(json.dumps({"tree": str(place.tree), "environment": str(farm.folder)}), encoding="utf-8")
    try:
        made.rename(kept)
    except OSError:
        remove_tree(made)
        if not (kept / FACTS).is_file():  # else another process was quicker
            raise


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir() and not source.is_symlink():
        shutil.copytree(source, target, symlinks=True)
    else:
        shutil.copy2(source, target, follow_symlinks=False)


def _names(folder: Path) -> frozenset[str]:
    return frozenset(entry.name for entry in folder.iterdir())


def _files(folder: Path) -> list[str]:
    return [(Path(place) / name).relative_to(folder).as_posix() for place, _, names in os.walk(folder) for name in names]


def _point_to(place: Place, kept: Path) -> None:
    os.utime(kept)  # its last use, by which it is kept
    place.beside("built").symlink_to(kept)


def built_at(place: Place) -> Path | None:
    """What was built for the tree of a place, if anything was."""
    link = place.beside("built")
    return link.resolve() if link.is_symlink() else None


def bring(kept: Path, overlay: Overlay, place: Place) -> None:
    """Add what was built to the overlay of a place, and what it generated to the tree. Raises Unprovable for a hook of which nobody can tell."""
    facts = json.loads((kept / FACTS).read_text(encoding="utf-8"))
    if (kept / "packages").is_dir():
        add_packages(kept / "packages", overlay.site_packages, Turn((Path(facts["tree"]),), (), place.tree, strict=True))
    for script in sorted((kept / "scripts").glob("*")):
        target = overlay.scripts / script.name
        target.unlink(missing_ok=True)
        target.write_bytes(script.read_bytes().replace(facts["environment"].encode(), str(overlay.folder).encode()))
        target.chmod(0o755)
    for path in _files(kept / "tree"):
        target = place.tree / path
        if not os.path.lexists(target) and target.parent.resolve().is_relative_to(place.tree.resolve()):
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(kept / "tree" / path, target, follow_symlinks=False)
